"""Reads asciicast files of version 1, 2 and 3: what was printed and typed, and when.

https://docs.asciinema.org/manual/asciicast/
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.location import Location

MAX_EVENTS = 50_000
MAX_SECONDS = 36_000.0
MAX_COLUMNS = 400
IDLE = 1.0  # seconds to which a scene cuts each pause
_EVENT = 3  # time, kind, data


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: "o" for output, "i" for input, "m" for a marker. seconds: from the start."""

    seconds: float
    kind: str
    data: str


@dataclass(frozen=True, slots=True)
class TerminalRecording:
    """A whole recording. idle: seconds to which it limits each pause when it is played."""

    columns: int
    events: tuple[Event, ...]
    title: str = ""
    idle: float = IDLE

    @property
    def end(self) -> float:
        """When the last event happens."""
        return self.events[-1].seconds

    def between(self, start: float, end: float) -> tuple[Event, ...]:
        """Return the events of a part: from its start up to its end."""
        first, last = (bisect_left(self.events, each, key=lambda event: event.seconds) for each in (start, end))
        return self.events[first:last]

    def played(self, start: float, end: float) -> float:
        """Return how long a part plays, without its pauses."""
        times = [start, *(event.seconds for event in self.between(start, end)), end]
        return sum(min(after - before, self.idle) for before, after in pairwise(times))


def is_recording(text: str) -> bool:
    """Return whether a text is an asciicast file, as its header says."""
    try:
        header = json.loads(text.split("\n", 1)[0])
    except (ValueError, RecursionError):
        try:
            header = json.loads(text)
        except (ValueError, RecursionError):
            return False
    return (
        isinstance(header, dict) and header.get("version") in {1, 2, 3} and ({"width", "term"} & header.keys() != set())
    )


def read(text: str, source: Source) -> TerminalRecording:
    """Return the recording in a file. Raises SourceError."""
    lines = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip() and not line.startswith("#")]
    if not lines:
        raise SourceError(f"'{source.address}' is empty: expected an asciicast file")
    number, first = lines[0]
    try:
        header = _value(first)
    except ValueError:
        header = _whole(text, source)
    if not isinstance(header, dict) or header.get("version") not in {1, 2, 3}:
        raise _error(source, number, first, "no header of a recording: expected an asciicast file of version 1, 2 or 3")
    version = header["version"]
    terminal = header.get("term") if version == _EVENT else header
    columns = terminal.get("cols" if version == _EVENT else "width") if isinstance(terminal, dict) else None
    if type(columns) is not int or not 1 <= columns <= MAX_COLUMNS:
        raise _error(source, number, first, f"the header has no width: expected 1 to {MAX_COLUMNS} columns")
    events = _first_version(header, source) if version == 1 else _events(lines[1:], source, relative=version == _EVENT)
    found = tuple(events)
    if not any(event.kind == "o" for event in found):
        raise SourceError(f"'{source.address}' has no output to show")
    if len(found) > MAX_EVENTS:
        raise SourceError(f"'{source.address}' has {len(found)} events: the maximum is {MAX_EVENTS}")
    if found[-1].seconds > MAX_SECONDS:
        raise SourceError(f"'{source.address}' lasts {found[-1].seconds:.0f} s: the maximum is {MAX_SECONDS:.0f} s")
    title, idle = header.get("title"), header.get("idle_time_limit")
    limit = float(idle) if _is_time(idle) and idle else IDLE
    return TerminalRecording(columns, found, title.strip() if isinstance(title, str) else "", min(limit, IDLE))


def _value(text: str) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("too deep") from None


def _whole(text: str, source: Source) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value that the whole file is: version 1 may have several lines."""
    try:
        return _value(text)
    except json.JSONDecodeError as error:
        raise SourceError(
            f"no valid JSON: {error.msg}", Location(source.address, error.lineno, error.colno, error.colno)
        ) from error
    except ValueError as error:
        raise SourceError(f"'{source.address}' is no valid JSON: {error}") from error


def _first_version(header: Mapping[str, Any], source: Source) -> Iterator[Event]:
    output = header.get("stdout")
    if not isinstance(output, list):
        raise SourceError(f"'{source.address}' has no 'stdout'")
    seconds = 0.0
    for nth, item in enumerate(output, 1):
        if not (isinstance(item, list) and len(item) == _EVENT - 1 and _is_time(item[0]) and isinstance(item[1], str)):
            raise SourceError(f"'{source.address}': entry {nth} of 'stdout' is no delay and text")
        seconds += item[0]
        yield Event(seconds, "o", item[1])


def _events(lines: list[tuple[int, str]], source: Source, *, relative: bool) -> Iterator[Event]:
    """Yield the events; the last line may be incomplete, as in a recording that was interrupted."""
    seconds = 0.0
    for nth, (number, line) in enumerate(lines, 1):
        try:
            item = _value(line)
        except ValueError as error:
            if nth == len(lines):
                return
            raise _error(source, number, line, "the event is no valid JSON") from error
        if not (isinstance(item, list) and len(item) >= _EVENT and _is_time(item[0]) and isinstance(item[1], str)):
            raise _error(source, number, line, 'the event is no [time, "kind", "data"]')
        seconds = seconds + item[0] if relative else max(seconds, item[0])
        if item[1] in {"o", "i", "m"} and isinstance(item[2], str):
            yield Event(seconds, item[1], item[2])


def _is_time(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < MAX_SECONDS * 100


def _error(source: Source, number: int, line: str, message: str) -> SourceError:
    return SourceError(message, Location(source.address, number, 1, max(len(line.rstrip()), 1)))
