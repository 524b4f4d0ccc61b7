"""Decide whether two images show the same, perhaps in another size."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageChops, ImageStat

SIDE = 64  # pixels to which images are reduced before they are compared
SHAPES = 1.35  # how many times wider, for its height, one may be than the other
ALIKE = 14.0  # of 255: the largest mean difference of their pixels that are not transparent


def alike(one: Path, other: Path) -> bool:
    """Return whether two images have about the same shape and content."""
    with Image.open(one) as first, Image.open(other) as second:
        shapes = sorted(image.width / image.height for image in (first, second))
        if shapes[1] > SHAPES * shapes[0]:
            return False
        small = [
            image.convert("RGBA").convert("RGBa").resize((SIDE, SIDE), Image.Resampling.BOX)
            for image in (first, second)
        ]
    alphas = [ImageStat.Stat(image.getchannel("a")).mean[0] / 255 for image in small]
    differences = ImageStat.Stat(ImageChops.difference(*(image.convert("RGBA") for image in small))).mean
    return max(differences) <= ALIKE * max(*alphas, 0.02)
