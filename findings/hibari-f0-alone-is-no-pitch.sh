#!/usr/bin/env bash
# hibari-tts's f0 curve does not set the pitch alone: the spectrum that it is filtered with has the harmonics of the old
# pitch in it.
#
# Surprise: the model returns f0 and the magnitudes of a filter, and `dsp.synth` sends a pulse train of f0 through that
# filter, so f0 minus 60 Hz should be a voice 60 Hz lower. It is about 20 Hz lower by autocorrelation, because the filter,
# in bins of 20 Hz, was learned with peaks at the voice's own harmonics. With the magnitudes averaged over 11 bins, which
# leaves the envelope, the same f0 gives 60 Hz.
# A good guess would have been: source and filter are separate, so the source's frequency is the pitch.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check hibari-tts==0.2.1 onnxruntime numpy
venv/bin/python - <<'PYTHON'
import sys
from importlib.metadata import version

sys.modules["scipy"] = None
import numpy as np
from hibari import Hibari, dsp

tts = Hibari()
ids = tts.ids(tts.phonemize("The whole video is built again in less than a second, and nothing else has to be done.")[0])
feed = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([1.0], np.float32)}
*spectra, f0 = (each[0] for each in tts.sess.run(None, feed))


def pitch(samples):
    """The median frequency of the loud parts, by autocorrelation."""
    found = []
    for at in range(0, len(samples) - 1800, 300):
        part = samples[at : at + 1800] * np.hanning(1800)
        if np.sqrt((part**2).mean()) < 0.02:
            continue
        power = np.fft.irfft(np.abs(np.fft.rfft(part, 8192)) ** 2)
        lag = 60 + int(np.argmax(power[60:400]))
        if power[lag] > 0.5 * power[0]:
            found.append(dsp.SR / lag)
    return float(np.median(found))


def envelope(magnitudes, bins=11):
    weights = np.hanning(bins + 2)[1:-1]
    padded = np.pad(magnitudes, ((bins // 2, bins // 2), (0, 0)), mode="edge")
    parts = (weight * padded[at : at + len(magnitudes)] for at, weight in enumerate(weights / weights.sum()))
    return sum(parts).astype(np.float32)


def spoken(shift, smooth):
    moved = np.where(f0 > 40, np.maximum(f0 + shift, 45), f0).astype(np.float32)
    own = [each.copy() for each in spectra]
    own[0] = envelope(own[0]) if smooth else own[0]
    return pitch(dsp.synth(*own, moved, np.random.default_rng(0)))


usual = spoken(0, False)
alone, smoothed = spoken(-60, False) - usual, spoken(-60, True) - usual
print(f"hibari-tts {version('hibari-tts')}, onnxruntime {version('onnxruntime')}: the voice has {usual:.0f} Hz")
print(f"f0 - 60 Hz alone: {alone:+.0f} Hz")
print(f"f0 - 60 Hz with the envelope of the spectrum: {smoothed:+.0f} Hz")
sys.exit(not (alone > -40 and abs(smoothed + 60) < 10))
PYTHON
