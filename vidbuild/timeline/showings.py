"""When callouts and overlays are visible: layers that appear and disappear beside a scene's own reveals.

Unlike reveals, they are never spread over the narration, they do not make a scene longer, and each is by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vidbuild import timebase
from vidbuild.errors import SpecProblem
from vidbuild.media.render.motion import Effect, Track
from vidbuild.timeline.showing import Showing
from vidbuild.timeline.spoken import TimedSpeech

APPEARING = 0.25  # seconds: shorter than an entrance, since it answers a word
DISAPPEARING = 0.2


@dataclass(frozen=True, slots=True)
class Shown:
    """The tracks of all layers that appear, and (field, message) for what viewers never see."""

    tracks: Mapping[str, Track]
    warnings: Sequence[tuple[str, str]]


def shown(showings: Sequence[Showing], timed: TimedSpeech, tracks: Mapping[str, Track], fps: int, frames: int) -> Shown:
    """When the layers of showings are visible.

    tracks: of the layers that enter at the start of the scene; a showing waits until they are there.
    frames: the scene's length.
    Raises SpecProblem for one that would end before it begins.
    """
    found: dict[str, Track] = {}
    warnings = []
    for showing in showings:
        start, settled = _begin(showing, timed, fps), _settled(tracks)
        end = _end(showing, timed, fps)
        if end is not None and end <= (0 if start is None else start):
            begins = 0.0 if start is None else start / fps
            raise SpecProblem(
                f"'until' is at {end / fps:.1f} s, but the callout appears at {begins:.1f} s",
                field=f"{showing.field}.until",
            )
        first = max(settled, 0 if start is None else start)
        if first >= frames:
            message = f"never shown: starts at {first / fps:.1f} s, but the scene ends at {frames / fps:.1f} s"
            warnings.append((showing.field, message))
        elif end is not None and end <= first:
            warnings.append((showing.field, f"never shown: 'until' is at {end / fps:.1f} s, before the scene is there"))
        found.update(_tracks(showing, first, end, fps))
    return Shown(found, tuple(warnings))


def _tracks(showing: Showing, first: int, end: int | None, fps: int) -> Iterator[tuple[str, Track]]:
    appearing, disappearing = (timebase.frames(seconds, fps) for seconds in (APPEARING, DISAPPEARING))
    if end is not None:
        appearing = min(appearing, max(0, end - first))
    leave = None if end is None else Effect(max(end, first), disappearing, "fade")
    for layer, effect in showing.enter.items():
        yield layer, Track(Effect(first, 0 if effect == "cut" else appearing, effect), leave)


def _settled(tracks: Mapping[str, Track]) -> int:
    """The frame at which all that enters at the start of a scene is there."""
    return max((track.enter.frame + track.enter.frames for track in tracks.values() if track.enter), default=0)


def _begin(showing: Showing, timed: TimedSpeech, fps: int) -> int | None:
    return _frame(showing.at, showing.at_word, timed, fps)


def _end(showing: Showing, timed: TimedSpeech, fps: int) -> int | None:
    return _frame(showing.until, showing.until_word, timed, fps)


def _frame(moment: str | float | None, word: int | None, timed: TimedSpeech, fps: int) -> int | None:
    if word is not None:
        return timebase.frame_at(timed.words[word].start, fps)
    if moment is None:
        return None
    return timebase.frame_at(timed.cues[moment] if isinstance(moment, str) else timebase.samples(moment), fps)
