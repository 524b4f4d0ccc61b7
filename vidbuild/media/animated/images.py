"""Encode the frames of a scene as the images of an animation: the first whole, and of the others what has changed.

Each image is encoded by itself. An encoder of whole animations compares each frame with the one before it, and may drop
all of a slow fade, as each step of it is too small.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO, NamedTuple

from PIL import Image, ImageChops

from vidbuild.media.animated import gif, slots
from vidbuild.media.animated.rungs import COLORS, Rung

Box = tuple[int, int, int, int]  # left, top, right, bottom
METHOD = 4  # of libwebp: slower ones save 2 %


class Shown(NamedTuple):
    """One image of an animation.

    start: the frame of the video from which on it is shown, counted from the scene's start.
    box: the pixels that it replaces.
    size: bytes, as the format's file has them.
    """

    start: int
    box: Box
    size: int


class Canvas:
    """A frame of the video, in the sizes in which it is asked for."""

    def __init__(self, image: Image.Image) -> None:
        self._images = {image.size: image}
        self._widest = image

    def at(self, width: int, height: int) -> Image.Image:
        """Return the frame in a size."""
        size = (width, height)
        if size not in self._images:
            self._images[size] = self._widest.resize(size, Image.Resampling.LANCZOS)
        return self._images[size]


class ImageWriter:
    """Writes the images of one rung to a file, as the frames of the scene arrive.

    encoding: "webp" or "gif". frames, fps: of the scene.
    """

    def __init__(self, encoding: str, rung: Rung, frames: int, fps: int, target: BinaryIO) -> None:
        self.rung, self.frames, self.shown = rung, frames, list[Shown]()
        self._encoding, self._target = encoding, target
        self._ends = iter(slots.ends(frames, fps, rung.rate))
        self._start, self._end = 0, next(self._ends)
        self._canvas: Canvas | None = None
        self._before: Image.Image | None = None

    def add(self, frame: int, canvas: Canvas) -> None:
        """Receive the frame that is shown from this one on. The first is 0, the others follow in order."""
        self._show_until(frame)
        self._canvas = canvas

    def end(self) -> list[Shown]:
        """Write what is left, and return all images."""
        self._show_until(self.frames)
        return self.shown

    def _show_until(self, frame: int) -> None:
        while self._canvas is not None and self._end <= frame and self._start < self._end:
            self._show(self._start, self._canvas.at(self.rung.width, self.rung.height))
            self._start, self._end = self._end, next(self._ends, self._end)

    def _show(self, start: int, image: Image.Image) -> None:
        box: Box = (0, 0, *image.size)
        if self._before is not None:
            changed = ImageChops.difference(self._before, image).getbbox()
            if changed is None:
                return
            box = changed
        if self._encoding == "webp":
            box = even(box)
        data = ENCODERS[self._encoding](image.crop(box), self.rung.quality)
        self._target.write(data)
        self.shown.append(Shown(start, box, len(data)))
        self._before = image


def even(box: Box) -> Box:
    """Return a box that starts at even pixels, as WebP stores half of them."""
    left, top, right, bottom = box
    return left & ~1, top & ~1, right, bottom


def to_data(shown: Iterable[Shown]) -> list[list[int]]:
    """Return images as JSON has them."""
    return [[image.start, *image.box, image.size] for image in shown]


def from_data(data: Iterable[list[int]]) -> list[Shown]:
    """Return images from what `to_data` made of them."""
    return [Shown(start, (left, top, right, bottom), size) for start, left, top, right, bottom, size in data]


def _webp(image: Image.Image, quality: int) -> bytes:
    """Return the chunks of an image, which follow the header of a file of its own."""
    target = io.BytesIO()
    image.save(target, "webp", quality=quality, method=METHOD)
    return target.getvalue()[12:]


def _gif(image: Image.Image, colors: int) -> bytes:
    """Return a table of colors and the compressed pixels. Only the largest table is dithered: that takes many bytes."""
    few = image.quantize(colors, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    if colors == COLORS[0]:
        few = image.quantize(palette=few, dither=Image.Dither.FLOYDSTEINBERG)
    target = io.BytesIO()
    few.save(target, "gif")
    return gif.image_data(target.getvalue())


ENCODERS: Mapping[str, Callable[[Image.Image, int], bytes]] = {"webp": _webp, "gif": _gif}
