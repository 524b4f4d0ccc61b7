"""A command scene that replays a recording of a terminal. Layers: heading, window, screen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from vidbuild.scenes.command import cast
from vidbuild.scenes.command.replay import MAX_LINES, Replay, as_data, replay
from vidbuild.scenes.protocol import Reveal, SceneProblem

OPTIONS = ("idle", "speed", "start", "end")  # fields that only a recording has
IDLE = 1.0  # seconds


def is_recorded(fields: Mapping[str, Any]) -> bool:
    """Return whether a scene shows a recording."""
    return fields.get("recording") is not None


def of(fields: Mapping[str, Any]) -> Replay:
    """Return the replay of a scene's recording. Raises CastError."""
    idle, speed = fields.get("idle", IDLE), fields.get("speed", 1.0)
    return replay(fields["recording"], idle, speed, fields.get("start", 0), fields.get("end"))


def problems(fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
    """Yield what is wrong with a recording, and with the part of it that is shown."""
    for other in ("commands", "record"):
        if other in fields:
            yield SceneProblem("cast", f"'cast' and '{other}' cannot both be given", "remove one of them")
    try:
        recording = cast.read(fields["recording"])
        end = max((event.seconds for event in recording.events), default=0.0)
        start, last = fields.get("start", 0), fields.get("end")
        if start and start >= end:
            yield SceneProblem("start", f"'start' is {start:g} s, but the recording ends at {end:.1f} s")
        elif last is not None and last <= start:
            yield SceneProblem("end", f"'end' is {last:g} s, before 'start' at {start:g} s")
        elif not any(event.kind == "o" for event in recording.events):
            yield SceneProblem("cast", "the recording has no output")
        elif (count := len(of(fields).lines)) > MAX_LINES:
            hint = "show a part of it with 'start' and 'end', or divide it between scenes"
            yield SceneProblem("cast", f"the recording has {count} different lines: the maximum is {MAX_LINES}", hint)
    except cast.CastError as error:
        yield SceneProblem("recording", error.message, error.hint, error.span)


def warnings(fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
    """Yield a warning for a recording that was interrupted, and for each secret that it seems to have."""
    recording = cast.read(fields["recording"])
    if recording.cut is not None:
        message = "the recording is cut short: this event is incomplete, and what comes before it is shown"
        yield SceneProblem("recording", message, None, recording.cut, "VB417")
    from vidbuild.scenes.command import tokens

    yield from tokens.warnings("cast", ["".join(event.data for event in recording.events if event.kind == "o")])


def drawing(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the recording as its template draws it."""
    hint = "record in a terminal of 80x24 cells or less: 'asciinema rec --window-size 80x24'"
    return as_data(of(fields), {"ink": "panel_text", "field": "cast", "hint": hint})


def title(fields: Mapping[str, Any]) -> str:
    """Return the recording's own title."""
    return cast.read(fields["recording"]).title


def labels(fields: Mapping[str, Any]) -> list[str]:
    """Return the labels of the markers; none if the recording cannot be read."""
    try:
        return [event.data.strip() for event in cast.read(fields["recording"]).events if event.kind == "m"]
    except cast.CastError:
        return []


def reveals(fields: Mapping[str, Any], cues: Collection[str]) -> list[Reveal]:
    """Return a reveal for each part of the recording: at the cue of its marker, else right after the part before."""
    found = []
    for index, part in enumerate(of(fields).parts):
        at: str | float | None = part.label if part.label in cues else None if index else 0.0
        times = tuple(round(state.seconds, 3) for state in part.states)
        found.append(
            Reveal(
                "cast",
                at,
                after_previous=not index or at is None,
                states=("screen", times),
                lasting=round(part.seconds, 3),
            )
        )
    return found
