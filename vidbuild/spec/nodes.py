"""The nodes of a YAML text, and the problems that are found in them."""

from __future__ import annotations

from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.frozen import dataclass, field
from vidbuild.location import Location
from vidbuild.spec.diagnostics import MAX_PROBLEMS


class Node:
    """A node of the text.

    kind: "scalar", "sequence" or "mapping".
    value: a scalar's value, or a list of (key node or None, value node).
    complete: whether all of it has been read.
    size: its number of nodes.
    """

    __slots__ = ("complete", "end", "kind", "location", "size", "start", "value")

    def __init__(
        self,
        kind: str,
        value: object,
        start: int,
        end: int,
        location: Location,
        size: int = 1,
        *,
        complete: bool = True,
    ) -> None:
        self.kind, self.location = kind, location
        self.value: Any = value
        self.start, self.end = start, end
        self.complete, self.size = complete, size


class UnreadableError(Exception):
    """A problem after which the rest of the text cannot be read."""

    def __init__(self, message: str, location: Location, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.location, self.hint = message, location, hint


@dataclass(frozen=True, slots=True)
class Problems:
    """The problems of a text's YAML, as diagnostics of the file `name`."""

    name: str
    found: list[Diagnostic] = field(default_factory=list)

    def error(self, message: str, location: Location, hint: str | None = None) -> None:
        """Add an error; after many, the rest of the file is not read."""
        if len(self.found) >= MAX_PROBLEMS:
            raise UnreadableError(f"more than {MAX_PROBLEMS} problems: the rest of the file is not read", location)
        self.found.append(Diagnostic("error", message, self.name, location, hint=hint))

    def warning(self, code: str, message: str, location: Location, hint: str) -> None:
        """Add a warning."""
        self.found.append(Diagnostic("warning", message, self.name, location, hint=hint, code=code))
