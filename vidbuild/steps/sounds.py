"""The sound effects of a scene, as one file of samples."""

from __future__ import annotations

import array
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from vidbuild.engine.graph.context import Context
from vidbuild.media.audio import music_file
from vidbuild.media.audio.envelope import Span
from vidbuild.media.audio.loudness import gain
from vidbuild.media.audio.music_file import CHANNELS, FRAME_BYTES
from vidbuild.timebase import SAMPLE_RATE, seconds_text

MAX_GAIN = 20.0  # dB
FADE = SAMPLE_RATE // 10  # where a sound is cut off: 0.1 s
FULL_SCALE = 32_768
SAMPLE_BYTES = 4  # of a floating-point number
PIECE = 1 << 14  # samples that are in memory at once


def write(context: Context, timing: Mapping[str, Any], end: int, out: Path) -> Span | None:
    """Write all sounds of the scene (stereo, f32le) from its start on; return where they are, None without any.

    end: the sample at which every sound must have ended.
    """
    cues: dict[str, int] = {}
    if "cues" in context.inputs:
        cues = json.loads(context.inputs["cues"].read_text(encoding="utf-8"))["cues"]
    spans = []
    with out.open("w+b") as mixed:
        for index, sound in enumerate(context.params.get("sounds", ())):
            start = cues[sound["at"]] if isinstance(sound["at"], str) else sound["at"]
            span = _add(context, index, sound["level"], (start, end), timing["samples"], mixed)
            if span is not None:
                spans.append(span)
    return (min(start for start, _ in spans), max(stop for _, stop in spans)) if spans else None


def _add(context: Context, index: int, volume: float, span: Span, samples: int, mixed: BinaryIO) -> Span | None:
    """Add a sound to the others; return where it is, None if it is not played. samples: of the scene."""
    (start, end), field, source = span, f"sounds.{index}", context.inputs[f"sound:{index}"]
    if start >= min(samples, end):
        starts, ends = seconds_text(start), seconds_text(samples)
        message = f"never played: starts at {starts}, but the scene ends at {ends}"
        context.warn("VB502", message, field=f"{field}.at")
        return None
    path = context.scratch / "sound.raw"
    decoded = music_file.decode(source, path, samples - start + SAMPLE_RATE, context.env, f"{field}.file")
    if decoded.loudness.silent:
        context.warn("VB503", "this sound is silent", field=f"{field}.file")
        return None
    level = gain(decoded.loudness, context.params["loudness"] + volume, MAX_GAIN, context.params["peak"])
    length = min(decoded.samples, end - start)
    if decoded.samples > samples - start:
        message = "this sound is longer than the rest of the scene, and fades out at its end"
        context.warn("VB504", message, field=f"{field}.file")
    fade = min(FADE, length) if length < decoded.samples else 0
    scale = 10 ** (level / 20) / FULL_SCALE
    with path.open("rb") as sound:
        for at in range(0, length, PIECE):
            count = min(PIECE, length - at)
            left = range(length - at, length - at - count, -1)
            factors = [scale * min(1.0, each / fade) if fade else scale for each in left]
            _add_piece(mixed, (start + at) * CHANNELS * SAMPLE_BYTES, sound.read(count * FRAME_BYTES), factors)
    return (start, start + length)


def _add_piece(mixed: BinaryIO, position: int, piece: bytes, factors: Sequence[float]) -> None:
    new = _numbers("h", piece)
    mixed.seek(position)
    old = _numbers("f", mixed.read(len(new) * SAMPLE_BYTES))
    old.extend([0.0] * (len(new) - len(old)))
    added = array.array("f", (a + b * factors[at // CHANNELS] for at, (a, b) in enumerate(zip(old, new, strict=True))))
    if sys.byteorder == "big":
        added.byteswap()
    mixed.seek(position)
    mixed.write(added.tobytes())


def _numbers(form: str, data: bytes) -> array.array[Any]:
    numbers = array.array(form, data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
