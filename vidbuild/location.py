"""Places in source files."""

from __future__ import annotations

from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """A range of characters in one line of a file.

    line, column: counted from 1.
    end_column: the column after the last character.
    """

    file: str
    line: int
    column: int
    end_column: int
