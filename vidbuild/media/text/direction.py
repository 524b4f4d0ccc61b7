"""In which direction a language, and a line of text, is read."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def is_right_to_left(language: str) -> bool:
    """Whether a language, as a BCP 47 tag, is read from right to left."""
    return language.split("-", maxsplit=1)[0].lower() in RIGHT_TO_LEFT


# Most players lay a line out from left to right unless it says otherwise, and so show its full stop at the wrong end.
_EMBEDDING, _POP = "\u202b", "\u202c"
_STRONG = {"R": True, "AL": True, "L": False}


def is_mostly_right_to_left(text: str) -> bool:
    """Whether more letters of a text are read from right to left than from left to right."""
    letters = [_STRONG[kind] for kind in map(unicodedata.bidirectional, text) if kind in _STRONG]
    return 2 * sum(letters) > len(letters)


def marked(lines: Iterable[str]) -> list[str]:
    """Return lines for players; one that is read from right to left is embedded as such, whatever it begins with."""
    return [
        f"{_EMBEDDING}{line}{_POP}" if not line.isascii() and is_mostly_right_to_left(line) else line for line in lines
    ]
