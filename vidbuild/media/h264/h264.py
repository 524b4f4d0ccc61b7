"""Parse an H.264 byte stream (Annex B): its frames, key frames, size and frame rate.

Clause numbers refer to Rec. ITU-T H.264 (08/2021).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from vidbuild.frozen import dataclass
from vidbuild.media.h264.bits import BitsError, Reader

if TYPE_CHECKING:
    from fractions import Fraction

SLICE, IDR, SPS, PPS = 1, 5, 7, 8
START = b"\x00\x00\x01"
HIGH_PROFILES = (100, 110, 122, 244, 44, 83, 86, 118, 128)  # their SPS has chroma_format_idc, 7.3.2.1.1
EXTENDED_SAR = 255
SLICE_HEAD_BYTES = 2  # enough for the type of a slice and whether it starts a frame
FIRST_BIT = 0x80  # ue(v) 0 is a single set bit
ESCAPABLE = re.compile(rb"\x00\x00(?=[\x00-\x03])")
CHROMA_444 = 3
MAX_FRAME_NUMBER_BITS, MAX_ORDER_CYCLE = 16, 255  # bits of frame_num and frames of an order cycle, 7.4.2.1.1


class H264Error(ValueError):
    """The bytes are not a valid H.264 stream, or not one that this package can process."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The contents of a sequence parameter set.

    width, height: the displayed size in pixels.
    fps: frames per second, None if absent.
    mb_width, mb_height: the encoded size in macroblocks.
    frame_number_bits: the size of frame_num in slice headers.
    picture_order: pic_order_cnt_type.
    height_at, crop_at, rest_at: the bit of the unescaped payload at which the height in macroblocks, the cropping, and
    the fields after the cropping begin.
    """

    width: int
    height: int
    fps: int | Fraction | None
    mb_width: int
    mb_height: int
    frame_number_bits: int
    picture_order: int
    frames_only: bool
    height_at: int
    crop_at: int
    rest_at: int


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """The facts about a stream: its number of frames, its IDR frames, and its parameter sets as NAL units."""

    frames: int
    idrs: tuple[int, ...]
    parameters: Parameters
    sets: tuple[bytes, ...]


def unit_spans(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield start and end of each NAL unit of a byte stream, without start codes and trailing zeros (B.1)."""
    find = data.find
    position = find(START)
    if position < 0 or data[:position].strip(b"\x00"):
        raise H264Error("no H.264 start code at the start of the stream")
    while position >= 0:
        start = position + 3
        position = find(START, start)
        end = position if position >= 0 else len(data)
        if not data[end - 1]:
            end -= 1  # most often, the first zero of a start code of four bytes
            if end > start and not data[end - 1]:
                end = start + len(data[start:end].rstrip(b"\x00"))
        if end > start:
            yield start, end


def units(data: bytes) -> Iterator[bytes]:
    """Return the NAL units of a byte stream."""
    return (data[start:end] for start, end in unit_spans(data))


def unit_type(unit: bytes) -> int:
    """Return nal_unit_type (7.4.1)."""
    return unit[0] & 0x1F


def scan(data: bytes) -> StreamInfo:
    """Count a stream's frames. Check that it starts with parameter sets and an IDR picture and never changes sets."""
    return scan_units(units(data))


def scan_units(nal_units: Iterable[bytes]) -> StreamInfo:
    """Check a stream's NAL units like `scan`. Slices may be truncated to SLICE_HEAD_BYTES."""
    frames, idrs = 0, []
    sets: dict[tuple[int, int], bytes] = {}
    for unit in nal_units:
        unit_kind = unit_type(unit)
        if unit_kind in (SPS, PPS):
            _store_set(sets, unit)
        elif unit_kind in (SLICE, IDR) and starts_frame(unit):
            if frames == 0 and (unit_kind != IDR or not sets):
                raise H264Error("the stream does not start with parameter sets and an IDR picture")
            if unit_kind == IDR:
                idrs.append(frames)
            frames += 1
    sequence = next((unit for unit in sets.values() if unit_type(unit) == SPS), None)
    if sequence is None:
        raise H264Error("the stream has no sequence parameter set")
    return StreamInfo(frames, tuple(idrs), parse_parameters(sequence), tuple(sets.values()))


def mp4_frames(data: bytes) -> Iterator[bytes]:
    """Yield each frame as an MP4 stores it: its slices, each after its length in four bytes (14496-15, 5.3)."""
    frame: list[bytes] = []
    for unit in units(data):
        unit_kind = unit_type(unit)
        if unit_kind not in (SLICE, IDR):
            continue
        if frame and starts_frame(unit):
            yield b"".join(frame)
            frame = []
        frame += [len(unit).to_bytes(4, "big"), unit]
    if frame:
        yield b"".join(frame)


