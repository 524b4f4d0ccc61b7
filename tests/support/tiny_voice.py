"""A Piper voice of a few hundred bytes: a hum of 2,000 samples for each phoneme, times the length scale.

It is an ONNX model, written by hand as its format (protocol buffers) is: `input` and `scales` in, `output` out.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from pathlib import Path

RATE = 16_000
SAMPLES_PER_PHONEME = 2000
FLOAT, INT64 = 1, 7  # TensorProto.DataType
# ruff: noqa: RUF001 - phonemes
_PHONEMES = "_^$ !',-.:;?abcdefghijklmnopqrstuvwxyzæçðøħŋœǀɐɑɒɔɕəɚɛɜɡɪɫɬɭɹɾʃʊʌʒʔʲːˈˌθβχᵻ"


def write(folder: Path, name: str = "en_US-hum-low") -> Path:
    """Write the model and its settings; return the model."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    path.write_bytes(model())
    settings = {
        "audio": {"sample_rate": RATE, "quality": "low"},
        "espeak": {"voice": "en-us"},
        "language": {"code": "en_US", "name_english": "English"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": {each: [index] for index, each in enumerate(_PHONEMES)},
        "num_symbols": 256,
        "num_speakers": 1,
        "speaker_id_map": {},
    }
    path.with_name(f"{path.name}.json").write_text(json.dumps(settings))
    return path


def model() -> bytes:
    """The model's bytes."""
    floats = {"zero": 0.0, "one_step": 1.0, "per_phoneme": float(SAMPLES_PER_PHONEME), "pitch": 0.06, "level": 0.3}
    constants = [_scalar(name, FLOAT, struct.pack("<f", value)) for name, value in floats.items()]
    constants.append(_scalar("second", INT64, struct.pack("<q", 1)))
    nodes = [
        _node("Shape", ["input"], "shape"),
        _node("Gather", ["shape", "second"], "count"),
        _node("Cast", ["count"], "phonemes", _attribute("to", FLOAT)),
        _node("Gather", ["scales", "second"], "length_scale"),
        _node("Mul", ["phonemes", "per_phoneme"], "usual"),
        _node("Mul", ["usual", "length_scale"], "length"),
        _node("Range", ["zero", "length", "one_step"], "at"),
        _node("Mul", ["at", "pitch"], "phase"),
        _node("Sin", ["phase"], "wave"),
        _node("Mul", ["wave", "level"], "output"),
    ]
    inputs = [_value("input", INT64, 2), _value("input_lengths", INT64, 1), _value("scales", FLOAT, 1)]
    graph = b"".join(
        [
            *(_field(1, node) for node in nodes),
            _field(2, b"hum"),
            *(_field(5, constant) for constant in constants),
            *(_field(11, each) for each in inputs),
            _field(12, _value("output", FLOAT, 1)),
        ]
    )
    opset = _field(1, b"") + _number(2, 13)
    return _number(1, 8) + _field(7, graph) + _field(8, opset)


def _node(kind: str, inputs: Iterable[str], output: str, *attributes: bytes) -> bytes:
    names = b"".join(_field(1, name.encode()) for name in inputs) + _field(2, output.encode())
    return names + _field(4, kind.encode()) + b"".join(_field(5, each) for each in attributes)


def _attribute(name: str, value: int) -> bytes:
    return _field(1, name.encode()) + _number(3, value) + _number(20, 2)  # of type INT


def _scalar(name: str, kind: int, raw: bytes) -> bytes:
    return _number(2, kind) + _field(8, name.encode()) + _field(9, raw)


def _value(name: str, kind: int, dimensions: int) -> bytes:
    shape = b"".join(_field(1, _field(2, f"{name}{index}".encode())) for index in range(dimensions))
    return _field(1, name.encode()) + _field(2, _field(1, _number(1, kind) + _field(2, shape)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
