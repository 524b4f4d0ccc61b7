"""Whether what a media file says of itself is within the limits (limits.py); it starts nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vidbuild.errors import SpecProblem, StepError
from vidbuild.media.ffmpeg import limits

if TYPE_CHECKING:
    from pathlib import Path

    from vidbuild.media.ffmpeg.media_info import MediaInfo

SOUND = re.compile(r": Audio: .*?, (\d+) Hz, (?:(\d+) channels)?")


def beginning(path: Path, field: str) -> None:
    """StepError where a file is called a GIF and is none: by its name alone ffmpeg would read it to its end."""
    if path.suffix.lower() == ".gif":
        with path.open("rb") as file:
            if file.read(3) != b"GIF":
                raise StepError(f"'{path.name}' is not a GIF", field=field)


def streams(log: str, name: str, field: str) -> None:
    """SpecProblem where ffmpeg left out some of a file's streams."""
    if "exceeds max_streams" in log:
        raise _over(name, f"more than {limits.STREAMS} streams", f"{limits.STREAMS}", field)


def picture(info: MediaInfo, name: str, field: str) -> None:
    """SpecProblem where a clip's picture is too large, too narrow or too quick."""
    width, height = info.stored
    if width * height > limits.CLIP_PIXELS:
        raise _over(name, f"a picture of {width} x {height} pixels", f"{limits.CLIP_PIXELS} pixels", field)
    sides = (info.width, info.height)
    if not 0 < min(sides) <= max(sides) <= limits.CLIP_SIDE:
        raise _over(name, f"a picture of {sides[0]} x {sides[1]}", f"a side of {limits.CLIP_SIDE}", field)
    if max(sides) > limits.CLIP_SHAPE * min(sides):
        shape = f"a side {limits.CLIP_SHAPE} times as long as the other"
        raise _over(name, f"a picture of {sides[0]} x {sides[1]}", shape, field)
    if info.rate > limits.CLIP_RATE:
        raise _over(name, f"{info.rate:g} pictures a second", f"{limits.CLIP_RATE:g}", field)


def length(seconds: float, most: float, name: str, field: str) -> None:
    """SpecProblem where a file lasts too long, or less than nothing."""
    if not seconds >= 0:
        raise SpecProblem(f"'{name}' ends {-seconds:g} s before it begins", field=field)
    if seconds > most:
        raise _over(name, f"a length of {seconds / limits.HOUR:.1f} hours", f"{most / limits.HOUR:g}", field)


def sound(rate: int, channels: int, name: str, field: str) -> None:
    """SpecProblem where a sound has too many channels, or samples too seldom or too often."""
    least, most = limits.SOUND_RATES
    if not least <= rate <= most:
        raise _over(name, f"sound of {rate} samples a second", f"{least} to {most}", field)
    if channels > limits.CHANNELS:
        raise _over(name, f"sound of {channels} channels", f"{limits.CHANNELS}", field)


def told_sound(log: str, name: str, field: str) -> None:
    """The same of the first sound that ffmpeg's log tells of, if it does."""
    found = SOUND.search(log.split("\nStream mapping:", 1)[0])
    if found:
        sound(int(found[1]), int(found[2] or 0), name, field)


def _over(name: str, found: str, limit: str, field: str) -> SpecProblem:
    return SpecProblem(f"'{name}' has {found}, and the limit is {limit}", field=field)
