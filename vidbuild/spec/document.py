"""Plain data with the location of every key and value in the text that it was read from."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path as FilePath

from vidbuild.frozen import dataclass, field
from vidbuild.json_types import Json
from vidbuild.location import Location
from vidbuild.patterns import later

Path = tuple[str | int, ...]

SCENE_FIELD = 3  # length of the path of a scene's field: "scenes", index, name
AUTHORS_OWN = "x-"  # names of fields that vidbuild does not read begin with it
NOWHERE = Location("", 0, 0, 0)
_LINE_END = later("\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Span:
    """The range of a scalar in the text, as offsets."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """The text of one file in a document that has several; start: its offset in the document's text."""

    start: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file, or data made in Python, which has no text. A spec with a brand has the values and texts of both files.

    name: the file's name in messages; of several files, the spec's.
    keys, values: path -> location of the key or value.
    spans: path -> range of a scalar in the text.
    parts: the texts of several files, in order; none for one file.
    """

    name: str
    text: str
    data: Json
    keys: Mapping[Path, Location] = field(default_factory=dict)
    values: Mapping[Path, Location] = field(default_factory=dict)
    spans: Mapping[Path, Span] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()

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
        part = next((each for each in reversed(self.parts) if each.start <= start), Part(0, self.name, self.text))
        start, end = start - part.start, end - part.start
        starts = _line_starts(part.text)
        line = bisect_right(starts, start)
        first = starts[line - 1]
        stop = _LINE_END.search(part.text, start, end)
        end = stop.start() if stop else end
        return Location(part.name, line, start - first + 1, max(end, start + 1) - first + 1)

    def text_of(self, location: Location) -> str:
        """Return the text of the file that a location is in."""
        return next((part.text for part in self.parts if part.name == location.file), self.text)

    def file(self, path: Path) -> str:
        """Return the name of the file that has the value at a path, or the nearest value around it."""
        location = self.value(path)
        return location.file if location.line else self.name

    def folder(self, path: Path) -> FilePath:
        """Return the folder that the paths of a value start from."""
        return FilePath(self.file(path)).parent

    def is_own(self, path: Path) -> bool:
        """Return whether the value at a path is in the spec's own file, and not in its brand's."""
        return self.file(path) == self.name

    def other_place(self, path: Path, beside: Path) -> str:
        """Return where a value is, for a message about one in another file: " (brands/acme.yaml:4)"; else ""."""
        location = self.value(path)
        return f" ({location.file}:{location.line})" if self.file(path) != self.file(beside) else ""

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
