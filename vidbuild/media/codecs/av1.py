"""What is needed of AV1: the head of each frame, and a temporal unit that repeats the one before.

Clause numbers refer to the AV1 Bitstream & Decoding Process Specification, version 1.0.0 with errata 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from vidbuild.media.codecs.errors import CodecError
from vidbuild.media.codecs.heads import HEAD_BYTES, FrameHead
from vidbuild.media.h264.bits import BitsError, Reader

FOURCC = b"AV01"
MATROSKA = "V_AV1"
BT709 = 1  # matrix_coefficients (6.4.2)
SEQUENCE, DELIMITER, HEADER, METADATA, FRAME, PADDING = 1, 2, 3, 5, 6, 15  # obu_type (6.2.2)
_HAS_SIZE, _HAS_EXTENSION = 0x02, 0x04
_LEVEL_WITH_TIER, _SELECT, _SRGB = 7, 2, (1, 13, 0)
_UNKNOWN_COLORS = (2, 2, 2)
_KEY = 0
_SHOW_EXISTING, _TRAILING = 0x80, 0x08  # show_existing_frame, and the bit that ends the header (5.9.2, 5.3.4)
_BYTE_WITHOUT_LAST = 7


class Sequence(NamedTuple):
    """A sequence header (5.5): what heads of frames depend on, and what a container has of it.

    data: the whole OBU, with its own header.
    level, tier, size, colors: as in its fields. colors: primaries, transfer, matrix; and whether the range is full.
    screen_content: whether frames have the tools for it, 0 or 1; 2 if each of them says so.
    """

    data: bytes
    level: int
    tier: int
    size: tuple[int, int]
    colors: tuple[int, int, int]
    full_range: bool
    position: int
    screen_content: int
    select_integer_mv: bool
    order_bits: int


class Obu(NamedTuple):
    """One OBU: its type, all its bytes, and its content."""

    kind: int
    data: bytes
    content: bytes


def obus(unit: bytes) -> Iterator[Obu]:
    """Yield the OBUs of a temporal unit, all of which have their size (5.3). Raise CodecError if it is damaged."""
    at = 0
    while at < len(unit):
        head = unit[at]
        if head & 0x80 or not head & _HAS_SIZE or head & _HAS_EXTENSION:
            raise CodecError("unexpected OBU header")
        size, start = _leb128(unit, at + 1)
        if start + size > len(unit):
            raise CodecError("an OBU ends after its temporal unit")
        yield Obu(head >> 3 & 15, unit[at : start + size], unit[start : start + size])
        at = start + size


def stored(unit: bytes) -> bytes:
    """Return a temporal unit as containers store it: without its delimiter and padding (AV1 ISOBMFF, 2.4)."""
    return b"".join(each.data for each in obus(unit) if each.kind not in (DELIMITER, PADDING))


def sequence_of(unit: bytes) -> Sequence | None:
    """Return the sequence header in a temporal unit, if it has one."""
    found = next((each for each in obus(unit) if each.kind == SEQUENCE), None)
    if found is None:
        return None
    try:
        return _sequence(found, Reader(found.content))
    except BitsError as error:
        raise CodecError(f"corrupt AV1 sequence header: {error}") from error


def head(unit: bytes, sequence: Sequence) -> FrameHead:
    """Return the head of the one frame in a temporal unit. Raise CodecError if it has another number, or hides it."""
    found = [each for each in obus(unit) if each.kind in (FRAME, HEADER)]
    if len(found) != 1:
        raise CodecError(f"a temporal unit has {len(found)} AV1 frames")
    try:
        return _head(Reader(found[0].content[:HEAD_BYTES]), sequence)
    except BitsError as error:
        raise CodecError(f"corrupt AV1 frame: {error}") from error


def repeat(kept: int) -> bytes:
    """Return a temporal unit that shows again what is kept in this slot of the decoder; no key frame may be in it."""
    return _obu(DELIMITER, b"") + _obu(HEADER, bytes([_SHOW_EXISTING | kept << 4 | _TRAILING]))


def configuration(sequence: Sequence) -> bytes:
    """Return the `av1C` record (AV1 ISOBMFF, 2.3.3) of a video of 8 bits and 4:2:0, main profile."""
    return bytes([0x81, sequence.level, sequence.tier << 7 | 0b0001100 | sequence.position, 0]) + sequence.data


def _head(bits: Reader, sequence: Sequence) -> FrameHead:
    if bits.read(1):
        return FrameHead(repeats=True)
    kind, shown = bits.read(2), bits.read(1)
    if not shown:
        raise CodecError("an AV1 frame is hidden")
    if kind == _KEY:
        return FrameHead(True, 0xFF, sequence.size, (sequence.colors[2], sequence.full_range))
    if kind != 1:
        raise CodecError("an AV1 frame is neither a key frame nor an inter frame")
    resilient = bits.read(1)
    bits.read(1)  # disable_cdf_update
    screen = bits.read(1) if sequence.screen_content == _SELECT else sequence.screen_content
    if screen and sequence.select_integer_mv:
        bits.read(1)  # force_integer_mv
    bits.read(1 + sequence.order_bits)  # frame_size_override_flag, order_hint
    if not resilient:
        bits.read(3)  # primary_ref_frame
    return FrameHead(kept=bits.read(8))


def _sequence(obu: Obu, bits: Reader) -> Sequence:
    if bits.read(3) or bits.read(2):
        raise CodecError("expected an AV1 video of the main profile")
    if bits.read(1):
        raise CodecError("unexpected timing_info in an AV1 sequence header")
    level, tier = _operating_points(bits)
    lengths = bits.read(4) + 1, bits.read(4) + 1
    size = bits.read(lengths[0]) + 1, bits.read(lengths[1]) + 1
    if bits.read(1):
        raise CodecError("unexpected frame ids in an AV1 sequence header")
    bits.read(3 + 4)  # 128x128, filter-intra, intra-edge, interintra, masked, warped, dual filter
    ordered = bits.read(1)
    if ordered:
        bits.read(2)  # jnt_comp, ref_frame_mvs
    screen = _SELECT if bits.read(1) else bits.read(1)
    integer = _SELECT
    if screen:
        integer = _SELECT if bits.read(1) else bits.read(1)
    order_bits = bits.read(3) + 1 if ordered else 0
    bits.read(3)  # superres, cdef, restoration
    if bits.read(1) or bits.read(1):
        raise CodecError("expected an AV1 video of 8 bits with colors")
    colors = (bits.read(8), bits.read(8), bits.read(8)) if bits.read(1) else _UNKNOWN_COLORS
    if colors == _SRGB:
        raise CodecError("an AV1 video is RGB")
    full_range = bool(bits.read(1))
    position = bits.read(2)
    return Sequence(obu.data, level, tier, size, colors, full_range, position, screen, integer == _SELECT, order_bits)


def _operating_points(bits: Reader) -> tuple[int, int]:
    """Read the operating points of a sequence header; return level and tier of the first."""
    delayed = bits.read(1)
    found = []
    for _ in range(bits.read(5) + 1):
        bits.read(12)
        level = bits.read(5)
        found.append((level, bits.read(1) if level > _LEVEL_WITH_TIER else 0))
        if delayed and bits.read(1):
            bits.read(4)
    return found[0]


def _obu(kind: int, content: bytes) -> bytes:
    return bytes([kind << 3 | _HAS_SIZE, len(content)]) + content


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    """Return the number that starts here, and where it ends (4.10.5)."""
    value = 0
    for index in range(8):
        if at + index >= len(data):
            break
        byte = data[at + index]
        value |= (byte & 0x7F) << _BYTE_WITHOUT_LAST * index
        if not byte & 0x80:
            return value, at + index + 1
    raise CodecError("an OBU ends within its size")
