"""The fundamental frequency of speech, by autocorrelation."""

from __future__ import annotations

import array
from statistics import median

from vidbuild.timebase import SAMPLE_RATE

STEP = 8  # samples that are averaged: 6 kHz suffices for voices
RATE = SAMPLE_RATE // STEP
FRAME, HOP = RATE // 25, RATE // 50  # 40 ms every 20 ms
LAGS = range(RATE // 400, RATE // 50)  # 50 to 400 Hz
VOICED = 0.8  # correlation of a vowel with itself one period later


def median_pitch(samples: array.array[int]) -> float:
    """Return the median frequency of the voiced parts in Hz."""
    coarse = [sum(samples[start : start + STEP]) / STEP for start in range(0, len(samples) - STEP, STEP)]
    floor = FRAME * (max(map(abs, coarse)) * 0.08) ** 2
    found = (_frame_pitch(coarse, start, floor) for start in range(0, len(coarse) - FRAME - LAGS.stop, HOP))
    return float(median(hertz for hertz in found if hertz))


def _frame_pitch(coarse: list[float], start: int, floor: float) -> float:
    """Return the frequency of one frame; 0 of an unvoiced one."""
    frame = coarse[start : start + FRAME]
    energy = sum(value * value for value in frame)
    if energy < floor:
        return 0
    scores = []
    for lag in LAGS:
        later = coarse[start + lag : start + lag + FRAME]
        product = sum(one * other for one, other in zip(frame, later, strict=True))
        scores.append(product / ((energy * sum(value * value for value in later)) ** 0.5 + 1e-9))
    best = max(scores)
    if best < VOICED:
        return 0
    for index in range(1, len(scores) - 1):
        before, here, after = scores[index - 1 : index + 2]
        if here > 0.93 * best and here >= before and here >= after:
            return float(RATE / (LAGS.start + index + (before - after) / (2 * (before - 2 * here + after) - 1e-12)))
    return 0
