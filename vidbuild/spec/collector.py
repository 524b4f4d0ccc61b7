"""Collects the diagnostics of one document, and locates each in its text."""

from __future__ import annotations

from vidbuild.diagnostic import Diagnostic, Severity
from vidbuild.frozen import dataclass, field
from vidbuild.location import Location
from vidbuild.spec.document import Document, Path


@dataclass(frozen=True, slots=True)
class DiagnosticCollector:
    """The diagnostics of a document, in the order in which they are found."""

    document: Document
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        """Whether one of the diagnostics is an error."""
        return any(item.severity == "error" for item in self.diagnostics)

    def error(
        self, path: Path, message: str, hint: str | None = None, *, key: bool = False, token: str = "", nth: int = 0
    ) -> None:
        """Add an error about the value at a path.

        key: point at the value's key instead.
        token: point at the nth occurrence of this text in the value.
        """
        self._add("error", self._location(path, key, token, nth), message, hint)

    def warning(
        self,
        code: str,
        path: Path,
        message: str,
        hint: str | None = None,
        *,
        key: bool = False,
        token: str = "",
        nth: int = 0,
    ) -> None:
        """Add a warning about the value at a path; the other parameters are those of `error`.

        code: of the lint that finds it, as in vidbuild/lints.json.
        """
        self._add("warning", self._location(path, key, token, nth), message, hint, code)

    def _location(self, path: Path, key: bool, token: str, nth: int) -> Location:
        if token:
            return self.document.token(path, token, nth)
        return self.document.key(path) if key else self.document.value(path)

    def _add(self, severity: Severity, location: Location, message: str, hint: str | None, code: str = "") -> None:
        self.diagnostics.append(Diagnostic(severity, message, self.document.name, location, hint=hint, code=code))
