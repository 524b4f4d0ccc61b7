"""Rewrite the slices of one H.264 stream as slices of a taller frame.

It supports only streams of our encoder settings, and rejects others: progressive frames, CABAC, picture order count
type 2, one reference, no weighting. Clause numbers refer to Rec. ITU-T H.264 (08/2021).
"""

from __future__ import annotations

from functools import lru_cache

from vidbuild.frozen import dataclass
from vidbuild.media.h264 import cabac, h264
from vidbuild.media.h264.bits import BitsError, Reader, Writer
from vidbuild.media.h264.h264 import H264Error

P_SLICES = (0, 5)  # slice_type, Table 7-6
I_SLICES = (2, 7)
ALL_P = 5
REFERENCE_IDC = 2  # nal_ref_idc of a reference frame; any value except 0
MAX_MACROBLOCKS = 1 << 20  # of a frame; seven times those of the highest level (Table A-1)
AS_DECODED = 2  # pic_order_cnt_type of frames whose output order is the decoding order (8.2.1.3)
HEADER_BYTES = 16  # enough of a slice for its frame_num
NUMBER_BYTES = 8  # enough of a slice's payload for its frame_num, if its picture has at most MAX_MACROBLOCKS
HEAD_BYTES = 6  # of a slice, whose other bytes stay, if its frame_num is in them, as in pictures of up to 4K
ESCAPABLE = b"\x00\x00"  # before an emulation prevention byte (7.4.1.1)
DEBLOCKING_OFF = 1  # disable_deblocking_filter_idc, 7.4.3

# idr_pic_id of a segment's first key frame, of later ones, of one directly after such a one, and of a segment's only
# frame. Those of neighboring key frames must differ (7.4.3), also across segments.
FIRST, NEXT, AFTER_NEXT, LONE = range(4)


@dataclass(frozen=True, slots=True)
class ParameterSets:
    """What slice headers depend on: the parameter sets of a stream as NAL units, and some of their fields.

    mb_width, mb_height: the frame size in macroblocks.
    frame_number_bits: the size of frame_num.
    qp: the initial QP of slices.
    """

    sequence: bytes
    picture: bytes
    mb_width: int
    mb_height: int
    frame_number_bits: int
    qp: int

    @classmethod
    def read(cls, sequence: bytes, picture: bytes) -> ParameterSets:
        """Parse the sets. Raise H264Error if slices under them cannot be rewritten here."""
        facts = h264.parse_parameters(sequence)
        if facts.picture_order != AS_DECODED or not facts.frames_only:
            raise H264Error("the stream's output order differs from its decoding order")
        if facts.mb_width * facts.mb_height > MAX_MACROBLOCKS:
            size = f"{facts.mb_width} x {facts.mb_height}"
            raise H264Error(f"frame size: expected at most {MAX_MACROBLOCKS} macroblocks, got {size}")
        qp = _parse_picture_set(Reader(h264.unescape(picture[1:])))
        return cls(sequence, picture, facts.mb_width, facts.mb_height, facts.frame_number_bits, qp)


