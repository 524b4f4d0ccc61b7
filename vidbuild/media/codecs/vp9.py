"""What is needed of VP9: the head of each frame, and a frame that repeats the one before.

Clause numbers refer to the VP9 Bitstream & Decoding Process Specification, version 0.6.
"""

from __future__ import annotations

from vidbuild.media.codecs.errors import CodecError
from vidbuild.media.codecs.heads import HEAD_BYTES, FrameHead
from vidbuild.media.h264.bits import BitsError, Reader

FOURCC = b"VP90"
MATROSKA = "V_VP9"
BT709 = 2  # color_space (7.2.2)
_MARKER, _SYNC = 2, 0x498342
_RGB = 7
_SHOW_EXISTING = 0x88  # frame_marker, profile 0, show_existing_frame (6.2)


def head(frame: bytes) -> FrameHead:
    """Return the head of a frame of profile 0 (6.2). Raise CodecError if it is none, or is not shown."""
    try:
        return _head(Reader(frame[:HEAD_BYTES]))
    except BitsError as error:
        raise CodecError(f"corrupt VP9 frame: {error}") from error


def repeat(kept: int) -> bytes:
    """Return a frame that shows again what is kept in this slot of the decoder."""
    return bytes([_SHOW_EXISTING | kept])


def _head(bits: Reader) -> FrameHead:
    if bits.read(2) != _MARKER or bits.read(2):
        raise CodecError("no VP9 frame of profile 0")
    if bits.read(1):
        return FrameHead(repeats=True)
    key, shown, resilient = not bits.read(1), bits.read(1), bits.read(1)
    if not shown:
        raise CodecError("a VP9 frame is hidden")
    if not key:
        if not resilient:
            bits.read(2)  # reset_frame_context
        return FrameHead(kept=bits.read(8))
    if bits.read(24) != _SYNC:
        raise CodecError("corrupt VP9 key frame")
    space = bits.read(3)
    if space == _RGB:
        raise CodecError("a VP9 key frame is RGB")
    full_range = bool(bits.read(1))
    return FrameHead(True, 0xFF, (bits.read(16) + 1, bits.read(16) + 1), (space, full_range))
