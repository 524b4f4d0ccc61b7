"""Recordings of terminals: what was printed and typed, and when."""

from __future__ import annotations

import json
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.location import Location

if TYPE_CHECKING:
    from vidbuild.scenes.command.cast import Event

MAX_SECONDS = 36_000.0
IDLE = 1.0  # seconds to which a scene cuts each pause


@dataclass(frozen=True, slots=True)
class TerminalRecording:
    """A whole recording. events: what is shown; idle: seconds to which each pause is limited when it is played."""

    columns: int
    events: tuple[Event, ...]
    inputs: tuple[Event, ...] = ()
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
    """Return the recording in a file, as a scene reads it. Raises SourceError."""
    from vidbuild.scenes.command import cast

    try:
        found = cast.read(text)
    except cast.CastError as error:
        raise SourceError(error.message, _location(text, error.span, source), error.hint) from error
    if not any(event.kind == "o" for event in found.events):
        raise SourceError(f"'{source.address}' has no output to show")
    if (count := len(found.events) + len(found.inputs)) > cast.MAX_EVENTS:
        raise SourceError(f"'{source.address}' has {count} events: the maximum is {cast.MAX_EVENTS}")
    end = found.events[-1].seconds
    if end > MAX_SECONDS:
        raise SourceError(f"'{source.address}' lasts {end:.0f} s: the maximum is {MAX_SECONDS:.0f} s")
    idle = min(found.idle or IDLE, IDLE)
    return TerminalRecording(found.size[0], found.events, found.inputs, found.title.strip(), idle)


def _location(text: str, span: tuple[int, int], source: Source) -> Location:
    start = text.rfind("\n", 0, span[0]) + 1
    return Location(source.address, text.count("\n", 0, start) + 1, span[0] - start + 1, span[1] - start + 1)
