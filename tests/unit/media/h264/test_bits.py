"""Bits and Exp-Golomb codes, read and written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.media.h264.bits import BitsError, Reader, Writer

FIELDS = st.lists(
    st.one_of(
        st.tuples(st.just("ue"), st.integers(0, 1 << 31)),
        st.tuples(st.just("se"), st.integers(-(1 << 30), 1 << 30)),
        st.integers(1, 40).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, (1 << size) - 1))),
    ),
    max_size=30,
)


@given(FIELDS)
def test_what_is_written_is_read(fields: list[tuple[str | int, int]]) -> None:
    """9.1: numbers of every kind come back in their order, and only filling is left behind them."""
    out = Writer()
    for kind, value in fields:
        if kind == "ue":
            out.unsigned(value)
        elif kind == "se":
            out.signed(value)
        else:
            out.put(int(kind), value)
    bits = Reader(out.to_bytes())
    for kind, value in fields:
        assert value == (bits.unsigned() if kind == "ue" else bits.signed() if kind == "se" else bits.read(int(kind)))
    assert bits.remaining < 8
    assert bits.read(bits.remaining) == 0


@pytest.mark.parametrize(
    ("code", "value"), [("1", 0), ("010", 1), ("011", 2), ("00100", 3), ("00101", 4), ("0001000", 7)]
)
def test_unsigned_codes_are_the_standards(code: str, value: int) -> None:
    """9.1: the first rows of table 9-2."""
    assert Reader(int(code.ljust(8, "0"), 2).to_bytes(1, "big")).unsigned() == value
    assert Writer().unsigned(value).to_bytes() == int(code.ljust(8, "0"), 2).to_bytes(1, "big")


@pytest.mark.parametrize(("code", "value"), [("1", 0), ("010", 1), ("011", -1), ("00100", 2), ("00101", -2)])
def test_signed_codes_are_the_standards(code: str, value: int) -> None:
    """9.1.1: the first rows of table 9-3."""
    assert Reader(int(code.ljust(8, "0"), 2).to_bytes(1, "big")).signed() == value
    assert Writer().signed(value).to_bytes() == int(code.ljust(8, "0"), 2).to_bytes(1, "big")


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x00\x00\x00"])
def test_bits_that_are_not_there_are_an_error(data: bytes) -> None:
    """Reading past the end is an error, not zeros."""
    with pytest.raises(BitsError, match="the bits end too early"):
        Reader(data).unsigned()


def test_filling_is_what_is_asked_for() -> None:
    """Ones or zeros up to the next byte, and none where there is nothing to fill."""
    assert Writer().put(3, 0b101).to_bytes() == b"\xa0"
    assert Writer().put(3, 0b101).to_bytes(1) == b"\xbf"
    assert Writer().put(8, 7).to_bytes(1) == b"\x07"


def test_bits_are_copied_from_where_a_reader_is() -> None:
    """A copy takes so many bits, and the reader is behind them."""
    bits = Reader(b"\xf0\x0f")
    bits.read(2)
    assert Writer().copy(bits, 10).to_bytes() == b"\xc0\x00"
    assert (bits.position, bits.remaining) == (12, 4)


def test_a_number_that_does_not_begin_is_not_looked_for() -> None:
    """V19: a megabyte of zeros is no number, and that is found out at once."""
    with pytest.raises(BitsError, match="more than 32 bits"):
        Reader(bytes(1 << 20)).unsigned()


def test_nothing_is_copied_backwards() -> None:
    """V19: an end before its beginning, as in a damaged stream, is an error of its kind."""
    with pytest.raises(BitsError, match="end before they begin"):
        Writer().copy(Reader(b"abc"), -1)
