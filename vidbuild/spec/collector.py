"""Collects what is wrong with one document, located; it knows nothing of what is checked."""

from __future__ import annotations

from dataclasses import dataclass, field

from vidbuild.diagnostic import Diagnostic, Severity
from vidbuild.location import Location
from vidbuild.spec.document import Document, Path


@dataclass(frozen=True, slots=True)
class Notes:
    """The diagnostics of a document as they are found."""

    document: Document
    found: list[Diagnostic] = field(default_factory=list)

    def error(
        self, path: Path, message: str, hint: str | None = None, *, key: bool = False, token: str = "", nth: int = 0
    ) -> None:
        """Something is wrong with a value (or its key, or a token in it)."""
        self._add("error", self._place(path, key, token, nth), message, hint)

    def warning(self, path: Path, message: str, hint: str | None = None, *, token: str = "", nth: int = 0) -> None:
        """Something is allowed, and still probably not meant."""
        self._add("warning", self._place(path, key=False, token=token, nth=nth), message, hint)

    def _place(self, path: Path, key: bool, token: str, nth: int) -> Location:
        if token:
            return self.document.inside(path, token, nth)
        return self.document.key(path) if key else self.document.value(path)

    def _add(self, severity: Severity, place: Location, message: str, hint: str | None) -> None:
        self.found.append(Diagnostic(severity, message, self.document.name, place, hint=hint))
