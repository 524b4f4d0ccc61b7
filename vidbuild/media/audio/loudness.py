"""How loud a sound is (EBU R 128, ITU-R BS.1770) and the one gain that makes it as loud as it should be."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import ffmpeg

SILENT = -60.0
"""LUFS below which a sound is taken for silence and left alone."""

SHORTEST = 1.0
"""Seconds that a measurement needs: loudness is gated in blocks of 0.4 s. What is shorter is measured repeated."""

SECONDS = 600.0

# dualmono: narration of one channel is heard from two loudspeakers, which is 3 dB louder than from one
INTEGRATING = "ebur128=dualmono=true:framelog=verbose"
METER = f"{INTEGRATING}:peak=true"

INTEGRATED = re.compile(r"^\s*I:\s+(-?[\d.]+|-?inf|nan) LUFS", re.MULTILINE)
PEAK = re.compile(r"^\s*Peak:\s+(-?[\d.]+|-?inf|nan) dBFS", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Loudness:
    """integrated: LUFS. peak: dBTP. Both are -inf for silence."""

    integrated: float
    peak: float

    @property
    def silent(self) -> bool:
        """Whether there is nothing to be levelled."""
        return self.integrated < SILENT


SILENCE = Loudness(-math.inf, -math.inf)


def measure(source: Sequence[str], seconds: float, scratch: Path, env: Mapping[str, str]) -> Loudness:
    """The loudness of an input of ffmpeg (its arguments up to the file) that lasts `seconds`."""
    return read(_told(source, seconds, METER, scratch, env)) if seconds > 0 else SILENCE


def integrated(source: Sequence[str], seconds: float, scratch: Path, env: Mapping[str, str]) -> float:
    """The same loudness without the peaks, whose search takes a third of the measuring; -inf for nothing."""
    if seconds <= 0:
        return -math.inf
    return _decibels(_figure(INTEGRATED, _told(source, seconds, INTEGRATING, scratch, env)))


def _told(source: Sequence[str], seconds: float, meter: str, scratch: Path, env: Mapping[str, str]) -> str:
    loops = math.ceil(SHORTEST / seconds) - 1
    args = ["-cpuflags", "0", "-stream_loop", str(loops), *source, "-af", meter, "-f", "null", "-"]
    return ffmpeg.capture(args, cwd=scratch, env=env, timeout=SECONDS, what="measure a sound's loudness").text


def read(log: str) -> Loudness:
    """The figures at the end of what ffmpeg's meter tells."""
    return Loudness(_decibels(_figure(INTEGRATED, log)), _decibels(_figure(PEAK, log)))


def _figure(kind: re.Pattern[str], log: str) -> str:
    found: list[str] = kind.findall(log)
    if not found:
        raise StepError("ffmpeg told no loudness", log=tuple(log.splitlines()[-12:]))
    return found[-1]


def gain(loudness: Loudness, target: float, most: float, ceiling: float) -> float:
    """Decibels to reach the target (LUFS), no peak over the ceiling (dBTP) and never more than `most`; 0 for silence.

    Coded as it is here, speech overshoots its peaks by 0.1 dB.
    """
    if loudness.silent:
        return 0.0
    return round(min(target - loudness.integrated, most, ceiling - loudness.peak), 2)


def _decibels(text: str) -> float:
    value = float(text)
    return -math.inf if math.isnan(value) else value
