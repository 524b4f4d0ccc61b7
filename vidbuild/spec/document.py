"""Plain data with the location of every key and value in the text that it was read from."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from vidbuild.json_types import Json
from vidbuild.location import Location

Path = tuple[str | int, ...]

NOWHERE = Location("", 0, 0, 0)
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Span:
    """The range of a scalar in the text, as offsets."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A file, or data made in Python, which has no text.

    name: the file's name in messages.
    keys, values: path -> location of the key or value.
    spans: path -> range of a scalar in the text.
    """

    name: str
    text: str
    data: Json
    keys: Mapping[Path, Location] = field(default_factory=dict)
    values: Mapping[Path, Location] = field(default_factory=dict)
    spans: Mapping[Path, Span] = field(default_factory=dict)

    def value(self, path: Path) -> Location:
        """Return the location of a value, or of the nearest value around it that has one."""
        return self._near(self.values, path)

    def key(self, path: Path) -> Location:
        """Return the location of a value's key; an item of a list has none, so its own location."""
        return self.keys.get(path) or self.value(path)

    def token(self, path: Path, token: str, nth: int = 0) -> Location:
        """Return the location of the nth occurrence of a token in a scalar, or of the value if it has no such token."""
        span = self.spans.get(path)
        if span is None or not token:
            return self.value(path)
        at = span.start - 1
        for _ in range(nth + 1):
            at = self.text.find(token, at + 1, span.end)
            if at < 0:
                return self.value(path)
        return self.range(at, at + len(token))

    def is_double_quoted(self, path: Path) -> bool:
        """Return whether a scalar is written in double quotes, in which a backslash is written twice."""
        span = self.spans.get(path)
        return span is not None and self.text.startswith('"', span.start)

    def is_plain(self, path: Path, start: str) -> bool:
        """Return whether a scalar is written without quotes and starts with a text."""
        span = self.spans.get(path)
        return span is not None and self.text.startswith(start, span.start)

    def range(self, start: int, end: int) -> Location:
        """Return the location of a range of the text, shortened to its first line."""
        starts = _line_starts(self.text)
        line = bisect_right(starts, start)
        first = starts[line - 1]
        stop = _LINE_END.search(self.text, start, end)
        end = stop.start() if stop else end
        return Location(self.name, line, start - first + 1, max(end, start + 1) - first + 1)

    def _near(self, locations: Mapping[Path, Location], path: Path) -> Location:
        while path not in locations and path:
            path = path[:-1]
        return locations.get(path, NOWHERE)


@lru_cache(maxsize=8)
def _line_starts(text: str) -> list[int]:
    """Return the offset at which each line starts; lines end as in YAML."""
    return [0, *(match.end() for match in _LINE_END.finditer(text))]


def field_name(path: Path) -> str:
    """Return a path in Python's notation: "scenes[1].title"."""
    name = ""
    for part in path:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else str(part)
    return name


def dotted(path: Path) -> str:
    """Return a path in the notation of `Scene.locations`: "commands.0.run"."""
    return ".".join(str(part) for part in path)
