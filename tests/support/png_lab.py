"""PNG files with any header, chunks and samples, for what Pillow does not write."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

GRAY, RGB = 0, 2  # color types


def write_png(
    path: Path,
    size: tuple[int, int],
    depth: int,
    kind: int,
    rows: Iterable[bytes],
    chunks: Sequence[tuple[bytes, bytes]] = (),
) -> Path:
    """Write a PNG. depth: bits per sample. rows: packed samples. chunks: to put before the pixels."""
    header = struct.pack(">IIBBBBB", *size, depth, kind, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 1)
    parts = ((b"IHDR", header), *chunks, (b"IDAT", pixels), (b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in parts))
    return path


def chunk(name: bytes, data: bytes) -> bytes:
    """Return one chunk."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
