"""Reads the values of answers and library files, which can be of any type and hold any character."""

from __future__ import annotations

import unicodedata
from math import isfinite

from vidbuild.sanitize import replace_controls, single_line

LONGEST = 300


def text(value: object, *, limit: int = LONGEST) -> str:
    """Return a value as one line of visible characters; "" for what is no text and no number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    line = single_line(replace_controls(str(value), " ")).replace("\ufffd", "")
    visible = "".join(
        character for character in line if unicodedata.category(character) not in {"Cf", "Cs", "Co", "Cn"}
    )
    return " ".join(visible.split())[:limit]


def number(value: object) -> float:
    """Return a number that is not negative; 0 for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    try:
        found = float(value)
    except OverflowError:
        return 0
    return found if isfinite(found) and found >= 0 else 0


def whole(value: object) -> int:
    """Return a whole number that is not negative; 0 for anything else."""
    return int(number(value))
