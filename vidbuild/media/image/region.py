"""A region of a picture, as a spec has it: `[x, y, width, height]` in pixels or in percent."""

from __future__ import annotations

from collections.abc import Sequence

Box = tuple[float, float, float, float]
"""x, y, width and height."""

ROUNDING = 0.5  # pixels by which a region can reach beyond its picture: percents rarely end at whole pixels


def in_pixels(region: Sequence[float | str], size: tuple[int, int]) -> Box:
    """Return a region in pixels of a picture; values in percent are shares of its width or height."""
    x, y, width, height = (
        float(each.removesuffix("%")) / 100 * size[axis % 2] if isinstance(each, str) else float(each)
        for axis, each in enumerate(region)
    )
    return x, y, width, height


def outside(region: Sequence[float | str], size: tuple[int, int]) -> str | None:
    """Return the message about a region that is not within its picture; None if it is."""
    x, y, width, height = in_pixels(region, size)
    if x >= 0 and y >= 0 and x + width <= size[0] + ROUNDING and y + height <= size[1] + ROUNDING:
        return None
    return f"region {written(region)} is outside its picture of {size[0]}x{size[1]} pixels"


def written(region: Sequence[float | str]) -> str:
    """Return a region as a spec has it."""
    return f"[{', '.join(str(each) for each in region)}]"
