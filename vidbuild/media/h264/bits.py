"""Read and write bits and Exp-Golomb codes, as H.264 uses them.

Clause numbers refer to Rec. ITU-T H.264 (08/2021).
"""

from __future__ import annotations

# Leading zeros of an Exp-Golomb code: no syntax element is longer (7.2), and a longer search is slow.
MAX_LEADING_ZEROS = 32


class BitsError(ValueError):
    """The bits end too early, or encode no valid number."""


class Reader:
    """Reads bytes bit by bit, from the most significant bit."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._size = self._remaining = len(data) * 8

    @property
    def position(self) -> int:
        """The number of bits read."""
        return self._size - self._remaining

    @property
    def remaining(self) -> int:
        """The number of bits still to read."""
        return self._remaining

    def read(self, count: int) -> int:
        """Read the next bits as a number, u(n)."""
        self._remaining -= count
        if self._remaining < 0:
            raise BitsError("the bits end too early")
        return (self._value >> self._remaining) & ((1 << count) - 1)

    def unsigned(self) -> int:
        """Read the next ue(v) (9.1)."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > MAX_LEADING_ZEROS:
                raise BitsError(f"a number has more than {MAX_LEADING_ZEROS} bits")
        return (1 << zeros) - 1 + self.read(zeros)

    def signed(self) -> int:
        """Read the next se(v) (9.1.1)."""
        value = self.unsigned()
        return (value + 1) // 2 if value % 2 else -(value // 2)


class Writer:
    """Collects bits; the inverse of Reader."""

    def __init__(self) -> None:
        self._value = 0
        self._size = 0

    def put(self, count: int, value: int) -> Writer:
        """Write a number in `count` bits, u(n)."""
        self._value = self._value << count | value
        self._size += count
        return self

    def unsigned(self, value: int) -> Writer:
        """Write a number as ue(v) (9.1)."""
        return self.put(2 * (value + 1).bit_length() - 1, value + 1)

    def signed(self, value: int) -> Writer:
        """Write a number as se(v) (9.1.1)."""
        return self.unsigned(2 * value - 1 if value > 0 else -2 * value)

    def copy(self, source: Reader, count: int) -> Writer:
        """Copy the next bits of a reader."""
        if count < 0:
            raise BitsError("the bits end before they begin")
        return self.put(count, source.read(count))

    def to_bytes(self, padding: int = 0) -> bytes:
        """Return all bits, padded with zeros or ones to whole bytes."""
        count = -self._size % 8
        self.put(count, padding * ((1 << count) - 1))
        return self._value.to_bytes(self._size // 8, "big")
