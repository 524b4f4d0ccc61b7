"""The chapters of an MP4: the samples of their text track, and the `chpl` box that other players read."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from vidbuild.media.container.boxes import box, full_box, u32
from vidbuild.media.container.ffmetadata import Chapter
from vidbuild.timebase import SAMPLE_RATE

MOST_LISTED = 255  # a `chpl` box counts its chapters, and the bytes of a title, in one byte
_UNITY = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def media_header() -> bytes:
    """Return the header of the media of a text track (QuickTime File Format)."""
    info = full_box(b"gmin", 0, struct.pack(">HHHHHH", 0x40, 0x8000, 0x8000, 0x8000, 0, 0))
    return box(b"gmhd", info, box(b"text", _UNITY))


def sample_entry() -> bytes:
    """Return the sample entry of a text track (QuickTime File Format)."""
    return box(b"text", bytes(6) + struct.pack(">H", 1) + bytes(4) + u32(1) + bytes(36))


def title_sample(title: str) -> bytes:
    """Return a text sample: the length, the text, and a box that marks it as UTF-8."""
    text = title.encode()[:0xFFFF]
    return struct.pack(">H", len(text)) + text + box(b"encd", u32(0x100))


def chapter_list(chapters: Sequence[Chapter]) -> bytes:
    """Return the `chpl` box with the first chapters."""
    listed = chapters[:MOST_LISTED]
    return full_box(b"chpl", 0, bytes(4), bytes([len(listed)]), *_entries(listed), version=1)


def _entries(chapters: Sequence[Chapter]) -> Iterator[bytes]:
    for chapter in chapters:
        text = chapter.title.encode()[:MOST_LISTED].decode("utf-8", "ignore").encode()
        yield struct.pack(">QB", chapter.start * 10_000_000 // SAMPLE_RATE, len(text)) + text
