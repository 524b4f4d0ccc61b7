"""Writes what an engine has spoken, with its few highest peaks limited."""

from __future__ import annotations

import array
from collections.abc import Mapping
from pathlib import Path

from vidbuild.media.audio import wav
from vidbuild.media.audio.loudness import SILENCE_LUFS, integrated
from vidbuild.timebase import SAMPLE_RATE

# The highest peak over the loudness, in dB. Voices reach 18 to 24 dB, with peaks that are inaudible but keep a
# narration below -16 LUFS: with a true peak of -1.5 dBTP, 14.5 dB is the limit.
CREST, FULL_SCALE = 13.8, 32767


def write(path: Path, samples: array.array[int], scratch: Path, env: Mapping[str, str]) -> None:
    """Write a WAV file, with peaks limited that would lower the loudness of everything else."""
    wav.write(path, samples)
    loudness = integrated(["-i", str(path)], len(samples) / SAMPLE_RATE, scratch, env)
    ceiling = FULL_SCALE * 10 ** ((loudness + CREST) / 20)
    if loudness >= SILENCE_LUFS and ceiling < FULL_SCALE:
        wav.write(path, wav.limit_peaks(samples, int(ceiling)))
