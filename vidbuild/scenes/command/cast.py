"""Reads recordings of terminals: asciicast files of version 1, 2 and 3, as asciinema and others write them.

https://docs.asciinema.org/manual/asciicast/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from vidbuild.json_types import Json

MAX_SIZE = (400, 120)  # columns and rows
MAX_EVENTS = 50_000
MAX_SECONDS = 1e6
NO_CAST = "not a recording of a terminal: expected an asciicast file"
_SIZE = re.compile(r"([0-9]{1,4})x([0-9]{1,4})\Z")


class CastError(Exception):
    """A recording that cannot be read.

    span: the range of characters that the problem is about.
    """

    def __init__(self, message: str, span: tuple[int, int], hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.span, self.hint = message, span, hint


@dataclass(frozen=True, slots=True)
class Event:
    """What happened in a recording.

    seconds: from its start.
    kind: "o" for output, "m" for a marker, "r" for a new size ("80x24"), "i" for input.
    """

    seconds: float
    kind: str
    data: str


@dataclass(frozen=True, slots=True)
class Cast:
    """A recording.

    size: columns and rows at its start.
    events: what is shown; inputs: what was typed, which a terminal shows only if a program prints it.
    idle: seconds to which the file limits each pause; None if it does not.
    cut: the range of characters of a last event that is incomplete; None if the file is whole.
    """

    size: tuple[int, int]
    events: tuple[Event, ...]
    title: str = ""
    idle: float | None = None
    cut: tuple[int, int] | None = None
    inputs: tuple[Event, ...] = ()


@lru_cache(maxsize=8)
def read(text: str) -> Cast:
    """Return a recording. Raises CastError."""
    lines = list(_lines(text))
    if not lines:
        raise CastError("the recording is empty", (0, len(text)))
    first, start = lines[0]
    if not first.lstrip().startswith("{"):
        raise CastError(NO_CAST, (start, start + len(first)))
    try:
        header = _json(first)
    except ValueError:
        return _read_v1(text)
    version = header.get("version") if isinstance(header, dict) else None
    if version == 1:
        return _read_v1(text)
    span = (start, start + len(first))
    if version not in {2, 3}:
        raise CastError(
            f"the version of the recording is unknown: expected 1, 2 or 3, got {json.dumps(version)}"
            if isinstance(header, dict) and "version" in header
            else "not a recording of a terminal: its first line is no header",
            span,
            "record with asciinema, or convert the file with 'asciinema convert'",
        )
    relative = version == 3  # noqa: PLR2004 - the format's number
    term = header.get("term", {}) if relative else header
    size = _size(term, ("cols", "rows") if relative else ("width", "height"), span)
    events, inputs, cut = _events(lines[1:], relative=relative)
    return Cast(size, events, _title(header), _idle(header), cut, inputs)


def _json(text: str) -> Json:
    """Return the value in a text. Raises ValueError."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("too many brackets are nested") from None


def _read_v1(text: str) -> Cast:
    """Read version 1, which is one JSON object: its times are those since the event before."""
    try:
        header = _json(text)
    except ValueError as error:
        at = getattr(error, "pos", 0)
        raise CastError(f"the recording is no valid JSON: {error.args[0]}", (at, at + 1)) from None
    if not isinstance(header, dict) or header.get("version") != 1 or not isinstance(header.get("stdout"), list):
        raise CastError(NO_CAST, (0, len(text.split("\n", maxsplit=1)[0])))
    events, seconds = [], 0.0
    for index, item in enumerate(header["stdout"]):
        match item:
            case [delay, str(data)] if _is_time(delay):
                seconds += delay
                events.append(Event(seconds, "o", data))
            case _:
                raise CastError(f"entry {index + 1} of 'stdout' is no delay and text", (0, 1))
    return Cast(_size(header, ("width", "height"), (0, 1)), _limited(events, (0, 1)), _title(header))


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """Yield each line that is no comment and not empty, and where it starts."""
    start = 0
    for line in text.split("\n"):
        if line.strip() and not line.startswith("#"):
            yield line, start
        start += len(line) + 1


def _events(
    lines: Sequence[tuple[str, int]], *, relative: bool
) -> tuple[tuple[Event, ...], tuple[Event, ...], tuple[int, int] | None]:
    """Return what is shown, what was typed, and the range of a last line that an interruption left incomplete."""
    found: list[Event] = []
    inputs: list[Event] = []
    seconds = 0.0
    for number, (line, start) in enumerate(lines):
        span = (start, start + len(line.rstrip()))
        try:
            item = _json(line)
        except ValueError:
            if number + 1 == len(lines):
                return _limited(found, span), tuple(inputs), span
            raise CastError("the event is no valid JSON", span) from None
        match item:
            case [time, str(kind), data, *_] if _is_time(time):
                seconds = seconds + time if relative else max(seconds, time)
                data = data if isinstance(data, str) else ""
            case _:
                raise CastError('the event is no [time, "kind", "data"]', span)
        if kind == "r" and not _valid(_resized(data)):
            raise CastError(f"the new size '{data}' is none: expected COLUMNSxROWS such as 80x24", span)
        if kind in "omr":
            found.append(Event(seconds, kind, data))
        elif kind == "i":
            inputs.append(Event(seconds, kind, data))
    return _limited(found, (0, 1)), tuple(inputs), None


def _limited(events: Sequence[Event], span: tuple[int, int]) -> tuple[Event, ...]:
    if len(events) > MAX_EVENTS:
        raise CastError(f"the recording has {len(events)} events: the maximum is {MAX_EVENTS}", span)
    return tuple(events)


def size_of(event: Event) -> tuple[int, int]:
    """Return the columns and rows of a new size."""
    found = _resized(event.data)
    assert found is not None  # noqa: S101 - checked when the file was read
    return found


def _resized(data: str) -> tuple[int, int] | None:
    match = _SIZE.match(data)
    return (int(match[1]), int(match[2])) if match else None


def _size(term: Json, names: tuple[str, str], span: tuple[int, int]) -> tuple[int, int]:
    width, height = (term.get(name) if isinstance(term, dict) else None for name in names)
    if type(width) is not int or type(height) is not int:
        raise CastError(f"the header of the recording has no '{names[0]}' and '{names[1]}'", span)
    if not _valid((width, height)):
        limit = f"{MAX_SIZE[0]}x{MAX_SIZE[1]}"
        raise CastError(f"the terminal has {width}x{height} cells: expected 1x1 to {limit}", span)
    return width, height


def _valid(size: tuple[int, int] | None) -> bool:
    return size is not None and all(1 <= value <= most for value, most in zip(size, MAX_SIZE, strict=True))


def _is_time(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < MAX_SECONDS


def _title(header: Mapping[str, Any]) -> str:
    title = header.get("title")
    return title if isinstance(title, str) else ""


def _idle(header: Mapping[str, Any]) -> float | None:
    idle = header.get("idle_time_limit")
    return float(idle) if _is_time(idle) and idle else None
