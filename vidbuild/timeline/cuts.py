"""When each of several clips of a scene begins: with a sentence of the narration, at a cue or a second, or in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

from vidbuild import timebase
from vidbuild.errors import SpecProblem
from vidbuild.frozen import dataclass, replaced
from vidbuild.media.render.motion import Effect, Track
from vidbuild.media.render.playback import Playback
from vidbuild.timeline.clip_times import ClipTimes, frames_of
from vidbuild.timeline.cut_params import CutParams
from vidbuild.timeline.params import TimelineParams
from vidbuild.timeline.spoken import TimedSpeech

HELD = 0.5  # seconds for which a last frame may stay without a warning


@dataclass(frozen=True, slots=True)
class Cuts:
    """The frame at which each clip begins, with how it plays; the last one ends with the scene."""

    clips: tuple[tuple[CutParams, ClipTimes], ...] = ()
    transition: int = 0

    @property
    def samples(self) -> int:
        """The samples until the last clip has ended."""
        return self.clips[-1][1].samples if self.clips else 0

    def tracks(self) -> dict[str, Track]:
        """Return the tracks of the clips' layers: each is visible until the next one begins."""
        found = {}
        for (cut, times), until in self._ends(0):
            enter = Effect(times.delay, 0, "cut") if times.delay else None
            found[cut.layer] = Track(enter, Effect(until, 0, "cut") if until else None)
        return found

    def playbacks(self, frames: int) -> dict[str, Playback]:
        """Return how each clip plays in a scene of so many frames, up to the moment at which the next one begins."""
        found = {}
        for (cut, times), until in self._ends(frames + self.transition):
            played = times.playback(max(until, times.delay + 1))
            found[cut.layer] = replaced(played, frames=min(played.frames, max(until, times.delay + 1)))
        return found

    def warnings(self, frames: int) -> Iterator[tuple[str, str, str]]:
        """Yield (code, field, message) for clips that are not seen, or of which the last frame stays for long."""
        for (cut, times), end in self._ends(frames):
            fps, start, until = times.fps, times.delay, min(end, frames)
            if start >= frames:
                ends = f"but the scene ends at {frames / fps:.1f} s"
                yield "VB401", cut.field, f"never shown: starts at {start / fps:.1f} s, {ends}"
            elif times.params.loop and not cut.holds and until - times.frames > HELD * fps:
                lasts, shown = (times.frames - start) / fps, (until - start) / fps
                message = f"the clip lasts {lasts:.1f} s, but it is shown for {shown:.1f} s: its last frame stays"
                yield "VB404", cut.field, f"{message}; 'loop: true' repeats it, 'loop: false' confirms it"

    def _ends(self, last: int) -> Iterator[tuple[tuple[CutParams, ClipTimes], int]]:
        """Yield each clip with the frame at which the next one begins. last: that of the last clip."""
        starts = [times.delay for _, times in self.clips[1:]]
        yield from zip(self.clips, [*starts, last], strict=False)


def cuts(params: TimelineParams, timed: TimedSpeech, part_ms: Mapping[str, float]) -> Cuts:
    """Return when the clips of a scene play. part_ms: layer -> how long its clip's part is, in its file.

    Raise SpecProblem for a clip that would begin before the one before it, or with a sentence that is not there.
    """
    if params.cuts is None:
        return Cuts()
    clips, fps = params.cuts.clips, params.fps
    whole = [
        ClipTimes(params.insets[cut.layer], fps, 0, frames_of(part_ms[cut.layer] / params.insets[cut.layer].speed, fps))
        for cut in clips
    ]
    if timed.words:
        candidates = [timed.words[word].start for word in params.cuts.sentences[1:]]
        begins = _with_sentences(clips, _fixed(clips, timed), candidates, timed.end + params.pause_after)
    elif params.duration is not None:
        begins = _evenly(clips, _fixed(clips, timed), params.duration)
    else:
        begins = _in_turn(_fixed(clips, timed), [times.samples for times in whole])
    starts = [0, *(timebase.frame_at(begin, fps) for begin in begins[1:])]
    for (before, start), cut in zip(pairwise(starts), clips[1:], strict=True):
        if start <= before:
            message = f"the clip begins at {start / fps:.1f} s, but the one before it begins at {before / fps:.1f} s"
            raise SpecProblem(message, field=f"{cut.field}.at" if cut.at is not None else cut.field)
    placed = (replaced(times, delay=start) for times, start in zip(whole, starts, strict=True))
    return Cuts(tuple(zip(clips, placed, strict=True)), params.transition)


def _fixed(clips: Sequence[CutParams], timed: TimedSpeech) -> list[int | None]:
    """Return the sample at which the spec lets each clip begin; None if it does not say. The first begins the scene."""
    times = [
        None if cut.at is None else timed.cues[cut.at] if isinstance(cut.at, str) else timebase.samples(cut.at)
        for cut in clips
    ]
    return [0, *times[1:]]


def _groups(fixed: Sequence[int | None], end: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield the clips [first, last) that begin between two known times, with these times; the first has the first."""
    known = [index for index, at in enumerate(fixed) if at is not None]
    for first, last in pairwise([*known, len(fixed)]):
        upper = fixed[last] if last < len(fixed) else None
        yield first, last, fixed[first] or 0, end if upper is None else upper


def _ideal(clips: Sequence[CutParams], begin: int, end: int) -> list[int]:
    """Return when the clips would begin if each got its share of the time."""
    shares = [0.0, *accumulate(cut.weight for cut in clips)]
    return [begin + round(max(0, end - begin) * share / shares[-1]) for share in shares[:-1]]


def _evenly(clips: Sequence[CutParams], fixed: Sequence[int | None], end: int) -> list[int]:
    begins: list[int] = []
    for first, last, begin, until in _groups(fixed, end):
        begins += _ideal(clips[first:last], begin, until)
    return begins


def _in_turn(fixed: Sequence[int | None], lengths: Sequence[int]) -> list[int]:
    begins: list[int] = []
    for at, before in zip(fixed, [0, *lengths], strict=False):
        begins.append(at if at is not None else begins[-1] + before)
    return begins


def _with_sentences(
    clips: Sequence[CutParams], fixed: Sequence[int | None], candidates: Sequence[int], end: int
) -> list[int]:
    """Return when each clip begins: those without a time of their own with the sentences that divide the time best."""
    begins: list[int] = []
    for first, last, begin, until in _groups(fixed, end):
        inside = [at for at in candidates if begin < at < until]
        free = clips[first + 1 : last]
        if len(free) > len(inside):
            cut = free[len(inside)]
            message = f"no sentence is left to begin this clip with between {_seconds(begin)} and {_seconds(until)}"
            raise SpecProblem(message, field=cut.field, hint="set 'at' to a cue or seconds, or remove it")
        begins += [begin, *_nearest(_ideal(clips[first:last], begin, until)[1:], inside)]
    return begins


def _nearest(ideal: Sequence[int], candidates: Sequence[int]) -> list[int]:
    """Return as many candidates as there are ideal times, in order, with the least distance from them altogether."""
    best: list[tuple[int, list[int]]] = [(0, [])] * (len(candidates) + 1)  # by how many candidates may be used
    for wanted in ideal:
        following: list[tuple[int, list[int]]] = [(1 << 62, [])]
        for index, at in enumerate(candidates):
            cost, chosen = best[index]
            following.append(min(following[-1], (cost + abs(at - wanted), [*chosen, at]), key=lambda each: each[0]))
        best = following
    return best[-1][1]


def _seconds(samples: int) -> str:
    return f"{samples / timebase.SAMPLE_RATE:.1f} s"
