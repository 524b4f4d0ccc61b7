"""Count the columns that text takes in a terminal or in captions."""

from __future__ import annotations

import unicodedata

_NO_COLUMN = frozenset({"Mn", "Me", "Cf"})  # combining marks and invisible characters


def width(text: str) -> int:
    """Return the number of columns: two for an East Asian wide character, none for marks on another one."""
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.category(character) in _NO_COLUMN:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
