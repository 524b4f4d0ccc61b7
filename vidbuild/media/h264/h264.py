"""Reads an H.264 byte stream (Annex B): its frames, key frames, size and frame rate; it knows nothing of any file.

Clause numbers are those of Rec. ITU-T H.264 (08/2021).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from vidbuild.media.h264.bits import BitsError, Reader

SLICE, IDR, SPS, PPS = 1, 5, 7, 8
START = b"\x00\x00\x01"
HIGH_PROFILES = (100, 110, 122, 244, 44, 83, 86, 118, 128)  # those with chroma_format_idc in their SPS, 7.3.2.1.1
EXTENDED_SAR = 255
HEAD = 2  # bytes of a slice that tell its kind and whether it begins a picture
FIRST_BIT = 0x80  # ue(v) 0 is a single bit, which is set
ESCAPABLE = re.compile(rb"\x00\x00(?=[\x00-\x03])")
CHROMA_444 = 3
LONGEST_NUMBER, LONGEST_CYCLE = 16, 255  # bits of frame_num and frames of an order cycle, 7.4.2.1.1


class H264Error(ValueError):
    """The bytes are not the H.264 stream they should be."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a sequence parameter set says.

    width, height: of what is shown, in pixels. across, down: of what is coded, in macroblocks. fps: frames per second
    where it tells them. frame_number_bits: of frame_num in slice headers. picture_order: pic_order_cnt_type.
    height_at, crop_at, rest_at: at which bit of the unescaped payload its height in macroblocks, its cropping and what
    comes behind the cropping begin.
    """

    width: int
    height: int
    fps: Fraction | None
    across: int
    down: int
    frame_number_bits: int
    picture_order: int
    frames_only: bool
    height_at: int
    crop_at: int
    rest_at: int


@dataclass(frozen=True, slots=True)
class Stream:
    """A whole stream: how many frames, at which of them decoding can start, and its parameter sets, as they stand."""

    frames: int
    idrs: tuple[int, ...]
    parameters: Parameters
    sets: tuple[bytes, ...]


def spans(data: bytes) -> Iterator[tuple[int, int]]:
    """Where the NAL units of a byte stream begin and end, without start codes and trailing zeros (B.1)."""
    position = data.find(START)
    if position < 0 or data[:position].strip(b"\x00"):
        raise H264Error("no H.264 start code where the stream begins")
    while position >= 0:
        start = position + len(START)
        position = data.find(START, start)
        end = position if position >= 0 else len(data)
        if not data[end - 1]:
            end = start + len(data[start:end].rstrip(b"\x00"))
        if end > start:
            yield start, end


def units(data: bytes) -> Iterator[bytes]:
    """The NAL units of a byte stream."""
    return (data[start:end] for start, end in spans(data))


def kind(unit: bytes) -> int:
    """nal_unit_type (7.4.1)."""
    return unit[0] & 0x1F


def scan(data: bytes) -> Stream:
    """Count and check a stream: it starts with its parameter sets and an IDR picture, and never changes them."""
    return scanned(units(data))


def scanned(found: Iterable[bytes]) -> Stream:
    """The same from a stream's units, of which slices may be cut short after two bytes."""
    frames, idrs = 0, []
    sets: dict[tuple[int, int], bytes] = {}
    for unit in found:
        unit_kind = kind(unit)
        if unit_kind in (SPS, PPS):
            _remember(sets, unit)
        elif unit_kind in (SLICE, IDR) and begins_picture(unit):
            if frames == 0 and (unit_kind != IDR or not sets):
                raise H264Error("the stream does not start with parameter sets and an IDR picture")
            if unit_kind == IDR:
                idrs.append(frames)
            frames += 1
    sequence = next((unit for unit in sets.values() if kind(unit) == SPS), None)
    if sequence is None:
        raise H264Error("the stream has no sequence parameter set")
    return Stream(frames, tuple(idrs), parameters(sequence), tuple(sets.values()))


def coded(data: bytes) -> Iterator[bytes]:
    """Each frame's units, parameter sets and SEI left out, each unit after its length in four bytes (14496-15, 5.3)."""
    frame: list[bytes] = []
    for unit in units(data):
        unit_kind = kind(unit)
        if unit_kind not in (SLICE, IDR):
            continue
        if frame and begins_picture(unit):
            yield b"".join(frame)
            frame = []
        frame += [len(unit).to_bytes(4, "big"), unit]
    if frame:
        yield b"".join(frame)


