"""Find the position in a file where decoding must start for a frame to be correct."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from vidbuild.media.ffmpeg import ffmpeg

STEPS_BACK = (0.0, 2.0, 8.0, 32.0, 128.0)  # seconds
TOLERANCE = 0.0005  # seconds: many containers round times to milliseconds
TIMEOUT = 120.0


def seek_point(path: Path, start: float, env: Mapping[str, str]) -> float:
    """Return the latest time from which the frame at `start` can be decoded, in seconds from the start of the file.

    ffmpeg seeks to where an index points, and some point to a frame that depends on earlier ones: MPEG-TS has no
    index, a fragmented MP4 has one of its last fragments only. The first frames from there are corrupt or too late.
    Decoding from 0 always works.
    """
    for back in STEPS_BACK:
        at = start - back
        if at <= 0:
            break
        if _decodes_cleanly(path, at, start, env):
            return at
    return 0.0


def _decodes_cleanly(path: Path, at: float, start: float, env: Mapping[str, str]) -> bool:
    """Whether the first frame decoded from `at` is a key frame and not later than `start`."""
    seek = ("-ss", f"{at:.6f}", "-noaccurate_seek", "-threads", "1")
    first = ("-map", "0:V:0", "-vf", "showinfo=checksum=0", "-fps_mode", "passthrough", "-frames:v", "1")
    done = ffmpeg.capture(
        [*ffmpeg.untrusted_input(path.absolute(), *seek), *first, "-f", "null", "-"],
        cwd=path.absolute().parent,
        env=env,
        timeout=TIMEOUT,
        what=f"read '{path.name}'",
        check=False,
    )
    match = re.search(r"\bn: *0 .*?\bpts_time:(-?[\d.]+(?:e[+-]?\d+)?) .*?\biskey:1\b", done.text)
    return match is not None and float(match[1]) <= start - at + TOLERANCE
