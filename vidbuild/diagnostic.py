"""One problem of a spec, as plain data."""

from __future__ import annotations

from typing import Literal

from vidbuild.frozen import dataclass
from vidbuild.location import Location

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem of the spec `file`, and where it is.

    In a spec made in Python a location has line 0, and its `file` is the field's path: "scenes[1].title".
    log: the last lines of the log of a program that failed.
    code: of the lint that warns, as in vidbuild/lints.json; "" for what is an error in any case.
    """

    severity: Severity
    message: str
    file: str
    location: Location | None = None
    hint: str | None = None
    log: tuple[str, ...] = ()
    code: str = ""

    @property
    def path(self) -> str:
        """The file that the problem is in, or the field's path."""
        return self.location.file if self.location else self.file

    @property
    def line(self) -> int:
        """Counted from 1; 0 if the location has no line."""
        return self.location.line if self.location else 0

    @property
    def column(self) -> int:
        """Counted from 1; 0 if the location has no line."""
        return self.location.column if self.location else 0

    def order(self) -> tuple[object, ...]:
        """The sort key: the spec's own problems first, then by file and location."""
        return (self.path != self.file, self.path, self.line, self.column, self.severity, self.message)
