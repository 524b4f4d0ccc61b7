#!/usr/bin/env bash
# Twenty-odd bytes appended to an ONNX model make an inner value of its graph an output; no onnx package is needed.
#
# Surprise: a model file is one protocol-buffers message, and a message that occurs twice is merged, also nested. So the
# bytes of `graph { output { name: "..." } }` behind the file add an output, without a type, to the graph that is there,
# and onnxruntime infers the type. Here that is the length of each phoneme of a speech model that returns only spectra.
# The other outputs keep their bits.
# A good guess would have been: the file must be parsed and written again with the onnx package, or is rejected as corrupt.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check hibari-tts==0.2.1 onnxruntime numpy
venv/bin/python - <<'PYTHON'
import sys
from importlib.metadata import version
from pathlib import Path

sys.modules["scipy"] = None
import numpy as np
import onnxruntime
from hibari import Hibari

NAME = b"/Cast_32_output_0"


def field(number, content):
    return bytes([number << 3 | 2, len(content)]) + content


tts = Hibari()
data = Path(tts.model_path).read_bytes()
added = field(7, field(12, field(1, NAME)))
session = onnxruntime.InferenceSession(data + added, providers=["CPUExecutionProvider"])
ids = tts.ids(tts.phonemize("Hello there.")[0])
feed = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([1.0], np.float32)}
before, after = tts.sess.run(None, feed), session.run(None, feed)
lengths, frames = after[-1], before[0].shape[-1]
print(f"onnxruntime {version('onnxruntime')}: {len(added)} bytes appended to {len(data)}")
print(f"outputs: {len(before)} before, {len(after)} after; the new one: {session.get_outputs()[-1].type}")
print(f"lengths of {len(ids)} phonemes: {lengths.tolist()}, in all {lengths.sum()} x 2 = {frames} frames")
same = all(np.array_equal(one, other) for one, other in zip(before, after))
sys.exit(not (same and len(lengths) == len(ids) and 2 * lengths.sum() == frames))
PYTHON
