"""Measures when somebody begins to speak, around the times at which a timing file expects it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vidbuild.media.ffmpeg import ffmpeg

_RATE = 16_000
_FRAME = 160  # samples: 10 ms
_PER_SECOND = _RATE // _FRAME
WINDOW = 1.0  # seconds before and after the expected time
_PAUSE = 0.2  # seconds: a shorter silence is part of a word
_HOLD = 3  # frames that speech lasts at least
_BELOW_SPEECH, _OVER_NOISE, _RANGE = -34.0, 8.0, 14.0  # dB

Levels = np.ndarray[Any, np.dtype[np.float64]]


class _Meter:
    """A sink for mono samples of 16 bits; keeps their level in dB, in frames of 10 ms."""

    def __init__(self) -> None:
        self._partial = bytearray()
        self._levels: list[Levels] = []

    def __call__(self, piece: bytes) -> None:
        self._partial += piece
        whole = len(self._partial) // (2 * _FRAME) * (2 * _FRAME)
        if whole:
            samples = np.frombuffer(bytes(self._partial[:whole]), "<i2").astype(np.float64).reshape(-1, _FRAME)
            self._levels.append(10 * np.log10(np.square(samples / 32768).mean(axis=1) + 1e-12))
            del self._partial[:whole]

    def levels(self) -> Levels:
        """Return all levels."""
        return np.concatenate(self._levels) if self._levels else np.zeros(0)


def measure(
    path: Path, track: int, scenes: Sequence[Mapping[str, Any]], seconds: float, env: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return for each scene with speech: `scene`, `expected` and `found` in seconds, `problem` and `missing`.

    found: None if it is not known, for the reason in `problem`. missing: whether that is because there is no speech.
    """
    meter = _Meter()
    output = ["-map", f"0:a:{track - 1}", "-af", "aresample=async=1:first_pts=0", "-ac", "1", "-ar", str(_RATE)]
    ffmpeg.stream(
        [*ffmpeg.untrusted_input(path.absolute()), *output, "-f", "s16le", "-"],
        meter,
        cwd=path.absolute().parent,
        env=env,
        timeout=seconds,
        what=f"decode the audio of '{path.name}'",
        check=False,
    )
    levels, spoken = meter.levels(), [scene for scene in scenes if scene["speech"]]
    found = []
    for before, scene in zip([None, *spoken], spoken, strict=False):
        since = before["speech"]["end"] if before else 0.0
        at, problem, missing = _onset(levels, since, scene["speech"]["start"], scene["speech"]["end"])
        found.append(
            {
                "scene": scene["id"],
                "expected": scene["speech"]["start"],
                "found": at,
                "problem": problem,
                "missing": missing,
            }
        )
    return found


def _onset(levels: Levels, since: float, expected: float, end: float) -> tuple[float | None, str | None, bool]:
    """Return when speech begins near the expected time, or why that is not known, and whether there is no speech."""
    first, last = round(max(since, expected - WINDOW) * _PER_SECOND), round((expected + WINDOW) * _PER_SECOND)
    window = levels[first:last]
    speech = levels[round(expected * _PER_SECOND) : max(round(end * _PER_SECOND), round(expected * _PER_SECOND) + 1)]
    if not len(window) or not len(speech):
        return None, "the audio ends before it", True
    loud = float(np.quantile(speech, 0.9))
    noise = float(np.quantile(window, 0.1))
    threshold = max(loud + _BELOW_SPEECH, noise + _OVER_NOISE)
    if loud < noise + _RANGE:
        return None, "no speech stands out from the other sound", False
    starts = _starts(window > threshold)
    if not starts:
        running = bool((window > threshold).all())
        problem = (
            "there is no pause in the second before it" if running else f"no speech begins within {WINDOW:g} s of it"
        )
        return None, problem, not running
    nearest = min(starts, key=lambda start: abs((first + start) / _PER_SECOND - expected))
    return round((first + nearest) / _PER_SECOND, 2), None, False


def _starts(above: np.ndarray[Any, np.dtype[np.bool_]]) -> list[int]:
    """Return the frames at which sound begins and holds, after a pause or at the start of a quiet window."""
    starts: list[int] = []
    quiet = round(_PAUSE * _PER_SECOND)
    for index, loud in enumerate(above):
        if loud and quiet >= _PAUSE * _PER_SECOND and above[index : index + _HOLD].all():
            starts.append(index)
        quiet = 0 if loud else quiet + 1
    return [start for start in starts if start > 0]
