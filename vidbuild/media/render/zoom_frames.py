"""Render the frames of a slow zoom with Pillow, scaled by fractions of a pixel.

ffmpeg has no good way to do this: its filters for scaling and panning round to whole pixels, which shakes, and its
perspective filter is several times slower and less sharp.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor
from typing import Protocol

from PIL import Image, ImageChops

from vidbuild.media.render.zoom import Zoom

# Pixels by which edges may move between two frames that are scaled; the frames between them are blended from the two.
# Blending is a tenth of the work, moves an edge just as far as it should, and over half a pixel it blurs less than
# interpolation does.
KEY_STEP = 0.5

MAX_STEP = 1 / 64  # of a frame's size, for very small images
SAME = 1e-4  # of the way from one scaled frame to the next
HEADROOM = 7 / 8
KERNEL_REACH = 3  # pixels around the scaled area that the filter reads


def frames_of(name: str) -> Iterator[bytes]:
    """Render the zoom that has this name, as the data of a piped input of ffmpeg."""
    return zoom_frames(Zoom.from_name(name))


def zoom_frames(zoom: Zoom) -> Iterator[bytes]:
    """Yield the pixels of each frame, row by row."""
    scaler: _Scaler = _OpaqueScaler(zoom) if zoom.opaque else _AlphaScaler(zoom)
    step = min(MAX_STEP, 2 * KEY_STEP / max(zoom.width, zoom.height))
    keys: dict[int, Image.Image] = {}
    last, pixels = 0.0, b""
    for factor in zoom.factors:
        if factor != last:
            index = floor((factor - 1) / step + SAME / 2)
            share = (factor - 1) / step - index
            near = [index] if share < SAME else [index, index + 1]
            keys = {key: keys.get(key) or scaler.scale(1 + key * step) for key in near}
            blended = keys[index] if len(near) == 1 else Image.blend(keys[index], keys[index + 1], share)
            last, pixels = factor, scaler.finish(blended, factor).tobytes()
        yield pixels


class _Scaler(Protocol):
    def scale(self, factor: float) -> Image.Image: ...
    def finish(self, image: Image.Image, factor: float) -> Image.Image: ...


class _PaddedImage:
    """An image with a border, because Pillow scales only what is inside an image."""

    def __init__(self, zoom: Zoom, mode: str) -> None:
        outside = max(0.0, 1 / min(zoom.factors) - 1) / 2
        self.zoom = zoom
        self.border = (ceil(zoom.width * outside) + KERNEL_REACH, ceil(zoom.height * outside) + KERNEL_REACH)
        size = (zoom.width + 2 * self.border[0], zoom.height + 2 * self.border[1])
        self.image = Image.new(mode, size)

    def scale(self, factor: float, kernel: Image.Resampling) -> Image.Image:
        zoom, (x, y) = self.zoom, self.border
        left, right = (x + zoom.width * (1 + side / factor) / 2 for side in (-1, 1))
        top, bottom = (y + zoom.height * (1 + side / factor) / 2 for side in (-1, 1))
        return self.image.resize((zoom.width, zoom.height), kernel, box=(left, top, right, bottom))


class _OpaqueScaler:
    """Extend the edge colors while scaling, then crop at the edges, so that edges neither fade nor ring."""

    def __init__(self, zoom: Zoom) -> None:
        self._padded = _PaddedImage(zoom, "RGB")
        self._zoom = zoom
        with Image.open(zoom.file) as image:
            _extend_edges(self._padded.image, image.convert("RGB"), self._padded.border)

    def scale(self, factor: float) -> Image.Image:
        return self._padded.scale(factor, Image.Resampling.LANCZOS)

    def finish(self, image: Image.Image, factor: float) -> Image.Image:
        zoom = self._zoom
        if zoom.covers_box:
            return image
        across = Image.frombytes("L", (zoom.width, 1), _coverage(zoom.width, factor))
        down = Image.frombytes("L", (1, zoom.height), _coverage(zoom.height, factor))
        across, down = (mask.resize(image.size, Image.Resampling.NEAREST) for mask in (across, down))
        masked = image.convert("RGBA")
        masked.putalpha(ImageChops.multiply(across, down))
        return masked


class _AlphaScaler:
    """Scale with premultiplied alpha, so that transparent pixels lend no color to their neighbors.

    The image is slightly darkened meanwhile: at edges the kernel overshoots, and if that were clipped, the alpha would
    no longer match its color.
    """

    def __init__(self, zoom: Zoom) -> None:
        self._padded = _PaddedImage(zoom, "RGBa")
        with Image.open(zoom.file) as image:
            premultiplied = image.convert("RGBA").convert("RGBa")
        darker = [round(value * HEADROOM) for value in range(256)]
        self._padded.image.paste(premultiplied.point(darker * 4), self._padded.border)
        self._alpha = [*range(256)] * 3 + [min(255, round(value / HEADROOM)) for value in range(256)]

    def scale(self, factor: float) -> Image.Image:
        return self._padded.scale(factor, Image.Resampling.BICUBIC)

    def finish(self, image: Image.Image, _factor: float) -> Image.Image:
        return image.convert("RGBA").point(self._alpha)


def _extend_edges(target: Image.Image, image: Image.Image, border: tuple[int, int]) -> None:
    """Paste an image into the middle of a larger one, and repeat its outermost pixels to the edges."""
    (width, height), (x, y) = image.size, border
    target.paste(image, (x, y))
    for position, edge in ((0, x), (x + width, x + width - 1)):
        target.paste(target.crop((edge, 0, edge + 1, target.height)).resize((x, target.height)), (position, 0))
    for position, edge in ((0, y), (y + height, y + height - 1)):
        target.paste(target.crop((0, edge, target.width, edge + 1)).resize((target.width, y)), (0, position))


def _coverage(length: int, factor: float) -> bytes:
    """Return how much of each pixel of a line, 0 to 255, an image `factor` times as long as the line covers."""
    edge = max(0.0, length * (1 - factor) / 2)
    empty = int(edge)
    inner = length - 2 * empty - 2
    if inner < 0:
        return bytes(empty) + bytes([round(255 * (length - 2 * edge))]) + bytes(length - empty - 1)
    part = bytes([round(255 * (1 - edge + empty))])
    return bytes(empty) + part + b"\xff" * inner + part + bytes(empty)
