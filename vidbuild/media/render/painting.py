"""A layer's image as it looks in each of its frames, and its name as a piped input of ffmpeg.

Painting itself, with Pillow, is in painted_frames.py.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

Box = tuple[float, float, float, float]


class Mask(NamedTuple):
    """Which part of an image is visible: from its start in a direction, a share of its length.

    feather: pixels over which the edge is soft; 0 uncovers glyph by glyph, in lines of text.
    erases: whether this part is hidden instead.
    """

    direction: str
    share: float
    feather: float
    erases: bool


class Look(NamedTuple):
    """Where the whole image is in a frame, as a box (x, y, width, height) in pixels, and what of it is visible.

    blended, share: a second box, and its share of the mixture; None without one.
    """

    box: Box
    blended: Box | None = None
    share: float = 0.0
    masks: tuple[Mask, ...] = ()


class Painting(NamedTuple):
    """An image file, and its look in each frame.

    width, height: of the image.
    opaque: whether no pixel of the file is transparent.
    size: width and height of the frames; what is outside is cut off.
    edges: left, top, right, bottom: pixels at its sides that keep their size; () scales all of it.
    """

    file: str
    width: int
    height: int
    opaque: bool
    size: tuple[int, int]
    looks: tuple[Look, ...]
    edges: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The painting as one line of JSON; `from_name` is the inverse."""
        return json.dumps(self)

    @classmethod
    def from_name(cls, name: str) -> Painting:
        """Read a painting from its name."""
        file, width, height, opaque, size, looks, edges = json.loads(name)
        return cls(file, width, height, opaque, (size[0], size[1]), tuple(map(_look, looks)), tuple(edges))

    @property
    def covers_frames(self) -> bool:
        """Whether it hides everything behind it in every frame."""
        return self.opaque and all(self._covers(look) for look in self.looks)

    @property
    def pixels(self) -> str:
        """Ffmpeg's name of the pixel format."""
        return "rgb24" if self.covers_frames else "rgba"

    def _covers(self, look: Look) -> bool:
        (width, height), slack = self.size, 1e-3
        boxes = [box for box in (look.box, look.blended) if box is not None]
        return not look.masks and all(
            box[0] <= slack
            and box[1] <= slack
            and box[0] + box[2] >= width - slack
            and box[1] + box[3] >= height - slack
            for box in boxes
        )


def _look(data: tuple[list[float], list[float] | None, float, list[Any]]) -> Look:
    box, blended, share, masks = data
    return Look(_box(box), None if blended is None else _box(blended), share, tuple(Mask(*each) for each in masks))


def _box(data: list[float]) -> Box:
    return data[0], data[1], data[2], data[3]
