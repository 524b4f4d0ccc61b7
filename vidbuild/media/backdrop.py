"""The picture behind everything: a gradient with soft lights in it, dithered; it knows nothing of scenes or themes."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageMath

from vidbuild.media.colour import RGB

GRID = 64  # samples along the longer side: what is this soft needs no more
TILE = 16  # of the dither; a short period also makes the file smaller and quicker to write
PLASTIC = 1.324717957244746  # its powers' inverses spread points most evenly over a plane (the R2 sequence)


@dataclass(frozen=True, slots=True)
class Light:
    """A soft light: centre in shares of the frame, reach in shares of its longer side, strength 0 to 1."""

    x: float
    y: float
    reach: float
    strength: float


@lru_cache(maxsize=8)
def paint(size: tuple[int, int], start: RGB, end: RGB, glow: RGB, lights: tuple[Light, ...]) -> bytes:
    """An opaque PNG: from start (top left) to end (bottom right), with lights of the colour glow.

    Eight bits are too few for a gradient this slow: rounding it would draw visible bands, so each pixel is rounded up
    or down by a pattern without visible texture, which keeps every area's mean right.
    """
    small = _small(size)
    samples = list(_samples(small, size, lights))
    if start == end and not any(share for _, share in samples):
        return _png(Image.new("RGB", size, start))
    bands = []
    for channel in range(3):
        a, b, c = start[channel], end[channel], glow[channel]
        values = [(a + (b - a) * t) * (1 - share) + c * share for t, share in samples]
        bands.append(_band(small, size, values, _dither(size, channel)))
    return _png(Image.merge("RGB", bands))


def _small(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, GRID / max(size))
    return max(2, round(size[0] * scale)), max(2, round(size[1] * scale))


def _samples(small: tuple[int, int], size: tuple[int, int], lights: tuple[Light, ...]) -> Iterator[tuple[float, float]]:
    """For each sample, how far along the gradient it is and how much of the glow it has."""
    width, height = size
    longer = max(size)
    for row in range(small[1]):
        y = (row + 0.5) / small[1]
        for column in range(small[0]):
            x = (column + 0.5) / small[0]
            dark = 1.0
            for light in lights:
                far = math.hypot((x - light.x) * width, (y - light.y) * height) / (light.reach * longer)
                dark *= 1 - light.strength * (1 - far * far) ** 2 if far < 1 else 1
            yield 0.35 * x + 0.65 * y, 1 - dark


def _band(small: tuple[int, int], size: tuple[int, int], values: list[float], noise: Image.Image) -> Image.Image:
    smooth = Image.new("F", small)
    smooth.putdata(values)
    large = smooth.resize(size, Image.Resampling.BICUBIC)
    summed = ImageMath.lambda_eval(lambda args: args["large"] + args["noise"], large=large, noise=noise)
    assert isinstance(summed, Image.Image)  # noqa: S101 - the sum of two images is one
    return summed.convert("L")


@lru_cache(maxsize=6)
def _dither(size: tuple[int, int], channel: int) -> Image.Image:
    """Thresholds from 0 to 1, other ones for each channel, so that hue is dithered as well as brightness."""
    a, b = 1 / PLASTIC, 1 / PLASTIC**2
    tile = Image.new("F", (TILE, TILE))
    tile.putdata([(a * x + b * y + channel / 3) % 1 for y in range(TILE) for x in range(TILE)])
    row, whole = Image.new("F", (size[0], TILE)), Image.new("F", size)
    for x in range(0, size[0], TILE):
        row.paste(tile, (x, 0))
    for y in range(0, size[1], TILE):
        whole.paste(row, (0, y))
    return whole


def _png(image: Image.Image) -> bytes:
    """An RGB image without row filters: for a dithered one that halves the time and costs nothing."""
    width, height = image.size
    pixels, stride = image.tobytes(), 3 * width
    rows = b"".join([b"\0" + pixels[at : at + stride] for at in range(0, len(pixels), stride)])
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
