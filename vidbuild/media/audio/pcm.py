"""Convert any audio to 48 kHz, mono, 16 bits with ffmpeg."""

from __future__ import annotations

import array
from collections.abc import Mapping
from pathlib import Path

from vidbuild.errors import StepError
from vidbuild.media.audio import wav
from vidbuild.media.ffmpeg import check_limits, ffmpeg, limits, process, tool_output
from vidbuild.timebase import SAMPLE_RATE

# Decoding an hour of audio takes less on any machine, so a longer run hangs.
DECODE_SECONDS = 600.0

RESAMPLE = f"aresample={SAMPLE_RATE}:filter_size=64:cutoff=0.97:resampler=swr"

# Vector units round differently from machine to machine. Without them, samples and encoded bytes are the same on every
# machine, and processing takes no longer.
REPRODUCIBLE = ("-cpuflags", "0", "-filter_threads", "1")

# Samples by which resampled audio may be longer or shorter than computed.
ROUNDING = 2

RAW = ("-f", "s16le", "-c:a", "pcm_s16le", "-ar", str(SAMPLE_RATE), "-ac", "1")


def decode(source: Path, scratch: Path, env: Mapping[str, str], what: str, field: str = "") -> array.array[int]:
    """Decode the first audio stream of a file.

    what: the purpose, to follow "could not" in messages.
    field: the spec's field that names the file, for errors.
    Raise StepError if the file cannot be decoded, SpecProblem if it is over a limit.
    """
    check_limits.gif_signature(source, field)
    max_bytes = int(limits.RECORDING_SECONDS * SAMPLE_RATE) * wav.SAMPLE_BYTES
    stop = ["-fs", str(max_bytes + wav.SAMPLE_BYTES)]
    args = [*ffmpeg.untrusted_input(source), "-map", "0:a:0", "-vn", "-sn", "-dn", *_to_raw(scratch, *stop)]
    done = ffmpeg.stream(args, process.discard, cwd=scratch, env=env, timeout=DECODE_SECONDS, what=what, check=False)
    check_limits.stream_count(done.text, source.name, field)
    check_limits.logged_audio(done.text, source.name, field)
    ffmpeg.require_success(done, what)
    samples = _read_output(scratch, 2 * max_bytes)
    check_limits.duration(len(samples) / SAMPLE_RATE, limits.RECORDING_SECONDS, source.name, field)
    return samples


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
