"""Any sound to 48 kHz, one channel, 16 bits, through ffmpeg; it knows nothing of what the sound is for."""

from __future__ import annotations

import array
from collections.abc import Mapping
from pathlib import Path

from vidbuild.media import ffmpeg, wav

DECODE_SECONDS = 600.0
"""More than decoding an hour of sound takes anywhere: past it, something hangs."""

RESAMPLE = f"aresample={wav.RATE}:filter_size=64:cutoff=0.97:resampler=swr"
SAME_EVERYWHERE = ("-cpuflags", "0", "-filter_threads", "1")
"""Vector units round in ways of their own: without them samples and encoded bytes are the same on every machine, and
coming by them takes no longer."""

RAW = ("-f", "s16le", "-c:a", "pcm_s16le", "-ar", str(wav.RATE), "-ac", "1")


def decode(source: Path, scratch: Path, env: Mapping[str, str], what: str) -> array.array[int]:
    """The samples of a file's first audio stream; none if it is empty. StepError: could not `what`."""
    return _run([*ffmpeg.media(source), "-map", "0:a:0", "-vn", "-sn", "-dn"], scratch, env, what)


def resample(sound: array.array[int], rate: int, scratch: Path, env: Mapping[str, str]) -> array.array[int]:
    """Mono samples at another rate, brought to 48 kHz: sample n comes to stand at n * 48000 / rate."""
    if rate == wav.RATE:
        return sound
    raw = scratch / "resample-in.raw"
    raw.write_bytes(wav.to_bytes(sound))
    return _run(["-f", "s16le", "-ar", str(rate), "-ac", "1", "-i", str(raw)], scratch, env, "resample a voice")


def _run(source: list[str], scratch: Path, env: Mapping[str, str], what: str) -> array.array[int]:
    out = scratch / "pcm-out.raw"
    ffmpeg.run(
        [*SAME_EVERYWHERE, *source, "-af", RESAMPLE, *RAW, str(out)],
        cwd=scratch,
        env=env,
        timeout=DECODE_SECONDS,
        what=what,
    )
    return wav.from_bytes(out.read_bytes())
