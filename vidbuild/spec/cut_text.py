"""Recognizes texts in braces that YAML cuts at a comma: `{lines: 1,2}` has the field `lines` and a key `2`."""

from __future__ import annotations

import re

_PIECE = r"[^,:#{}\[\]\n\r\"'&*!|>%@`]{1,200}"
_PIECES = re.compile(rf"{_PIECE}(?:,{_PIECE})+(?=[ \t]{{0,9}}[,}}])")


def whole(text: str, start: int, end: int) -> str | None:
    """Return the text of which a key without a value is a piece, None if the key is not a piece of the value before it.

    start: offset at which the value before the key begins.
    end: offset at which the key ends.
    """
    found = _PIECES.match(text, start)
    return found[0].strip() if found and len(text[:end].rstrip()) <= found.end() else None


def hint(text: str, start: int, end: int) -> str | None:
    """Return a hint with the whole text in quotes; the parameters are those of `whole`."""
    found = whole(text, start, end)
    return f'write "{found}"' if found else None
