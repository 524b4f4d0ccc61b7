"""Plain data in which every key and value knows its place in the text; it knows nothing of what either means."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from vidbuild.location import Location

Path = tuple[str | int, ...]

HERE = Location("", 0, 0, 0)
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Span:
    """A scalar's stretch of the text, as offsets, for finding what stands inside it."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One file read, or one structure made in Python (no text, no places).

    name: the file as messages name it. spans: where each scalar's text is.
    """

    name: str
    text: str
    data: Any
    keys: Mapping[Path, Location] = field(default_factory=dict)
    values: Mapping[Path, Location] = field(default_factory=dict)
    spans: Mapping[Path, Span] = field(default_factory=dict)

    def value(self, path: Path) -> Location:
        """The place of a value, or of the nearest thing around it that stands in the text."""
        return self._near(self.values, path)

    def key(self, path: Path) -> Location:
        """The place of the key under which a value stands; an item of a list has none, so its own."""
        return self.keys.get(path) or self.value(path)

    def inside(self, path: Path, token: str, nth: int = 0) -> Location:
        """The place of the nth occurrence of a token in a scalar's text, or of the whole where it is not there."""
        span = self.spans.get(path)
        if span is None or not token:
            return self.value(path)
        at = span.start - 1
        for _ in range(nth + 1):
            at = self.text.find(token, at + 1, span.end)
            if at < 0:
                return self.value(path)
        return self.stretch(at, at + len(token))

    def stretch(self, start: int, end: int) -> Location:
        """The place of a stretch of the text, as far as its first line goes."""
        starts = _line_starts(self.text)
        line = bisect_right(starts, start)
        first = starts[line - 1]
        stop = _BREAK.search(self.text, start, end)
        end = stop.start() if stop else end
        return Location(self.name, line, start - first + 1, max(end, start + 1) - first + 1)

    def _near(self, places: Mapping[Path, Location], path: Path) -> Location:
        while path not in places and path:
            path = path[:-1]
        return places.get(path, HERE)


@lru_cache(maxsize=8)
def _line_starts(text: str) -> list[int]:
    """Where each line starts, by YAML's idea of a line."""
    return [0, *(match.end() for match in _BREAK.finditer(text))]


def field_name(path: Path) -> str:
    """A path as Python would write it: "scenes[1].title"."""
    name = ""
    for part in path:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else str(part)
    return name


def dotted(path: Path) -> str:
    """A path as places are keyed: "commands.0.run"."""
    return ".".join(str(part) for part in path)
