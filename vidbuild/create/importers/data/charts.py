"""What of a table is worth charting: how numbers go over time, how groups differ, and how frequent each is."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vidbuild.create.importers.data import numbers
from vidbuild.create.importers.data.columns import Column
from vidbuild.create.source.outline import Chart

MAX_POINTS = 60  # labels of a line
MIN_POINTS = 3
MIN_ROWS = 20  # of which groups say something
MAX_BARS = 12
MAX_TOGETHER = 3  # columns of one chart
MAX_CHARTS = 4
DAY = len("2024-01-31")  # characters of a time that name its day
MIN_EXPLAINED = 0.15  # share of a column's variance that groups explain, from which they are worth comparing
_NAMES = re.compile(r"[^\W_]+")
_UNIT = re.compile(r"\(([^()]{1,12})\)\s*\Z")


@dataclass(frozen=True, slots=True)
class Finding:
    """A chart and a sentence about it, of which every number and name is from the data."""

    chart: Chart
    heading: str
    sentence: str


def findings(columns: Sequence[Column]) -> list[Finding]:
    """Return what is worth charting, the best first."""
    measured = [each for each in columns if each.values]
    grouped = [each for each in columns if each.categories and len(each.cells) >= MIN_ROWS]
    date = next((each for each in columns if each.is_date), None)
    found: list[Finding] = []
    if date is not None:
        found += [each for group in _together(measured) if (each := _over_time(date, group))][:2]
    ranked = sorted(_compared(measured, grouped), key=lambda each: -each[0])
    found += [finding for _, finding in ranked][:2]
    found += [each for column in grouped[:1] if (each := _frequencies(column))]
    name = next((each for each in columns if each.is_name), None)
    if not found and name is not None and 1 < len(name.cells) <= MAX_BARS:
        found += [each for group in _together(measured)[:2] if (each := _by_name(name, group))]
    return found[:MAX_CHARTS]


def _together(columns: Sequence[Column]) -> list[list[Column]]:
    """Return columns that belong into one chart: their names begin with one word, and they have one unit."""
    groups: dict[tuple[str, str], list[Column]] = {}
    for each in columns:
        words = _NAMES.findall(each.name.lower())
        unit = _UNIT.search(each.name)
        groups.setdefault((words[0] if words else each.name, unit[1] if unit else ""), []).append(each)
    return sorted((each[:MAX_TOGETHER] for each in groups.values()), key=lambda each: -len(each))


def _over_time(date: Column, group: Sequence[Column]) -> Finding | None:
    keys = [cell[:DAY] for cell in date.cells]
    period, one = "", len({*keys}) == len(keys) and len(keys) <= MAX_POINTS
    if not one:
        keys, period = [numbers.month(cell) for cell in date.cells], "month"
        if len({*keys}) > MAX_POINTS:
            keys, period = [key[:4] for key in keys], "year"
    labels = sorted({key for key in keys if key})
    if not MIN_POINTS <= len(labels) <= 4 * MAX_POINTS:
        return None
    series = tuple((each.name, tuple(_means(each, keys, labels))) for each in group)
    names = listed([each.name for each in group])
    high = _highest(date, group[0])
    if not high:
        return None
    heading = f"Mean {names} by {period}" if period else names
    return Finding(Chart("line", tuple(labels), series), heading, f"The highest {group[0].name} is {high}.")


def _highest(label: Column, column: Column) -> str:
    """Return the highest value as the data has it, and its label."""
    rows = [(value, nth) for nth, value in enumerate(column.values) if value is not None]
    if not rows:
        return ""
    _, nth = max(rows, key=lambda each: (each[0], -each[1]))
    return (
        f"{column.cells[nth]}, on {label.cells[nth]}"
        if label.is_date
        else f"{column.cells[nth]}, of {label.cells[nth]}"
    )


def _means(column: Column, keys: Sequence[str], labels: Sequence[str]) -> Iterator[float | None]:
    sums: dict[str, list[float]] = {}
    for key, value in zip(keys, column.values, strict=True):
        if value is not None:
            sums.setdefault(key, []).append(value)
    for label in labels:
        known = sums.get(label)
        yield numbers.rounded(math.fsum(known) / len(known), column.decimals + 1) if known else None


def _compared(measured: Sequence[Column], grouped: Sequence[Column]) -> Iterator[tuple[float, Finding]]:
    """Yield how much groups explain of each number, and the chart of their means: one for each number."""
    for column in measured:
        best = max(((_explained(column, group), group) for group in grouped), key=lambda each: each[0], default=None)
        if best is None or best[0] < MIN_EXPLAINED:
            continue
        share, group = best
        labels = tuple(group.categories)
        means = tuple(_means(column, group.cells, labels))
        known = [(mean, label) for mean, label in zip(means, labels, strict=True) if mean is not None]
        top, where = max(known)
        chart = Chart("bar", labels, ((column.name, means),))
        heading = f"Mean {column.name} by {group.name}"
        yield share, Finding(chart, heading, f"{where} has the highest mean {column.name}: {numbers.written(top)}.")


def _explained(column: Column, group: Column) -> float:
    """Return the share of a column's variance that lies between groups (eta squared)."""
    pairs = [(key, value) for key, value in zip(group.cells, column.values, strict=True) if value is not None]
    pairs = [each for each in pairs if each[0] in group.categories]
    if len(pairs) < 2 * len(group.categories):
        return 0.0
    mean = math.fsum(value for _, value in pairs) / len(pairs)
    total = math.fsum((value - mean) ** 2 for _, value in pairs)
    sums: dict[str, list[float]] = {}
    for key, value in pairs:
        sums.setdefault(key, []).append(value)
    between = math.fsum(len(own) * (math.fsum(own) / len(own) - mean) ** 2 for own in sums.values())
    return between / total if total else 0.0


def _frequencies(column: Column) -> Finding | None:
    labels = tuple(column.categories)
    counts = tuple(float(count) for count in column.categories.values())
    most, known = column.categories[labels[0]], sum(column.categories.values())
    if len({*counts}) == 1:
        return None
    sentence = f"{labels[0]} is the most frequent {column.name}: {most} of {known} rows."
    return Finding(Chart("bar", labels, (("rows", counts),)), f"Rows by {column.name}", sentence)


def _by_name(name: Column, group: Sequence[Column]) -> Finding | None:
    high = _highest(name, group[0])
    if not high or len({*group[0].values}) == 1:
        return None
    series = tuple((each.name, each.values) for each in group)
    heading = listed([each.name for each in group])
    return Finding(Chart("bar", name.cells, series), heading, f"The highest {group[0].name} is {high}.")


def listed(names: Sequence[str]) -> str:
    """Return names as a text: a, b and c."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
