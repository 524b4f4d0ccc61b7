"""Finds where in a file decoding has to begin for a picture of it to be right; it knows nothing of what it is for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from vidbuild.media.ffmpeg import ffmpeg

BACK = (0.0, 2.0, 8.0, 32.0, 128.0)
SLACK = 0.0005  # times are rounded to milliseconds in many containers
TIMEOUT = 120.0


def entry(path: Path, start: float, env: Mapping[str, str]) -> float:
    """The latest time, in seconds from the file's start, from which its picture at `start` can be decoded; 0 always is.

    ffmpeg goes to where an index leads it, and some lead to a picture that needs others before it: MPEG-TS has none at
    all, a fragmented MP4 only of its last fragments. What comes first from there is then damaged, or too late.
    """
    for back in BACK:
        at = start - back
        if at <= 0:
            break
        if _shows(path, at, start, env):
            return at
    return 0.0


def _shows(path: Path, at: float, start: float, env: Mapping[str, str]) -> bool:
    """Whether the first picture that comes out, if decoding begins there, stands alone and is not after `start`."""
    seek = ("-ss", f"{at:.6f}", "-noaccurate_seek", "-threads", "1")
    first = ("-map", "0:V:0", "-vf", "showinfo=checksum=0", "-fps_mode", "passthrough", "-frames:v", "1")
    told = ffmpeg.capture(
        [*ffmpeg.media(path.absolute(), *seek), *first, "-f", "null", "-"],
        cwd=path.absolute().parent,
        env=env,
        timeout=TIMEOUT,
        what=f"read '{path.name}'",
        check=False,
    )
    found = re.search(r"\bn: *0 .*?\bpts_time:(-?[\d.]+(?:e[+-]?\d+)?) .*?\biskey:1\b", told.text)
    return found is not None and float(found[1]) <= start - at + SLACK
