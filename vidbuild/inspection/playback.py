"""What a player shows of a finished video: one of its frames, and its waveform. Runs in a sandboxed process."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from pathlib import Path

from vidbuild.json_types import Json
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.ffmpeg.probe import describe

RATE = 50  # peaks a second
_SAMPLES = 8000  # a second, of which peaks are taken
_TIMEOUT = 120.0
_MAX_BYTES = 1 << 30
# Browsers show a PNG that names the video's transfer function (cICP, gAMA) darker than the video itself, and than a
# still: once the frame is RGB, its tags are dropped.
_UNTAGGED = "format=rgb24,setparams=color_primaries=unknown:color_trc=unknown"


def frame(name: str, seconds: str) -> Json:
    """Return the frame that is shown at a time, in seconds, as a PNG in base64."""
    options = ("-map", "0:V:0", "-vf", _UNTAGGED, "-frames:v", "1", "-f", "image2pipe", "-c:v", "png")
    png = _decoded(Path(name).absolute(), ("-ss", f"{max(0.0, float(seconds)):.6f}"), options)
    return base64.b64encode(png).decode("ascii")


def peaks(name: str) -> Json:
    """Return the largest amplitude of each fiftieth of a second, 0 to 255; an empty list without audio."""
    import numpy as np

    path = Path(name).absolute()
    if not describe(path, env=os.environ).audio_track:
        return []
    options = ("-map", "0:a:0", "-ac", "1", "-ar", str(_SAMPLES), "-f", "s16le", "-c:a", "pcm_s16le")
    decoded = _decoded(path, ("-vn",), options)
    samples = np.abs(np.frombuffer(decoded, "<i2").astype(np.int32))
    size = _SAMPLES // RATE
    padded = np.pad(samples, (0, -len(samples) % size))
    found: list[int] = (padded.reshape(-1, size).max(axis=1) * 255 // 32768).tolist() if len(padded) else []
    return found


def _decoded(path: Path, of_input: Sequence[str], of_output: Sequence[str]) -> bytes:
    """Return what ffmpeg decodes of a file. StepError if it cannot: a part of it would be shown as the whole."""
    done = ffmpeg.capture(
        [*ffmpeg.untrusted_input(path, *of_input, "-threads", "1"), *of_output, "-"],
        cwd=path.parent,
        env=os.environ,
        timeout=_TIMEOUT,
        what=f"decode '{path.name}'",
        max_bytes=_MAX_BYTES,
    )
    return done.output
