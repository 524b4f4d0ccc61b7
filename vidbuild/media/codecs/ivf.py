"""Read and write IVF, the simplest file of VP9 or AV1: a header, and each frame after its length and its time."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence

from vidbuild.media.codecs.errors import CodecError

HEADER, FRAME_HEADER = 32, 12  # bytes
_SIGNATURE = b"DKIF"


def frames(data: bytes) -> list[bytes]:
    """Return the frames of a file. Raise CodecError if it is damaged."""
    if data[:4] != _SIGNATURE or len(data) < HEADER:
        raise CodecError("no IVF file")
    return unframed(data[HEADER:])


def unframed(data: bytes) -> list[bytes]:
    """Return the frames after the header of a file."""
    found, at = [], 0
    while at < len(data):
        if at + FRAME_HEADER > len(data):
            raise CodecError("the IVF file ends within a frame")
        (size,) = struct.unpack_from("<I", data, at)
        at += FRAME_HEADER
        if not size or at + size > len(data):
            raise CodecError("the IVF file ends within a frame")
        found.append(data[at : at + size])
        at += size
    return found


def framed(encoded: Iterable[bytes]) -> Iterator[bytes]:
    """Yield each frame after its length and time."""
    for time, frame in enumerate(encoded):
        yield struct.pack("<IQ", len(frame), time)
        yield frame


def file(encoded: Sequence[bytes], codec: bytes, size: tuple[int, int], fps: int) -> bytes:
    """Return a file. codec: b"VP90" or b"AV01". size: width and height in pixels."""
    head = struct.pack("<4sHH4sHHIII4x", _SIGNATURE, 0, HEADER, codec, *size, fps, 1, len(encoded))
    return b"".join((head, *framed(encoded)))
