"""A frame and the waveform of a finished video, read in a sandboxed process."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from vidbuild.api.contained_call import contained_call
from vidbuild.engine.disk import durable
from vidbuild.inspection import playback

SECONDS = 150.0
_EARLY = 0.002  # seconds by which a frame's time may be rounded up


def frame_of(video: Path, seconds: float, path: Path) -> None:
    """Write the frame that starts at a time to a PNG. Raises SourceError if the video cannot be read."""
    png = contained_call(playback.frame, video, (), SECONDS, f"{max(0.0, seconds - _EARLY):.6f}")
    durable.make_folder(path.parent)
    durable.write(path, base64.b64decode(png), synced=False)


def peaks_of(video: Path) -> str:
    """Return a video's waveform as JSON: `rate` peaks a second, each 0 to 255. Raises SourceError."""
    found = contained_call(playback.peaks, video, (), SECONDS)
    return json.dumps({"seconds": round(len(found) / playback.RATE, 3), "rate": playback.RATE, "peaks": found})