def parse_parameters(unit: bytes) -> Parameters:
    """Parse a sequence parameter set (7.3.2.1.1)."""
    try:
        return _parse_parameters(Reader(unescape(unit[1:])))
    except BitsError as error:
        raise H264Error(f"corrupt parameter set: {error}") from error


def unescape(payload: bytes) -> bytes:
    """Remove the emulation prevention bytes from a payload (7.4.1.1)."""
    parts, start = [], 0
    while (position := payload.find(b"\x00\x00\x03", start)) >= 0:
        parts.append(payload[start : position + 2])
        start = position + 3
    return b"".join([*parts, payload[start:]])


def escape(payload: bytes) -> bytes:
    """Insert emulation prevention bytes into a payload, so that it contains no start code (7.4.1.1)."""
    return ESCAPABLE.sub(b"\x00\x00\x03", payload)


def _store_set(sets: dict[tuple[int, int], bytes], unit: bytes) -> None:
    try:
        bits = Reader(unescape(unit[1:]))
        if unit_type(unit) == SPS:
            bits.read(24)
        name = (unit_type(unit), bits.unsigned())
    except BitsError as error:
        raise H264Error(f"corrupt parameter set: {error}") from error
    if sets.setdefault(name, unit) != unit:
        raise H264Error("a parameter set changes within the stream")


def starts_frame(unit: bytes) -> bool:
    """Whether first_mb_in_slice is 0 (7.3.3): without arbitrary slice order, such a slice starts a frame."""
    return len(unit) > 1 and unit[1] >= FIRST_BIT


def _parse_parameters(bits: Reader) -> Parameters:
    profile = bits.read(8)
    bits.read(16)
    bits.unsigned()
    chroma = _skip_high_profile(bits) if profile in HIGH_PROFILES else 1
    frame_number_bits = bits.unsigned() + 4
    if frame_number_bits > MAX_FRAME_NUMBER_BITS:
        raise H264Error(f"frame number: expected at most {MAX_FRAME_NUMBER_BITS} bits, got {frame_number_bits}")
    order = _parse_picture_order(bits)
    bits.unsigned()  # max_num_ref_frames
    bits.read(1)
    mb_width = bits.unsigned() + 1
    height_at = bits.position
    mb_height = bits.unsigned() + 1
    frames_only = bits.read(1)
    if not frames_only:
        bits.read(1)
    bits.read(1)
    crop_at = bits.position
    left = right = top = bottom = 0
    if bits.read(1):
        left, right, top, bottom = (bits.unsigned() for _ in range(4))
    rest_at = bits.position
    step_x, step_y = (1 if chroma in (0, CHROMA_444) else 2), (2 if chroma == 1 else 1) * (2 - frames_only)
    return Parameters(
        width=mb_width * 16 - step_x * (left + right),
        height=(2 - frames_only) * mb_height * 16 - step_y * (top + bottom),
        fps=_parse_timing(bits) if bits.read(1) else None,
        mb_width=mb_width,
        mb_height=mb_height,
        frame_number_bits=frame_number_bits,
        picture_order=order,
        frames_only=bool(frames_only),
        height_at=height_at,
        crop_at=crop_at,
        rest_at=rest_at,
    )


def _skip_high_profile(bits: Reader) -> int:
    """Read the fields of the high profiles; return chroma_format_idc."""
    chroma = bits.unsigned()
    if chroma == CHROMA_444:
        bits.read(1)
    bits.unsigned()
    bits.unsigned()
    bits.read(1)
    if bits.read(1):
        raise H264Error("scaling matrices are not supported")
    return chroma


def _parse_picture_order(bits: Reader) -> int:
    """Read the fields of the picture order count; return its type."""
    order = bits.unsigned()
    if order == 0:
        bits.unsigned()
    elif order == 1:
        bits.read(1)
        bits.signed()
        bits.signed()
        count = bits.unsigned()
        if count > MAX_ORDER_CYCLE:
            raise H264Error(f"picture order cycle: expected at most {MAX_ORDER_CYCLE} frames, got {count}")
        for _ in range(count):
            bits.signed()
    return order


def _parse_timing(bits: Reader) -> int | Fraction | None:
    """Read the VUI up to its timing (E.1.1); return frames per second, each of two ticks (E.2.1)."""
    if bits.read(1) and bits.read(8) == EXTENDED_SAR:
        bits.read(32)
    if bits.read(1):
        bits.read(1)
    if bits.read(1):
        bits.read(4)
        if bits.read(1):
            bits.read(24)
    if bits.read(1):
        bits.unsigned()
        bits.unsigned()
    if not bits.read(1):
        return None
    ticks, scale = bits.read(32), bits.read(32)
    if not ticks:
        return None
    if not scale % (2 * ticks):
        return scale // (2 * ticks)
    from fractions import Fraction  # no rate of ours needs it

    return Fraction(scale, 2 * ticks)
