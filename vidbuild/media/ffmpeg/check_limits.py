"""Check what a media file claims about itself against the limits in limits.py, without starting any program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vidbuild.errors import SpecProblem, StepError
from vidbuild.media.ffmpeg import limits

if TYPE_CHECKING:
    from pathlib import Path

    from vidbuild.media.ffmpeg.media_info import MediaInfo

AUDIO_STREAM = re.compile(r": Audio: .*?, (\d+) Hz, (?:(\d+) channels)?")


def gif_signature(path: Path, field: str) -> None:
    """Raise StepError if a .gif file is not a GIF: ffmpeg trusts the name and would read the whole file."""
    if path.suffix.lower() == ".gif":
        with path.open("rb") as file:
            if file.read(3) != b"GIF":
                raise StepError(f"'{path.name}' is not a GIF", field=field)


def stream_count(log: str, name: str, field: str) -> None:
    """Raise SpecProblem if ffmpeg's log says that it ignored streams beyond the limit."""
    if "exceeds max_streams" in log:
        raise _limit_error(name, "streams", f"at most {limits.STREAMS}", "more", field)


def video(info: MediaInfo, name: str, field: str) -> None:
    """Raise SpecProblem if a clip's frames are too large or too narrow, or its frame rate too high."""
    width, height = info.stored
    if width * height > limits.CLIP_PIXELS:
        limit, size = f"at most {limits.CLIP_PIXELS} pixels", f"{width} x {height} pixels"
        raise _limit_error(name, "stored frame size", limit, size, field)
    sides = (info.width, info.height)
    shown = f"{sides[0]} x {sides[1]}"
    if not 0 < min(sides) <= max(sides) <= limits.CLIP_SIDE:
        raise _limit_error(name, "frame size", f"sides of 1 to {limits.CLIP_SIDE} pixels", shown, field)
    if max(sides) > limits.CLIP_SHAPE * min(sides):
        ratio = f"one side at most {limits.CLIP_SHAPE} times the other"
        raise _limit_error(name, "frame size", ratio, shown, field)
    if info.rate > limits.CLIP_RATE:
        raise _limit_error(name, "frame rate", f"at most {limits.CLIP_RATE:g} fps", f"{info.rate:g} fps", field)


def duration(seconds: float, limit: float, name: str, field: str) -> None:
    """Raise SpecProblem if a file is longer than the limit in seconds, or if its duration is negative."""
    if not seconds >= 0:
        raise SpecProblem(f"'{name}' ends {-seconds:g} s before it begins", field=field)
    if seconds > limit:
        longest, found = f"at most {limit / limits.HOUR:g} hours", f"{seconds / limits.HOUR:.1f} hours"
        raise _limit_error(name, "duration", longest, found, field)


def audio(rate: int, channels: int, name: str, field: str) -> None:
    """Raise SpecProblem if audio has too many channels, or a sample rate (in Hz) outside the limits."""
    low, high = limits.SAMPLE_RATES
    if not low <= rate <= high:
        raise _limit_error(name, "sample rate", f"{low} to {high} Hz", f"{rate} Hz", field)
    if channels > limits.CHANNELS:
        raise _limit_error(name, "audio channels", f"at most {limits.CHANNELS}", f"{channels}", field)


def logged_audio(log: str, name: str, field: str) -> None:
    """Check the first audio stream that ffmpeg's log describes, if any, like `audio`."""
    match = AUDIO_STREAM.search(log.split("\nStream mapping:", 1)[0])
    if match:
        audio(int(match[1]), int(match[2] or 0), name, field)


def _limit_error(name: str, what: str, limit: str, found: str, field: str) -> SpecProblem:
    return SpecProblem(f"'{name}': {what}: expected {limit}, got {found}", field=field)