def resize(sequence: bytes, height: int, level: int) -> bytes:
    """Return a sequence parameter set with another frame height in pixels and level_idc (7.4.2.1.1)."""
    facts = h264.parse_parameters(sequence)
    payload = h264.unescape(sequence[1:])
    bits, out = Reader(payload), Writer()
    out.copy(bits, 16)
    bits.read(8)
    out.put(8, level).copy(bits, facts.height_at - 24)
    bits.unsigned()
    out.unsigned((height + 15) // 16 - 1).copy(bits, facts.crop_at - bits.position)
    right, bottom = (facts.mb_width * 16 - facts.width) // 2, -height % 16 // 2
    out.put(1, int(bool(right or bottom)))
    if right or bottom:
        out.unsigned(0).unsigned(right).unsigned(0).unsigned(bottom)
    bits.read(facts.rest_at - bits.position)
    out.copy(bits, _payload_bits(payload) - bits.position)
    return sequence[:1] + h264.escape(out.put(1, 1).to_bytes())


def first_row(unit: bytes, sets: ParameterSets) -> int:
    """Return the row of macroblocks at which a slice starts."""
    return Reader(unit[1:9]).unsigned() // sets.mb_width


def frame_number(unit: bytes, sets: ParameterSets) -> int:
    """Return the frame_num of a slice."""
    bits = Reader(h264.unescape(unit[1:HEADER_BYTES]))
    for _ in range(3):  # first_mb_in_slice, slice_type, pic_parameter_set_id
        bits.unsigned()
    return bits.read(sets.frame_number_bits)


def idr_number(unit: bytes, sets: ParameterSets) -> int:
    """Return the idr_pic_id of a slice of an IDR picture."""
    bits = Reader(h264.unescape(unit[1:HEADER_BYTES]))
    for _ in range(3):  # first_mb_in_slice, slice_type, pic_parameter_set_id
        bits.unsigned()
    bits.read(sets.frame_number_bits)
    return bits.unsigned()


def renumbered(unit: bytes, sets: ParameterSets, number: int) -> bytes:
    """Return a slice of a P picture with another frame_num, which has as many bits, so that no other bit moves.

    Where no escape can be near, the rest of the slice is not looked at.
    """
    if len(unit) >= HEAD_BYTES and (head := _cached_head(unit[:HEAD_BYTES], sets.frame_number_bits, number)):
        return head + unit[HEAD_BYTES:]
    payload = h264.unescape(unit[1:])
    new = _renumbered(payload[:NUMBER_BYTES], sets.frame_number_bits, number)
    return unit[:1] + h264.escape(new + payload[NUMBER_BYTES:])


def new_head(head: bytes, size: int, number: int) -> bytes:
    """Return the first bytes of a slice with another frame_num; none if it is not in them, or if escapes can change.

    An escape depends on two zeros before it: with no two in the old and the new bytes, up to one that is no zero in
    both, those after it stay as they are.
    """
    own = head.rstrip(b"\x00")
    if not own or ESCAPABLE in own:
        return b""
    try:
        new = own[:1] + _renumbered(own[1:], size, number)
    except BitsError:
        return b""
    return b"" if ESCAPABLE in new or not new[-1] else new + head[len(own) :]


_cached_head = lru_cache(maxsize=1 << 15)(new_head)


def _renumbered(head: bytes, size: int, number: int) -> bytes:
    """Return the first bytes of a slice header with another frame_num of this size in bits."""
    value, remaining = int.from_bytes(head, "big"), 8 * len(head)
    # first_mb_in_slice, slice_type, pic_parameter_set_id: each has as many zeros as bits after its 1
    for _ in range(3):
        remaining -= 2 * (remaining - (value & ((1 << remaining) - 1)).bit_length()) + 1
        if remaining < size:
            raise BitsError("the bits end too early")
    remaining -= size
    mask = ((1 << size) - 1) << remaining
    return (value & ~mask | number << remaining).to_bytes(len(head), "big")


def move_slice(unit: bytes, sets: ParameterSets, rows: int, number: int, idr_id: int) -> bytes:
    """Move a slice down by rows of macroblocks and set its frame_num and, in an IDR picture, idr_pic_id (7.3.3)."""
    payload = h264.unescape(unit[1:])
    bits, out = Reader(payload), Writer()
    out.unsigned(bits.unsigned() + rows * sets.mb_width)
    idr, kind = h264.unit_type(unit) == h264.IDR, bits.unsigned()
    if kind not in (I_SLICES if idr else P_SLICES):
        raise H264Error(f"a slice has the unexpected type {kind}")
    out.unsigned(kind).unsigned(bits.unsigned())
    bits.read(sets.frame_number_bits)
    out.put(sets.frame_number_bits, number)
    if idr:
        bits.unsigned()
        out.unsigned(idr_id).copy(bits, 2)  # no_output_of_prior_pics_flag, long_term_reference_flag
    elif bits.read(3):  # override of the number of references, their reordering, adaptive marking
        raise H264Error("a slice changes its references")
    else:
        out.put(3, 0).unsigned(bits.unsigned())  # cabac_init_idc
    out.signed(bits.signed()).unsigned(off := bits.unsigned())
    if off != DEBLOCKING_OFF:
        out.signed(bits.signed()).signed(bits.signed())
    start = (bits.position + 7) // 8
    return unit[:1] + h264.escape(out.to_bytes(1) + payload[start:])


def skipped_slice(sets: ParameterSets, row: int, rows: int, number: int) -> bytes:
    """Return a slice of skipped macroblocks, which repeat the frame before (7.3.3, 7.3.4).

    If a whole slice is skipped, the inferred motion of every macroblock is zero (8.4.1.1).
    """
    out = (
        Writer().unsigned(row * sets.mb_width).unsigned(ALL_P).unsigned(0).put(sets.frame_number_bits, number).put(3, 0)
    )
    out.unsigned(cabac.INIT_IDC).signed(cabac.QP - sets.qp).unsigned(DEBLOCKING_OFF)
    data = out.to_bytes(1) + cabac.all_skipped(rows * sets.mb_width)
    return bytes([REFERENCE_IDC << 5 | h264.SLICE]) + h264.escape(data)


def _parse_picture_set(bits: Reader) -> int:
    """Check a picture parameter set (7.3.2.2); return the initial QP of slices."""
    try:
        number, _, arithmetic = bits.unsigned(), bits.unsigned(), bits.read(1)
        bits.read(1)
        groups, references = bits.unsigned(), bits.unsigned()
        bits.unsigned()
        weighted = bits.read(3)
        qp = bits.signed() + 26
        bits.signed()
        bits.signed()
        filtered, _, redundant = bits.read(1), bits.read(1), bits.read(1)
    except BitsError as error:
        raise H264Error(f"corrupt parameter set: {error}") from error
    if (number, arithmetic, groups, references, weighted, filtered, redundant) != (0, 1, 0, 0, 0, 1, 0):
        raise H264Error("the picture parameter set is not from our encoder settings")
    return qp


def _payload_bits(payload: bytes) -> int:
    """Return the number of bits before the stop bit (7.2)."""
    last = payload.rstrip(b"\x00")
    return len(last) * 8 - (last[-1] & -last[-1]).bit_length()
