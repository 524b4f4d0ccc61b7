"""Comments in code that name ranges of its lines, such as `# [start:setup]` and `# [end:setup]`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# In any comment syntax: a line with nothing but signs, or REM, before and after the marker.
_MARKER = re.compile(r"\s*(?:[^\w\s\[]+|REM|rem|dnl)\s*\[(?P<kind>start|end):\s*(?P<name>[\w.-]+)\s*\][^\w\[\]]*")


class MarkerError(ValueError):
    """A marker without its counterpart, at a line."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Marked:
    """Code without its markers.

    numbers: of the lines that are left, in the code as it is written.
    ranges: name -> numbers of the first and the last line between its markers.
    """

    numbers: Sequence[int]
    ranges: Mapping[str, tuple[int, int]]


def read(lines: Sequence[str]) -> Marked:
    """Find the markers in code. Raises MarkerError."""
    starts: dict[str, int] = {}
    ranges: dict[str, tuple[int, int]] = {}
    numbers = []
    for number, line in enumerate(lines, 1):
        marker = _MARKER.fullmatch(line)
        if marker is None:
            numbers.append(number)
            continue
        name = marker["name"]
        if marker["kind"] == "start":
            if name in starts:
                raise MarkerError(f"'[start:{name}]' is there twice, in lines {starts[name]} and {number}", number)
            starts[name] = number
        elif name not in starts:
            raise MarkerError(f"'[end:{name}]' in line {number} has no '[start:{name}]' above it", number)
        elif name in ranges:
            raise MarkerError(f"'[end:{name}]' is there twice; the second is in line {number}", number)
        else:
            ranges[name] = (starts[name] + 1, number - 1)
    for name, number in starts.items():
        if name not in ranges:
            raise MarkerError(f"'[start:{name}]' in line {number} has no '[end:{name}]' below it", number)
    return Marked(numbers, _shown(ranges, numbers))


def _shown(ranges: Mapping[str, tuple[int, int]], numbers: Sequence[int]) -> dict[str, tuple[int, int]]:
    """Return the ranges from their first to their last line that is shown; one without any is empty."""
    found = {}
    for name, (first, last) in ranges.items():
        inside = [number for number in numbers if first <= number <= last]
        found[name] = (inside[0], inside[-1]) if inside else (first, first - 1)
    return found
