"""When the clip of a scene begins to play, pauses and ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from vidbuild import timebase
from vidbuild.errors import SpecProblem
from vidbuild.frozen import dataclass, replaced
from vidbuild.media.render.motion import Effect, Track
from vidbuild.media.render.playback import Freeze, Playback
from vidbuild.timeline.clip_params import ClipParams, Pause
from vidbuild.timeline.spoken import TimedSpeech

POSTER = "poster"  # the layer that covers a clip until it begins to play


@dataclass(frozen=True, slots=True)
class ClipTimes:
    """A clip in the time of its scene, in frames.

    delay: before it begins to play. pass_frames: how long it plays once.
    freezes: by frame, with the index of each in the spec.
    """

    params: ClipParams
    fps: int
    delay: int
    pass_frames: int
    freezes: tuple[tuple[Freeze, int], ...] = ()

    @property
    def frames(self) -> int:
        """The frames until it has ended; one pass of a clip that is repeated for as long as the scene lasts."""
        return (
            self.delay + self.pass_frames * max(1, self.params.loop) + sum(freeze.frames for freeze, _ in self.freezes)
        )

    @property
    def samples(self) -> int:
        """The same in samples."""
        return self.frames * timebase.samples_per_frame(self.fps)

    def playback(self, frames: int) -> Playback:
        """Return how it plays in a scene of so many frames, with the frames of a transition after it."""
        params, endless = self.params, self.params.loop == 0
        whole = Playback(
            params.start_ms,
            0,
            max(frames, self.frames) if endless else self.frames,
            params.fit,
            hold=self.delay,
            speed=params.speed,
            repeats=self.pass_frames if params.loop != 1 else 0,
            freezes=tuple(freeze for freeze, _ in self.freezes),
            poster_ms=params.poster_ms,
            focus=params.focus,
        )
        return whole.window(0, whole.frames)

    def tracks(self) -> dict[str, Track]:
        """Return the track of the layer that covers the clip until it begins to play."""
        return {POSTER: Track(leave=Effect(self.delay, 0, "cut"))} if self.params.covered else {}

    def warnings(self, frames: int) -> Iterator[tuple[str, str, str]]:
        """Yield (code, field, message) for what viewers never see in a scene of so many frames."""
        for field_name, frame in (("at", self.delay), *((_field(index), each.frame) for each, index in self.freezes)):
            if frame >= frames:
                times = f"starts at {_seconds(frame, self.fps)}, but the scene ends at {_seconds(frames, self.fps)}"
                yield "VB401", field_name, f"never shown: {times}"


def frames_of(clip_ms: float, fps: int) -> int:
    """Return how long a clip is: as many frames as have their middle in it, since each shows what is there."""
    return max(1, timebase.frame_at(round(clip_ms * timebase.SAMPLE_RATE / 1000), fps))


def clip_times(params: ClipParams, part_ms: float, timed: TimedSpeech, fps: int) -> ClipTimes:
    """Return when a clip plays, whose part lasts so long in its file.

    Raise SpecProblem for a freeze of a clip that does not play then.
    """
    delay = 0 if params.at is None else _frame(params.at, timed, fps)
    times = ClipTimes(params, fps, delay, frames_of(part_ms / params.speed, fps))
    spans = sorted(((_freeze(pause, timed, fps), pause.number) for pause in params.freezes), key=lambda span: span[0])
    for freeze, index in spans:
        _check_freeze(freeze, index, times)
        times = replaced(times, freezes=(*times.freezes, (freeze, index)))
    _check_overlaps(spans, fps)
    return times


def _freeze(pause: Pause, timed: TimedSpeech, fps: int) -> Freeze:
    start = _frame(pause.at, timed, fps)
    if pause.until is None:
        return Freeze(start, max(1, timebase.frames(pause.seconds, fps)))
    end = _frame(pause.until, timed, fps)
    if end <= start:
        message = f"'until' is at {_seconds(end, fps)}, but the freeze begins at {_seconds(start, fps)}"
        raise SpecProblem(message, field=f"freeze.{pause.number}.until")
    return Freeze(start, end - start)


def _check_freeze(freeze: Freeze, index: int, times: ClipTimes) -> None:
    """Refuse a freeze of a clip that has not begun or has ended."""
    at, fps = _seconds(freeze.frame, times.fps), times.fps
    if freeze.frame < times.delay:
        message = f"the freeze begins at {at}, but the clip begins to play at {_seconds(times.delay, fps)}"
        raise SpecProblem(message, field=_field(index), hint="set a later 'at'")
    if times.params.loop and freeze.frame >= times.frames:
        message = f"the freeze begins at {at}, but the clip has ended at {_seconds(times.frames, fps)}"
        raise SpecProblem(message, field=_field(index), hint="set an earlier 'at', or remove it: the last frame stays")


def _check_overlaps(spans: Sequence[tuple[Freeze, int]], fps: int) -> None:
    for (before, _), (freeze, index) in pairwise(spans):
        if freeze.frame < (end := before.frame + before.frames):
            at = _seconds(freeze.frame, fps)
            message = f"the freeze begins at {at}, but the clip is frozen until {_seconds(end, fps)}"
            raise SpecProblem(message, field=_field(index), hint="set a later 'at', or remove one of the two")


def _field(index: int) -> str:
    return f"freeze.{index}.at"


def _frame(moment: str | float, timed: TimedSpeech, fps: int) -> int:
    return timebase.frame_at(timed.cues[moment] if isinstance(moment, str) else timebase.samples(moment), fps)


def _seconds(frame: int, fps: int) -> str:
    return f"{frame / fps:.1f} s"
