"""Rewrites the slices of one H.264 stream as slices of a taller picture; it knows nothing of files or of what is seen.

It reads the streams that our encoder settings give, and refuses others: pictures of one slice in frames only, CABAC,
picture order count type 2, one reference, no weighting. Clause numbers are those of Rec. ITU-T H.264 (08/2021).
"""

from __future__ import annotations

from dataclasses import dataclass

from vidbuild.media.h264 import cabac, h264
from vidbuild.media.h264.bits import BitsError, Reader, Writer
from vidbuild.media.h264.h264 import H264Error

P_SLICES = (0, 5)  # slice_type, Table 7-6
I_SLICES = (2, 7)
ALL_P = 5
REFERENCE = 2  # nal_ref_idc of a picture that others are predicted from; any but 0
MOST_MACROBLOCKS = 1 << 20  # of a picture; seven times what the highest level has (Table A-1)
OFF = 1  # disable_deblocking_filter_idc, 7.4.3


@dataclass(frozen=True, slots=True)
class Sets:
    """What slice headers depend on: the parameter sets of a stream, and some of what they say.

    across, down: the picture in macroblocks. number_bits: of frame_num. qp: that which slices start from.
    """

    sequence: bytes
    picture: bytes
    across: int
    down: int
    number_bits: int
    qp: int

    @classmethod
    def read(cls, sequence: bytes, picture: bytes) -> Sets:
        """H264Error where slices under these sets are other than what is written here."""
        facts = h264.parameters(sequence)
        if facts.picture_order != 2 or not facts.frames_only:  # noqa: PLR2004 - output order is decoding order (8.2.1.3)
            raise H264Error("the stream's pictures are not output in the order in which they are coded")
        if facts.across * facts.down > MOST_MACROBLOCKS:
            raise H264Error(f"the pictures have {facts.across} x {facts.down} macroblocks")
        qp = _read_picture_set(Reader(h264.unescaped(picture[1:])))
        return cls(sequence, picture, facts.across, facts.down, facts.frame_number_bits, qp)


def resized(sequence: bytes, height: int, level: int) -> bytes:
    """The sequence parameter set of the same stream with pictures of another height, for a level_idc (7.4.2.1.1)."""
    facts = h264.parameters(sequence)
    payload = h264.unescaped(sequence[1:])
    bits, out = Reader(payload), Writer()
    out.copy(bits, 16)
    bits.take(8)
    out.put(8, level).copy(bits, facts.height_at - 24)
    bits.unsigned()
    out.unsigned((height + 15) // 16 - 1).copy(bits, facts.crop_at - bits.position)
    right, bottom = (facts.across * 16 - facts.width) // 2, -height % 16 // 2
    out.put(1, int(bool(right or bottom)))
    if right or bottom:
        out.unsigned(0).unsigned(right).unsigned(0).unsigned(bottom)
    bits.take(facts.rest_at - bits.position)
    out.copy(bits, _before_stop(payload) - bits.position)
    return sequence[:1] + h264.escaped(out.put(1, 1).filled())


def row(unit: bytes, sets: Sets) -> int:
    """The row of macroblocks with which a slice begins."""
    return Reader(unit[1:9]).unsigned() // sets.across


def moved(unit: bytes, sets: Sets, rows: int, number: int, key: int) -> bytes:
    """A slice so many rows of macroblocks further down, with another frame_num and idr_pic_id (7.3.3)."""
    payload = h264.unescaped(unit[1:])
    bits, out = Reader(payload), Writer()
    out.unsigned(bits.unsigned() + rows * sets.across)
    idr, kind = h264.kind(unit) == h264.IDR, bits.unsigned()
    if kind not in (I_SLICES if idr else P_SLICES):
        raise H264Error(f"a slice is of an unexpected type {kind}")
    out.unsigned(kind).unsigned(bits.unsigned())
    bits.take(sets.number_bits)
    out.put(sets.number_bits, number)
    if idr:
        bits.unsigned()
        out.unsigned(key).copy(bits, 2)  # it is output, and no long-term reference
    elif bits.take(3):  # as many references as ever, in their usual order, and the oldest makes room
        raise H264Error("a slice changes its references")
    else:
        out.put(3, 0).unsigned(bits.unsigned())  # cabac_init_idc
    out.signed(bits.signed()).unsigned(off := bits.unsigned())
    if off != OFF:
        out.signed(bits.signed()).signed(bits.signed())
    start = (bits.position + 7) // 8
    return unit[:1] + h264.escaped(out.filled(1) + payload[start:])


def skipped(sets: Sets, row: int, rows: int, number: int) -> bytes:
    """A slice of rows of macroblocks that look as in the picture before: all are skipped (7.3.3, 7.3.4).

    Where all of a slice is skipped, the motion inferred for each macroblock is none (8.4.1.1).
    """
    out = Writer().unsigned(row * sets.across).unsigned(ALL_P).unsigned(0).put(sets.number_bits, number).put(3, 0)
    out.unsigned(cabac.INIT_IDC).signed(cabac.QP - sets.qp).unsigned(OFF)
    data = out.filled(1) + cabac.all_skipped(rows * sets.across)
    return bytes([REFERENCE << 5 | h264.SLICE]) + h264.escaped(data)


def _read_picture_set(bits: Reader) -> int:
    """7.3.2.2; the QP that slices start from."""
    try:
        number, _, arithmetic = bits.unsigned(), bits.unsigned(), bits.take(1)
        bits.take(1)
        groups, references = bits.unsigned(), bits.unsigned()
        bits.unsigned()
        weighted = bits.take(3)
        qp = bits.signed() + 26
        bits.signed()
        bits.signed()
        filtered, _, redundant = bits.take(1), bits.take(1), bits.take(1)
    except BitsError as error:
        raise H264Error(f"a parameter set is damaged: {error}") from error
    if (number, arithmetic, groups, references, weighted, filtered, redundant) != (0, 1, 0, 0, 0, 1, 0):
        raise H264Error("the picture parameter set is not one of our encoder's")
    return qp


def _before_stop(payload: bytes) -> int:
    """How many bits come before the stop bit (7.2)."""
    last = payload.rstrip(b"\x00")
    return len(last) * 8 - (last[-1] & -last[-1]).bit_length()
