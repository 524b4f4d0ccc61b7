"""Places in source files."""

from __future__ import annotations

from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """A stretch of one line, 1-based; end_column is one past the last character."""

    file: str
    line: int
    column: int
    end_column: int
