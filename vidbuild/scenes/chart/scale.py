"""The scales of a chart: round ticks for values and for dates, and positions between 0 and 1."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

TICKS = 5  # that a value axis has about
TIME_TICKS = 8  # at most; the template leaves out those that do not fit
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_FLAT = 0.35  # of the highest value: a line within such a range does not need the zero
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z")
_DAYS = (1, 2, 7, 14)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
_MONTH_DAYS = 30.4


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """A value axis: its ends, its ticks, and the distance between two."""

    low: float
    high: float
    step: float

    def ticks(self) -> list[float]:
        """Return the ticks from the low end to the high one, multiples of the step."""
        first = math.ceil(self.low / self.step - 1e-9)
        last = math.floor(self.high / self.step + 1e-9)
        digits = max(10, 3 - math.floor(math.log10(self.step)))
        return [0.0 if nth == 0 else round(nth * self.step, digits) for nth in range(first, last + 1)]

    def at(self, value: float) -> float:
        """Return the position of a value, 0 at the low end and 1 at the high one."""
        return round((min(max(value, self.low), self.high) - self.low) / (self.high - self.low), 6)

    def decimals(self) -> int:
        """Return how many decimals the ticks need."""
        return max(0, next((n for n in range(20) if abs(round(self.step, n) - self.step) < self.step * 1e-6), 20))


def value_axis(
    values: Sequence[float], *, zero: bool, low: float | None = None, high: float | None = None
) -> ValueAxis:
    """Return an axis with round ends around the values.

    zero: whether it must begin at zero, as bars do.
    low, high: ends that the spec sets.
    """
    least, most = min(values, default=0.0), max(values, default=0.0)
    is_flat = most - least < _FLAT * max(most, -least) and least * most > 0  # all values are far from zero
    if zero or not is_flat:
        least, most = min(least, 0.0), max(most, 0.0)
    least = least if low is None else low
    most = most if high is None else high
    if most <= least:
        least, most = (least, least + 1.0) if high is None else (most - 1.0, most)
        is_one = len(set(values)) == 1  # a point, or a line that is level
        least = 0.0 if least > 0 and low is None and high is None and not zero and is_one else least
    step = _round_step((most - least) / TICKS)
    if low is None:
        least = math.floor(least / step + 1e-9) * step
    if high is None:
        most = math.ceil(most / step - 1e-9) * step
    return ValueAxis(least, most, step)


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in _STEPS if step * power >= rough * 0.999)


@dataclass(frozen=True, slots=True)
class Day:
    """A date, and how much of it is written: "year", "month" or "day"."""

    date: dt.date
    level: str


def days(labels: Sequence[str]) -> list[Day] | None:
    """Return the dates of labels, if all are dates such as 2024, 2024-03 or 2024-03-15 and each is after the last."""
    found = []
    for label in labels:
        match = _DATE.match(label.strip())
        if match is None:
            return None
        year, month, day = (int(part or 1) for part in match.groups())
        level = "day" if match[3] else "month" if match[2] else "year"
        try:
            found.append(Day(dt.date(year, month, day), level))
        except ValueError:
            return None
    rising = all(a.date < b.date for a, b in pairwise(found))
    return found if found and rising else None


def time_ticks(known: Sequence[Day]) -> list[Day]:
    """Return round dates from the first date to the last one."""
    first, last = known[0].date, known[-1].date
    span = (last - first).days
    level = max((day.level for day in known), key=("year", "month", "day").index)
    if level == "day":
        for step in _DAYS:
            if span / step <= TIME_TICKS:
                return [Day(first + dt.timedelta(n), "day") for n in range(0, span + 1, step)]
    for step in _MONTHS:
        if span / (_MONTH_DAYS * step) > TIME_TICKS or (level == "year" and step % 12):
            continue
        start = first.year * 12 + first.month - 1
        begin = -(-(start if first.day == 1 else start + 1) // step) * step
        shown = "year" if step % 12 == 0 else "month"
        dates = [dt.date(nth // 12, nth % 12 + 1, 1) for nth in range(begin, last.year * 12 + last.month, step)]
        return [Day(date, shown) for date in dates if first <= date <= last] or [known[0]]
    return [known[0], known[-1]]


def time_at(date: dt.date, known: Sequence[Day]) -> float:
    """Return the position of a date between the first date and the last one."""
    span = (known[-1].date - known[0].date).days
    return round((date - known[0].date).days / span, 6) if span else 0.5
