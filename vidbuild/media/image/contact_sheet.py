"""Contact sheets: many frames in one image, each with a label."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

GROUND, INK = "#7d8088", "#ffffff"
GAP = 16
LABEL = 30  # pixels of height
POINTS = 17


def sheet(frames: Mapping[str, bytes], width: int, columns: int, face: Path) -> bytes:
    """Return a PNG of frames in rows, each with its label below.

    frames: label -> PNG; all of one size.
    width: of each frame in the sheet, in pixels.
    face: the font file of the labels.
    """
    with Image.open(io.BytesIO(next(iter(frames.values())))) as first:
        height = round(first.height * width / first.width)
    rows = math.ceil(len(frames) / columns)
    size = (columns * (width + GAP) + GAP, rows * (height + LABEL + GAP) + GAP)
    canvas = Image.new("RGB", size, GROUND)
    draw, font = ImageDraw.Draw(canvas), ImageFont.truetype(str(face), POINTS)
    for index, (label, png) in enumerate(frames.items()):
        row, column = divmod(index, columns)
        left, top = GAP + column * (width + GAP), GAP + row * (height + LABEL + GAP)
        canvas.paste(scaled(png, width, height), (left, top))
        draw.text((left, top + height + LABEL // 2), label, fill=INK, font=font, anchor="lm")
    return _png(canvas)


def wall(frames: Sequence[bytes], width: int, columns: int) -> Image.Image:
    """Return frames in rows, without labels, close together."""
    with Image.open(io.BytesIO(frames[0])) as first:
        height = round(first.height * width / first.width)
    gap = max(2, width // 40)
    rows = math.ceil(len(frames) / columns)
    canvas = Image.new("RGB", (columns * (width + gap) + gap, rows * (height + gap) + gap), "#ffffff")
    for index, png in enumerate(frames):
        row, column = divmod(index, columns)
        canvas.paste(scaled(png, width, height), (gap + column * (width + gap), gap + row * (height + gap)))
    return canvas


def scaled(png: bytes, width: int, height: int) -> Image.Image:
    """Return a frame at a size."""
    with Image.open(io.BytesIO(png)) as image:
        return image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)


def _png(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG", compress_level=6)
    return target.getvalue()
