"""Times in the notation of cron, checked, and in that of systemd."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from vidbuild.errors import UsageError

FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of the month", 1, 31), ("month", 1, 12), ("day of the week", 0, 7))
DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PART = re.compile(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d+))?")
LEAST_MINUTES = 5  # between two runs on GitHub
EXAMPLE = '--cron "15 6 * * *"'


@dataclass(frozen=True, slots=True)
class Cron:
    """A time that comes again: a set of numbers for each field, and whether the field begins with "*".

    text: as it was written.
    """

    text: str
    numbers: tuple[frozenset[int], ...]
    every: tuple[bool, ...]

    @property
    def is_often(self) -> bool:
        """Whether it comes more often than GitHub starts anything."""
        minutes, hours = sorted(self.numbers[0]), self.numbers[1]
        if any((hour + 1) % 24 in hours for hour in hours):
            minutes.append(minutes[0] + 60)
        return any(after - before < LEAST_MINUTES for before, after in itertools.pairwise(minutes))

    def on_calendar(self) -> list[str]:
        """Return the same times as systemd writes them; of a day of the month or of the week, one line for each."""
        minute, hour, day, month, weekday = self.numbers
        every_day, every_weekday = self.every[2], self.every[4]
        clock = f"{_systemd(hour, 24)}:{_systemd(minute, 60)}:00"
        months = _systemd(month, 12)
        dates = f"*-{months}-{_systemd(day, 31)}"
        week = sorted({number % 7 for number in weekday})
        days = ",".join(DAYS[number] for number in week)
        if every_day or every_weekday:
            return [f"{dates} {clock}" if len(week) == len(DAYS) else f"{days} {dates} {clock}"]
        return [f"{dates} {clock}", f"{days} *-{months}-* {clock}"]  # cron runs on either day


def _systemd(numbers: frozenset[int], count: int) -> str:
    if len(numbers) == count:
        return "*"
    return ",".join(f"{number:02}" for number in sorted(numbers))


def parse(text: str) -> Cron:
    """Return a time that comes again. Raises UsageError."""
    fields = text.split()
    if len(fields) != len(FIELDS):
        names = ", ".join(name for name, _, _ in FIELDS)
        raise UsageError(f"'{text}' has {len(fields)} fields: expected {names}", hint=EXAMPLE)
    numbers = tuple(_numbers(field, *limits) for field, limits in zip(fields, FIELDS, strict=True))
    return Cron(" ".join(fields), numbers, tuple(field.startswith("*") for field in fields))


def _numbers(field: str, name: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise UsageError(f"the {name} '{field}' is not in the notation of cron", hint=EXAMPLE)
        every, first, last, step = match.groups()
        start, end = (low, high) if every else (_number(first, name, low, high),) * 2
        if last:
            end = _number(last, name, low, high)
        elif step and not every:
            end = high
        if end < start or step == "0":
            raise UsageError(f"the {name} '{part}' is empty", hint=EXAMPLE)
        found.update(range(start, end + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, name: str, low: int, high: int) -> int:
    """Return a number of a field; months and days of the week also have names, of three letters."""
    names = {"month": [*enumerate(MONTHS, 1)], "day of the week": [*enumerate(map(str.lower, DAYS))]}.get(name, [])
    value = next((number for number, each in names if each == text.lower()), None)
    if value is None:
        value = int(text) if text.isascii() and text.isdigit() else -1
    if not low <= value <= high:
        raise UsageError(f"the {name} must be from {low} to {high}, not '{text}'", hint=EXAMPLE)
    return value
