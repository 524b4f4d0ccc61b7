"""Times, sizes, counts and long lists in text for people."""

from __future__ import annotations

from collections.abc import Sequence

_MINUTE = 60
_KILO = 1000


def clock(seconds: float) -> str:
    """Return a time in a video, or its duration: `1:04`, `1:02:03`."""
    whole = round(seconds)
    hours, rest = divmod(whole, _MINUTE * _MINUTE)
    minutes, left = divmod(rest, _MINUTE)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def tenths(seconds: float) -> str:
    """Return a time in a video to a tenth of a second: `1:04.2`."""
    whole, tenth = divmod(round(seconds * 10), 10)
    return f"{clock(whole)}.{tenth}"


def elapsed(seconds: float) -> str:
    """Return a duration: `0.11 s`, `1.8 s`, `42 s`, `2 min 5 s`."""
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < 10:  # noqa: PLR2004 - a tenth of a longer time is irrelevant
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    minutes, left = divmod(whole, _MINUTE)
    return f"{minutes} min {left} s" if left else f"{minutes} min"


def size(count: int) -> str:
    """Return a number of bytes: `812 B`, `3.4 MB`."""
    if count < _KILO:
        return f"{count} B"
    units = iter(("kB", "MB", "GB", "TB"))
    value, unit = count / _KILO, next(units)
    while round(value) >= _KILO:
        value, unit = value / _KILO, next(units)
    return f"{value:.1f} {unit}" if value < 100 else f"{value:.0f} {unit}"  # noqa: PLR2004 - three digits are enough


def count(number: int, noun: str) -> str:
    """Return a number with its noun: `1 step`, `3 steps`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def first(lines: Sequence[str], limit: int) -> list[str]:
    """Return at most `limit` lines; if some are left out, the last line has their number."""
    if len(lines) <= limit:
        return list(lines)
    indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    return [*lines[: limit - 1], f"{indent}...and {len(lines) - limit + 1} more"]
