"""What is needed of HEVC: a stream's frames, and one of skipped blocks that repeats the one before.

Only streams of our encoder settings are read: frames of one slice, each predicted from the one before alone. Clause
numbers refer to Rec. ITU-T H.265 (08/2021).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vidbuild.frozen import dataclass
from vidbuild.media.codecs.errors import CodecError
from vidbuild.media.codecs.segment import Segment
from vidbuild.media.h264 import h264
from vidbuild.media.h264.bits import BitsError, Reader
from vidbuild.media.render.bands import KeyFrames

IDR = (19, 20)  # nal_unit_type (Table 7-1)
TRAILING = (0, 1)
VPS, SPS, PPS, AUD, SEI = 32, 33, 34, 35, (39, 40)
SETS = (VPS, SPS, PPS)
LONG_START = b"\x00\x00\x00\x01"
TEMPLATE_FRAMES = 3  # of one color: a key frame, and the first and second of skipped blocks after it
_HEAD, _LEVEL_BYTES = 2, 12  # bytes of a unit's header, and of profile_tier_level without sub-layers (7.3.3)
_MAX_SLICE_HEAD = 32
_BYTE = 8


class Parameters(NamedTuple):
    """The contents of a sequence parameter set.

    levels: its profile_tier_level. order_bits: the size of slice_pic_order_cnt_lsb.
    """

    size: tuple[int, int]
    levels: bytes
    order_bits: int


@dataclass(frozen=True, slots=True)
class Stream:
    """The parameter sets of a stream, and the slice of each frame."""

    sets: tuple[bytes, ...]
    slices: Sequence[bytes]

    @property
    def keys(self) -> list[int]:
        """The indexes of the key frames."""
        return [index for index, unit in enumerate(self.slices) if kind(unit) in IDR]


def kind(unit: bytes) -> int:
    """Return the type of a NAL unit (7.3.1.2)."""
    return unit[0] >> 1 & 0x3F


def stitch(data: bytes, template: bytes, coded: Sequence[int], keys: KeyFrames, frames: int) -> list[bytes]:
    """Return every frame of a part of a segment as a byte stream.

    data: the encoder's stream of the `coded` frames.
    template: a stream of TEMPLATE_FRAMES frames of one color, encoded with the same settings.
    Raise CodecError if they have other frames, key frames or parameter sets.
    """
    stream, flat = _parse(data), _parse(template)
    if len(stream.slices) != len(coded):
        raise CodecError(f"expected {len(coded)} frames, got {len(stream.slices)}")
    found = {coded[index] for index in stream.keys}
    if found != keys.coded:
        raise CodecError(f"expected key frames at {sorted(keys.coded)}, got {sorted(found)}")
    if flat.sets != stream.sets or len(flat.slices) != TEMPLATE_FRAMES or flat.keys != [0]:
        raise CodecError("frames that repeat were encoded with other parameters")
    order_bits = parameters(_set(stream, SPS)).order_bits
    at = dict(zip(coded, stream.slices, strict=True))
    out: list[bytes] = []
    since_key = 0
    for frame in range(frames):
        unit = at[keys.repeats[frame]] if frame in keys.repeats else at.get(frame)
        if unit is None:  # a frame names those that the decoder keeps: of the first after a key frame, that one alone
            unit = flat.slices[min(since_key + 1, TEMPLATE_FRAMES - 1)]
        if kind(unit) in IDR:
            since_key = 0
            out.append(_stream((*stream.sets, unit)))
        else:
            since_key += 1
            out.append(_stream([_moved(unit, since_key % (1 << order_bits), order_bits)]))
    return out


def read(data: bytes) -> Segment:
    """Return the frames of a stream as an MP4 stores them: slices after their lengths, and no parameter sets."""
    stream = _parse(data)
    if stream.keys[:1] != [0]:
        raise CodecError("it does not begin with a key frame")
    frames = [struct.pack(">I", len(unit)) + unit for unit in stream.slices]
    facts = parameters(_set(stream, SPS))
    return Segment(frames, stream.keys, facts.size, configuration(stream.sets, facts))


def parameters(unit: bytes) -> Parameters:
    """Return the contents of a sequence parameter set (7.3.2.2) of 8 bits and 4:2:0."""
    payload = h264.unescape(unit[_HEAD:])
    bits = Reader(payload)
    try:
        bits.read(4)
        if bits.read(3):
            raise CodecError("an HEVC stream has sub-layers")
        bits.read(1 + _BYTE * _LEVEL_BYTES)
        if bits.unsigned() or bits.unsigned() != 1:
            raise CodecError("expected an HEVC stream of 4:2:0")
        width, height = bits.unsigned(), bits.unsigned()
        if bits.read(1):
            left, right, top, bottom = (2 * bits.unsigned() for _ in range(4))
            width, height = width - left - right, height - top - bottom
        if bits.unsigned() or bits.unsigned():
            raise CodecError("expected an HEVC stream of 8 bits")
        return Parameters((width, height), payload[1 : 1 + _LEVEL_BYTES], bits.unsigned() + 4)
    except BitsError as error:
        raise CodecError(f"corrupt HEVC parameters: {error}") from error


def configuration(sets: Sequence[bytes], facts: Parameters) -> bytes:
    """Return the `hvcC` record (ISO/IEC 14496-15, 8.3.3.1.2) with the parameter sets, for lengths of four bytes."""
    head = b"\x01" + facts.levels + b"\xf0\x00\xfc\xfd\xf8\xf8\x00\x00" + bytes([0b00001111, len(sets)])
    return head + b"".join(bytes([0x80 | kind(unit)]) + struct.pack(">HH", 1, len(unit)) + unit for unit in sets)


def _set(stream: Stream, wanted: int) -> bytes:
    found = next((unit for unit in stream.sets if kind(unit) == wanted), None)
    if found is None:
        raise CodecError("an HEVC stream lacks a parameter set")
    return found


def _parse(data: bytes) -> Stream:
    sets: dict[int, bytes] = {}
    slices: list[bytes] = []
    for unit in _units(data):
        found = kind(unit)
        if found in SETS:
            if sets.setdefault(found, unit) != unit:
                raise CodecError("the parameters change within an HEVC stream")
        elif found in IDR or found in TRAILING:
            if not unit[_HEAD] & 0x80:
                raise CodecError("an HEVC frame has several slices")
            slices.append(unit)
        elif found != AUD and found not in SEI:
            raise CodecError(f"unexpected NAL unit of type {found} in an HEVC stream")
    if not slices or len(sets) != len(SETS):
        raise CodecError("an HEVC stream lacks frames or parameter sets")
    return Stream(tuple(sets[each] for each in SETS), slices)


def _units(data: bytes) -> Iterator[bytes]:
    try:
        for start, end in h264.unit_spans(data):
            if end - start <= _HEAD:
                raise CodecError("an HEVC unit is too short")
            yield data[start:end]
    except h264.H264Error as error:
        raise CodecError("no start code at the start of the stream") from error


def _moved(unit: bytes, order: int, order_bits: int) -> bytes:
    """Return the slice of a frame that is no key frame, for another place in the order (7.3.6.1)."""
    payload = h264.unescape(unit[_HEAD:])
    bits = Reader(payload[:_MAX_SLICE_HEAD])
    bits.read(1)
    bits.unsigned()
    bits.unsigned()
    after = _BYTE * len(payload) - bits.position - order_bits
    value = int.from_bytes(payload, "big")
    value = value & ~(((1 << order_bits) - 1) << after) | order << after
    return unit[:_HEAD] + h264.escape(value.to_bytes(len(payload), "big"))


def _stream(units: Sequence[bytes]) -> bytes:
    return b"".join(LONG_START + unit for unit in units)
