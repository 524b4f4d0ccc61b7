"""The pictures of a slow zoom, scaled by fractions of a pixel; it knows nothing of time or of other layers.

ffmpeg has no good means for this: what scales and pans there rounds to whole pixels, which shakes, and sampling in
perspective costs several times as much and is less sharp.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor
from typing import Protocol

from PIL import Image, ImageChops

from vidbuild.media.render.zoom import Zoom

KEY_STEP = 0.5
"""Pixels by which edges may move between two pictures that are scaled. Those between are mixed of the two.

Mixing is a tenth of the work, moves an edge just as far as it should, and half a pixel apart it blurs less than
interpolation does.
"""

MOST_STEP = 1 / 64  # of a picture's size, for the smallest
SAME = 1e-4  # of the way from one to the next
HEADROOM = 7 / 8
REACH = 3  # pixels around what is scaled that the filter looks at


def fed(name: str) -> Iterator[bytes]:
    """Render the zoom that has this name, frame by frame, to feed it into an input of ffmpeg."""
    return pictures(Zoom.from_name(name))


def pictures(zoom: Zoom) -> Iterator[bytes]:
    """The pixels of each picture, row by row."""
    scaled: _Scaled = _Opaque(zoom) if zoom.opaque else _Clear(zoom)
    step = min(MOST_STEP, 2 * KEY_STEP / max(zoom.width, zoom.height))
    keys: dict[int, Image.Image] = {}
    last, pixels = 0.0, b""
    for factor in zoom.factors:
        if factor != last:
            at = floor((factor - 1) / step + SAME / 2)
            share = (factor - 1) / step - at
            near = [at] if share < SAME else [at, at + 1]
            keys = {key: keys.get(key) or scaled.key(1 + key * step) for key in near}
            mixed = keys[at] if len(near) == 1 else Image.blend(keys[at], keys[at + 1], share)
            last, pixels = factor, scaled.finished(mixed, factor).tobytes()
        yield pixels


class _Scaled(Protocol):
    def key(self, factor: float) -> Image.Image: ...
    def finished(self, image: Image.Image, factor: float) -> Image.Image: ...


class _Padded:
    """A picture with a border, since only what is inside an image can be scaled."""

    def __init__(self, zoom: Zoom, mode: str) -> None:
        outside = max(0.0, 1 / min(zoom.factors) - 1) / 2
        self.zoom = zoom
        self.border = (ceil(zoom.width * outside) + REACH, ceil(zoom.height * outside) + REACH)
        size = (zoom.width + 2 * self.border[0], zoom.height + 2 * self.border[1])
        self.image = Image.new(mode, size)

    def scaled(self, factor: float, kernel: Image.Resampling) -> Image.Image:
        zoom, (x, y) = self.zoom, self.border
        left, right = (x + zoom.width * (1 + side / factor) / 2 for side in (-1, 1))
        top, bottom = (y + zoom.height * (1 + side / factor) / 2 for side in (-1, 1))
        return self.image.resize((zoom.width, zoom.height), kernel, box=(left, top, right, bottom))


class _Opaque:
    """Its colours go on beyond its edges while it is scaled, and then its edges are cut: they neither fade nor ring."""

    def __init__(self, zoom: Zoom) -> None:
        self._padded = _Padded(zoom, "RGB")
        self._zoom = zoom
        with Image.open(zoom.file) as image:
            _extend(self._padded.image, image.convert("RGB"), self._padded.border)

    def key(self, factor: float) -> Image.Image:
        return self._padded.scaled(factor, Image.Resampling.LANCZOS)

    def finished(self, image: Image.Image, factor: float) -> Image.Image:
        zoom = self._zoom
        if zoom.solid:
            return image
        across = Image.frombytes("L", (zoom.width, 1), _covered(zoom.width, factor))
        down = Image.frombytes("L", (1, zoom.height), _covered(zoom.height, factor))
        across, down = (mask.resize(image.size, Image.Resampling.NEAREST) for mask in (across, down))
        opened = image.convert("RGBA")
        opened.putalpha(ImageChops.multiply(across, down))
        return opened


class _Clear:
    """Alpha is multiplied in while pixels are mixed, so that clear ones lend no colour to their neighbours.

    All is a little darker meanwhile: at edges the kernel exceeds what is there, and clipped there, alpha would no
    longer fit its colour.
    """

    def __init__(self, zoom: Zoom) -> None:
        self._padded = _Padded(zoom, "RGBa")
        with Image.open(zoom.file) as image:
            premultiplied = image.convert("RGBA").convert("RGBa")
        darker = [round(value * HEADROOM) for value in range(256)]
        self._padded.image.paste(premultiplied.point(darker * 4), self._padded.border)
        self._alpha = [*range(256)] * 3 + [min(255, round(value / HEADROOM)) for value in range(256)]

    def key(self, factor: float) -> Image.Image:
        return self._padded.scaled(factor, Image.Resampling.BICUBIC)

    def finished(self, image: Image.Image, _factor: float) -> Image.Image:
        return image.convert("RGBA").point(self._alpha)


def _extend(target: Image.Image, image: Image.Image, border: tuple[int, int]) -> None:
    """Put an image into the middle of a larger one, its outermost pixels repeated to the edges."""
    (width, height), (x, y) = image.size, border
    target.paste(image, (x, y))
    for at, edge in ((0, x), (x + width, x + width - 1)):
        target.paste(target.crop((edge, 0, edge + 1, target.height)).resize((x, target.height)), (at, 0))
    for at, edge in ((0, y), (y + height, y + height - 1)):
        target.paste(target.crop((0, edge, target.width, edge + 1)).resize((target.width, y)), (0, at))


def _covered(length: int, factor: float) -> bytes:
    """How much of each pixel of a line is covered by a picture that is as long as the line, times the factor."""
    edge = max(0.0, length * (1 - factor) / 2)
    whole = int(edge)
    inner = length - 2 * whole - 2
    if inner < 0:
        return bytes(whole) + bytes([round(255 * (length - 2 * edge))]) + bytes(length - whole - 1)
    part = bytes([round(255 * (1 - edge + whole))])
    return bytes(whole) + part + b"\xff" * inner + part + bytes(whole)
