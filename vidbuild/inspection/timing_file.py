"""Reads NAME.timing.json: when each scene of a video starts and ends, and when somebody speaks in it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.create.source import json_text
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.location import Location

MAX_SCENES, MAX_NUMBER, MAX_FPS = 100_000, 1e9, 1000
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?(?:\d[\d.eE+-]*|Infinity)|NaN')
_HINT = "build the video again"


def read(path: Path) -> dict[str, Any]:
    """Return `title`, `language`, `fps`, `duration` and `scenes` of a file; times in seconds.

    A scene has `id`, `type`, `start`, `end`, `text`, what is spoken, and `speech`, when the first word starts and the
    narration ends, None without one; `words` has the text and start of each word.
    Raises SourceError with the line and column of a number that is none, or the name of a wrong field.
    """
    source = Source("timing", str(path), path.parent)
    text = source.text()
    _check_numbers(text, str(path))
    data = json_text.parse(text, str(path))
    found = _Fields(data, str(path), "")
    scenes = list(found.items("scenes"))
    if len(scenes) > MAX_SCENES:
        raise SourceError(f"{path}: has {len(scenes)} scenes: the maximum is {MAX_SCENES}")
    fps = found.number("fps")
    if fps > MAX_FPS:
        raise SourceError(f"{path}: fps: expected at most {MAX_FPS}, got {fps:g}", hint=_HINT)
    read_scenes = [_scene(each) for each in scenes]
    _check_order(read_scenes, str(path))
    return {
        "title": found.text("title"),
        "language": found.text("language"),
        "fps": fps,
        "duration": found.number("duration"),
        "scenes": read_scenes,
    }


def _check_order(scenes: Sequence[Mapping[str, Any]], address: str) -> None:
    """Raise SourceError for a scene that has the id of another one, or starts before the end of the one before."""
    ids: set[str] = set()
    end = 0.0
    for index, scene in enumerate(scenes):
        place = f"{address}: scenes[{index}]"
        if scene["id"] in ids:
            raise SourceError(f"{place}.id: '{scene['id']}' is the id of an earlier scene", hint=_HINT)
        if not end <= scene["start"] <= scene["end"]:
            raise SourceError(
                f"{place}: expected a start at {end:g} s or later, and an end after it, "
                f"got {scene['start']:g} and {scene['end']:g}",
                hint=_HINT,
            )
        ids.add(scene["id"])
        end = scene["end"]


def _scene(fields: _Fields) -> dict[str, Any]:
    narration = fields.mapping("narration")
    words = [(word.text("text"), word.number("start"), bool(word.data.get("joined"))) for word in fields.items("words")]
    speech = None
    if narration is not None:
        begin, end = narration.number("start"), narration.number("end")
        speech = {"start": words[0][1] if words else begin, "end": end}
    return {
        "id": fields.text("id"),
        "type": fields.text("type"),
        "start": fields.number("start"),
        "end": fields.number("end"),
        "text": "".join(text if joined else f" {text}" for text, _, joined in words).strip(),
        "words": [[text, start] for text, start, _ in words],
        "speech": speech,
    }


def _check_numbers(text: str, address: str) -> None:
    """Raise SourceError at a number that is not finite: JSON has none, but Python's reader accepts them."""
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token.startswith('"'):
            continue
        try:
            finite = math.isfinite(float(token))
        except ValueError:
            continue  # no number, which the parser reports
        if not finite:
            line = text.count("\n", 0, match.start()) + 1
            column = match.start() - (text.rfind("\n", 0, match.start()) + 1) + 1
            location = Location(address, line, column, column + len(token) - 1)
            raise SourceError(f"expected a finite number, got {token[:40]}", location, hint=_HINT)


class _Fields:
    """A mapping of the file. place: where it is, such as `scenes[2].`."""

    def __init__(self, data: object, address: str, place: str) -> None:
        if not isinstance(data, dict):
            raise SourceError(f"{address}: {place.rstrip('.') or 'the file'}: expected an object", hint=_HINT)
        self.data: Mapping[str, Any] = data
        self._address, self._place = address, place

    def text(self, name: str) -> str:
        """Return a text."""
        value = self.data.get(name)
        if not isinstance(value, str):
            raise self._wrong(name, "a text", value)
        return value

    def number(self, name: str) -> float:
        """Return a number that is not negative."""
        value = self.data.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < MAX_NUMBER:
            raise self._wrong(name, "a number of at least 0", value)
        return float(value)

    def mapping(self, name: str) -> _Fields | None:
        """Return a mapping, None if it is absent or null."""
        value = self.data.get(name)
        return None if value is None else _Fields(value, self._address, f"{self._place}{name}.")

    def items(self, name: str) -> Iterator[_Fields]:
        """Yield the mappings in a list."""
        value = self.data.get(name)
        if not isinstance(value, list):
            raise self._wrong(name, "a list", value)
        for index, item in enumerate(value):
            yield _Fields(item, self._address, f"{self._place}{name}[{index}].")

    def _wrong(self, name: str, expected: str, value: object) -> SourceError:
        got = "nothing" if value is None else json.dumps(value, ensure_ascii=False)[:40]
        return SourceError(f"{self._address}: {self._place}{name}: expected {expected}, got {got}", hint=_HINT)
