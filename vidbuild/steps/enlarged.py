"""The picture of a region that a `zoom` callout enlarges, over all of what it is a part of."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from PIL import Image, ImageDraw

from vidbuild.media.image import raster
from vidbuild.media.image.region import Box
from vidbuild.media.render.drawing import Enlarged
from vidbuild.media.text import typst
from vidbuild.media.text.fonts import StagedFonts
from vidbuild.media.text.typst import Drawing, Page
from vidbuild.steps.picture import Picture

EDGE = 0.006  # the width of the line around an enlarged part, as a share of its shorter side
MOST = 2.0  # times: what is around a cell tells what it is, and larger images would need much memory
LEAST = 1.15  # times: less is hardly seen
AROUND = 1.06  # of the region: text does not touch the line around it
OPAQUE = 255
SLACK = 1.0  # pixels of the frame

Span = tuple[float, float]  # where something begins, and how long it is

# An image, the box on the frame that it fills, and the place on the frame of what it shows.
Larger = tuple[Image.Image, tuple[int, int, int, int], Box]


class Placed(Protocol):
    """What knows where a picture is on the frame."""

    def picture(self) -> Page:
        """Return the box of the picture."""

    def to_frame(self) -> tuple[float, float, float]:
        """Return how much larger the picture is on the frame, and where its top left corner would be."""


class Layout(NamedTuple):
    """What is needed to lay out a scene once more, larger. names: of the layers to show, the window first."""

    root: Path
    data: Mapping[str, Any]
    staged: StagedFonts
    names: Sequence[str]


def of_picture(picture: Picture, content: Placed, place: Box, accent: str) -> Larger:
    """Return a region of a picture: as sharp as the picture is."""
    page = content.picture()
    box = page.x, page.y, page.width, page.height
    left, top, across, down = stop = _part(place, box)
    scale, origin_x, origin_y = content.to_frame()
    shown = ((left - origin_x) / scale, (top - origin_y) / scale, across / scale, down / scale)
    image = picture.part(shown, page.width, page.height)
    _outline(image, accent, 0)
    return raster.rounded(image, page.facts.get("radius", 0)), box, stop


def of_clip(content: Placed, size: tuple[int, int], place: Box, name: str, accent: str) -> tuple[Enlarged, Box]:
    """Return a region of a clip of this size, for a layer of this name, and the place on the frame of what it shows."""
    page = content.picture()
    left, top, across, down = stop = _part(place, (page.x, page.y, page.width, page.height))
    scale, origin_x, origin_y = content.to_frame()
    begins = [(left - origin_x) / scale / size[0], (top - origin_y) / scale / size[1]]
    ends = [begins[0] + across / scale / size[0], begins[1] + down / scale / size[1]]
    (x, y), (right, bottom) = (max(0.0, each) for each in begins), (min(1.0, each) for each in ends)
    part = round(x, 6), round(y, 6), round(right - x, 6), round(bottom - y, 6)
    return Enlarged(name, part, _line(page.width, page.height), accent), stop


def of_layout(layout: Layout, drawing: Drawing, place: Box) -> Larger:
    """Return a region of what typst lays out, drawn at the size that it has then, in the shape of the window.

    Lines, rows and columns that are cut fade out at its edges.
    """
    window = next(page for page in drawing.pages if page.name == layout.names[0])
    shape, box = _shape(window)
    if "lines" in drawing.content:  # from their numbers on
        x, y, width, height = place
        place = box[0], y, x + width - box[0], height
    stop = _part(place, box, most=MOST, around=AROUND)
    left, top = stop[:2]
    factor = box[2] / stop[2]
    larger = typst.lay_out(layout.root, "template.typ", layout.data, layout.staged, factor)
    image = Image.new("RGBA", box[2:], layout.data["colors"]["surface"])
    for page in (page for page in larger.pages if page.name in layout.names):
        corner = round((left - page.x) * factor), round((top - page.y) * factor)
        with Image.open(io.BytesIO(page.png)) as layer:
            part = layer.crop((*corner, corner[0] + box[2], corner[1] + box[3])).convert("RGBA")
        image.alpha_composite(part)
    for axis, (spans, start) in enumerate(zip(_spans(drawing.content, box), stop[:2], strict=True)):
        cut = [round(length * factor) for length in _cut(spans, start, stop[2 + axis])]
        _fade(image, layout.data["colors"]["surface"], axis, (cut[0], cut[1]))
    _outline(image, layout.data["colors"]["panel_accent"], _radius(shape))
    image.putalpha(shape)
    return image, box, stop


def _part(place: Box, box: tuple[int, int, int, int], most: float = 0.0, around: float = 1.0) -> Box:
    """Return the part of a box to enlarge to all of it: a region, with as much around it as has room.

    most: how many times larger it gets at the most; 0 without a limit.
    """
    x, y, width, height = place
    share = min(1.0, max(width / box[2] * around, height / box[3] * around, 1 / most if most else 0))
    across, down = box[2] * share, box[3] * share
    left = min(max(x + width / 2 - across / 2, box[0]), box[0] + box[2] - across)
    top = min(max(y + height / 2 - down / 2, box[1]), box[1] + box[3] - down)
    return left, top, across, down


def _spans(content: Mapping[str, Any], box: tuple[int, int, int, int]) -> tuple[list[Span], list[Span]]:
    """Return where columns and rows begin and how long they are; what is above the first row is one too."""
    columns = [(x, width) for x, width in content.get("columns", ())]
    rows = [(y, height) for y, height in content.get("rows", ())]
    rows += [(y, height) for _, _, y, _, height in content.get("lines", ())]
    first = min((y for y, _ in rows), default=box[1])
    return columns, [(box[1], first - box[1]), *rows]


def _cut(spans: Sequence[Span], start: float, length: float) -> tuple[float, float]:
    """Return how much of a length shows parts of spans that reach out of it, at its start and at its end."""
    end = start + length
    before = [at + size - start for at, size in spans if at + SLACK < start < at + size - SLACK]
    after = [end - at for at, size in spans if at + SLACK < end < at + size - SLACK]
    return max(before, default=0.0), max(after, default=0.0)


def _fade(image: Image.Image, color: str, axis: int, cut: tuple[int, int]) -> None:
    """Fade what is cut at the ends of an axis into a color, away from the middle."""
    plain = Image.new("RGBA", image.size, color)
    for length, last in zip(cut, (False, True), strict=True):
        if not length:
            continue
        levels = bytes(round(OPAQUE * (1 - at / length)) for at in range(length))
        levels = levels[::-1] if last else levels
        size = (image.width, length) if axis else (length, image.height)
        mask = Image.frombytes("L", (1, length) if axis else (length, 1), levels).resize(size)
        at = (image.size[axis] - length) if last else 0
        corner = (0, at) if axis else (at, 0)
        image.paste(plain.crop((*corner, corner[0] + size[0], corner[1] + size[1])), corner, mask)


def _shape(window: Page) -> tuple[Image.Image, tuple[int, int, int, int]]:
    """Return the alpha of a window without its shadow, and its box on the frame."""
    with Image.open(io.BytesIO(window.png)) as image:
        alpha = image.convert("RGBA").getchannel("A")
    left, top, right, bottom = alpha.point([0] * OPAQUE + [OPAQUE]).getbbox() or (0, 0, *alpha.size)
    return alpha.crop((left, top, right, bottom)), (window.x + left, window.y + top, right - left, bottom - top)


def _radius(shape: Image.Image) -> int:
    """Return how far the corner of a shape is cut off."""
    row = shape.crop((0, 0, shape.width, 1)).tobytes()
    return max(0, row.find(OPAQUE))


def _line(width: int, height: int) -> int:
    """Return the width of the line around an enlarged part of this size."""
    return max(2, round(min(width, height) * EDGE))


def _outline(image: Image.Image, color: str, radius: int) -> None:
    """Draw a line inside the edges of an image."""
    width = _line(*image.size)
    box = (0, 0, image.width - 1, image.height - 1)
    ImageDraw.Draw(image).rounded_rectangle(box, radius, outline=color, width=width)
