"""Paint the frames of a layer with Pillow: scaled and moved by fractions of a pixel, and uncovered.

ffmpeg has no good way to do this: its filters for scaling and panning round to whole pixels, which shakes, and its
perspective filter is several times slower and less sharp.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import ceil, floor
from typing import Protocol

from PIL import Image, ImageChops

from vidbuild.media.render import glyph_runs
from vidbuild.media.render.painting import Box, Look, Mask, Painting

HEADROOM = 7 / 8
KERNEL_REACH = 3  # pixels around the scaled area that the filter reads
AROUND = 1  # pixels around the scaled image that are scaled too, so that edges can be blended
EXACT = 1e-3  # pixels
MAX_KEPT_BYTES = 64 << 20  # of frames that are shown again later, as those of a zoom on its way back are


def frames_of(name: str) -> Iterator[bytes]:
    """Paint the layer that has this name, as the data of a piped input of ffmpeg."""
    return painted_frames(Painting.from_name(name))


def painted_frames(painting: Painting) -> Iterator[bytes]:
    """Yield the pixels of each frame, row by row."""
    painter, ahead = _Painter(painting), Counter(painting.looks)
    kept: dict[Look, bytes] = {}
    last: Look | None = None
    pixels = b""
    for look in painting.looks:
        if look != last:
            last, pixels = look, kept.pop(look, b"") or painter.paint(look).tobytes()
        ahead[look] -= 1
        if ahead[look] and (len(kept) + 1) * len(pixels) <= MAX_KEPT_BYTES:
            kept[look] = pixels
        yield pixels


class _Painter:
    """Scales one image. The scaled images that two frames have in common are scaled once."""

    def __init__(self, painting: Painting) -> None:
        self._painting = painting
        with Image.open(painting.file) as image:
            self._image = image.convert("RGB" if painting.opaque else "RGBA")
        self._covers = painting.covers_frames
        self._blends = any(look.blended is not None for look in painting.looks)
        self._scaler: _Scaler | None = None
        self._scaled: dict[Box, Image.Image] = {}

    def paint(self, look: Look) -> Image.Image:
        if look.blended is None and self._is_whole(look.box):
            image = self._image if self._is_own_size() else self._placed(look.box)
        elif self._painting.edges:
            image = self._stretched(look.box)
        else:
            image = self._blended(look)
        image = image.convert("RGB" if self._covers else "RGBA")
        for mask in look.masks:
            image.putalpha(ImageChops.multiply(image.getchannel("A"), self._mask(mask, image, look.box)))
        return image

    def _is_own_size(self) -> bool:
        return self._painting.size == self._image.size

    def _is_whole(self, box: Box) -> bool:
        """Whether nothing is scaled, and whole pixels stay whole."""
        x, y, width, height = box
        own = self._painting.width, self._painting.height
        exact = all(abs(part - round(part)) < EXACT for part in (x, y))
        sized = abs(width - own[0]) < EXACT and abs(height - own[1]) < EXACT
        return exact and sized and (not self._is_own_size() or (round(x), round(y)) == (0, 0))

    def _placed(self, box: Box) -> Image.Image:
        canvas = Image.new("RGBA", self._painting.size)
        canvas.paste(self._image, (round(box[0]), round(box[1])))
        return canvas

    def _stretched(self, box: Box) -> Image.Image:
        """Return the image in a box, in whole pixels, with its edges in their own size."""
        left, top, right, bottom = self._painting.edges
        width, height = (max(1, round(part)) for part in box[2:])
        cuts = [
            (0, left, self._image.width - right, self._image.width),
            (0, top, self._image.height - bottom, self._image.height),
        ]
        left, right = (min(part, width // 2) for part in (left, right))
        top, bottom = (min(part, height // 2) for part in (top, bottom))
        ends = [(0, left, width - right, width), (0, top, height - bottom, height)]
        stretched = Image.new("RGBA", (width, height))
        for row in range(3):
            for column in range(3):
                size = (ends[0][column + 1] - ends[0][column], ends[1][row + 1] - ends[1][row])
                source = (cuts[0][column], cuts[1][row], cuts[0][column + 1], cuts[1][row + 1])
                if all(size) and source[2] > source[0] and source[3] > source[1]:
                    part = self._image.resize(size, Image.Resampling.BILINEAR, box=source)
                    stretched.paste(part, (ends[0][column], ends[1][row]))
        frame = Image.new("RGBA", self._painting.size)
        frame.paste(stretched, (round(box[0]), round(box[1])))
        return frame

    def _blended(self, look: Look) -> Image.Image:
        scaler = self._scaler = self._scaler or (_OpaqueScaler if self._painting.opaque else _AlphaScaler)(
            self._painting, self._image
        )
        if not self._blends:  # what is around the scaled image is empty
            scaled, (left, top) = scaler.scale(look.box)
            x, y, width, height = look.box
            finished = scaler.finish(scaled, (x - left, y - top, width, height))
            return _framed(finished, (left, top), self._painting.size)
        boxes = [box for box in (look.box, look.blended) if box is not None]
        size = self._painting.size
        self._scaled = {box: self._scaled.get(box) or _framed(*scaler.scale(box), size) for box in boxes}
        images = [self._scaled[box] for box in boxes]
        mixed = images[0] if len(images) == 1 else Image.blend(images[0], images[1], look.share)
        return scaler.finish(mixed, _mean(boxes, look.share))

    def _mask(self, mask: Mask, image: Image.Image, box: Box) -> Image.Image:
        """Return how much of each pixel is visible."""
        if not mask.feather:
            return glyph_runs.uncovered(image.getchannel("A"), mask.direction, mask.share)
        across = mask.direction in {"right", "left"}
        start, length = (box[0], box[2]) if across else (box[1], box[3])
        count = image.width if across else image.height
        edge = mask.share * (length + mask.feather)
        levels = []
        for index in range(count):
            at = index + 0.5 - start
            at = at if mask.direction in {"right", "down"} else length - at
            level = min(max((edge - at) / mask.feather, 0.0), 1.0)
            levels.append(round(255 * (1 - level if mask.erases else level)))
        line = Image.frombytes("L", (count, 1) if across else (1, count), bytes(levels))
        return line.resize(image.size, Image.Resampling.NEAREST)


class _Scaler(Protocol):
    def scale(self, box: Box) -> tuple[Image.Image, tuple[int, int]]: ...
    def finish(self, image: Image.Image, box: Box) -> Image.Image: ...


class _PaddedImage:
    """An image with a border, because Pillow scales only what is inside an image."""

    def __init__(self, painting: Painting, mode: str) -> None:
        boxes = [box for look in painting.looks for box in (look.box, look.blended) if box is not None]
        self.size, self.own = painting.size, (painting.width, painting.height)
        # Image pixels per frame pixel at the smallest size: only few frame pixels around the image are needed.
        across, down = (
            ceil(max(max(1.0, own / box[2 + axis]) for box in boxes) * (1 + AROUND + KERNEL_REACH))
            for axis, own in enumerate(self.own)
        )
        self.border = (across, down)
        self.image = Image.new(mode, (self.own[0] + 2 * self.border[0], self.own[1] + 2 * self.border[1]))

    def scale(self, box: Box, kernel: Image.Resampling) -> tuple[Image.Image, tuple[int, int]]:
        """Scale the image into a box of a frame. Return the part of the frame that is not empty, and its corner."""
        spans = [
            (max(0, floor(box[axis]) - AROUND), min(self.size[axis], ceil(box[axis] + box[2 + axis]) + AROUND))
            for axis in (0, 1)
        ]
        if any(start >= end for start, end in spans):
            return Image.new(self.image.mode, (1, 1)), (0, 0)
        parts = []
        for axis, (start, end) in enumerate(spans):
            per_pixel = self.own[axis] / box[2 + axis]
            limits = [self.border[axis] + (edge - box[axis]) * per_pixel for edge in (start, end)]
            parts.append([min(max(limit, 0.0), float(self.image.size[axis])) for limit in limits])
        source = (parts[0][0], parts[1][0], parts[0][1], parts[1][1])
        size = (spans[0][1] - spans[0][0], spans[1][1] - spans[1][0])
        return self.image.resize(size, kernel, box=source), (spans[0][0], spans[1][0])


class _OpaqueScaler:
    """Extend the edge colors while scaling, then crop at the edges, so that edges neither fade nor ring."""

    def __init__(self, painting: Painting, image: Image.Image) -> None:
        self._padded = _PaddedImage(painting, "RGB")
        self._covers = painting.covers_frames
        _extend_edges(self._padded.image, image, self._padded.border)

    def scale(self, box: Box) -> tuple[Image.Image, tuple[int, int]]:
        return self._padded.scale(box, Image.Resampling.LANCZOS)

    def finish(self, image: Image.Image, box: Box) -> Image.Image:
        if self._covers:
            return image
        across = Image.frombytes("L", (image.width, 1), _coverage(image.width, box[0], box[0] + box[2]))
        down = Image.frombytes("L", (1, image.height), _coverage(image.height, box[1], box[1] + box[3]))
        across, down = (mask.resize(image.size, Image.Resampling.NEAREST) for mask in (across, down))
        masked = image.convert("RGBA")
        masked.putalpha(ImageChops.multiply(across, down))
        return masked


class _AlphaScaler:
    """Scale with premultiplied alpha, so that transparent pixels lend no color to their neighbors.

    The image is slightly darkened meanwhile: at edges the kernel overshoots, and if that were clipped, the alpha would
    no longer match its color.
    """

    def __init__(self, painting: Painting, image: Image.Image) -> None:
        self._padded = _PaddedImage(painting, "RGBa")
        darker = [round(value * HEADROOM) for value in range(256)]
        self._padded.image.paste(image.convert("RGBa").point(darker * 4), self._padded.border)
        self._alpha = [*range(256)] * 3 + [min(255, round(value / HEADROOM)) for value in range(256)]

    def scale(self, box: Box) -> tuple[Image.Image, tuple[int, int]]:
        return self._padded.scale(box, Image.Resampling.BICUBIC)

    def finish(self, image: Image.Image, _box: Box) -> Image.Image:
        return image.convert("RGBA").point(self._alpha)


def _framed(image: Image.Image, corner: tuple[int, int], size: tuple[int, int]) -> Image.Image:
    """Return an image in an otherwise empty frame."""
    if image.size == size:
        return image
    frame = Image.new(image.mode, size)
    frame.paste(image, corner)
    return frame


def _mean(boxes: list[Box], share: float) -> Box:
    if len(boxes) == 1:
        return boxes[0]
    x, y, width, height = (a + (b - a) * share for a, b in zip(*boxes, strict=True))
    return x, y, width, height


def _extend_edges(target: Image.Image, image: Image.Image, border: tuple[int, int]) -> None:
    """Paste an image into the middle of a larger one, and repeat its outermost pixels to the edges."""
    (width, height), (x, y) = image.size, border
    target.paste(image, (x, y))
    for position, edge in ((0, x), (x + width, x + width - 1)):
        target.paste(target.crop((edge, 0, edge + 1, target.height)).resize((x, target.height)), (position, 0))
    for position, edge in ((0, y), (y + height, y + height - 1)):
        target.paste(target.crop((0, edge, target.width, edge + 1)).resize((target.width, y)), (0, position))


def _coverage(length: int, start: float, end: float) -> bytes:
    """Return how much of each pixel of a line, 0 to 255, is between two places."""
    return bytes(round(255 * min(max(min(end, at + 1) - max(start, at), 0), 1)) for at in range(length))
