"""Convert any audio to 48 kHz, mono, 16 bits with ffmpeg.

Samples stay floating-point numbers until the last step, so that what exceeds full scale is not clipped, and what is
soft keeps its details: a recording is scaled by a power of two to just below full scale before it is rounded.
"""

from __future__ import annotations

import array
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from vidbuild.errors import SpecProblem, StepError
from vidbuild.frozen import dataclass
from vidbuild.media.audio import wav
from vidbuild.media.ffmpeg import check_limits, ffmpeg, limits, process, tool_output
from vidbuild.timebase import SAMPLE_RATE

# Decoding an hour of audio takes less on any machine, so a longer run hangs.
DECODE_SECONDS = 600.0

# Without a maximum, ffmpeg makes floating-point samples 3 dB louder as it mixes stereo to mono.
RESAMPLE = f"aresample={SAMPLE_RATE}:filter_size=64:cutoff=0.97:resampler=swr:rematrix_maxval=1"

# Vector units round differently from machine to machine. Without them, samples and encoded bytes are the same on every
# machine, and processing takes no longer.
REPRODUCIBLE = ("-cpuflags", "0", "-filter_threads", "1")

FLOAT_BYTES = 4

# Samples by which resampled audio may be longer or shorter than computed.
ROUNDING = 2

RAW = ("-f", "s16le", "-c:a", "pcm_s16le", "-ar", str(SAMPLE_RATE), "-ac", "1")
FLOATS = ("-f", "f32le", "-c:a", "pcm_f32le")

# Measures the peak, which may exceed full scale, and counts what is not a number, while samples pass.
COUNTS = "Number_of_NaNs+Number_of_Infs"
METER = (
    f"aformat=sample_fmts=flt:channel_layouts=mono,astats=measure_overall=none:measure_perchannel=Peak_level+{COUNTS}"
)
PEAK = re.compile(r"Peak level dB: (-?[\d.]+|-inf)")
NOT_NUMBERS = re.compile(r"Number of (?:NaNs|Infs): [\d.]*[1-9]")

# A recording with a peak below -24 dBFS is scaled up, at most by 90 dB: more would be noise of its conversion alone.
SOFT = 1 / 16
MAX_SHIFT = 15


@dataclass(frozen=True, slots=True)
class Decoded:
    """Decoded audio. shift: it is 2 to the power of this times as loud as in its file."""

    samples: array.array[int]
    shift: int

    @property
    def shift_db(self) -> float:
        """The shift in dB."""
        return self.shift * 20 * math.log10(2)


def decode(source: Path, scratch: Path, env: Mapping[str, str], what: str, field: str = "") -> Decoded:
    """Decode the first audio stream of a file.

    what: the purpose, to follow "could not" in messages.
    field: the spec's field that names the file, for errors.
    Raise StepError if the file cannot be decoded, SpecProblem if it is over a limit.
    """
    check_limits.gif_signature(source, field)
    max_bytes = int(limits.RECORDING_SECONDS * SAMPLE_RATE) * FLOAT_BYTES
    floats = scratch / "pcm-floats.raw"
    output = [*REPRODUCIBLE, "-af", f"{RESAMPLE},{METER}", *FLOATS, "-fs", str(max_bytes + FLOAT_BYTES), str(floats)]
    args = [*ffmpeg.untrusted_input(source), "-map", "0:a:0", "-vn", "-sn", "-dn", *output]
    done = ffmpeg.stream(args, process.discard, cwd=scratch, env=env, timeout=DECODE_SECONDS, what=what, check=False)
    check_limits.stream_count(done.text, source.name, field)
    check_limits.logged_audio(done.text, source.name, field)
    ffmpeg.require_success(done, what)
    length = tool_output.size(floats, 2 * max_bytes, "audio") // FLOAT_BYTES
    check_limits.duration(length / SAMPLE_RATE, limits.RECORDING_SECONDS, source.name, field)
    refuse_not_numbers(done.text, source.name, field)
    shift = _shift(PEAK.findall(done.text))
    gain = ("-af", f"volume={2.0**shift:.9g}:precision=float")
    quantize = ["-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "1", "-i", str(floats), *REPRODUCIBLE, *gain]
    ffmpeg.run([*quantize, *RAW, str(_output_path(scratch))], cwd=scratch, env=env, timeout=DECODE_SECONDS, what=what)
    floats.unlink()
    return Decoded(_read_output(scratch, max_bytes), shift)


def refuse_not_numbers(log: str, name: str, field: str) -> None:
    """Raise SpecProblem if ffmpeg counted samples of a file that are not numbers."""
    if NOT_NUMBERS.search(log):
        hint = "export it again, with 16 or 24 bits per sample"
        raise SpecProblem(f"'{name}' has samples that are not numbers (NaN or infinite)", hint=hint, field=field)


def _shift(peaks: Sequence[str]) -> int:
    """Return the power of two that brings the last of the measured peaks, in dBFS, just below full scale, if needed."""
    peak = 10 ** (float(peaks[-1]) / 20) if peaks else 0.0
    if peak == 0 or SOFT <= peak <= 1:
        return 0
    return min(MAX_SHIFT, math.floor(-math.log2(peak)))


def resample(samples: array.array[int], rate: int, scratch: Path, env: Mapping[str, str]) -> array.array[int]:
    """Resample mono samples from a rate in Hz to 48 kHz: sample n moves to n * 48000 / rate."""
    if rate == SAMPLE_RATE:
        return samples
    raw, what = scratch / "resample-in.raw", "resample a voice"
    raw.write_bytes(wav.to_bytes(samples))
    args = ["-f", "s16le", "-ar", str(rate), "-ac", "1", "-i", str(raw), *_to_raw(scratch)]
    ffmpeg.run(args, cwd=scratch, env=env, timeout=DECODE_SECONDS, what=what)
    expected = round(len(samples) * SAMPLE_RATE / rate)
    resampled = _read_output(scratch, (expected + SAMPLE_RATE) * wav.SAMPLE_BYTES)
    if abs(len(resampled) - expected) > ROUNDING:
        raise StepError(f"ffmpeg wrote wrong audio: expected {expected} samples, got {len(resampled)}")
    return resampled


def _to_raw(scratch: Path, *more: str) -> list[str]:
    return [*REPRODUCIBLE, "-af", RESAMPLE, *RAW, *more, str(_output_path(scratch))]


def _output_path(scratch: Path) -> Path:
    return scratch / "pcm-out.raw"


def _read_output(scratch: Path, max_bytes: int) -> array.array[int]:
    return wav.from_bytes(tool_output.read(_output_path(scratch), max_bytes, "audio"))
