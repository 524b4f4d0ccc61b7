"""Mel-frequency cepstral coefficients (MFCC) of speech: what it sounds like every 10 ms, with little of the voice.

The filters, the cosine transform and the liftering are those of the HTK Book (Young et al., 2006), chapter 5.
"""

from __future__ import annotations

import array
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from vidbuild.timebase import SAMPLE_RATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float32]

DECIMATION = 3  # to 16 kHz: speech has little above 8 kHz, and recordings nothing to rely on
RATE = SAMPLE_RATE // DECIMATION
HOP, WINDOW, FFT = RATE // 100, RATE // 40, 512  # 10 ms, 25 ms
HOP_SAMPLES = HOP * DECIMATION  # at 48 kHz
FILTERS, COEFFICIENTS = 26, 13
LOWEST, HIGHEST = 80.0, 7600.0  # Hz
PREEMPHASIS = 0.97
DELTA_REACH = 2  # frames on either side from which a slope is computed
BLOCK = 2000  # frames that are transformed at once: 20 s need 4 MB


def stat_paths() -> Sequence[Path]:
    """Return numpy's file, which an update replaces."""
    found = find_spec("numpy")
    return [Path(found.origin)] if found and found.origin else []


def identity() -> str:
    """Return numpy's version: another one may round otherwise."""
    from importlib import metadata

    return f"numpy {metadata.version('numpy')}"


def features(samples: array.array[int]) -> Floats:
    """Return the features of mono audio at 48 kHz: an array of frames (10 ms each) x 26, of mean 0 and variance 1.

    The columns are 13 coefficients and their slopes. The mean over the whole is removed, and with it the microphone,
    the room and much of the voice.
    """
    import numpy as np

    signal = _low_passed(samples)
    frames = max(1, -(-len(signal) // HOP))
    signal = np.pad(signal, (WINDOW // 2, frames * HOP + WINDOW - len(signal)))
    signal[1:] -= PREEMPHASIS * signal[:-1]
    windows = np.lib.stride_tricks.sliding_window_view(signal, WINDOW)[::HOP][:frames]
    shape = np.hamming(WINDOW).astype(np.float32)
    blocks = [_cepstrum(windows[start : start + BLOCK] * shape) for start in range(0, frames, BLOCK)]
    cepstrum = np.concatenate(blocks)
    both = np.hstack([cepstrum, _slopes(cepstrum)])
    both -= both.mean(axis=0)
    both /= np.maximum(both.std(axis=0), 1e-3)
    return both.astype(np.float32)


def decimated(samples: array.array[int]) -> NDArray[np.int16]:
    """Return mono audio at 16 kHz."""
    import numpy as np

    return np.clip(_low_passed(samples), -32768, 32767).astype("<i2")


def _low_passed(samples: array.array[int]) -> Floats:
    """Return every third sample, after a low pass of 33 taps."""
    import numpy as np

    signal = np.frombuffer(samples, dtype=np.int16).astype(np.float32)
    taps = np.sinc((np.arange(33) - 16) / DECIMATION) * np.hamming(33)
    smooth = np.convolve(signal, (taps / taps.sum()).astype(np.float32), mode="same")
    low_passed: Floats = np.ascontiguousarray(smooth[::DECIMATION], dtype=np.float32)
    return low_passed


def _cepstrum(windows: Floats) -> Floats:
    import numpy as np

    power = np.abs(np.fft.rfft(windows, FFT)) ** 2
    energies = np.log(np.maximum(power @ _filters(), 1.0))
    cepstrum: Floats = (energies @ _cosines()).astype(np.float32)
    return cepstrum


def _slopes(cepstrum: Floats) -> Floats:
    import numpy as np

    padded = np.pad(cepstrum, ((DELTA_REACH, DELTA_REACH), (0, 0)), mode="edge")
    frames = len(cepstrum)
    total = np.zeros_like(cepstrum)
    for reach in range(1, DELTA_REACH + 1):
        ahead = padded[DELTA_REACH + reach : DELTA_REACH + reach + frames]
        behind = padded[DELTA_REACH - reach : DELTA_REACH - reach + frames]
        total += reach * (ahead - behind)
    return total


@lru_cache(maxsize=1)
def _filters() -> Floats:
    """Return triangles that are evenly spaced on the mel scale: an array of FFT bins x filters."""
    import numpy as np

    def mel(hertz: float) -> float:
        return 2595 * float(np.log10(1 + hertz / 700))

    edges = np.linspace(mel(LOWEST), mel(HIGHEST), FILTERS + 2)
    bins = (10 ** (edges / 2595) - 1) * 700 * FFT / RATE
    at = np.arange(FFT // 2 + 1)[:, None]
    rise = (at - bins[:-2]) / (bins[1:-1] - bins[:-2])
    fall = (bins[2:] - at) / (bins[2:] - bins[1:-1])
    filters: Floats = np.clip(np.minimum(rise, fall), 0, None).astype(np.float32)
    return filters


@lru_cache(maxsize=1)
def _cosines() -> Floats:
    """Return the cosine transform of filters x coefficients, with the coefficients brought to similar sizes."""
    import numpy as np

    order = np.arange(COEFFICIENTS)
    transform = np.cos(np.pi * order * (np.arange(FILTERS)[:, None] + 0.5) / FILTERS) * np.sqrt(2 / FILTERS)
    lifter = 1 + 11 * np.sin(np.pi * order / 22)
    cosines: Floats = (transform * lifter).astype(np.float32)
    return cosines
