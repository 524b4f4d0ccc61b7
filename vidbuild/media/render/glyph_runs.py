"""Find the glyphs of a text in its image, so that it can be uncovered as if it was typed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

from PIL import Image

FAINT = 24  # of 255: pixels as faint as this are no ink


def uncovered(alpha: Image.Image, direction: str, share: float) -> Image.Image:
    """Return a mask that shows a share of an image's glyphs, in the order in which they are read.

    direction: "left" for lines that are read from right to left.
    """
    runs = _runs(alpha, from_right=direction == "left")
    mask = Image.new("L", alpha.size)
    shown = round(share * len(runs))
    for box in runs[:shown]:
        mask.paste(255, box)
    return mask


def _runs(alpha: Image.Image, *, from_right: bool) -> list[tuple[int, int, int, int]]:
    """Return the boxes of the glyphs, or of those that touch, line by line; spaces belong to the glyph before."""
    ink = alpha.point([255 * (level > FAINT) for level in range(256)])
    found: list[tuple[int, int, int, int]] = []
    lines = _spans(ink.getprojection()[1])
    for index, (top, bottom) in enumerate(lines):
        line = ink.crop((0, top, ink.width, bottom))
        glyphs = _spans(line.getprojection()[0])
        upper = 0 if index == 0 else (lines[index - 1][1] + top) // 2
        lower = ink.height if index + 1 == len(lines) else (bottom + lines[index + 1][0]) // 2
        edges = [0, *((a[1] + b[0]) // 2 for a, b in pairwise(glyphs)), ink.width]
        boxes = [(left, upper, right, lower) for left, right in pairwise(edges)]
        found.extend(reversed(boxes) if from_right else boxes)
    return found


def _spans(levels: Sequence[int]) -> list[tuple[int, int]]:
    """Return [start, end) of each run of levels above 0."""
    spans, at = [], 0
    for inked, group in groupby(levels, key=bool):
        length = len(list(group))
        if inked:
            spans.append((at, at + length))
        at += length
    return spans
