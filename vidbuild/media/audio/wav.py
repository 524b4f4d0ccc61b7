"""Mono audio as 16-bit samples at 48 kHz: WAV files, trimming, fades, limiting."""

from __future__ import annotations

import array
import re
import sys
import wave
from collections.abc import Sequence
from pathlib import Path

from vidbuild.timebase import SAMPLE_RATE

SAMPLE_BYTES = 2
HEADER_BYTES = 44  # of a WAV file written by `write`
MAX_SAMPLE = 32_767

# Samples softer than this, relative to the loudest sample, count as silence when audio is trimmed: -50 dB.
SILENCE_RATIO = 10 ** (-50 / 20)

# Samples to keep, faded, before and after the loud part: 2 ms and 10 ms.
LEAD, TAIL = 96, 480

# Samples to fade in and out, 1 ms: audio that starts or ends in the middle of a wave clicks.
EDGE = 48

# A DC offset below a 50th of the loudest sample is harmless; every 16th sample is enough to detect one.
OFFSET, STRIDE = 50, 16

# For limiting peaks: samples of a block (1 ms), blocks on either side whose gain a peak lowers, and blocks on either
# side over which gains are averaged.
BLOCK, HOLD, EASE = 48, 6, 4

# High bytes of samples, from the loudest on.
_POSITIVE, _NEGATIVE = range(127, -1, -1), range(128, 256)
_FEW = 64

# What the wave module raises for a corrupt file; RuntimeError for a chunk that is shorter than its header says.
UNREADABLE = (wave.Error, EOFError, RuntimeError)


class WavError(ValueError):
    """A file is not a WAV file of this format, or is truncated."""


