"""Replays a recording of a terminal: what it shows at which time, as rows that many states share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from vidbuild import columns
from vidbuild.scenes import isolation
from vidbuild.scenes.command import cast, cells
from vidbuild.scenes.command.rows import EMPTY, Row
from vidbuild.scenes.command.screen import Screen
from vidbuild.scenes.command.style import Style, runs

MERGED = 0.06  # seconds: output that follows within them is shown with it
HIGHEST = 24  # rows that are shown of a terminal, so that they can be read: the last ones that are not empty
MAX_LINES = 1200  # different lines of a replay: each is drawn once

Line = tuple[tuple[str, Style], ...]


@dataclass(frozen=True, slots=True)
class State:
    """What the terminal shows from a time on.

    seconds: from the part's start.
    rows: for each row of the screen, the index of its line.
    """

    seconds: float
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """The states from one marker to the next. label: of the marker at its start; "" for none.

    seconds: its length.
    """

    label: str
    states: tuple[State, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Replay:
    """A recording as states of a screen.

    size: the columns and rows that are ever used.
    lines: all different lines; the first one is empty.
    parts: at least one.
    """

    size: tuple[int, int]
    lines: tuple[Line, ...]
    parts: tuple[Part, ...]

    @property
    def states(self) -> list[State]:
        """The states of all parts, in order."""
        return [state for part in self.parts for state in part.states]


@lru_cache(maxsize=8)
def replay(text: str, idle: float, speed: float, start: float = 0, end: float | None = None) -> Replay:
    """Return the replay of a recording.

    idle: the longest pause, in seconds; longer ones are cut.
    speed: the factor by which it is quicker than the recording.
    start, end: the part of the recording to show, in its own seconds.
    Raises CastError.
    """
    recording = cast.read(text)
    longest = idle if recording.idle is None else min(idle, recording.idle)
    made = Recorder()
    label, begin, last = "", 0.0, 0.0
    for seconds, shown, marker in _moments(recording, longest, speed, start, end):
        if marker is not None:
            made.end_part(label, seconds - begin)
            label, begin = marker, seconds
        else:
            made.add(seconds - begin, shown)
        last = seconds
    made.end_part(label, last - begin)
    return made.replay()


class Recorder:
    """Collects the states of a screen, part by part."""

    def __init__(self) -> None:
        self._lines: dict[Line, int] = {(): 0}
        self._parts: list[Part] = []
        self._states: list[State] = []

    def add(self, seconds: float, shown: Sequence[Line]) -> None:
        """Add what a screen shows from a time of this part on, unless it shows that already."""
        rows = tuple(self._lines.setdefault(line, len(self._lines)) for line in shown)
        if not self._states and not self._parts and seconds > 0:
            self._states.append(State(0.0, (0,) * len(rows)))  # nothing is shown before it was printed
        before = self._states or (self._parts[-1].states if self._parts else ())
        if not before or before[-1].rows != rows:
            self._states.append(State(seconds, rows))

    def end_part(self, label: str, seconds: float) -> None:
        """End this part, which takes so long, and begin the next one."""
        self._parts.append(Part(label, tuple(self._states), seconds))
        self._states = []

    def replay(self) -> Replay:
        """Return all parts, with the rows and columns that they use."""
        parts = [Part(part.label, tuple(map(_followed, part.states)), part.seconds) for part in self._parts]
        used = _used(tuple(self._lines), parts)
        return Replay(used, tuple(self._lines), tuple(_cropped(part, used[1]) for part in parts))


def _moments(
    recording: cast.Cast, idle: float, speed: float, start: float, end: float | None
) -> Iterator[tuple[float, list[Line], str | None]]:
    """Yield the time and the lines of each state, or the time and the label of a marker."""
    screen = Screen(recording.size)
    now = before = start
    shown_at: float | None = None  # when the output began that no state shows yet
    events = [event for event in recording.events if end is None or event.seconds <= end]
    for index, event in enumerate(events):
        if event.seconds >= start:
            now += min(event.seconds - max(before, start), idle)
        before = max(event.seconds, start)
        if event.kind == "m":
            if event.seconds >= start:
                yield (now - start) / speed, [], event.data.strip()
            continue
        if event.kind == "r":
            screen.resize(cast.size_of(event))
        else:
            screen.write(event.data)
        if event.seconds < start and index + 1 < len(events) and events[index + 1].seconds < start:
            continue
        shown_at = now if shown_at is None else shown_at
        following = events[index + 1] if index + 1 < len(events) else None
        joined = following is not None and following.kind != "m" and following.seconds - event.seconds < MERGED
        if joined and now - shown_at < MERGED * 2:
            continue
        yield (shown_at - start) / speed, lines_of(screen), None
        shown_at = None


def lines_of(screen: Screen) -> list[Line]:
    """Return what a screen shows, its cursor included."""
    return [_line(screen, row) for row in range(len(screen.rows))]


def _line(screen: Screen, index: int) -> Line:
    row: Row = screen.rows[index]
    at, column = screen.cursor
    if screen.cursor_shown and index == at:
        row = [*row, *[EMPTY] * (column + 1 - len(row))]
        character, style = row[column]
        row[column] = (character or " ", style._replace(cursor=True))
    return tuple(runs(row))


def _followed(state: State) -> State:
    """Return a state of a high terminal without the rows that are too far above its last one."""
    last = max((index for index, line in enumerate(state.rows) if line), default=0)
    top = max(0, last + 1 - HIGHEST)
    return State(state.seconds, state.rows[top:])


def _used(lines: tuple[Line, ...], parts: list[Part]) -> tuple[int, int]:
    """Return the columns and rows that any state uses."""
    width = max(sum(columns.width(text) for text, _ in line) for line in lines)
    height = max(
        (index + 1 for part in parts for state in part.states for index, line in enumerate(state.rows) if line),
        default=1,
    )
    return max(width, 1), height


def _cropped(part: Part, height: int) -> Part:
    states = tuple(State(state.seconds, (*state.rows, *[0] * height)[:height]) for state in part.states)
    return Part(part.label, states, part.seconds)


def as_data(shown: Replay, more: Mapping[str, str]) -> dict[str, Any]:
    """Return a replay as JSON values, for the template.

    {"columns", "rows", "lines": [line…], "states": [[index of a line…]…]}, and more: "ink", the name of the color of
    plain text, and "field" and "hint" of a warning. Lines are as those of an output.
    """
    width, height = shown.size
    return {
        "columns": width,
        "rows": height,
        "lines": [cells.styled(line, isolation.PROSE) for line in shown.lines],
        "states": [list(state.rows) for state in shown.states],
        **more,
    }
