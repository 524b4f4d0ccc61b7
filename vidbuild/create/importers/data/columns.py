"""Columns of a table: what kind of values each has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from vidbuild.create.importers.data import numbers

MAX_CATEGORIES = 12
MIN_SHARE = 0.9  # of the values of a column that are numbers or dates, if it has such
_IDENTIFIER = re.compile(r"(?:.*[\s_-])?(?:id|index|idx|nr|no|number|#|zip|phone|year|code)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """A column. values: its numbers, None without one; categories: its values and how often each is there.

    is_date: whether it has dates; decimals: of its numbers; is_name: whether its texts distinguish the rows.
    """

    name: str
    cells: tuple[str, ...]
    values: tuple[float | None, ...] = ()
    categories: dict[str, int] = field(default_factory=dict)
    is_date: bool = False
    is_name: bool = False
    decimals: int = 0


def column(name: str, cells: Sequence[str], *, comma: bool = False) -> Column:
    """Return a column with the kind of its values. comma: whether the file's kind has decimal commas."""
    known = [cell for cell in cells if not numbers.is_missing(cell)]
    if not known:
        return Column(name, tuple(cells))
    if all(numbers.month(cell) for cell in known):
        return Column(name, tuple(cells), is_date=True)
    comma = numbers.has_comma(known, usual=comma)
    values = tuple(numbers.number(cell, comma=comma) for cell in cells)
    found = [value for value in values if value is not None]
    if len(found) >= MIN_SHARE * len(known) and not _is_identifier(name, found):
        decimals = min(max(_decimals(cell, "," if comma else ".") for cell in known), 3)
        return Column(name, tuple(cells), values=values, decimals=decimals)
    counts = Counter(known)
    if found or not 1 < len(counts) <= min(MAX_CATEGORIES, len(known) // 2):
        return Column(name, tuple(cells), is_name=not found and len(counts) == len(cells))
    return Column(name, tuple(cells), categories=dict(counts.most_common()))


def _is_identifier(name: str, values: Sequence[float]) -> bool:
    """Return whether numbers only tell rows apart: they count them, or are named so."""
    counts = all(value == values[0] + nth for nth, value in enumerate(values))
    return len(values) > 1 and ((counts and values[0] in {0, 1}) or _IDENTIFIER.fullmatch(name) is not None)


def _decimals(cell: str, mark: str) -> int:
    return len(cell.rpartition(mark)[2]) if mark in cell and "e" not in cell.lower() else 0