def write(path: Path, samples: array.array[int]) -> None:
    """Write a WAV file: the same bytes for the same samples."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(to_bytes(samples))


def read(path: Path) -> array.array[int]:
    """Read the samples of a WAV file in this format."""
    try:
        with wave.open(str(path), "rb") as file:
            form = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            data = file.readframes(min(file.getnframes(), path.stat().st_size))  # a corrupt header may claim any number
    except UNREADABLE as error:
        raise WavError(f"'{path.name}' is not a WAV file: {error}") from error
    if form != (1, SAMPLE_BYTES, SAMPLE_RATE):
        raise WavError(_format_message(path, form))
    return from_bytes(data)


def read_length(path: Path) -> int:
    """Return the number of samples of a WAV file in this format, without reading them."""
    try:
        with wave.open(str(path), "rb") as file:
            form, samples = (file.getnchannels(), file.getsampwidth(), file.getframerate()), file.getnframes()
    except UNREADABLE as error:
        raise WavError(f"'{path.name}' is not a WAV file: {error}") from error
    if form != (1, SAMPLE_BYTES, SAMPLE_RATE):
        raise WavError(_format_message(path, form))
    present = (path.stat().st_size - HEADER_BYTES) // SAMPLE_BYTES
    if present < samples:
        raise WavError(f"'{path.name}' is truncated: expected {samples} samples, got {present}")
    return samples


def to_bytes(samples: array.array[int]) -> bytes:
    """Return samples as s16le bytes."""
    return _little_endian(samples).tobytes()


def from_bytes(data: bytes) -> array.array[int]:
    """Return samples from s16le bytes, without half a sample at the end."""
    return _little_endian(array.array("h", data[: len(data) // 2 * 2]))


def _format_message(path: Path, form: tuple[int, int, int]) -> str:
    found = f"{form[0]} x {8 * form[1]} bits at {form[2]} Hz"
    return f"'{path.name}': audio format: expected 1 x 16 bits at {SAMPLE_RATE} Hz, got {found}"


def trim(samples: array.array[int]) -> tuple[array.array[int], int]:
    """Trim the silence around audio and fade its edges; return it and the number of samples removed at the start.

    The result is empty if everything is silence.
    """
    floor = max(1, int(_peak(samples) * SILENCE_RATIO))
    first = next((index for index, sample in enumerate(samples) if abs(sample) > floor), None)
    if first is None:
        return array.array("h"), len(samples)
    last = loud_end(samples, len(samples), floor)
    begin = max(0, first - LEAD)
    trimmed = samples[begin : min(len(samples), last + TAIL)]
    _fade(trimmed, first - begin, range(len(trimmed)))
    _fade(trimmed, min(TAIL, begin + len(trimmed) - last), range(len(trimmed) - 1, -1, -1))
    return trimmed, begin


def declick(samples: array.array[int]) -> array.array[int]:
    """Remove a recorder's DC offset, which wastes headroom and clicks, and fade both ends."""
    probe = samples[::STRIDE]
    out = samples[:]
    if abs(sum(probe)) * OFFSET > _peak(probe) * len(probe):
        offset = round(sum(samples) / len(samples))
        out = array.array("h", (max(-MAX_SAMPLE, min(MAX_SAMPLE, sample - offset)) for sample in samples))
    length = min(EDGE, len(out) // 2)
    _fade(out, length, range(len(out)))
    _fade(out, length, range(len(out) - 1, -1, -1))
    return out


def limit_peaks(samples: array.array[int], ceiling: int) -> array.array[int]:
    """Limit peaks to `ceiling` with a gain that moves over a few milliseconds and is 1 elsewhere.

    The gain of a block is the lowest that any block within HOLD needs, averaged over the blocks within EASE. Since EASE
    is shorter, the full reduction is reached before the peak.
    """
    starts = range(0, len(samples), BLOCK)
    needed, lowest, gains = ([1.0] * len(starts) for _ in range(3))
    loud = _blocks_over(samples, ceiling)
    for index in loud:
        needed[index] = min(1.0, ceiling / max(1, _peak(samples[index * BLOCK : (index + 1) * BLOCK])))
    for index in _around(loud, HOLD, len(starts)):
        lowest[index] = min(needed[max(0, index - HOLD) : index + HOLD + 1])
    for index in _around(loud, HOLD + EASE, len(starts)):
        gains[index] = _mean(lowest[max(0, index - EASE) : index + EASE + 1])
    out = samples[:]
    for start, gain, following in zip(starts, gains, [*gains[1:], *gains[-1:]], strict=True):
        if gain < 1.0 or following < 1.0:
            for offset in range(min(BLOCK, len(out) - start)):
                out[start + offset] = int(out[start + offset] * (gain + (following - gain) * offset / BLOCK))
    return out


def _blocks_over(samples: array.array[int], ceiling: int) -> list[int]:
    """Return the blocks that may have a sample over the ceiling, by the high bytes alone, which is fast."""
    top, bottom = ceiling >> 8, (-ceiling - 1 >> 8) & 0xFF
    over = re.compile(b"[\\x%02x-\\x7f\\x80-\\x%02x]" % (top, bottom))
    return list(dict.fromkeys(match.start() // BLOCK for match in over.finditer(to_bytes(samples)[1::2])))


def _around(blocks: Sequence[int], reach: int, count: int) -> list[int]:
    near = {index for block in blocks for index in range(block - reach, block + reach + 1)}
    return sorted(index for index in near if 0 <= index < count)


def _peak(samples: array.array[int]) -> int:
    """Return the largest value without its sign: of many samples, by those with the outermost high bytes alone."""
    data = to_bytes(samples) if len(samples) > _FEW else b""
    high = data[1::2]
    outermost = [next((byte for byte in order if byte in high), None) for order in (_POSITIVE, _NEGATIVE)]
    loud = [byte for byte in outermost if byte is not None]
    if not loud or sum(map(high.count, loud)) > len(samples) // _FEW:
        return max(max(samples, default=0), -min(samples, default=0))
    places = (match.start() for match in re.finditer(b"[%b]" % re.escape(bytes(loud)), high))
    return max(abs(samples[place]) for place in places)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def loud_end(samples: array.array[int], end: int, floor: int) -> int:
    """Return the position after the last sample before `end` that is louder than `floor`; 0 if there is none."""
    while end > 0 and abs(samples[end - 1]) <= floor:
        end -= 1
    return end


def _fade(samples: array.array[int], length: int, order: range) -> None:
    """Fade the first `length` samples in this order, from silence."""
    for step, index in enumerate(order[:length]):
        samples[index] = samples[index] * step // length


def _little_endian(samples: array.array[int]) -> array.array[int]:
    if sys.byteorder == "big":
        samples = samples[:]
        samples.byteswap()
    return samples
