"""A natural voice's model: loaded once in a worker's life; phonemes in, samples and the length of each phoneme out."""

from __future__ import annotations

import gc
import hashlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.errors import StepError
from vidbuild.json_types import Json
from vidbuild.voices.natural_voices import NaturalVoice

if TYPE_CHECKING:
    import numpy as np

# The length of each phoneme, in units of 25 ms, is an inner value of the graph: an int64 for each id.
LENGTHS = "/Cast_32_output_0"
FRAMES_PER_UNIT = 2

# Frequencies below are frames without a voice (hibari.dsp.pulses).
VOICED_HZ, LOWEST_HZ = 40.0, 45.0

# Frequencies of 20 Hz each over which the spectrum is averaged if the pitch is changed.
ENVELOPE_BINS = 11

# The library computes on other bytes if scipy can be imported; vidbuild's never depend on what else is installed.
OTHER_BACKEND = "scipy"


@dataclass(frozen=True)
class Utterance:
    """What the model makes of phonemes. lengths: of each id, in samples; empty if the model does not report them."""

    samples: np.ndarray[Any, Any]
    lengths: Sequence[int]


@contextmanager
def _numpy_only() -> Iterator[None]:
    """Have the library find no scipy while it is imported."""
    known = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == OTHER_BACKEND}
    sys.modules[OTHER_BACKEND] = None  # type: ignore[assignment] # how an import is made to fail
    try:
        yield
    finally:
        del sys.modules[OTHER_BACKEND]
        sys.modules.update(known)


@contextmanager
def _without_gc() -> Iterator[None]:
    """Do not look for garbage among what is loaded: it stays, and it is much."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class Model:
    """The model of one voice with its reading rules."""

    def __init__(self, data: bytes, *, british: bool) -> None:
        with _numpy_only():
            import onnxruntime
            from hibari import dsp, tts
        if dsp.FFT_BACKEND == OTHER_BACKEND:
            raise RuntimeError("hibari was imported with scipy, which changes its bytes")
        onnxruntime.disable_telemetry_events()
        self._onnxruntime, self._dsp = onnxruntime, dsp
        self._session, self._has_lengths = self._open(data)
        vocabulary = Path(tts.ASSETS) / "vocab.json"
        self.split_sentences = tts.Hibari.split_sentences
        self.vocabulary: dict[str, int] = _json(vocabulary)
        self.reader = _reader(british=british)

    def _open(self, data: bytes) -> tuple[Any, bool]:
        try:
            return self._session_of(data + _output_field(LENGTHS)), True
        except Exception:  # noqa: BLE001 - onnxruntime has no class for a name that is not in the graph
            return self._session_of(data), False

    def _session_of(self, data: bytes) -> Any:  # noqa: ANN401 - a class of an untyped library
        options = self._onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # More would double the time of loading to speak 8 % faster, by means that depend on the processor.
        options.graph_optimization_level = self._onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        return self._onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])

    def speak(self, ids: Sequence[int], speed: float, shift_hz: float, noise: np.random.Generator) -> Utterance:
        """Return 48 kHz audio of ids, from the one for silence to the one for silence.

        shift_hz: by how much higher than the voice's own pitch.
        """
        import numpy as np

        feed = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([speed], np.float32)}
        answer = self._session.run(None, feed)
        *spectra, f0 = (each[0] for each in answer[:6])
        if shift_hz:
            shifted = np.maximum(np.maximum(f0 + shift_hz, f0 / 2), LOWEST_HZ)
            f0 = np.where(f0 > VOICED_HZ, shifted, f0).astype(np.float32)
            spectra[0] = _envelope(spectra[0])
        audio = self._dsp.synth(*spectra, f0, noise)
        count = len(audio)
        # Twice the samples, with nothing above the model's own 12 kHz.
        samples = np.fft.irfft(np.fft.rfft(audio.astype(np.float64)), 2 * count) * 2
        per_unit = FRAMES_PER_UNIT * 2 * self._dsp.HOP
        lengths = (answer[6] * per_unit).tolist() if self._has_lengths else []
        fits = len(lengths) == len(ids) and sum(lengths) == len(samples)
        return Utterance(samples, lengths if fits else ())


def _envelope(spectrum: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a spectrum without the peaks of the voice's own harmonics, among which shifted ones would be weak."""
    import numpy as np

    weights = np.hanning(ENVELOPE_BINS + 2)[1:-1]
    padded = np.pad(spectrum, ((ENVELOPE_BINS // 2, ENVELOPE_BINS // 2), (0, 0)), mode="edge")
    bins = len(spectrum)
    smooth = sum(weight * padded[first : first + bins] for first, weight in enumerate(weights / weights.sum()))
    return np.asarray(smooth, np.float32)


def load(voice: NaturalVoice, path: Path) -> Model:
    """Return the model of a voice from its file, which is read once in a process."""
    return _load(voice, str(path.resolve()))


@cache
def _load(voice: NaturalVoice, path: str) -> Model:
    data = Path(path).read_bytes()
    if hashlib.sha256(data).hexdigest() != voice.sha256:
        hint = f"vidbuild voices --fetch natural:{voice.name}"
        message = f"the model of the voice 'natural:{voice.name}' is corrupt or of another version"
        hint = hint if not voice.bundled else "pip install --force-reinstall hibari-tts"
        raise StepError(message, hint=hint, field="voice")
    with _without_gc():
        try:
            return Model(data, british=voice.british)
        except (ImportError, OSError) as error:
            message = f"the voice 'natural:{voice.name}' cannot be loaded: {error}"
            raise StepError(message, hint="use 'voice: espeak:en-us'", field="voice") from error


@cache
def _reader(*, british: bool) -> Any:  # noqa: ANN401 - as above
    from hibari.g2p import G2P

    return G2P(british=british)


def _json(path: Path) -> Json:
    import json

    return json.loads(path.read_text(encoding="utf-8"))


def _output_field(name: str) -> bytes:
    """Return the bytes that, appended to a model, make an inner value an output.

    In protocol buffers, a message that stands twice is merged: this is ModelProto.graph (7) with one more output (12),
    a ValueInfoProto with a name (1).
    """
    value = _field(1, name.encode())
    return _field(7, _field(12, value))


def _field(number: int, content: bytes) -> bytes:
    """Return a length-delimited field, shorter than 128 bytes, of a protocol buffer."""
    return bytes((number << 3 | 2, len(content))) + content
