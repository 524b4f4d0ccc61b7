"""Place music under the scenes of a video, on the grid of the track's AAC frames.

The mux step starts scene i at the AAC frame nearest to its start. Music is placed by these frames, so that it is
continuous over all scenes: sample s of a scene is sample 1024 * frame + s of the track.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any

from vidbuild.frozen import dataclass
from vidbuild.media.audio import adts, envelope
from vidbuild.media.audio.envelope import Point, Span
from vidbuild.timebase import SAMPLE_RATE

# AAC frames that are encoded before and after a scene and then dropped: with them, the encoder chooses the same windows
# on both sides of a border. 2 before and 2 after are enough.
BEFORE, AFTER = 8, 4

# Speech, clips and sounds this near to a border, in samples, could change the windows on their side alone.
GUARD = 4 * adts.FRAME_SAMPLES

CHANGE = SAMPLE_RATE // 2  # half of the time over which the volume changes at a border
BLOCK = SAMPLE_RATE * 2 // 5  # of the meter of loudness
GATE = -10.0  # LU: softer parts do not count in the loudness of a video (EBU R 128)


@dataclass(frozen=True, slots=True)
class Setting:
    """A scene's music. Lengths in samples.

    file: its number among the spec's music, each from its own start on.
    level: in dB, relative to speech.
    """

    file: int
    level: float
    fade_in: int
    fade_out: int
    loop: bool

    def goes_on(self, before: Setting | None) -> bool:
        """Return whether this is the music of the scene before, which goes on."""
        return before is not None and self.file == before.file


@dataclass(frozen=True, slots=True)
class SceneSound:
    """What is played in a scene, in samples from its start.

    speech: where somebody speaks, without longer pauses, or a clip's audio is in the foreground.
    foreground: from the start of the first sound that is not music to the end of the last one, None without any.
    """

    samples: int
    music: Setting | None
    speech: tuple[Span, ...] = ()
    foreground: Span | None = None


@dataclass(frozen=True, slots=True)
class _Placed:
    """A scene on the track. run: scenes with the same number have music that goes on."""

    sound: SceneSound
    start: int
    end: int
    run: int

    @property
    def music(self) -> Setting | None:
        return self.sound.music


def beds(scenes: Sequence[SceneSound]) -> list[dict[str, Any] | None]:
    """Return the music of each scene, None without any, as JSON values, in samples from the scene's start.

    frames: AAC frames of the scene.
    position: sample of the music at the scene's start.
    loop, fade_out: as in its setting.
    points: levels relative to speech. highest: the highest level of this music in all scenes.
    fades: from silence [start, end] and to silence [start, end]; null outside the scene.
    joined: whether the music goes on without a gap from the scene before, and into the next one.
    """
    placed = list(_place(scenes))
    speech = [(each.start + start, each.start + end) for each in placed for start, end in each.sound.speech]
    ducked = envelope.ducking(speech, placed[-1].end)
    joints = [False, *(_is_joined(left, right) for left, right in pairwise(placed)), False]
    found: list[dict[str, Any] | None] = [None] * len(placed)
    for _, group in groupby(range(len(placed)), key=lambda index: placed[index].run):
        indexes = list(group)
        run = [placed[index] for index in indexes]
        if run[0].music is None:
            continue
        points = envelope.added(_levels(run), ducked)
        for index, each in zip(indexes, run, strict=True):
            found[index] = {**_bed(each, run, points), "joined": [joints[index], joints[index + 1]]}
    return found


def needed(scenes: Sequence[SceneSound]) -> dict[int, int]:
    """Return how many samples of each file can be played, if it is long enough."""
    lengths: dict[int, int] = {}
    for _, group in groupby(_place(scenes), key=lambda each: each.run):
        run = list(group)
        if (music := run[0].music) is not None:
            length = run[-1].end - run[0].start + (BEFORE + AFTER) * adts.FRAME_SAMPLES
            lengths[music.file] = max(length, lengths.get(music.file, 0))
    return lengths


def expected_loudness(scenes: Sequence[SceneSound]) -> float:
    """Return about how loud the video is, in LU relative to speech, if music is as loud as its level while it is alone.

    It is not alone on ramps and in the meter's blocks of 0.4 s with speech, and does not count in its fades.
    """
    placed = list(_place(scenes))
    speech = envelope.merged((each.start + a, each.start + b) for each in placed for a, b in each.sound.speech)
    busy = envelope.merged((start - envelope.DOWN - BLOCK, end + envelope.UP + BLOCK) for start, end in speech)
    parts = [(sum(end - start + BLOCK for start, end in speech), 0.0)]
    for index, each in enumerate(placed):
        if each.music is None:
            continue
        first, last = each.start, each.end
        first += each.music.fade_in if index == 0 or placed[index - 1].run != each.run else 0
        last -= each.music.fade_out if each is placed[-1] or placed[index + 1].run != each.run else 0
        covered = sum(max(0, min(end, last) - max(start, first)) for start, end in busy)
        parts.append((max(0, last - first - covered), each.music.level))
    gated = [part for part in parts if part[0] > 0 and part[1] > _mean(parts) + GATE]
    return _mean(gated)


def _mean(parts: Sequence[tuple[int, float]]) -> float:
    total = sum(length for length, _ in parts)
    return 10 * math.log10(sum(length * 10 ** (level / 10) for length, level in parts) / total) if total else 0.0


def _place(scenes: Sequence[SceneSound]) -> Iterator[_Placed]:
    start = run = 0
    before: Setting | None = None
    for scene in scenes:
        first, last = (adts.nearest_frame(at) * adts.FRAME_SAMPLES for at in (start, start + scene.samples))
        run += not (scene.music is not None and scene.music.goes_on(before))
        yield _Placed(scene, first, last, run)
        before, start = scene.music, start + scene.samples


def _is_joined(left: _Placed, right: _Placed) -> bool:
    """Return whether music goes on over a border at which nothing else is played."""
    before, after = left.sound.foreground, right.sound.foreground
    return (
        left.run == right.run
        and (before is None or before[1] + GUARD <= left.end - left.start)
        and (after is None or after[0] >= GUARD)
    )


def _levels(run: Sequence[_Placed]) -> list[Point]:
    points: list[Point] = [(run[0].start, _level(run[0]))]
    for left, right in pairwise(run):
        if _level(left) != _level(right):
            half = max(1, min(CHANGE, (left.end - left.start) // 2, (right.end - right.start) // 2))
            points += [(right.start - half, _level(left)), (right.start + half, _level(right))]
    return list(dict(points).items())


def _level(placed: _Placed) -> float:
    return placed.music.level if placed.music is not None else 0.0


def _bed(placed: _Placed, run: Sequence[_Placed], points: Sequence[Point]) -> dict[str, Any]:
    first, last = run[0].music, run[-1].music
    if first is None or last is None:
        raise AssertionError("the scenes of this run have music")
    start, end = run[0].start, run[-1].end
    size = max(1.0, (first.fade_in + last.fade_out) / max(1, end - start))  # both fades in a run that is too short
    window = (placed.start - BEFORE * adts.FRAME_SAMPLES, placed.end + AFTER * adts.FRAME_SAMPLES)
    fades = [(start, start + int(first.fade_in / size)), (end - int(last.fade_out / size), end)]
    local = [[fade[0] - placed.start, fade[1] - placed.start] if _overlap(fade, window) else None for fade in fades]
    return {
        "frames": (placed.end - placed.start) // adts.FRAME_SAMPLES,
        "position": placed.start - start,
        "loop": first.loop,
        "fade_out": last.fade_out,
        "points": [[at + window[0] - placed.start, level] for at, level in envelope.window(points, *window)],
        "highest": round(max(_level(each) for each in run), envelope.DIGITS),
        "fades": local,
    }


def _overlap(fade: Span, window: Span) -> bool:
    return fade[0] < fade[1] and fade[0] < window[1] and window[0] < fade[1]
