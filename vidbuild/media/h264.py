"""Reads an H.264 byte stream (Annex B): its frames, key frames, size and frame rate; it knows nothing of any file.

Clause numbers are those of Rec. ITU-T H.264 (08/2021).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

SLICE, IDR, SPS, PPS = 1, 5, 7, 8
START = b"\x00\x00\x01"
HIGH_PROFILES = (100, 110, 122, 244, 44, 83, 86, 118, 128)  # those with chroma_format_idc in their SPS, 7.3.2.1.1
EXTENDED_SAR = 255
CHROMA_444 = 3


class H264Error(ValueError):
    """The bytes are not the H.264 stream they should be."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a sequence parameter set says: cropped size in pixels, and frames per second where it tells them."""

    width: int
    height: int
    fps: Fraction | None


@dataclass(frozen=True, slots=True)
class Stream:
    """A whole stream: how many frames, at which of them decoding can start, and its parameter sets, as they stand."""

    frames: int
    idrs: tuple[int, ...]
    parameters: Parameters
    sets: tuple[bytes, ...]


def units(data: bytes) -> Iterator[bytes]:
    """The NAL units of a byte stream, start codes and trailing zeros removed (B.1)."""
    position = data.find(START)
    if position < 0 or data[:position].strip(b"\x00"):
        raise H264Error("no H.264 start code where the stream begins")
    while position >= 0:
        start = position + len(START)
        position = data.find(START, start)
        unit = data[start : position if position >= 0 else len(data)].rstrip(b"\x00")
        if unit:
            yield unit


def kind(unit: bytes) -> int:
    """nal_unit_type (7.4.1)."""
    return unit[0] & 0x1F


def scan(data: bytes) -> Stream:
    """Count and check a stream: it starts with its parameter sets and an IDR picture, and never changes them."""
    frames, idrs = 0, []
    sets: dict[tuple[int, int], bytes] = {}
    for unit in units(data):
        unit_kind = kind(unit)
        if unit_kind in (SPS, PPS):
            _remember(sets, unit)
        elif unit_kind in (SLICE, IDR) and _begins_picture(unit):
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
        if frame and _begins_picture(unit):
            yield b"".join(frame)
            frame = []
        frame += [len(unit).to_bytes(4, "big"), unit]
    if frame:
        yield b"".join(frame)


def parameters(unit: bytes) -> Parameters:
    """Read a sequence parameter set (7.3.2.1.1)."""
    bits = _Bits(unescaped(unit[1:]))
    profile = bits.take(8)
    bits.take(16)
    bits.unsigned()
    chroma = _high(bits) if profile in HIGH_PROFILES else 1
    bits.unsigned()  # log2_max_frame_num_minus4
    _picture_order(bits)
    bits.unsigned()  # max_num_ref_frames
    bits.take(1)
    across, down = bits.unsigned() + 1, bits.unsigned() + 1
    frame_only = bits.take(1)
    if not frame_only:
        bits.take(1)
    bits.take(1)
    left = right = top = bottom = 0
    if bits.take(1):
        left, right, top, bottom = (bits.unsigned() for _ in range(4))
    step_x, step_y = (1 if chroma in (0, CHROMA_444) else 2), (2 if chroma == 1 else 1) * (2 - frame_only)
    fps = _timing(bits) if bits.take(1) else None
    return Parameters(
        across * 16 - step_x * (left + right), (2 - frame_only) * down * 16 - step_y * (top + bottom), fps
    )


def unescaped(payload: bytes) -> bytes:
    """The payload without emulation prevention bytes (7.4.1.1)."""
    parts, start = [], 0
    while (found := payload.find(b"\x00\x00\x03", start)) >= 0:
        parts.append(payload[start : found + 2])
        start = found + 3
    return b"".join([*parts, payload[start:]])


def _remember(sets: dict[tuple[int, int], bytes], unit: bytes) -> None:
    bits = _Bits(unescaped(unit[1:]))
    if kind(unit) == SPS:
        bits.take(24)
    name = (kind(unit), bits.unsigned())
    if sets.setdefault(name, unit) != unit:
        raise H264Error("a parameter set changes within the stream")


def _begins_picture(unit: bytes) -> bool:
    """first_mb_in_slice is 0 (7.3.3): an encoder without arbitrary slice order starts each picture so."""
    return _Bits(unit[1:9]).unsigned() == 0


def _high(bits: _Bits) -> int:
    chroma = bits.unsigned()
    if chroma == CHROMA_444:
        bits.take(1)
    bits.unsigned()
    bits.unsigned()
    bits.take(1)
    if bits.take(1):
        raise H264Error("scaling matrices are not read")
    return chroma


def _picture_order(bits: _Bits) -> None:
    order = bits.unsigned()
    if order == 0:
        bits.unsigned()
    elif order == 1:
        bits.take(1)
        bits.signed()
        bits.signed()
        for _ in range(bits.unsigned()):
            bits.signed()


def _timing(bits: _Bits) -> Fraction | None:
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


class _Bits:
    """Reads a payload bit by bit."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def take(self, count: int) -> int:
        """The next bits as a number, u(n)."""
        self._left -= count
        if self._left < 0:
            raise H264Error("a NAL unit ends too early")
        return (self._value >> self._left) & ((1 << count) - 1)

    def unsigned(self) -> int:
        """The next ue(v) (9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        """The next se(v) (9.1.1)."""
        value = self.unsigned()
        return (value + 1) // 2 if value % 2 else -(value // 2)
