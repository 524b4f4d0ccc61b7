"""AAC-LC raw data blocks: mono as a channel pair, and silence.

Clause and table numbers refer to ISO/IEC 14496-3:2009, subpart 4. All tracks are stereo, so that any scenes can be
muxed in sequence, but narration is mono. Encoding it in stereo would cost twice the bits. Instead, its single channel
element becomes the mid channel of a channel pair with an empty side channel: by L = M + S and R = M - S (4.6.8.1), both
loudspeakers get exactly the mono signal. No coefficient changes.
"""

from __future__ import annotations

ID_SCE, ID_CPE, ID_END = 0, 1, 7  # table 4.85
EIGHT_SHORT = 2
BYTE = 8

# Bits of a silent element of one channel.
MIN_ELEMENT_BITS = 3 + 4 + 8 + 11 + 3

ALL_BANDS_MS = 2  # ms_mask_present, 4.6.8.1
SILENT_GAIN = 100  # global_gain: without effect if there are no bands


class AacError(ValueError):
    """A block is not one single channel element."""


class _Bits:
    """Bits as one number, the first one the most significant."""

    __slots__ = ("length", "value")

    def __init__(self) -> None:
        self.value = self.length = 0

    def put(self, value: int, length: int) -> None:
        self.value = self.value << length | value
        self.length += length

    def aligned(self) -> bytes:
        """Return the bits, padded with zeros to whole bytes (byte_alignment, 4.5.2.1)."""
        padding = -self.length % BYTE
        return (self.value << padding).to_bytes((self.length + padding) // BYTE, "big")


def to_channel_pair(block: bytes) -> bytes:
    """Convert a raw data block of a single channel element to a channel pair with the same signal in both channels."""
    value, length = int.from_bytes(block, "big"), BYTE * len(block)

    def bits(start: int, count: int) -> int:
        return value >> (length - start - count) & ((1 << count) - 1)

    end = _end_of_element(value, length)
    if bits(0, 3) != ID_SCE:
        raise AacError(f"block: expected a single channel element, got element {bits(0, 3)}")
    # individual_channel_stream (table 4.50): global_gain, ics_info, then fields that are copied
    gain, info_at = bits(7, 8), 15
    short = bits(info_at + 1, 2) == EIGHT_SHORT
    info_length = 15 if short else 11
    info = bits(info_at, info_length)
    copy_at = info_at + info_length
    if end < copy_at:
        raise AacError("the block is too short for its channel")
    out = _Bits()
    out.put(ID_CPE, 3)
    out.put(bits(3, 4), 4)  # element_instance_tag
    out.put(1, 1)  # common_window: one ics_info for both
    out.put(info, info_length)
    out.put(ALL_BANDS_MS, 2)
    out.put(gain, 8)
    out.put(bits(copy_at, end - copy_at), end - copy_at)
    _put_empty_channel(out, info, short=short)
    out.put(ID_END, 3)
    return out.aligned()


def silent_block() -> bytes:
    """Return a raw data block of a silent channel pair."""
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


def _end_of_element(value: int, length: int) -> int:
    """Return the position of ID_END: its three ones are the last ones of the block, before the zero padding."""
    if not value:
        raise AacError("the block is empty")
    trailing = (value & -value).bit_length() - 1
    if trailing >= BYTE or value >> trailing & 7 != ID_END:
        raise AacError("the block has no end element")
    end = length - trailing - 3
    if end < MIN_ELEMENT_BITS:
        raise AacError("the block is too short for a channel")
    return end


def _put_empty_channel(out: _Bits, info: int, *, short: bool) -> None:
    """Write an individual_channel_stream with codebook 0 (ZERO_HCB) in all bands and the ics_info of its pair."""
    out.put(SILENT_GAIN, 8)
    if short:
        bands, groups, length = info >> 7 & 15, 7 - (info & 0x7F).bit_count() + 1, 3
    else:
        bands, groups, length = info >> 1 & 63, 1, 5
    escape = (1 << length) - 1
    for _ in range(groups if bands else 0):  # section_data, table 4.52: a group is one section
        out.put(0, 4)
        remaining = bands
        while remaining >= escape:
            out.put(escape, length)
            remaining -= escape
        out.put(remaining, length)
    out.put(0, 3)
