"""Checks that a font file is complete and not too large, from its header and table directory alone.

The formats are those of the OpenType specification 1.9, "Organization of an OpenType font".
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from vidbuild.media.ffmpeg import limits

COLLECTION = b"ttcf"
KINDS = (b"\0\1\0\0", b"OTTO", b"true", b"typ1")
ENTRY = struct.Struct(">4sIII")  # of the table directory: tag, checksum, offset, length


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
            return "is cut short"


def _faces(file: BinaryIO, size: int) -> str | None:
    file.seek(0)
    if file.read(4) != COLLECTION:
        return _face(file, 0, size)
    _, count = struct.unpack(">II", _read(file, 4, 8))
    if not 0 < count <= limits.FONT_FACES:
        return f"is a collection of {count} fonts: the maximum is {limits.FONT_FACES}"
    starts = struct.unpack(f">{count}I", _read(file, 12, 4 * count))
    return next(filter(None, (_face(file, start, size) for start in starts)), None)


def _face(file: BinaryIO, start: int, size: int) -> str | None:
    kind, tables = struct.unpack(">4sH", _read(file, start, 6))
    if kind not in KINDS:
        return "is not a font"
    file.seek(start + 12)
    entries = file.read(ENTRY.size * tables)
    if len(entries) < ENTRY.size * tables:
        return "is cut short"
    ends = (offset + length for _, _, offset, length in ENTRY.iter_unpack(entries))
    return "is cut short" if max(ends, default=0) > size else None


def _read(file: BinaryIO, start: int, count: int) -> bytes:
    file.seek(start)
    return file.read(count)
