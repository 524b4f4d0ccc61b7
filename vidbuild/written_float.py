"""A number that is drawn with the decimals that it was written with."""

from __future__ import annotations

from typing import Self


class WrittenFloat(float):
    """A float of a spec that has zeros at its end: a price of 1.50, a version 3.10.

    It is that float in every other respect: in keys, in JSON and as text.
    decimals: how many digits are written after the point.
    """

    __slots__ = ("decimals",)
    decimals: int

    def __new__(cls, value: str | float, decimals: int) -> Self:
        """Make one of a number, or of its text."""
        number = super().__new__(cls, value)
        number.decimals = decimals
        return number

    def __reduce__(self) -> tuple[type[Self], tuple[float, int]]:
        """Return what a copy is made of."""
        return type(self), (float(self), self.decimals)

    def as_written(self) -> str:
        """Return it in the digits that it was written with."""
        return f"{self:.{self.decimals}f}"


def decimals_of(value: float) -> int | None:
    """Return how many decimals a number was written with, if it has zeros at its end; None for any other."""
    return value.decimals if isinstance(value, WrittenFloat) else None
