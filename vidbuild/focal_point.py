"""The point of a picture that stays in view, as near to the middle as its edges allow, if its edges are cropped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Focus = tuple[float, float]
"""x and y, as shares of the picture's width and height."""

MIDDLE: Focus = (0.5, 0.5)

FIELD = "focal_point"


def cropped(length: float, box: float, share: float) -> float:
    """Return how much is cropped at the start of a side of this length, of which a box shows a part."""
    return min(max(share * length - box / 2, 0.0), max(length - box, 0.0))


def of(fields: Mapping[str, Any]) -> Focus:
    """Return the point that drawn fields name in `focal_point`; the middle without one."""
    x, y = fields.get(FIELD, MIDDLE)
    return x, y


def shares(fields: Mapping[str, Any]) -> dict[str, list[float]]:
    """Return the field of a drawing for the point that a spec's fields name, in percent; nothing without one."""
    point = [float(each.removesuffix("%")) / 100 for each in fields.get(FIELD, ())]
    return {FIELD: point} if point and tuple(point) != MIDDLE else {}
