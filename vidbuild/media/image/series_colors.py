"""Colors for the series of a chart, derived from a theme's accent, that every eye distinguishes on its background.

The accent comes first. Each further color is the one, among muted hues at several lightnesses, that differs most from
all before it for the eyes that see it least: with full color vision, or without red, green or blue cones.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Sequence
from functools import lru_cache

from vidbuild.media.image.color import RGB, contrast, readable

COUNT = 8
LEAST_CONTRAST = 3.0  # of marks to their background (WCAG 2.2, 1.4.11)
_HUES = (24, 42, 54, 150, 174, 200, 265, 322)  # degrees
_LOOKS = ((0.44, 0.62), (0.56, 0.58), (0.68, 0.66), (0.82, 0.62), (0.32, 0.60), (0.24, 0.5))  # lightness and saturation
# Linear RGB as it looks without one kind of cones (Machado, Oliveira and Fernandes, 2009; severity 1).
_EYES = (
    ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
)
_LINEAR_END, _LAB_END = 0.04045, 0.008856
Lab = tuple[float, float, float]


@lru_cache(maxsize=16)
def series_colors(accent: RGB, grounds: tuple[RGB, ...]) -> tuple[RGB, ...]:
    """Return COUNT colors, the accent first, each with a contrast of LEAST_CONTRAST on every background."""
    chosen = [readable(accent, grounds, LEAST_CONTRAST)]
    candidates = [
        color
        for lightness, saturation in _LOOKS
        for hue in _HUES
        if min(contrast(color := _color(hue, lightness, saturation), ground) for ground in grounds) >= LEAST_CONTRAST
    ]
    seen = {color: looks(color) for color in (*candidates, *chosen)}
    while len(chosen) < COUNT and candidates:
        best = max(candidates, key=lambda color: min(_difference(seen[color], seen[other]) for other in chosen))
        candidates.remove(best)
        chosen.append(best)
    return tuple((chosen * COUNT)[:COUNT])


def difference(a: RGB, b: RGB) -> float:
    """Return how far two colors are apart in CIELAB for the eyes that distinguish them least."""
    return _difference(looks(a), looks(b))


def looks(color: RGB) -> tuple[Lab, ...]:
    """Return a color in CIELAB as full color vision sees it, and as each kind of color blindness does."""
    linear = [value / 12.92 if value <= _LINEAR_END else ((value + 0.055) / 1.055) ** 2.4 for value in _unit(color)]
    return tuple(_lab([max(0.0, sum(a * b for a, b in zip(row, linear, strict=True))) for row in eye]) for eye in _EYES)


def _difference(a: Sequence[Lab], b: Sequence[Lab]) -> float:
    return min(math.dist(one, two) for one, two in zip(a, b, strict=True))


def _unit(color: RGB) -> list[float]:
    return [value / 255 for value in color]


def _color(hue: int, lightness: float, saturation: float) -> RGB:
    red, green, blue = (round(value * 255) for value in colorsys.hls_to_rgb(hue / 360, lightness, saturation))
    return red, green, blue


def _lab(linear: Sequence[float]) -> Lab:
    red, green, blue = linear
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (value ** (1 / 3) if value > _LAB_END else 7.787 * value + 16 / 116 for value in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)
