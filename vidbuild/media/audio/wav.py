"""Sound as 16-bit samples at 48 kHz in one channel: files, silence, fades. It knows nothing of who made it."""

from __future__ import annotations

import array
import re
import sys
import wave
from collections.abc import Sequence
from pathlib import Path

from vidbuild.timebase import SAMPLE_RATE

SAMPLE_BYTES = 2
HEADER_BYTES = 44  # of a WAV file as it is written here
FULL = 32_767

SILENCE = 10 ** (-50 / 20)
"""What is softer than this, as a part of the loudest sample, before the first and after the last word is silence."""

LEAD, TAIL = 96, 480
"""Samples that stay before and after what is not silence: 2 ms and 10 ms, faded."""

EDGE = 48
"""Samples over which a sound comes and goes, 1 ms: what begins or ends in the middle of a wave would click."""

OFFSET, STRIDE = 50, 16
"""An offset of less than a 50th of the loudest sample does no harm; every 16th sample tells whether there is one."""

BLOCK, HOLD, EASE = 48, 6, 4
"""For bringing down peaks: blocks of a millisecond, for how many around it a peak counts, over how many it eases."""


UNREADABLE = (wave.Error, EOFError, RuntimeError)
"""What Python's reader raises for a damaged file; the last, for a chunk that is shorter than it says."""


class WavError(ValueError):
    """A file is not the WAV it should be."""


def write(path: Path, samples: array.array[int]) -> None:
    """Write a WAV file, the same bytes for the same samples."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(to_bytes(samples))


def read(path: Path) -> array.array[int]:
    """The samples of a WAV file in the one format that narration is kept in."""
    try:
        with wave.open(str(path), "rb") as file:
            form = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            data = file.readframes(
                min(file.getnframes(), path.stat().st_size)
            )  # what a damaged header says may be huge
    except UNREADABLE as error:
        raise WavError(f"'{path.name}' is not a WAV file: {error}") from error
    if form != (1, 2, SAMPLE_RATE):
        raise WavError(_other(path, form))
    return from_bytes(data)


def length(path: Path) -> int:
    """How many samples are in a WAV file in the one format that narration is kept in; none of them is read."""
    try:
        with wave.open(str(path), "rb") as file:
            form, samples = (file.getnchannels(), file.getsampwidth(), file.getframerate()), file.getnframes()
    except UNREADABLE as error:
        raise WavError(f"'{path.name}' is not a WAV file: {error}") from error
    if form != (1, SAMPLE_BYTES, SAMPLE_RATE):
        raise WavError(_other(path, form))
    there = (path.stat().st_size - HEADER_BYTES) // SAMPLE_BYTES
    if there < samples:
        raise WavError(f"'{path.name}' is cut short: {there} of {samples} samples are left")
    return samples


def to_bytes(samples: array.array[int]) -> bytes:
    """Samples as s16le bytes."""
    return _little_endian(samples).tobytes()


def from_bytes(data: bytes) -> array.array[int]:
    """Samples from s16le bytes; half a sample at the end is left out."""
    return _little_endian(array.array("h", data[: len(data) // 2 * 2]))


def _other(path: Path, form: tuple[int, int, int]) -> str:
    return f"'{path.name}' has {form[0]} channels of {8 * form[1]} bits at {form[2]} Hz, not 1 of 16 at {SAMPLE_RATE}"


def trim(samples: array.array[int]) -> tuple[array.array[int], int]:
    """The sound without the silence around it, faded at its edges, and how many samples went from its start.

    All silence gives no samples at all.
    """
    floor = max(1, int(_peak(samples) * SILENCE))
    first = next((index for index, sample in enumerate(samples) if abs(sample) > floor), None)
    if first is None:
        return array.array("h"), len(samples)
    last = loud_end(samples, len(samples), floor)
    begin = max(0, first - LEAD)
    kept = samples[begin : min(len(samples), last + TAIL)]
    _fade(kept, first - begin, range(len(kept)))
    _fade(kept, min(TAIL, begin + len(kept) - last), range(len(kept) - 1, -1, -1))
    return kept, begin


def eased(samples: array.array[int]) -> array.array[int]:
    """The sound around zero, from nothing and back to nothing: a recorder's offset takes up room and clicks."""
    some = samples[::STRIDE]
    out = samples[:]
    if abs(sum(some)) * OFFSET > _peak(some) * len(some):
        offset = round(sum(samples) / len(samples))
        out = array.array("h", (max(-FULL, min(FULL, sample - offset)) for sample in samples))
    length = min(EDGE, len(out) // 2)
    _fade(out, length, range(len(out)))
    _fade(out, length, range(len(out) - 1, -1, -1))
    return out


def limited(samples: array.array[int], ceiling: int) -> array.array[int]:
    """The sound with its peaks brought down to `ceiling`, by a gain that moves over a few milliseconds and is else 1.

    The gain of a block is the least that any block near it needs, averaged over fewer blocks than that, so it has
    arrived when the peak comes and never falls short.
    """
    starts = range(0, len(samples), BLOCK)
    needed, least, gains = ([1.0] * len(starts) for _ in range(3))
    loud = _loud_blocks(samples, ceiling)
    for index in loud:
        needed[index] = min(1.0, ceiling / max(1, _peak(samples[index * BLOCK : (index + 1) * BLOCK])))
    for index in _around(loud, HOLD, len(starts)):
        least[index] = min(needed[max(0, index - HOLD) : index + HOLD + 1])
    for index in _around(loud, HOLD + EASE, len(starts)):
        gains[index] = _mean(least[max(0, index - EASE) : index + EASE + 1])
    out = samples[:]
    for start, gain, following in zip(starts, gains, [*gains[1:], *gains[-1:]], strict=True):
        if gain < 1.0 or following < 1.0:
            for offset in range(min(BLOCK, len(out) - start)):
                out[start + offset] = int(out[start + offset] * (gain + (following - gain) * offset / BLOCK))
    return out


def _loud_blocks(samples: array.array[int], ceiling: int) -> list[int]:
    """The blocks that may have a sample over the ceiling, by the high bytes alone: looking at samples takes long."""
    top, bottom = ceiling >> 8, (-ceiling - 1 >> 8) & 0xFF
    over = re.compile(b"[\\x%02x-\\x7f\\x80-\\x%02x]" % (top, bottom))
    return list(dict.fromkeys(match.start() // BLOCK for match in over.finditer(to_bytes(samples)[1::2])))


def _around(blocks: Sequence[int], reach: int, count: int) -> list[int]:
    near = {index for block in blocks for index in range(block - reach, block + reach + 1)}
    return sorted(index for index in near if 0 <= index < count)


def _peak(samples: array.array[int]) -> int:
    return max(max(samples, default=0), -min(samples, default=0))


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def loud_end(samples: array.array[int], end: int, floor: int) -> int:
    """The end of the last sample before `end` that is louder than `floor`; 0 if none is."""
    while end > 0 and abs(samples[end - 1]) <= floor:
        end -= 1
    return end


def _fade(samples: array.array[int], length: int, order: range) -> None:
    for step, index in enumerate(order[:length]):
        samples[index] = samples[index] * step // length


def _little_endian(samples: array.array[int]) -> array.array[int]:
    if sys.byteorder == "big":
        samples = samples[:]
        samples.byteswap()
    return samples
