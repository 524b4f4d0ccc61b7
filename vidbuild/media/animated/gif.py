"""Write an animated GIF of encoded images: reproducible bytes, no image encoded again.

The file is as in the GIF89a specification: every image has a table of colors of its own. How often it plays is in the
extension that Netscape defined, which all readers know.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence

from vidbuild.media.animated.timed import TimedImage

TICKS = 100  # a second
LIMITS = (2, (1 << 16) - 1)  # ticks of one image; browsers show a shorter one for ten
MAX_BYTES = 1 << 32  # of no limit of the format
_HEAD, _CONTROL, _LOOP = 13, 8, 19
_LOCAL_TABLE, _KEEP = 0x80, 0x04
_DESCRIPTOR = 10  # bytes before the table of colors


def size(images: Iterable[TimedImage], loops: int, seal: int) -> int:
    """Return the size in bytes of a file. seal: bytes of the extension at its end, with the byte that ends the file."""
    return _HEAD + (0 if loops == 1 else _LOOP) + sum(_CONTROL + 9 + image.size for image in images) + seal


def chunks(
    canvas: tuple[int, int],
    images: Sequence[TimedImage],
    data: Iterator[bytes],
    loops: int,
    _seal: int,
) -> Iterator[bytes]:
    """Yield the bytes of a file up to its seal.

    data: of each image. loops: how often it plays; 0: for ever.
    """
    yield b"GIF89a" + struct.pack("<HHBBB", *canvas, 0, 0, 0)
    if loops != 1:  # the extension has how often it plays again
        yield b"!\xff\x0bNETSCAPE2.0" + struct.pack("<BBHB", 3, 1, max(0, loops - 1), 0)
    for image, content in zip(images, data, strict=True):
        left, top, right, bottom = image.box
        control = b"!\xf9" + struct.pack("<BBHBB", 4, _KEEP, image.ticks, 0, 0)
        yield control + b"," + struct.pack("<HHHH", left, top, right - left, bottom - top) + content


def image_data(file: bytes) -> bytes:
    """Return the flags, the table of colors and the pixels of the one image in a GIF.

    Raise ValueError if its colors are not in one table, or it has another structure.
    """
    flags, at = file[10], _HEAD
    if not flags & 0x80:
        raise ValueError("the GIF has no global table of colors")
    length = 3 << ((flags & 0x07) + 1)
    table, at = file[at : at + length], at + length
    while file[at : at + 1] == b"!":  # extensions
        at = _after_blocks(file, at + 2)
    if file[at : at + 1] != b"," or file[at + 9] & _LOCAL_TABLE:
        raise ValueError("the GIF has another structure than expected")
    pixels = at + _DESCRIPTOR
    local = bytes([_LOCAL_TABLE | flags & 0x07 | file[at + 9] & 0x40])
    return local + table + file[pixels : _after_blocks(file, pixels + 1)]


def _after_blocks(file: bytes, at: int) -> int:
    """Return the position after the data blocks that begin at one, and the empty block that ends them."""
    while file[at]:
        at += 1 + file[at]
    return at + 1
