"""Finds where somebody speaks in a recording, by the level of the sound."""

from __future__ import annotations

import array
from collections.abc import Iterator, Sequence

from vidbuild.timebase import SAMPLE_RATE

FRAME = SAMPLE_RATE // 100
STRIDE = 5  # of the samples that are read: voices are loud far below 9,600 Hz
# Relative to the loud parts of speech: quiet consonants are 30 dB below vowels, noise is often no further.
QUIET, LOUD_NOISE = 10 ** (-36 / 20), 10 ** (-18 / 20)
OVER_NOISE, NEAR_NOISE = 10 ** (8 / 20), 10 ** (2 / 20)
LOUD_SHARE, NOISE_SHARE = 0.95, 0.08  # of the frames, by level
# Frames: a shorter sound between silences is a click, a shorter silence is part of a word.
SHORTEST_SOUND, SHORTEST_PAUSE = 5, 18


def phrases(samples: array.array[int]) -> list[tuple[int, int]]:
    """Return the parts of a recording with speech, (start, end) between pauses; none if all of it is silent."""
    levels = [_level(samples[start : start + FRAME : STRIDE]) for start in range(0, len(samples), FRAME)]
    if not any(levels):
        return []
    floor = _floor(levels)
    parts = _joined(list(_runs(levels, floor)))
    sounds = [(start, end) for start, end in parts if end - start >= SHORTEST_SOUND] or parts
    return [(start * FRAME, min(end * FRAME, len(samples))) for start, end in sounds]


def _level(frame: Sequence[int]) -> int:
    highest, lowest = max(frame), min(frame)
    return max(highest, -lowest)


def _floor(levels: Sequence[int]) -> float:
    """Return the level above which a frame is speech: above the recording's noise, and within the range of speech."""
    ranked = sorted(levels)
    loud, noise = (ranked[int(share * (len(ranked) - 1))] for share in (LOUD_SHARE, NOISE_SHARE))
    return min(max(noise * OVER_NOISE, loud * QUIET), max(noise * NEAR_NOISE, loud * LOUD_NOISE), loud / 2)


def _runs(levels: Sequence[int], floor: float) -> Iterator[tuple[int, int]]:
    """Yield the runs [start, end) of frames above the floor."""
    start = None
    for index, level in enumerate([*levels, 0]):
        if level > floor and start is None:
            start = index
        elif level <= floor and start is not None:
            yield start, index
            start = None


def _joined(runs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join runs with less than a pause between them."""
    joined: list[tuple[int, int]] = []
    for start, end in runs:
        if joined and start - joined[-1][1] < SHORTEST_PAUSE:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
