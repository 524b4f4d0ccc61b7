"""Any sound to 48 kHz, one channel, 16 bits, through ffmpeg; it knows nothing of what the sound is for."""

from __future__ import annotations

import array
from collections.abc import Mapping
from pathlib import Path

from vidbuild.errors import StepError
from vidbuild.media.audio import wav
from vidbuild.media.ffmpeg import check_limits, ffmpeg, limits, process, tool_output
from vidbuild.timebase import SAMPLE_RATE

DECODE_SECONDS = 600.0
"""More than decoding an hour of sound takes anywhere: past it, something hangs."""

RESAMPLE = f"aresample={SAMPLE_RATE}:filter_size=64:cutoff=0.97:resampler=swr"
SAME_EVERYWHERE = ("-cpuflags", "0", "-filter_threads", "1")
"""Vector units round in ways of their own: without them samples and encoded bytes are the same on every machine, and
coming by them takes no longer."""

ROUNDING = 2
"""Samples by which a resampled sound may be longer or shorter than its share."""

RAW = ("-f", "s16le", "-c:a", "pcm_s16le", "-ar", str(SAMPLE_RATE), "-ac", "1")


def decode(source: Path, scratch: Path, env: Mapping[str, str], what: str, field: str = "") -> array.array[int]:
    """The samples of a file's first audio stream; none if it is empty. StepError: could not `what`.

    SpecProblem at the spec's field that names it for what is over a limit.
    """
    check_limits.gif_signature(source, field)
    most = int(limits.RECORDING_SECONDS * SAMPLE_RATE) * wav.SAMPLE_BYTES
    stop = ["-fs", str(most + wav.SAMPLE_BYTES)]
    args = [*ffmpeg.untrusted_input(source), "-map", "0:a:0", "-vn", "-sn", "-dn", *_to_raw(scratch, *stop)]
    finished = ffmpeg.stream(
        args, process.discard, cwd=scratch, env=env, timeout=DECODE_SECONDS, what=what, check=False
    )
    check_limits.stream_count(finished.text, source.name, field)
    check_limits.logged_audio(finished.text, source.name, field)
    ffmpeg.require_success(finished, what)
    sound = _made(scratch, 2 * most)
    check_limits.duration(len(sound) / SAMPLE_RATE, limits.RECORDING_SECONDS, source.name, field)
    return sound


def resample(sound: array.array[int], rate: int, scratch: Path, env: Mapping[str, str]) -> array.array[int]:
    """Mono samples at another rate, brought to 48 kHz: sample n comes to stand at n * 48000 / rate."""
    if rate == SAMPLE_RATE:
        return sound
    raw, what = scratch / "resample-in.raw", "resample a voice"
    raw.write_bytes(wav.to_bytes(sound))
    args = ["-f", "s16le", "-ar", str(rate), "-ac", "1", "-i", str(raw), *_to_raw(scratch)]
    ffmpeg.run(args, cwd=scratch, env=env, timeout=DECODE_SECONDS, what=what)
    wanted = round(len(sound) * SAMPLE_RATE / rate)
    made = _made(scratch, (wanted + SAMPLE_RATE) * wav.SAMPLE_BYTES)
    if abs(len(made) - wanted) > ROUNDING:
        raise StepError(f"ffmpeg wrote {len(made)} samples where {wanted} were asked for")
    return made


def _to_raw(scratch: Path, *more: str) -> list[str]:
    return [*SAME_EVERYWHERE, "-af", RESAMPLE, *RAW, *more, str(_out(scratch))]


def _out(scratch: Path) -> Path:
    return scratch / "pcm-out.raw"


def _made(scratch: Path, most: int) -> array.array[int]:
    return wav.from_bytes(tool_output.read(_out(scratch), most, "sound"))
