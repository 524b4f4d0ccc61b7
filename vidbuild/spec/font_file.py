"""Checks that a font file is complete and not too large, from its header, table directory and character map alone.

The formats are those of the OpenType specification 1.9, "Organization of an OpenType font", and those of the character
map, "cmap". A map says for ranges of characters that the font has them: a few bytes can claim four thousand million.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from vidbuild.media.ffmpeg import limits

COLLECTION = b"ttcf"
KINDS = (b"\0\1\0\0", b"OTTO", b"true")
WEB = {b"wOFF": "WOFF", b"wOF2": "WOFF2"}
ENTRY = struct.Struct(">4sIII")  # of the table directory: tag, checksum, offset, length
SEGMENTS, GROUPS = 4, (12, 13)  # formats of a character map: ranges of 16 and of 32 bits
CUT_SHORT = "is cut short"


def problem(path: Path) -> str | None:
    """Return what is wrong with a font file, to follow its name in a message ("is cut short"), or None.

    Raises OSError if the file cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size > limits.FONT_BYTES:
            return f"is too large: {size} bytes, the limit for a font is {limits.FONT_BYTES}"
        try:
            return _faces(file, size)
        except struct.error:
            return CUT_SHORT


def is_web_font(path: Path) -> bool:
    """Return whether a readable file is compressed for browsers, which typesetters do not read."""
    with path.open("rb") as file:
        return file.read(4) in WEB


def _faces(file: BinaryIO, size: int) -> str | None:
    file.seek(0)
    signature = file.read(4)
    if signature in WEB:
        return f"is a web font ({WEB[signature]}), not a TrueType or OpenType font"
    if signature != COLLECTION:
        return _face(file, 0, size)[0]
    _, count = struct.unpack(">II", _read(file, 4, 8))
    if not 0 < count <= limits.FONT_FACES:
        return f"is a collection of {count} fonts: the maximum is {limits.FONT_FACES}"
    total = 0
    for start in struct.unpack(f">{count}I", _read(file, 12, 4 * count)):
        wrong, characters = _face(file, start, size)
        total += characters
        if wrong or total > limits.FONT_CHARACTERS:
            return wrong or _too_many(total)
    return None


def _face(file: BinaryIO, start: int, size: int) -> tuple[str | None, int]:
    """Return what is wrong with a face, and how many characters its map claims."""
    kind, tables = struct.unpack(">4sH", _read(file, start, 6))
    if kind not in KINDS:
        return "is not a font", 0
    file.seek(start + 12)
    entries = file.read(ENTRY.size * tables)
    if len(entries) < ENTRY.size * tables:
        return CUT_SHORT, 0
    total = 0
    for tag, _, offset, length in ENTRY.iter_unpack(entries):
        if offset + length > size:
            return CUT_SHORT, 0
        if tag == b"cmap":
            total += _mapped(_read(file, offset, length))
            if total > limits.FONT_CHARACTERS:
                return _too_many(total), total
    return None, total


def _too_many(characters: int) -> str:
    return f"maps {characters} characters: the maximum is {limits.FONT_CHARACTERS}"


def _mapped(table: bytes) -> int:
    """Return how many characters all subtables of a character map claim, counting until there are too many."""
    _, count = struct.unpack_from(">HH", table)
    total = 0
    for index in range(count):
        _, _, offset = struct.unpack_from(">HHI", table, 4 + 8 * index)
        (form,) = struct.unpack_from(">H", table, offset)
        if form == SEGMENTS:
            total += _in_segments(table, offset)
        elif form in GROUPS:
            total += _in_groups(table, offset)
        if total > limits.FONT_CHARACTERS:
            break
    return total


def _in_segments(table: bytes, offset: int) -> int:
    (double,) = struct.unpack_from(">H", table, offset + 6)
    count = double // 2
    ends = struct.unpack_from(f">{count}H", table, offset + 14)
    starts = struct.unpack_from(f">{count}H", table, offset + 16 + 2 * count)
    return sum(max(0, end - start + 1) for start, end in zip(starts, ends, strict=True))


def _in_groups(table: bytes, offset: int) -> int:
    (count,) = struct.unpack_from(">I", table, offset + 12)
    groups = table[offset + 16 : offset + 16 + 12 * count]
    return sum(
        max(0, end - start + 1) for start, end, _ in struct.iter_unpack(">III", groups[: len(groups) // 12 * 12])
    )


def _read(file: BinaryIO, start: int, count: int) -> bytes:
    file.seek(start)
    return file.read(count)
