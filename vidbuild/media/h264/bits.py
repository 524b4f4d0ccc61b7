"""Reads and writes single bits and Exp-Golomb codes, as H.264 has them; it knows nothing of what they mean.

Clause numbers are those of Rec. ITU-T H.264 (08/2021).
"""

from __future__ import annotations

MOST_ZEROS = 32
"""Before the first one of an Exp-Golomb code: no syntax element is longer (7.2), and looking further takes long."""


class BitsError(ValueError):
    """There are fewer bits than are asked for, or they are no number."""


class Reader:
    """Reads bytes bit by bit, from the most significant one on."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._size = self._left = len(data) * 8

    @property
    def position(self) -> int:
        """How many bits have been read."""
        return self._size - self._left

    @property
    def left(self) -> int:
        """How many bits there are still to read."""
        return self._left

    def take(self, count: int) -> int:
        """The next bits as a number, u(n)."""
        self._left -= count
        if self._left < 0:
            raise BitsError("the bits end too early")
        return (self._value >> self._left) & ((1 << count) - 1)

    def unsigned(self) -> int:
        """The next ue(v) (9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > MOST_ZEROS:
                raise BitsError(f"a number has more than {MOST_ZEROS} bits")
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        """The next se(v) (9.1.1)."""
        value = self.unsigned()
        return (value + 1) // 2 if value % 2 else -(value // 2)


class Writer:
    """Collects bits; the inverse of Reader."""

    def __init__(self) -> None:
        self._value = 0
        self._size = 0

    def put(self, count: int, value: int) -> Writer:
        """A number in so many bits, u(n)."""
        self._value = self._value << count | value
        self._size += count
        return self

    def unsigned(self, value: int) -> Writer:
        """A number as ue(v) (9.1)."""
        return self.put(2 * (value + 1).bit_length() - 1, value + 1)

    def signed(self, value: int) -> Writer:
        """A number as se(v) (9.1.1)."""
        return self.unsigned(2 * value - 1 if value > 0 else -2 * value)

    def copy(self, source: Reader, count: int) -> Writer:
        """The next bits of a reader, as they are."""
        if count < 0:
            raise BitsError("the bits end before they begin")
        return self.put(count, source.take(count))

    def filled(self, bit: int = 0) -> bytes:
        """All of it, with zeros or ones up to the next whole byte."""
        count = -self._size % 8
        self.put(count, bit * ((1 << count) - 1))
        return self._value.to_bytes(self._size // 8, "big")
