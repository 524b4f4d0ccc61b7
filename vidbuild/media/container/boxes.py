"""Build the boxes and descriptors of an MP4 as bytes."""

from __future__ import annotations

import struct
from typing import Protocol


class Sink(Protocol):
    """What an MP4 is written to: a file, or something that passes its bytes on."""

    def write(self, data: bytes | memoryview, /) -> int:
        """Write bytes; return their number."""
        ...


def box(kind: bytes, *parts: bytes) -> bytes:
    """Return a box (14496-12, 4.2): its size, its four-letter type and its content."""
    content = b"".join(parts)
    return struct.pack(">I4s", len(content) + 8, kind) + content


def full_box(kind: bytes, flags: int, *parts: bytes, version: int = 0) -> bytes:
    """Return a box with a version and 24 bits of flags."""
    return box(kind, u32(version << 24 | flags), *parts)


def descriptor(tag: int, content: bytes) -> bytes:
    """Return a descriptor (14496-1, 8.3.3) of at most 127 bytes, with its length in four bytes."""
    return bytes([tag, 0x80, 0x80, 0x80, len(content)]) + content


def u32(value: int) -> bytes:
    """Return a 32-bit big-endian integer."""
    return struct.pack(">I", value)
