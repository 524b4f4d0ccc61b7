"""The samples of a track of captions in an MP4: timed text (3GPP TS 26.245), which ffmpeg calls `mov_text`.

A sample is a text without markup, so nothing in it has to be escaped. Samples follow each other without a pause: an
empty one lasts while no caption is shown.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vidbuild.media.container.boxes import box

HEIGHT, MARGIN = 0.25, 0.03  # shares of the picture's height: of the place for captions, and below it
FONT = 0.05  # of the picture's shorter side: the size of the letters
MAX_BYTES = 0xFFFF
_CENTER, _BOTTOM = 1, -1
_WHITE = b"\xff\xff\xff\xff"


class Cue(NamedTuple):
    """A caption: its start and end in samples at 48 kHz, and its text, with a line feed between two lines."""

    start: int
    end: int
    text: str


class Region(NamedTuple):
    """Where captions are shown: pixels from the upper edge of the picture, and width and height."""

    y: int
    size: tuple[int, int]


def samples(cues: Iterable[Cue], total: int) -> list[tuple[bytes, int]]:
    """Return each sample with its duration. total: the duration of the track. All times are in samples at 48 kHz."""
    return list(_samples(cues, total))


def _samples(cues: Iterable[Cue], total: int) -> Iterator[tuple[bytes, int]]:
    at = 0
    for cue in cues:
        start, end = max(cue.start, at), min(cue.end, total)
        if end <= start:
            continue
        if start > at:
            yield _sample(""), start - at
        yield _sample(cue.text), end - start
        at = end
    if at < total:
        yield _sample(""), total - at


def region(width: int, height: int) -> Region:
    """Return where captions are shown on a picture of this size: at its lower edge."""
    own = round(height * HEIGHT)
    return Region(height - own - round(height * MARGIN), (width, own))


def sample_entry(width: int, height: int) -> bytes:
    """Return the `tx3g` sample entry for a picture of this size: white letters, centered at the lower edge."""
    _, (wide, high) = region(width, height)
    place = struct.pack(">4h", 0, 0, min(high, 0x7FFF), min(wide, 0x7FFF))
    size = min(255, max(8, round(FONT * min(width, height))))
    style = struct.pack(">HHHBB", 0, 0, 1, 0, size) + _WHITE
    font = b"Sans-Serif"
    table = box(b"ftab", struct.pack(">HHB", 1, 1, len(font)) + font)
    justified = struct.pack(">bb", _CENTER, _BOTTOM)
    return box(b"tx3g", bytes(6) + struct.pack(">H", 1) + bytes(4) + justified + bytes(4) + place + style + table)


def _sample(text: str) -> bytes:
    data = text.encode()[:MAX_BYTES].decode("utf-8", "ignore").encode()
    return struct.pack(">H", len(data)) + data
