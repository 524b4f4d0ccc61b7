"""Levels over time: lines between points, in samples and decibels."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from vidbuild.timebase import SAMPLE_RATE

Point = tuple[int, float]  # sample, dB
Span = tuple[int, int]  # first sample, sample after the last one

DUCKING_DB = -10.0  # under speech: at the default volume 24 dB below it; WCAG 1.4.7 asks for 20
DOWN, UP = SAMPLE_RATE // 4, SAMPLE_RATE * 6 // 10  # ramps before the first word and after the last one
SHORT_PAUSE = SAMPLE_RATE * 3 // 2  # a shorter pause stays low: music that rises for a moment distracts
DIGITS = 3  # of a level in dB


def level_at(points: Sequence[Point], sample: int) -> float:
    """Return the level at a sample; before the first point and after the last one it is theirs."""
    index = bisect_right(points, sample, key=lambda point: point[0])
    if index == 0:
        return points[0][1]
    if index == len(points):
        return points[-1][1]
    (left, low), (right, high) = points[index - 1], points[index]
    return low + (high - low) * (sample - left) / (right - left)


def added(first: Sequence[Point], second: Sequence[Point]) -> list[Point]:
    """Return the sum of two envelopes."""
    samples = sorted({sample for sample, _ in (*first, *second)})
    return [(sample, level_at(first, sample) + level_at(second, sample)) for sample in samples]


def window(points: Sequence[Point], start: int, end: int) -> list[Point]:
    """Return the part from `start` to `end`, counted from `start`, with no more points than it needs."""
    inside = [sample for sample, _ in points if start < sample < end]
    cut = [(sample - start, round(level_at(points, sample), DIGITS)) for sample in (start, *inside, end)]
    return list(_without_repetition(cut))


def highest(points: Sequence[Point], start: int, end: int) -> float:
    """Return the highest level from `start` to `end`."""
    inside = [level for sample, level in points if start < sample < end]
    return max(level_at(points, start), level_at(points, end), *inside)


def merged(spans: Iterable[Span], gap: int = SHORT_PAUSE) -> list[Span]:
    """Return spans in order, those with less than a gap between them as one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start - joined[-1][1] < gap:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def ducking(speech: Iterable[Span], length: int) -> list[Point]:
    """Return the envelope that lowers music under speech, in a video of `length` samples."""
    points: list[Point] = [(0, 0.0)]
    for first, last in merged(speech):
        start = first if first >= SHORT_PAUSE else min(first, 0)
        end = last if length - last >= SHORT_PAUSE else max(last, length)
        ramps = [(start - DOWN, 0.0), (start, DUCKING_DB), (end, DUCKING_DB), (end + UP, 0.0)]
        points = [*(point for point in points if point[0] < ramps[0][0]), *ramps]
    return points


def _without_repetition(points: Sequence[Point]) -> Iterator[Point]:
    """Leave out points between two others of the same level."""
    for index, (sample, level) in enumerate(points):
        around = (points[index - 1], points[index + 1]) if 0 < index < len(points) - 1 else ()
        if not around or any(other != level for _, other in around):
            yield sample, level
