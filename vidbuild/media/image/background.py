"""Paint the background of a frame: a dithered gradient with soft lights."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache

from PIL import Image, ImageDraw, ImageMath

from vidbuild.frozen import dataclass
from vidbuild.media.image.backdrop import PATTERN
from vidbuild.media.image.color import RGB

GRID = 64  # samples along the longer side: soft shapes need no more
TILE = 16  # of the dither; a short period also makes the file smaller and quicker to write
STRIP = 2 * TILE  # rows that are painted at a time
STRONG = round(255 * PATTERN)  # the most of a pattern's color
PLASTIC = 1.324717957244746  # its powers' inverses spread points most evenly over a plane (the R2 sequence)


@dataclass(frozen=True, slots=True)
class Light:
    """A soft light.

    x, y: its center, as fractions of the frame's width and height.
    reach: its radius, as a fraction of the longer side.
    strength: 0 to 1.
    """

    x: float
    y: float
    reach: float
    strength: float


@dataclass(frozen=True, slots=True)
class Pattern:
    """A faint pattern of a color: "dots", "grid", or "none"."""

    name: str
    color: RGB


@lru_cache(maxsize=8)
def paint(
    size: tuple[int, int],
    stops: tuple[RGB, ...],
    glow: RGB,
    lights: tuple[Light, ...],
    angle: float | None = None,
    pattern: Pattern | None = None,
) -> bytes:
    """Return an opaque PNG: a gradient over the stops, with lights in the color glow, and a pattern.

    angle: of the gradient, in degrees clockwise from the right; None: from the top left to the bottom right.

    With 8 bits per channel, rounding a slow gradient produces visible bands. Dithering rounds each pixel up or down by
    a pattern without visible texture, which preserves the mean of every area.
    """
    small = _small(size)
    samples = list(_samples(small, size, lights, angle))
    drawn = _pattern(size, pattern) if pattern else None
    if len(set(stops)) == 1 and (set(glow) == set(stops[0]) or not any(share for _, share in samples)):
        strips: Iterable[Image.Image] = (
            Image.new("RGB", (size[0], min(STRIP, size[1] - top)), stops[0]) for top in range(0, size[1], STRIP)
        )
    else:
        fields = []
        for channel, c in enumerate(glow):
            field = Image.new("F", small)
            values = [stop[channel] for stop in stops]
            field.putdata([_along(values, t) * (1 - share) + c * share for t, share in samples])
            fields.append(field)
        strips = _strips(size, fields)
    return _png(size, strips if pattern is None or drawn is None else _over(strips, pattern.color, drawn))


def _along(values: list[int], t: float) -> float:
    """Return the value at a share of the way along the values."""
    at = t * (len(values) - 1)
    index = min(int(at), len(values) - 2)
    return values[index] + (values[index + 1] - values[index]) * (at - index)


def _pattern(size: tuple[int, int], pattern: Pattern) -> Image.Image | None:
    """Return the mask of a pattern over the whole frame."""
    if pattern.name == "none":
        return None
    shorter = min(size)
    step, mark = max(8, round(shorter / 22)), max(1, round(shorter / 540))
    tile = Image.new("L", (step, step))
    if pattern.name == "grid":
        tile.paste(STRONG, (0, 0, step, mark))
        tile.paste(STRONG, (0, 0, mark, step))
    else:
        large = Image.new("L", (4 * step, 4 * step))
        reach = 5 * mark
        ImageDraw.Draw(large).ellipse((2 * step - reach, 2 * step - reach, 2 * step + reach, 2 * step + reach), STRONG)
        tile = large.resize((step, step), Image.Resampling.BOX)
    mask = Image.new("L", size)
    left, top = (size[0] % step - step) // 2, (size[1] % step - step) // 2  # equal margins
    for x in range(left, size[0], step):
        for y in range(top, size[1], step):
            mask.paste(tile, (x, y))
    return mask


def _over(strips: Iterable[Image.Image], color: RGB, mask: Image.Image) -> Iterator[Image.Image]:
    top = 0
    for strip in strips:
        strip.paste(color, (0, 0, *strip.size), mask.crop((0, top, strip.width, top + strip.height)))
        yield strip
        top += strip.height


def _strips(size: tuple[int, int], fields: list[Image.Image]) -> Iterator[Image.Image]:
    """Yield the image from top to bottom in strips, which are small enough for the processor's cache."""
    width, height = size
    noises = [_dither(width, channel) for channel in range(3)]
    for top in range(0, height, STRIP):
        rows = min(STRIP, height - top)
        bands = (_band(size, top, rows, field, noise) for field, noise in zip(fields, noises, strict=True))
        yield Image.merge("RGB", list(bands))


def _small(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, GRID / max(size))
    return max(2, round(size[0] * scale)), max(2, round(size[1] * scale))


def _samples(
    small: tuple[int, int], size: tuple[int, int], lights: tuple[Light, ...], angle: float | None
) -> Iterator[tuple[float, float]]:
    """Yield for each sample its position along the gradient and its share of the glow, both 0 to 1."""
    width, height = size
    longer = max(size)
    across, down, start = 0.35, 0.65, 0.0
    if angle is not None:
        # From the corner that the direction comes from to the one that it goes to.
        dx, dy = (turn(math.radians(angle)) * side for turn, side in ((math.cos, width), (math.sin, height)))
        length = abs(dx) + abs(dy)
        across, down, start = dx / length, dy / length, -(min(dx, 0) + min(dy, 0)) / length
    for row in range(small[1]):
        y = (row + 0.5) / small[1]
        for column in range(small[0]):
            x = (column + 0.5) / small[0]
            dark = 1.0
            for light in lights:
                distance = math.hypot((x - light.x) * width, (y - light.y) * height) / (light.reach * longer)
                dark *= 1 - light.strength * (1 - distance * distance) ** 2 if distance < 1 else 1
            yield min(1.0, max(0.0, start + across * x + down * y)), 1 - dark


def _band(size: tuple[int, int], top: int, rows: int, field: Image.Image, noise: Image.Image) -> Image.Image:
    scale = field.height / size[1]
    box = (0, top * scale, field.width, (top + rows) * scale)
    large = field.resize((size[0], rows), Image.Resampling.BICUBIC, box)
    noise = noise.crop((0, 0, size[0], rows))
    summed = ImageMath.lambda_eval(lambda args: args["large"] + args["noise"], large=large, noise=noise)
    assert isinstance(summed, Image.Image)  # noqa: S101 - the sum of two images is one
    return summed.convert("L")


def _dither(width: int, channel: int) -> Image.Image:
    """Return a strip of thresholds from 0 to 1. They differ by channel, to dither hue as well as brightness."""
    a, b = 1 / PLASTIC, 1 / PLASTIC**2
    tile = Image.new("F", (TILE, TILE))
    tile.putdata([(a * x + b * y + channel / 3) % 1 for y in range(TILE) for x in range(TILE)])
    strip = Image.new("F", (width, STRIP))
    for x in range(0, width, TILE):
        for y in range(0, STRIP, TILE):
            strip.paste(tile, (x, y))
    return strip


def _png(size: tuple[int, int], strips: Iterable[Image.Image]) -> bytes:
    """Encode an RGB image without row filters: for a dithered image, half the time at the same size."""
    stride = 3 * size[0]
    packer = zlib.compressobj(1)
    packed = []
    for strip in strips:
        pixels = strip.tobytes()
        packed.append(
            packer.compress(b"".join(b"\0" + pixels[at : at + stride] for at in range(0, len(pixels), stride)))
        )
    packed.append(packer.flush())
    header = struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", b"".join(packed)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
