"""Write an animated WebP of encoded images: reproducible bytes, no image encoded again.

The file is a RIFF container as RFC 9649 defines it: VP8X, ANIM, an ANMF chunk for each image, and a chunk that readers
skip, the seal.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence

from vidbuild.media.animated.timed import TimedImage

TICKS = 1000  # a second
LIMITS = (1, (1 << 24) - 1)  # ticks of one image
MAX_BYTES = (1 << 32) - 11
_ANIMATED, _REPLACE = 0x02, 0x02
_FRAME_HEAD = 16


def size(images: Iterable[TimedImage], _loops: int, seal: int) -> int:
    """Return the size in bytes of a file. seal: bytes of the chunk at its end."""
    return 12 + 18 + 14 + sum(8 + _FRAME_HEAD + image.size + image.size % 2 for image in images) + seal


def chunks(
    canvas: tuple[int, int], images: Sequence[TimedImage], data: Iterator[bytes], loops: int, seal: int
) -> Iterator[bytes]:
    """Yield the bytes of a file up to its seal.

    data: of each image. loops: how often it plays; 0: for ever. seal: bytes of the chunk that follows.
    """
    yield struct.pack("<4sI4s", b"RIFF", size(images, loops, seal) - 8, b"WEBP")
    yield struct.pack("<4sIB3x", b"VP8X", 10, _ANIMATED) + _u24(canvas[0] - 1) + _u24(canvas[1] - 1)
    yield struct.pack("<4sI4BH", b"ANIM", 6, 255, 255, 255, 255, loops)
    for image, content in zip(images, data, strict=True):
        left, top, right, bottom = image.box
        numbers = (left // 2, top // 2, right - left - 1, bottom - top - 1, image.ticks)
        head = b"".join(map(_u24, numbers)) + bytes([_REPLACE])
        yield struct.pack("<4sI", b"ANMF", len(head) + len(content)) + head + content + bytes(len(content) % 2)


def _u24(number: int) -> bytes:
    return number.to_bytes(3, "little")
