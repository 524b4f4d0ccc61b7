"""Write an ID3v2.4 tag: the title of an MP3, and its chapters as the addendum for chapter frames defines them."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from vidbuild.media.container.ffmetadata import Chapter
from vidbuild.media.container.iso639 import iso639_2
from vidbuild.timebase import SAMPLE_RATE

UTF_8 = b"\x03"
NO_OFFSET = 0xFFFFFFFF  # of a chapter in bytes: its time counts
MOST_LISTED = 255  # chapters in a table of contents
_TOP_LEVEL_ORDERED = 0x03


def tag(
    tags: Mapping[str, str],
    chapters: Sequence[Chapter],
    end: int,
    language: str,
    own: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """Return a tag.

    tags: "title" and "comment". end: of the last chapter, in samples. language: a BCP 47 tag.
    own: name -> text, for which ID3 has no name of its own.
    """
    described = b"".join(_frame(b"TXXX", UTF_8 + f"{name}\0{text}".encode()) for name, text in own.items())
    frames = described + b"".join(_frames(tags, chapters, end, iso639_2(language).encode()))
    return b"ID3\x04\x00\x00" + _syncsafe(len(frames)) + frames


def _frames(tags: Mapping[str, str], chapters: Sequence[Chapter], end: int, language: bytes) -> Iterator[bytes]:
    if tags.get("title"):
        yield _text(b"TIT2", tags["title"])
    yield _frame(b"TLAN", UTF_8 + language)
    if tags.get("comment"):
        yield _frame(b"COMM", UTF_8 + language + b"\0" + tags["comment"].encode())
    listed = [f"chapter-{number}".encode() + b"\0" for number, _ in enumerate(chapters)]
    if listed:
        flags = bytes([_TOP_LEVEL_ORDERED, min(len(listed), MOST_LISTED)])
        yield _frame(b"CTOC", b"contents\0" + flags + b"".join(listed[:MOST_LISTED]))
    for name, (chapter, following) in zip(listed, pairwise((*chapters, Chapter(end, ""))), strict=True):
        times = (chapter.start * 1000 // SAMPLE_RATE, following.start * 1000 // SAMPLE_RATE)
        yield _frame(b"CHAP", name + struct.pack(">4I", *times, NO_OFFSET, NO_OFFSET) + _text(b"TIT2", chapter.title))


def _text(name: bytes, text: str) -> bytes:
    return _frame(name, UTF_8 + text.replace("\0", "").encode())


def _frame(name: bytes, content: bytes) -> bytes:
    return name + _syncsafe(len(content)) + b"\0\0" + content


def _syncsafe(number: int) -> bytes:
    """Return a number in four bytes of seven bits each, so that no reader takes it for audio."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))
