"""Measure how much a picture shows: the share of it that is edges, which a plain area or a gradient has none of."""

from __future__ import annotations

import io
from typing import NamedTuple

from PIL import Image, ImageFilter, ImageStat

WIDTH = 320  # pixels to which a picture is reduced, so that noise and dithering vanish
EDGE = 24  # levels by which a pixel differs from those around it, for each of them
ENOUGH = 0.002  # a line of text in a terminal has 0.4 % of its pixels at edges


class Content(NamedTuple):
    """How much a picture shows; what is larger shows more.

    edges: the share of it that is edges, 0 to 1.
    brightness: the mean level of all channels, 0 to 255: of two plain pictures, the black one shows less.
    """

    edges: float
    brightness: float


def measure(png: bytes, box: tuple[int, int, int, int]) -> Content:
    """Return how much a box (x, y, width, height) of a PNG shows."""
    x, y, width, height = box
    with Image.open(io.BytesIO(png)) as image:
        color = image.convert("RGB").crop(
            (max(0, x), max(0, y), min(image.width, x + width), min(image.height, y + height))
        )
    small = color.reduce(max(1, color.width // WIDTH))
    brightness = sum(ImageStat.Stat(small).mean) / 3
    if min(small.size) <= 2:  # noqa: PLR2004 - the filter leaves out the outermost pixels
        return Content(0.0, brightness)
    edges = small.convert("L").filter(ImageFilter.FIND_EDGES).crop((1, 1, small.width - 1, small.height - 1))
    return Content(sum(edges.histogram()[EDGE:]) / (edges.width * edges.height), brightness)
