"""Build ICC profiles for images that describe their colors in another way than by a profile.

A profile has three primaries and one transfer function (ICC.1:2022, 8.3.3), so that LittleCMS does the conversion.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

Vector = Sequence[float]  # three numbers
Matrix = Sequence[Vector]  # three rows

WHITE_NITS = 203.0  # HDR reference white (ITU-R BT.2408)
PEAK = 1000.0 / WHITE_NITS  # brighter light is mapped to white
KNEE = 0.3  # share of white below which nothing changes
TABLE = 4096  # entries of a transfer function without a formula

D50: Vector = (0.9642, 1.0, 0.8249)
BRADFORD: Matrix = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
D65 = (0.3127, 0.3290)
SRGB_GAMMA = 2.2  # the power that is nearest to sRGB's transfer function
NEAR = 0.003  # of a chromaticity: smaller differences are rounding


class Primaries(NamedTuple):
    """Chromaticities (x, y) of white and of the three primaries."""

    white: tuple[float, float]
    red: tuple[float, float]
    green: tuple[float, float]
    blue: tuple[float, float]

    def is_near(self, other: Primaries) -> bool:
        """Return whether two sets of primaries are the same but for rounding."""
        return all(
            abs(a - b) < NEAR for one, two in zip(self, other, strict=True) for a, b in zip(one, two, strict=True)
        )


SRGB = Primaries(D65, (0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
ADOBE_RGB = Primaries(D65, (0.640, 0.330), (0.210, 0.710), (0.150, 0.060))

# By the code points of ITU-T H.273, table 2
BY_CODE = {
    1: SRGB,
    4: Primaries((0.310, 0.316), (0.67, 0.33), (0.21, 0.71), (0.14, 0.08)),
    5: Primaries(D65, (0.64, 0.33), (0.29, 0.60), (0.15, 0.06)),
    6: Primaries(D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
    7: Primaries(D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
    9: Primaries(D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    11: Primaries((0.314, 0.351), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    12: Primaries(D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    22: Primaries(D65, (0.630, 0.340), (0.295, 0.605), (0.155, 0.077)),
}
GAMMA_22, GAMMA_28, LINEAR, PQ, HLG = 4, 5, 8, 16, 18  # code points of table 3; the others are shown as sRGB


@dataclass(frozen=True, slots=True)
class Curve:
    """A transfer function: a power, or sRGB's if it is 0, or a table from 0 to 1."""

    power: float = 0.0
    table: tuple[float, ...] = ()


def by_code(primaries: int, transfer: int) -> bytes | None:
    """Return the profile for code points of ITU-T H.273; None for sRGB and for unknown ones."""
    found, curve = BY_CODE.get(primaries, SRGB), _curve(transfer)
    return None if found == SRGB and curve == Curve() else profile(found, curve)


def profile(primaries: Primaries, curve: Curve) -> bytes | None:
    """Return an ICC profile; None if the primaries are no triangle."""
    try:
        columns = _to_d50(primaries)
    except ZeroDivisionError:
        return None
    red, green, blue = map(_tag_xyz, _transposed(columns))
    tags = {
        b"wtpt": _tag_xyz(D50),
        b"rXYZ": red,
        b"gXYZ": green,
        b"bXYZ": blue,
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _tag_curve(curve)),
    }
    return _file(tags)


def compressed(light: float) -> float:
    """Return light, relative to white, with highlights that end at white: a Moebius curve, smooth at the knee."""
    if light <= KNEE:
        return light
    squared = KNEE * KNEE
    a = -squared * (PEAK - 1) / (squared - 2 * KNEE + PEAK)
    b = (squared - 2 * KNEE * PEAK + PEAK) / (PEAK - 1)
    return min(1.0, (b + KNEE) ** 2 / (b - a) * (light + a) / (light + b))


def from_pq(value: float) -> float:
    """Return the light of a PQ value, relative to white (SMPTE ST 2084)."""
    power = float(value ** (1 / 78.84375))
    light = (max(power - 0.8359375, 0.0) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125)
    return float(light) * 10000 / WHITE_NITS


def from_hlg(value: float) -> float:
    """Return the light of an HLG value, relative to white, on a display of 1,000 nits (ITU-R BT.2100)."""
    from math import exp

    scene = value * value / 3 if value <= 0.5 else (exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12  # noqa: PLR2004 - HLG's own
    return float(pow(scene, 1.2)) * PEAK


def _curve(transfer: int) -> Curve:
    powers = {GAMMA_22: 2.2, GAMMA_28: 2.8, LINEAR: 1.0}
    if transfer in (PQ, HLG):
        light = from_pq if transfer == PQ else from_hlg
        return Curve(table=tuple(compressed(light(index / (TABLE - 1))) for index in range(TABLE)))
    return Curve(powers.get(transfer, 0.0))


def _to_d50(primaries: Primaries) -> Matrix:
    """Return the matrix from linear RGB to XYZ, adapted to the profile's white by Bradford's method."""
    matrix = _transposed([_xyz(*point) for point in (primaries.red, primaries.green, primaries.blue)])
    white = _xyz(*primaries.white)
    scales = _times(_inverse(matrix), white)
    scaled = [[value * scale for value, scale in zip(row, scales, strict=True)] for row in matrix]
    gains = [there / here for there, here in zip(_times(BRADFORD, D50), _times(BRADFORD, white), strict=True)]
    adapted = [[value * gain for value in row] for row, gain in zip(BRADFORD, gains, strict=True)]
    return _product(_product(_inverse(BRADFORD), adapted), scaled)


def _xyz(x: float, y: float) -> Vector:
    return x / y, 1.0, (1 - x - y) / y


def _times(matrix: Matrix, vector: Vector) -> Vector:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def _transposed(matrix: Matrix) -> Matrix:
    return list(zip(*matrix, strict=True))


def _product(left: Matrix, right: Matrix) -> Matrix:
    return _transposed([_times(left, column) for column in _transposed(right)])


def _inverse(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    rows = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    return [[value / determinant for value in row] for row in rows]


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _tag_xyz(vector: Vector) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(map(_fixed, vector))


def _tag_curve(curve: Curve) -> bytes:
    if curve.table:
        values = [round(65535 * value) for value in curve.table]
        return b"curv\0\0\0\0" + struct.pack(f">I{len(values)}H", len(values), *values)
    if curve.power:
        return b"para\0\0\0\0\0\0\0\0" + _fixed(curve.power)
    return b"para\0\0\0\0\0\3\0\0" + b"".join(map(_fixed, (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)))


def _file(tags: dict[bytes, bytes]) -> bytes:
    parts: list[bytes] = []
    entries, at = b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        padded = data + bytes(-len(data) % 4)
        entries += name + struct.pack(">II", at, len(data))
        parts.append(padded)
        at += len(padded)
    head = struct.pack(">I4sI4s4s4s", at, b"lcms", 0x04200000, b"mntr", b"RGB ", b"XYZ ") + bytes(12) + b"acsp"
    header = head + bytes(28) + b"".join(map(_fixed, D50))
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + entries + b"".join(parts)


def chromaticities(values: Sequence[float]) -> Primaries | None:
    """Return the primaries of eight chromaticities, white first, as in a PNG's cHRM; None if they are no such."""
    if len(values) != 8 or not all(0 < value <= 1 for value in values[1::2]):  # noqa: PLR2004 - x and y of four colors
        return None
    white, red, green, blue = ((values[at], values[at + 1]) for at in range(0, 8, 2))
    return Primaries(white, red, green, blue)
