"""A picture as the background of a scene: fitted, blurred, and mixed with the theme's background for readable text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from PIL import Image, ImageFilter, ImageOps

from vidbuild import focal_point
from vidbuild.frozen import replaced
from vidbuild.media.image import raster
from vidbuild.media.image.color import AA, BLACK, RGB, WHITE, contrast, is_dark, luminance, mix, parse
from vidbuild.steps.picture import Picture

DIM = 0.55  # unless the spec sets one
COMFORT = 7.0  # the contrast of text on an image whose dim the spec does not set
BITS = 5  # of each channel, in which the extreme colors of an image are looked for


class Painted(NamedTuple):
    """A background as a PNG, its darkest and its lightest color, and the share of the theme's color in it."""

    png: bytes
    seen: tuple[RGB, ...]
    dim: float


def paint(picture: Picture, size: Sequence[int], theme: Mapping[str, Any], value: Mapping[str, Any]) -> Painted:
    """Paint a background of an image."""
    width, height = size
    ends = parse(theme["background_from"]), parse(theme["background_to"])
    base = mix(*ends, 0.5)
    canvas = Image.new("RGB", (width, height), base)
    picture = replaced(picture, focus=focal_point.of(value))
    image = _fitted(picture, width, height, value["fit"]).convert("RGBA")
    canvas.paste(image, ((width - image.width) // 2, (height - image.height) // 2), image)
    radius = value["blur"] * min(width / 1920, height / 1080)
    if radius:
        canvas = canvas.filter(ImageFilter.GaussianBlur(radius))
    extremes = _extremes(canvas)
    dim = _dim(extremes, base, parse(theme["text"]), value.get("dim"))
    canvas = Image.blend(canvas, Image.new("RGB", canvas.size, base), dim)
    return Painted(raster.png(canvas), tuple(mix(color, base, dim) for color in extremes), dim)


def _fitted(picture: Picture, width: int, height: int, fit: str) -> Image.Image:
    if fit == "cover":
        return picture.filled(width, height)
    share = min(width / picture.size[0], height / picture.size[1])
    return picture.filled(*(max(1, round(length * share)) for length in picture.size))


def _extremes(image: Image.Image) -> tuple[RGB, RGB]:
    """Return a color that is at most as light as any of the image, and one that is at least as light."""
    rest = (1 << (8 - BITS)) - 1
    found = ImageOps.posterize(image, BITS).getcolors(1 << (3 * BITS)) or []
    colors: list[RGB] = [(color[0], color[1], color[2]) for _, color in found if isinstance(color, tuple)]
    high = max(colors, key=luminance)
    return min(colors, key=luminance), (high[0] + rest, high[1] + rest, high[2] + rest)


def _dim(extremes: tuple[RGB, RGB], base: RGB, ink: RGB, wanted: float | None) -> float:
    """Return the least share of the base color, from the wanted one on, with which text is readable on the image."""
    least = COMFORT if wanted is None else AA
    inks = (ink, WHITE if is_dark(base) else BLACK)
    first = round((DIM if wanted is None else wanted) * 100)
    for percent in (first, *(5 * (first // 5) + step for step in range(5, 101, 5))):
        grounds = [mix(color, base, min(percent, 100) / 100) for color in extremes]
        if max(min(contrast(each, ground) for ground in grounds) for each in inks) >= least:
            return min(percent, 100) / 100
    return 1.0
