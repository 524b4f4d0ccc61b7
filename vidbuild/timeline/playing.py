"""When a layer of rows shows each of its states, as frames: at its own pace, or faster if time is short."""

from __future__ import annotations

from collections.abc import Sequence

from vidbuild import timebase
from vidbuild.scenes.protocol import Reveal

FASTEST = 2.0  # the factor by which the last states are played faster, to end with the narration


def states(
    reveals: Sequence[Reveal], times: Sequence[int], nth: int, start: int, until: int, fps: int
) -> tuple[list[tuple[int, int]], int]:
    """Return (frame, index) of each state of a reveal, and the frame after its last one.

    times: the sample at which each reveal should begin.
    start: the frame at which this one begins.
    until: the sample at which the narration ends.
    """
    layer, seconds = reveals[nth].states
    shown = [reveal for reveal in reveals[:nth] if reveal.states[0] == layer]
    first = sum(len(reveal.states[1]) for reveal in shown)
    pace = _pace(reveals, times, nth, start, until, fps)
    found = {start + timebase.frames(each / pace, fps): first + index for index, each in enumerate(seconds)}
    if not shown:
        found.setdefault(0, 0)
    return sorted(found.items()), start + timebase.frames(reveals[nth].lasting / pace, fps)


def _pace(reveals: Sequence[Reveal], times: Sequence[int], nth: int, start: int, until: int, fps: int) -> float:
    """Return the factor by which time runs faster, for this reveal and those that follow it at once."""
    following = range(nth + 1, len(reveals))
    timed = next((index for index in following if not reveals[index].after_previous), None)
    own = sum(reveal.lasting for reveal in reveals[nth:timed])
    end = until if timed is None else times[timed]
    available = (timebase.frame_at(end, fps) - start) / fps
    if not own or available >= own:
        return 1.0
    if timed is None:
        return min(FASTEST, own / available) if available > 0 else FASTEST
    return own / max(available, 1 / fps)
