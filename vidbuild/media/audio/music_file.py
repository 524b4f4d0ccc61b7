"""Decode music to raw samples, and cut parts out of them, without all of a file in memory."""

from __future__ import annotations

import array
import math
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from vidbuild.errors import SpecProblem, StepError
from vidbuild.frozen import dataclass
from vidbuild.media.audio.loudness import METER, Loudness, measure, parse_summary
from vidbuild.media.audio.mix import raw_input
from vidbuild.media.audio.pcm import DECODE_SECONDS, NOT_NUMBERS, REPRODUCIBLE
from vidbuild.media.ffmpeg import check_limits, ffmpeg, process, tool_output
from vidbuild.timebase import SAMPLE_RATE

CHANNELS = 2
FRAME_BYTES = 2 * CHANNELS  # 16 bits

# Half as loud: what exceeds full scale, as decoders of lossy formats do, is not clipped.
HEADROOM = 0.5

# Samples over which the end of a loop fades into its start: 10 ms, by which the loop is shorter than its file. That is
# enough against clicks, and too little to be noticed as a change of the beat.
CROSSFADE = SAMPLE_RATE // 100
PIECE = 1 << 16  # samples that are copied at once


@dataclass(frozen=True, slots=True)
class Decoded:
    """samples: how many were written. complete: whether they reach the end of the file."""

    samples: int
    complete: bool
    loudness: Loudness


def decode(source: Path, out: Path, most: int, env: Mapping[str, str], field: str, start: int = 0) -> Decoded:
    """Write the first audio track of a file as stereo, 48 kHz, 16 bits, half as loud; measure its loudness.

    most: samples at which to stop.
    start: samples to leave out at the start.
    field: the spec's field that names the file, for errors.
    Raise SpecProblem if the file has no audio.
    """
    name = source.name
    check_limits.gif_signature(source, field)
    channels = "aformat=sample_fmts=flt:channel_layouts=stereo"
    resample = f"aresample={SAMPLE_RATE}:filter_size=64:cutoff=0.97:resampler=swr:rematrix_maxval=1"
    part = f"atrim=start_sample={start}:end_sample={start + most},asetpts=N"
    numbers = "astats=measure_overall=none:measure_perchannel=Number_of_NaNs+Number_of_Infs"
    graph = f"{resample},{channels},{numbers},{part},volume={HEADROOM}:precision=float,{METER}"
    raw = ["-f", "s16le", "-c:a", "pcm_s16le", "-ar", str(SAMPLE_RATE), "-ac", str(CHANNELS), str(out)]
    args = [*REPRODUCIBLE, *ffmpeg.untrusted_input(source), "-map", "0:a:0", "-vn", "-sn", "-dn", "-af", graph, *raw]
    what = "read its audio"
    done = ffmpeg.stream(args, process.discard, cwd=out.parent, env=env, timeout=DECODE_SECONDS, what=what, check=False)
    check_limits.stream_count(done.text, name, field)
    if "matches no streams" in done.text:
        raise SpecProblem(f"'{name}' has no audio track", field=field)
    check_limits.logged_audio(done.text, name, field)
    try:
        ffmpeg.require_success(done, what)
    except StepError as error:
        raise _located(error, name, field) from error
    if NOT_NUMBERS.search(done.text):
        hint = "export it again, with 16 or 24 bits per sample"
        raise SpecProblem(f"'{name}' has samples that are not numbers (NaN or infinite)", hint=hint, field=field)
    samples = tool_output.size(out, most * FRAME_BYTES, "audio") // FRAME_BYTES
    if not samples and start:
        raise SpecProblem(f"'{name}' ends before its start at {start / SAMPLE_RATE:g} s", field="start")
    if not samples:
        raise SpecProblem(f"the audio track of '{name}' is empty", field=field)
    if samples < SAMPLE_RATE:  # too short for the meter: measured in a loop
        loudness = measure(raw_input(out, CHANNELS), samples / SAMPLE_RATE, out.parent, env)
    else:
        loudness = parse_summary(done.text)
    return Decoded(samples, samples < most, loudness)


def _located(error: StepError, name: str, field: str) -> StepError:
    failure = error.failure
    kind = StepError if failure.transient else SpecProblem
    message = f"'{name}': {error.message}"
    return kind(
        message, hint=error.hint, field=field, command=failure.command, log=failure.log, transient=failure.transient
    )


@dataclass(frozen=True, slots=True)
class Tape:
    """Decoded music of so many samples as it is played: once, or again and again if it is a loop."""

    path: Path
    samples: int
    loop: bool = False

    def copy(self, position: int, count: int, out: Path) -> None:
        """Write `count` samples from a position on; what is not there is silence."""
        with self.path.open("rb") as source, out.open("wb") as target:
            target.truncate(count * FRAME_BYTES)
            for at, piece in self._pieces(source, position, position + count):
                target.seek((at - position) * FRAME_BYTES)
                target.write(piece)

    def _pieces(self, source: BinaryIO, position: int, end: int) -> Iterator[tuple[int, bytes]]:
        """Yield pieces of the music with their positions."""
        overlap = min(CROSSFADE, self.samples // 4)
        period = self.samples - overlap if self.loop else self.samples
        seam = self._seam(source, overlap) if self.loop and end > period else b""
        at = max(0, position)
        while at < end and self.samples and (self.loop or at < self.samples):
            turn, offset = divmod(at, period) if self.loop else (0, at)
            if turn and offset < overlap:
                size = min(overlap - offset, end - at)
                yield at, seam[offset * FRAME_BYTES : (offset + size) * FRAME_BYTES]
            else:
                size = min(period - offset, end - at, PIECE)
                source.seek(offset * FRAME_BYTES)
                yield at, source.read(size * FRAME_BYTES)
            at += size

    def _seam(self, source: BinaryIO, overlap: int) -> bytes:
        """Return the end of the loop faded into its start, at constant power."""
        source.seek(0)
        head = _numbers(source.read(overlap * FRAME_BYTES))
        source.seek((self.samples - overlap) * FRAME_BYTES)
        tail = _numbers(source.read(overlap * FRAME_BYTES))
        mixed = array.array("h")
        for index, (new, old) in enumerate(zip(head, tail, strict=True)):
            angle = math.pi / 2 * (index // CHANNELS + 0.5) / overlap
            value = round(new * math.sin(angle) + old * math.cos(angle))
            mixed.append(max(-32768, min(32767, value)))
        if sys.byteorder == "big":
            mixed.byteswap()
        return mixed.tobytes()


def _numbers(data: bytes) -> array.array[int]:
    numbers = array.array("h", data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
