"""Slices in which all is skipped, against an arithmetic decoder written from the standard's flow charts."""

from __future__ import annotations

import pytest

from vidbuild.media.h264 import cabac
from vidbuild.media.h264.bits import Reader

# Table 9-44 in full, from the standard, to check the part that the module has.
TABLE = """
128 176 208 240 128 167 197 227 128 158 187 216 123 150 178 205 116 142 169 195 111 135 160 185 105 128 152 175
100 122 144 166 95 116 137 158 90 110 130 150 85 104 123 142 81 99 117 135 77 94 111 128 73 89 105 122 69 85 100 116
66 80 95 110 62 76 90 104 59 72 86 99 56 69 81 94 53 65 77 89 51 62 73 85 48 59 69 80 46 56 66 76 43 53 63 72
41 50 59 69 39 48 56 65 37 45 54 62 35 43 51 59 33 41 48 56 32 39 46 53 30 37 43 50 29 35 41 48 27 33 39 45
26 31 37 43 24 30 35 41 23 28 33 39 22 27 32 37 21 26 30 35 20 24 29 33 19 23 27 31 18 22 26 30 17 21 25 28
16 20 23 27 15 19 22 25 14 18 21 24 14 17 20 23 13 16 19 22 12 15 18 21 12 14 17 20 11 14 16 19 11 13 15 18
10 12 15 17 10 12 14 16 9 11 13 15 9 11 12 14 8 10 12 14 8 9 11 13 7 9 11 12 7 9 10 12 7 8 10 11 6 8 9 11
6 7 9 10 6 7 8 9 2 2 2 2
"""
RANGES = [tuple(map(int, TABLE.split()[at : at + 4])) for at in range(0, 256, 4)]


class Decoder:
    """The decoding engine of 9.3.1.2 and 9.3.3.2, for one context whose likelier value is 1."""

    def __init__(self, data: bytes, state: int) -> None:
        self.bits = Reader(data + bytes(4))
        self.width, self.offset, self.state = 510, self.bits.read(9), state

    def decision(self) -> int:
        """9.3.3.2.1; only the likelier value is expected."""
        lps = RANGES[self.state][(self.width >> 6) & 3]
        self.width -= lps
        if self.offset >= self.width:
            return 0
        self.state = min(self.state + 1, 62)
        self._renormalise()
        return 1

    def terminate(self) -> int:
        """9.3.3.2.2.3; behind a 1 the slice ends, and the last bit read is the stop bit."""
        self.width -= 2
        if self.offset >= self.width:
            return 1
        self._renormalise()
        return 0

    def _renormalise(self) -> None:
        while self.width < 256:
            self.width <<= 1
            self.offset = self.offset << 1 | self.bits.read(1)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 40, 99, 120, 396, 3600, 8160, 32400])
def test_every_macroblock_is_decoded_as_skipped(count: int) -> None:
    """So many macroblocks, each skipped, then the end, and nothing but the stop bit and zeros behind it."""
    data = cabac.all_skipped(count)
    decoder = Decoder(data, cabac.STATE)
    for left in range(count - 1, -1, -1):
        assert decoder.decision() == 1
        assert decoder.terminate() == (not left)
    # The last bit that the engine has read ahead is the stop bit (9.3.4.5); behind it the byte is filled with zeros.
    stop, size = decoder.bits.position, len(data) * 8
    assert size - 8 < stop <= size
    assert Reader(data).read(stop) & 1
    assert not int.from_bytes(data, "big") & ((1 << (size - stop)) - 1)


def test_the_initial_context_is_the_standards() -> None:
    """9.3.1.1 with m = 29, n = 16 (table 9-13, ctxIdx 11, cabac_init_idc 2): the skip flag is likely, and state 44."""
    before = min(126, max(1, ((29 * cabac.QP) >> 4) + 16))
    assert before >= 64, "1 is the likelier value"
    assert before - 64 == cabac.STATE == 44
    assert RANGES[cabac.STATE : cabac.LAST_STATE + 1] == list(cabac.RANGE_LPS)


def test_a_whole_pictures_hold_costs_next_to_nothing() -> None:
    """A frame of 1920x1080 that looks as the one before is forty bytes."""
    assert len(cabac.all_skipped(8160)) <= 40
