"""Numbers and dates in cells, and how numbers are written in a text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

_NUMBER = re.compile(r"[-+\u2212]?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,15})?(?:[eE][-+]?\d{1,2})?")
_COMMA = re.compile(r"[-+\u2212]?(?:\d{1,3}(?:\.\d{3})+|\d{1,15})(?:,\d{1,15})?")
_DATE = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?(?:[T ][\d:.+Z-]*)?")
MISSING = frozenset({"", "-", "na", "n/a", "nan", "null", "none", "."})
MAX = 1e15  # of a chart's values


def number(text: str, *, comma: bool = False) -> float | None:
    """Return the number that a cell is; None if it is something else. comma: whether it is the decimal mark."""
    if not (_COMMA if comma else _NUMBER).fullmatch(text):
        return None
    text = text.replace(".", "").replace(",", ".") if comma else text.replace(",", "")
    value = float(text.replace("\u2212", "-"))
    return value if math.isfinite(value) and abs(value) <= MAX else None


def has_comma(cells: Iterable[str], *, usual: bool) -> bool:
    """Return whether the comma is the decimal mark of a column. usual: whether it is unless a cell says otherwise."""
    forms = [(bool(_NUMBER.fullmatch(cell)), bool(_COMMA.fullmatch(cell))) for cell in cells]
    needs = (any(b and not a for a, b in forms), any(a and not b for a, b in forms))
    return needs[0] if needs[0] != needs[1] else usual


def is_missing(text: str) -> bool:
    """Return whether a cell has no value."""
    return text.lower() in MISSING


def month(text: str) -> str:
    """Return the month of a date ("2026-03"); "" if the text is no date."""
    match = _DATE.fullmatch(text)
    return f"{match[1]}-{match[2]}" if match else ""


def rounded(value: float, decimals: int) -> float:
    """Return a value with so many decimals, without a negative zero."""
    return round(value, decimals) + 0.0


def written(value: float) -> str:
    """Return a number as people write it: 4, 4.5."""
    return str(int(value)) if value.is_integer() else repr(value)
