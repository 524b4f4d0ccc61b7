"""Make regions of a picture unreadable: nothing of what was in them stays, not even its average color.

A mosaic or a blur of a text can be reversed by trying texts that would look the same. So a region is filled with the
colors of the pixels around it, reduced to a few cells and smoothed, under a fixed pattern of soft spots that shows
viewers that something is hidden.
"""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

Box = tuple[int, int, int, int]
"""x, y, width and height in pixels."""

MARGIN = 4  # pixels around a region that are covered too: scaling spreads a pixel that far
SOURCE_MARGIN = 3  # the same in pixels of the source, which an enlarged picture spreads
EDGE = 2  # pixels outside the region from which its colors are taken
CELLS = 6
SPOT = 3  # spots in a region's shorter side
STRENGTH = 0.36  # opacity of the darkest spot
GRAY = (128, 128, 128)


def placed(
    boxes: Sequence[tuple[float, float, float, float]], scale: float, left: float, top: float, size: tuple[int, int]
) -> list[Box]:
    """Return the pixels to fill of a picture that is `scale` times as large, with what scaling spreads of the regions.

    boxes: the regions in pixels of the source. left, top: where the source's corner is. size: of the picture.
    """
    margin = max(MARGIN, SOURCE_MARGIN * scale)
    found = []
    for x, y, width, height in boxes:
        x0, y0 = max(0, int(left + x * scale - margin)), max(0, int(top + y * scale - margin))
        x1 = min(size[0], int(left + (x + width) * scale + margin) + 1)
        y1 = min(size[1], int(top + (y + height) * scale + margin) + 1)
        if x1 > x0 and y1 > y0:
            found.append((x0, y0, x1 - x0, y1 - y0))
    return found


def conceal(image: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    """Return the image, RGB or RGBA, with these boxes filled."""
    for x, y, width, height in boxes:  # the colors around one must not come from another
        image.paste((*GRAY, 255)[: len(image.mode)], (x, y, x + width, y + height))
    for x, y, width, height in boxes:
        fill = _surroundings(image, (x, y, width, height))
        fill.paste(Image.new(image.mode, fill.size, (*GRAY, 255)[: len(image.mode)]), mask=spots(width, height))
        image.paste(fill, (x, y))
    return image


def pattern(width: int, height: int) -> Image.Image:
    """Return the pattern by itself, to be laid over a clip."""
    image = Image.new("RGBA", (width, height), (*GRAY, 255))
    image.putalpha(spots(width, height))
    return image


def spots(width: int, height: int) -> Image.Image:
    """Return the mask of the pattern: it depends on the size alone."""
    cell = max(2.0, min(width, height) / SPOT)
    across, down = (max(2, min(64, round(length / cell))) for length in (width, height))
    levels = bytes(_level(index % across, index // across) for index in range(across * down))
    return Image.frombytes("L", (across, down), levels).resize((width, height), Image.Resampling.BICUBIC)


def _level(x: int, y: int) -> int:
    """Return a value from 0 to the strength that looks arbitrary."""
    mixed = (x * 374761393 + y * 668265263) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 1274126177) & 0xFFFFFFFF
    return round(((mixed >> 16) & 0xFF) * STRENGTH)


def _surroundings(image: Image.Image, box: Box) -> Image.Image:
    """Return an image of the box's size in the colors above and below it, or else beside it."""
    x, y, width, height = box
    above, below = (x, max(0, y - EDGE), x + width, y), (x, y + height, x + width, min(image.height, y + height + EDGE))
    before, after = (max(0, x - EDGE), y, x, y + height), (x + width, y, min(image.width, x + width + EDGE), y + height)
    for edges, cells in (((above, below), (min(CELLS, width), 1)), ((before, after), (1, min(CELLS, height)))):
        strips = [image.crop(edge).resize(cells, Image.Resampling.BOX) for edge in edges if _area(edge)]
        if strips:
            return _joined(strips, down=cells[1] == 1).resize((width, height), Image.Resampling.BICUBIC)
    return Image.new(image.mode, (width, height), (*GRAY, 255)[: len(image.mode)])


def _area(edge: Box) -> int:
    return (edge[2] - edge[0]) * (edge[3] - edge[1])


def _joined(strips: Sequence[Image.Image], *, down: bool) -> Image.Image:
    width, height = strips[0].size
    joined = Image.new(strips[0].mode, (width, height * len(strips)) if down else (width * len(strips), height))
    for index, strip in enumerate(strips):
        joined.paste(strip, (0, index * height) if down else (index * width, 0))
    return joined
