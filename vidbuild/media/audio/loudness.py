"""Measure loudness (EBU R 128, ITU-R BS.1770) and compute the gain that normalizes it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from vidbuild.errors import StepError
from vidbuild.frozen import dataclass
from vidbuild.media.ffmpeg import ffmpeg

# Audio softer than this, in LUFS, counts as silence and is not normalized.
SILENCE_LUFS = -60.0

# Seconds that a measurement needs, because loudness is gated in blocks of 0.4 s. Shorter audio is measured in a loop.
MIN_SECONDS = 1.0

TIMEOUT = 600.0
ERROR_LINES = 12

# dualmono: mono narration plays on two loudspeakers, which is 3 dB louder than on one
INTEGRATING = "ebur128=dualmono=true:framelog=verbose"
METER = f"{INTEGRATING}:peak=true"

INTEGRATED = re.compile(r"^\s*I:\s+(-?[\d.]+|-?inf|nan) LUFS", re.MULTILINE)
PEAK = re.compile(r"^\s*Peak:\s+(-?[\d.]+|-?inf|nan) dBFS", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Loudness:
    """Integrated loudness in LUFS and true peak in dBTP; both are -inf for silence."""

    integrated: float
    peak: float

    @property
    def silent(self) -> bool:
        """Whether there is nothing to normalize."""
        return self.integrated < SILENCE_LUFS

    def softer(self, decibels: float) -> Loudness:
        """Return the loudness of audio that is softer by this."""
        return Loudness(self.integrated - decibels, self.peak - decibels)


SILENCE = Loudness(-math.inf, -math.inf)


def measure(source: Sequence[str], seconds: float, scratch: Path, env: Mapping[str, str]) -> Loudness:
    """Measure an input of ffmpeg. source: its arguments up to the file. seconds: its duration."""
    return parse_summary(_meter_log(source, seconds, METER, scratch, env)) if seconds > 0 else SILENCE


def integrated(source: Sequence[str], seconds: float, scratch: Path, env: Mapping[str, str]) -> float:
    """Measure integrated loudness only, in two thirds of the time; -inf for empty audio."""
    if seconds <= 0:
        return -math.inf
    return _decibels(_last_value(INTEGRATED, _meter_log(source, seconds, INTEGRATING, scratch, env)))


def _meter_log(source: Sequence[str], seconds: float, meter: str, scratch: Path, env: Mapping[str, str]) -> str:
    loops = math.ceil(MIN_SECONDS / seconds) - 1
    args = ["-cpuflags", "0", "-stream_loop", str(loops), *source, "-af", meter, "-f", "null", "-"]
    return ffmpeg.capture(args, cwd=scratch, env=env, timeout=TIMEOUT, what="measure the loudness of audio").text


def parse_summary(log: str) -> Loudness:
    """Read the summary at the end of the log of ffmpeg's meter."""
    return Loudness(_decibels(_last_value(INTEGRATED, log)), _decibels(_last_value(PEAK, log)))


def _last_value(kind: re.Pattern[str], log: str) -> str:
    values: list[str] = kind.findall(log)
    if not values:
        raise StepError("ffmpeg reported no loudness", log=tuple(log.splitlines()[-ERROR_LINES:]))
    return values[-1]


def gain(loudness: Loudness, target: float, max_gain: float, ceiling: float) -> float:
    """Return the gain in dB that reaches the target; 0 for silence.

    target: integrated loudness in LUFS.
    max_gain: upper limit of the gain in dB.
    ceiling: upper limit of the true peak in dBTP. Encoding adds 0.1 dB to the peaks of speech.
    """
    if loudness.silent:
        return 0.0
    return round(min(target - loudness.integrated, max_gain, ceiling - loudness.peak), 2)


def _decibels(text: str) -> float:
    value = float(text)
    return -math.inf if math.isnan(value) else value
