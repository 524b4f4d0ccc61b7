"""AAC-LC raw data blocks: one channel made two that are alike, and silence; it knows nothing of ADTS or encoders.

Clause and table numbers are those of ISO/IEC 14496-3:2009, subpart 4. All tracks have two channels, so that scenes can
be joined whatever sounds in them, but narration has one. Encoding it twice would cost twice: instead its single
channel element becomes the middle of a channel pair whose side is empty, and L = M + S, R = M - S (4.6.8.1) gives both
loudspeakers exactly what the one channel had. No coefficient is touched.
"""

from __future__ import annotations

from dataclasses import dataclass

ID_SCE, ID_CPE, ID_END = 0, 1, 7  # table 4.85
EIGHT_SHORT = 2
BYTE = 8
SHORTEST = 3 + 4 + 8 + 11 + 3
"""Bits of an element of one channel in which nothing sounds."""
ALL_BANDS_MS = 2  # ms_mask_present, 4.6.8.1
SILENT_GAIN = 100  # global_gain: of no effect where there are no bands


class AacError(ValueError):
    """A block that is not the single channel element it should be."""


@dataclass(slots=True)
class _Bits:
    """Bits as one number; the first written is the highest."""

    value: int = 0
    length: int = 0

    def put(self, value: int, length: int) -> None:
        self.value = self.value << length | value
        self.length += length

    def aligned(self) -> bytes:
        """The bits filled up to whole bytes with zeros (byte_alignment, 4.5.2.1)."""
        spare = -self.length % BYTE
        return (self.value << spare).to_bytes((self.length + spare) // BYTE, "big")


def paired(block: bytes) -> bytes:
    """A raw data block of one single channel element, as a channel pair with the same sound in both channels."""
    whole, length = int.from_bytes(block, "big"), BYTE * len(block)

    def bits(start: int, count: int) -> int:
        return whole >> (length - start - count) & ((1 << count) - 1)

    end = _end_of_element(whole, length)
    if bits(0, 3) != ID_SCE:
        raise AacError(f"the block begins with element {bits(0, 3)}, not with a single channel")
    # individual_channel_stream (table 4.50): global_gain, ics_info, then what is only copied here
    gain, info_at = bits(7, 8), 15
    short = bits(info_at + 1, 2) == EIGHT_SHORT
    info_length = 15 if short else 11
    info = bits(info_at, info_length)
    rest_at = info_at + info_length
    if end < rest_at:
        raise AacError("the block is too short for its channel")
    out = _Bits()
    out.put(ID_CPE, 3)
    out.put(bits(3, 4), 4)  # element_instance_tag
    out.put(1, 1)  # common_window: one ics_info for both
    out.put(info, info_length)
    out.put(ALL_BANDS_MS, 2)
    out.put(gain, 8)
    out.put(bits(rest_at, end - rest_at), end - rest_at)
    _put_empty_channel(out, info, short=short)
    out.put(ID_END, 3)
    return out.aligned()


def silence() -> bytes:
    """A raw data block of a channel pair in which nothing sounds."""
    out = _Bits()
    out.put(ID_CPE, 3)
    out.put(0, 4)
    out.put(1, 1)
    out.put(0, 11)  # ics_info: one long sine window, max_sfb 0
    out.put(0, 2)  # ms_mask_present
    for _ in range(2):
        out.put(SILENT_GAIN, 8)
        out.put(0, 3)  # no pulse data, no TNS, no gain control
    out.put(ID_END, 3)
    return out.aligned()


def _end_of_element(whole: int, length: int) -> int:
    """Where ID_END begins: its three ones are the block's last, only zeros fill it up after them."""
    if not whole:
        raise AacError("the block is empty")
    trailing = (whole & -whole).bit_length() - 1
    if trailing >= BYTE or whole >> trailing & 7 != ID_END:
        raise AacError("the block does not end with its end")
    end = length - trailing - 3
    if end < SHORTEST:
        raise AacError("the block is too short for a channel")
    return end


def _put_empty_channel(out: _Bits, info: int, *, short: bool) -> None:
    """An individual_channel_stream whose bands all have codebook 0 (ZERO_HCB), with the ics_info of its pair."""
    out.put(SILENT_GAIN, 8)
    if short:
        bands, groups, length = info >> 7 & 15, 7 - (info & 0x7F).bit_count() + 1, 3
    else:
        bands, groups, length = info >> 1 & 63, 1, 5
    escape = (1 << length) - 1
    for _ in range(groups if bands else 0):  # section_data, table 4.52: a group is one section
        out.put(0, 4)
        left = bands
        while left >= escape:
            out.put(escape, length)
            left -= escape
        out.put(left, length)
    out.put(0, 3)
