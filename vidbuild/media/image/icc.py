"""Build ICC profiles for images that describe their colors in another way than by a profile.

A profile has three primaries and one transfer function (ICC.1:2022, 8.3.3), so that LittleCMS does the conversion.
"""

from __future__ import annotations

import struct
from math import exp

from vidbuild.frozen import dataclass
from vidbuild.media.image.primaries import BT709, BY_CODE, Primaries, Vector, to_xyz, transposed

WHITE_NITS = 203.0  # HDR reference white (ITU-R BT.2408)
PEAK = 1000.0 / WHITE_NITS  # brighter light is mapped to white
KNEE = 0.3  # share of white below which nothing changes
TABLE = 4096  # entries of a transfer function without a formula

D50: Vector = (0.9642, 1.0, 0.8249)
SRGB_GAMMA = 2.2  # the power that is nearest to sRGB's transfer function
GAMMA_22, GAMMA_28, LINEAR, PQ, HLG = 4, 5, 8, 16, 18  # code points of table 3; the others are shown as sRGB


@dataclass(frozen=True, slots=True)
class Curve:
    """A transfer function: a power, or sRGB's if it is 0, or a table from 0 to 1."""

    power: float = 0.0
    table: tuple[float, ...] = ()


def by_code(primaries: int, transfer: int) -> bytes | None:
    """Return the profile for code points of ITU-T H.273; None for sRGB and for unknown ones."""
    found, curve = BY_CODE.get(primaries, BT709), _curve(transfer)
    return None if found == BT709 and curve == Curve() else profile(found, curve)


def profile(primaries: Primaries, curve: Curve) -> bytes | None:
    """Return an ICC profile; None if the primaries are no triangle."""
    try:
        columns = to_xyz(primaries, D50)
    except ZeroDivisionError:
        return None
    red, green, blue = map(_tag_xyz, transposed(columns))
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
    scene = value * value / 3 if value <= 0.5 else (exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12  # noqa: PLR2004 - HLG's own
    return float(pow(scene, 1.2)) * PEAK


def _curve(transfer: int) -> Curve:
    powers = {GAMMA_22: 2.2, GAMMA_28: 2.8, LINEAR: 1.0}
    if transfer in (PQ, HLG):
        light = from_pq if transfer == PQ else from_hlg
        return Curve(table=tuple(compressed(light(index / (TABLE - 1))) for index in range(TABLE)))
    return Curve(powers.get(transfer, 0.0))


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
