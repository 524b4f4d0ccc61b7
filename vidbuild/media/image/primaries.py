"""Primaries of color spaces, and the matrices between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

Vector = Sequence[float]  # three numbers
Matrix = Sequence[Vector]  # three rows

BRADFORD: Matrix = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
D65 = (0.3127, 0.3290)
NEAR = 0.003  # of a chromaticity: smaller differences are rounding


class Primaries(NamedTuple):
    """Chromaticities (x, y) of white and of the three primaries."""

    white: tuple[float, float]
    red: tuple[float, float]
    green: tuple[float, float]
    blue: tuple[float, float]

    def is_near(self, other: Primaries) -> bool:
        """Return whether two sets of primaries are the same but for rounding."""
        pairs = (pair for points in zip(self, other, strict=True) for pair in zip(*points, strict=True))
        return all(abs(a - b) < NEAR for a, b in pairs)


BT709 = Primaries(D65, (0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
ADOBE_RGB = Primaries(D65, (0.640, 0.330), (0.210, 0.710), (0.150, 0.060))

# By the code points of ITU-T H.273, table 2
BY_CODE: Mapping[int, Primaries] = MappingProxyType(
    {
        1: BT709,
        4: Primaries((0.310, 0.316), (0.67, 0.33), (0.21, 0.71), (0.14, 0.08)),
        5: Primaries(D65, (0.64, 0.33), (0.29, 0.60), (0.15, 0.06)),
        6: Primaries(D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
        7: Primaries(D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
        8: Primaries((0.310, 0.316), (0.681, 0.319), (0.243, 0.692), (0.145, 0.049)),
        9: Primaries(D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
        11: Primaries((0.314, 0.351), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
        12: Primaries(D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
        22: Primaries(D65, (0.630, 0.340), (0.295, 0.605), (0.155, 0.077)),
    }
)


def chromaticities(values: Sequence[float]) -> Primaries | None:
    """Return the primaries of eight chromaticities, white first, as in a PNG's cHRM; None if they are no such."""
    if len(values) != 8 or not all(0 < value <= 1 for value in values[1::2]):  # noqa: PLR2004 - x and y of four colors
        return None
    white, red, green, blue = ((values[at], values[at + 1]) for at in range(0, 8, 2))
    return Primaries(white, red, green, blue)


def to_xyz(primaries: Primaries, white: Vector) -> Matrix:
    """Return the matrix from linear RGB to XYZ, adapted to a white by Bradford's method.

    Raise ZeroDivisionError if the primaries are no triangle.
    """
    matrix = transposed([_xyz(*point) for point in (primaries.red, primaries.green, primaries.blue)])
    own_white = _xyz(*primaries.white)
    scales = _times(_inverse(matrix), own_white)
    scaled = [[value * scale for value, scale in zip(row, scales, strict=True)] for row in matrix]
    gains = [there / here for there, here in zip(_times(BRADFORD, white), _times(BRADFORD, own_white), strict=True)]
    adapted = [[value * gain for value in row] for row, gain in zip(BRADFORD, gains, strict=True)]
    return _product(_product(_inverse(BRADFORD), adapted), scaled)


def to_bt709(primaries: Primaries) -> Matrix:
    """Return the matrix from linear RGB of these primaries to those of BT.709, which are also sRGB's."""
    white = _xyz(*D65)
    return _product(_inverse(to_xyz(BT709, white)), to_xyz(primaries, white))


def transposed(matrix: Matrix) -> Matrix:
    """Return a matrix with rows and columns exchanged."""
    return list(zip(*matrix, strict=True))


def _xyz(x: float, y: float) -> Vector:
    return x / y, 1.0, (1 - x - y) / y


def _times(matrix: Matrix, vector: Vector) -> Vector:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def _product(left: Matrix, right: Matrix) -> Matrix:
    return transposed([_times(left, column) for column in transposed(right)])


def _inverse(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    rows = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    return [[value / determinant for value in row] for row in rows]
