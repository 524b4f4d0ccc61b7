"""Turns the data of a chart into positions between 0 and 1 and written numbers, which the template places."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild import inline
from vidbuild.scenes import numbers
from vidbuild.scenes.chart import data, scale
from vidbuild.scenes.chart.data import Data, Fields
from vidbuild.scenes.named import index_of

COMPACT = 10_000  # from here on, numbers on an axis are written as 10k
MOST_DECIMALS = 3
ROUNDING = 1e-9  # differences below it are of no number that a person wrote
EXTREME = 0.01  # a share below it, or as near to all, has a decimal
DIRECT = 12  # bars whose values are written above them


def drawing(fields: Fields, read: Data) -> dict[str, Any]:
    """Return what the template draws.

    {"kind", "horizontal", "by": "labels" or "series", "labels": [{"text"} or {"date", "level"}], "series": [name…],
    "marks": [{"series", "label", "text"}]}. Of a pie: "slices": [{"name", "share", "value", "percent"}].
    Else: "points": for each series a list of {"low", "high", "value"} or None; "at": the positions of the labels;
    "ticks": [{"at", "text"}], "zero": the position of zero, "axis_title", "time": ticks of dates, "direct".
    """
    prefix = "file_" if fields.get("data") is not None else ""
    kind = fields["kind"]
    base = {
        "kind": kind,
        "by": "labels" if data.is_by_label(fields) else "series",
        f"{prefix}series": [inline.marked(each.name) for each in read.series],
    }
    if kind in data.ROUND:
        return {**base, "slices": list(_drawn_slices(fields, read)), "marks": _marks(fields, read)}
    days = scale.days(read.labels)
    several_years = days is not None and days[0].date.year < days[-1].date.year
    timed = days if kind in {"line", "area"} else None
    spans, axis = spans_and_axis(fields, read)
    values = [value for each in read.series for value in each.values if value is not None]
    points = [
        [
            None if span is None or value is None else _point(span, value, axis, fields, read)
            for span, value in zip(row, each.values, strict=True)
        ]
        for row, each in zip(spans, read.series, strict=True)
    ]
    count = len(read.labels)
    return {
        **base,
        "horizontal": fields["horizontal"] and kind in {"bar", "stacked"},
        f"{prefix}labels": [_day(day, several_years=several_years) for day in days]
        if days
        else [{"text": inline.marked(each)} for each in read.labels],
        "at": [scale.time_at(day.date, timed) for day in timed]
        if timed
        else [_between(n, count) for n in range(count)],
        "time": [
            {**_day(day, several_years=several_years), "at": scale.time_at(day.date, timed)}
            for day in scale.time_ticks(timed)
        ]
        if timed
        else [],
        "points": points,
        "ticks": [{"at": axis.at(tick), "text": _tick(tick, axis, fields, read.mark)} for tick in axis.ticks()],
        "zero": axis.at(0.0),
        "axis_title": fields["axis"].get("title") or None,
        "direct": kind == "bar" and len(values) <= DIRECT and len(read.series) == 1 and "title" not in fields["axis"],
        "marks": _marks(fields, read),
    }


def _between(nth: int, count: int) -> float:
    return round(nth / (count - 1), 6) if count > 1 else 0.5


def _day(day: scale.Day, *, several_years: bool) -> dict[str, Any]:
    """Return a date, and how much of it is written; of days in several years all of it is."""
    level = "date" if several_years and day.level == "day" else day.level
    return {"date": [day.date.year, day.date.month, day.date.day], "level": level}


def spans_and_axis(fields: Fields, read: Data) -> tuple[list[list[tuple[float, float] | None]], scale.ValueAxis]:
    """Return from where to where each value reaches, and the axis for all of them."""
    stacks = fields["kind"] in {"stacked", "area"}
    above, below = [0.0] * len(read.labels), [0.0] * len(read.labels)
    spans: list[list[tuple[float, float] | None]] = []
    for each in read.series:
        row: list[tuple[float, float] | None] = []
        for nth, value in enumerate(each.values):
            if value is None:
                row.append(None)
                continue
            pile = above if value >= 0 else below
            start = pile[nth] if stacks else 0.0
            pile[nth] = start + value if stacks else pile[nth]
            row.append((start, start + value))
        spans.append(row)
    ends = [end for row in spans for span in row if span for end in span[1:]]
    axis = scale.value_axis(
        ends, zero=fields["kind"] != "line", low=fields["axis"].get("min"), high=fields["axis"].get("max")
    )
    return spans, axis


def _point(
    span: tuple[float, float], value: float, axis: scale.ValueAxis, fields: Fields, read: Data
) -> dict[str, Any]:
    start, end = span
    return {"low": axis.at(start), "high": axis.at(end), "value": written(value, fields, read)}


def written(value: float, fields: Fields, read: Data) -> str:
    """Write a value as labels and callouts do, with its unit."""
    decimals = fields.get("decimals")
    if decimals is None:
        values = [each for item in read.series for each in item.values if each is not None]
        most = max(map(abs, values), default=0.0)
        enough, error = _enough(most), min(ROUNDING, most * ROUNDING) or ROUNDING
        exact = (n for n in range(max(MOST_DECIMALS, enough)) if all(abs(round(v, n) - v) < error for v in values))
        decimals = next(exact, enough)
        if value and not round(value, decimals):  # what is not zero is not written as zero
            decimals = -math.floor(math.log10(abs(value)))
    return _with_unit(numbers.written(value, decimals, read.mark), fields)


def _enough(most: float) -> int:
    """Return the decimals that distinguish values up to a size."""
    if most >= 0.1 or not most:  # noqa: PLR2004 - sizes and their digits
        return 0 if most >= 1000 else 1 if most >= 10 else 2  # noqa: PLR2004 - sizes and their digits
    return 2 - math.floor(math.log10(most))


def _tick(value: float, axis: scale.ValueAxis, fields: Fields, mark: str) -> str:
    compact = max(abs(axis.low), abs(axis.high)) >= COMPACT
    text = numbers.written(value, None if compact else axis.decimals(), mark, compact=compact)
    return _with_unit(text, fields)


def _with_unit(text: str, fields: Fields) -> str:
    unit, prefix = fields["unit"].strip(), fields["prefix"].strip()
    sign = numbers.MINUS if text.startswith(numbers.MINUS) else ""
    gap = "" if unit in {"%", "°", "x", "×"} or not unit else "\u00a0"  # noqa: RUF001 - the multiplication sign is meant
    return f"{sign}{prefix}{text.removeprefix(sign)}{gap}{unit}"


def slices(read: Data) -> Iterator[tuple[str, float, int]]:
    """Yield the name, the value and the label's index of each slice that is larger than zero."""
    for index, (label, value) in enumerate(zip(read.labels, read.series[0].values, strict=True)):
        if value:
            yield label, value, index


def _drawn_slices(fields: Fields, read: Data) -> Iterator[dict[str, Any]]:
    whole = sum(value for _, value, _ in slices(read))
    for name, value, index in slices(read):
        share = value / whole
        percent = numbers.written(share * 100, _percent_decimals(share), read.mark) + "%"
        yield {
            "name": inline.marked(name),
            "share": round(share, 6),
            "value": written(value, fields, read),
            "percent": percent,
            "label": index,
        }


def _percent_decimals(share: float) -> int:
    """Return the decimals of a share: those with which a part is neither nothing nor the whole."""
    if share == 1:
        return 0
    least = 0 if EXTREME <= share <= 1 - EXTREME else 1
    return next((n for n in range(least, 6) if 0 < round(share * 100, n) < 100), 6)  # noqa: PLR2004 - all of it


def _marks(fields: Mapping[str, Any], read: Data) -> list[dict[str, Any]]:
    names = [each.name for each in read.series]
    marks = []
    for item in fields["highlight"]:
        series = index_of(item["series"], names) if "series" in item else 0
        label = index_of(item["label"], read.labels)
        marks.append({"series": series, "label": label, "text": inline.marked(item.get("text", "").strip()) or None})
    return marks