def parameters(unit: bytes) -> Parameters:
    """Read a sequence parameter set (7.3.2.1.1)."""
    try:
        return _parameters(Reader(unescaped(unit[1:])))
    except BitsError as error:
        raise H264Error(f"a parameter set is damaged: {error}") from error


def unescaped(payload: bytes) -> bytes:
    """The payload without emulation prevention bytes (7.4.1.1)."""
    parts, start = [], 0
    while (found := payload.find(b"\x00\x00\x03", start)) >= 0:
        parts.append(payload[start : found + 2])
        start = found + 3
    return b"".join([*parts, payload[start:]])


def escaped(payload: bytes) -> bytes:
    """The payload with emulation prevention bytes (7.4.1.1), so that no start code can be in it."""
    return ESCAPABLE.sub(b"\x00\x00\x03", payload)


def _remember(sets: dict[tuple[int, int], bytes], unit: bytes) -> None:
    try:
        bits = Reader(unescaped(unit[1:]))
        if kind(unit) == SPS:
            bits.take(24)
        name = (kind(unit), bits.unsigned())
    except BitsError as error:
        raise H264Error(f"a parameter set is damaged: {error}") from error
    if sets.setdefault(name, unit) != unit:
        raise H264Error("a parameter set changes within the stream")


def begins_picture(unit: bytes) -> bool:
    """first_mb_in_slice is 0 (7.3.3): an encoder without arbitrary slice order starts each picture so."""
    return len(unit) > 1 and unit[1] >= FIRST_BIT


def _parameters(bits: Reader) -> Parameters:
    profile = bits.take(8)
    bits.take(16)
    bits.unsigned()
    chroma = _high(bits) if profile in HIGH_PROFILES else 1
    frame_number_bits = bits.unsigned() + 4
    if frame_number_bits > LONGEST_NUMBER:
        raise H264Error(f"a frame number has {frame_number_bits} bits")
    order = _picture_order(bits)
    bits.unsigned()  # max_num_ref_frames
    bits.take(1)
    across = bits.unsigned() + 1
    height_at = bits.position
    down = bits.unsigned() + 1
    frames_only = bits.take(1)
    if not frames_only:
        bits.take(1)
    bits.take(1)
    crop_at = bits.position
    left = right = top = bottom = 0
    if bits.take(1):
        left, right, top, bottom = (bits.unsigned() for _ in range(4))
    rest_at = bits.position
    step_x, step_y = (1 if chroma in (0, CHROMA_444) else 2), (2 if chroma == 1 else 1) * (2 - frames_only)
    return Parameters(
        width=across * 16 - step_x * (left + right),
        height=(2 - frames_only) * down * 16 - step_y * (top + bottom),
        fps=_timing(bits) if bits.take(1) else None,
        across=across,
        down=down,
        frame_number_bits=frame_number_bits,
        picture_order=order,
        frames_only=bool(frames_only),
        height_at=height_at,
        crop_at=crop_at,
        rest_at=rest_at,
    )


def _high(bits: Reader) -> int:
    chroma = bits.unsigned()
    if chroma == CHROMA_444:
        bits.take(1)
    bits.unsigned()
    bits.unsigned()
    bits.take(1)
    if bits.take(1):
        raise H264Error("scaling matrices are not read")
    return chroma


def _picture_order(bits: Reader) -> int:
    order = bits.unsigned()
    if order == 0:
        bits.unsigned()
    elif order == 1:
        bits.take(1)
        bits.signed()
        bits.signed()
        count = bits.unsigned()
        if count > LONGEST_CYCLE:
            raise H264Error(f"a cycle of picture order has {count} frames")
        for _ in range(count):
            bits.signed()
    return order


def _timing(bits: Reader) -> Fraction | None:
    """The VUI up to its timing (E.1.1): two ticks make a frame (E.2.1)."""
    if bits.take(1) and bits.take(8) == EXTENDED_SAR:
        bits.take(32)
    if bits.take(1):
        bits.take(1)
    if bits.take(1):
        bits.take(4)
        if bits.take(1):
            bits.take(24)
    if bits.take(1):
        bits.unsigned()
        bits.unsigned()
    if not bits.take(1):
        return None
    ticks, scale = bits.take(32), bits.take(32)
    return Fraction(scale, 2 * ticks) if ticks else None
