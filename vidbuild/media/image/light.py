"""A soft light on the background of a frame."""

from __future__ import annotations

from typing import NamedTuple


class Light(NamedTuple):
    """A soft light.

    x, y: its center in shares of the frame's width and height.
    reach: its radius in shares of the frame's longer side.
    strength: from 0 to 1.
    """

    x: float
    y: float
    reach: float
    strength: float
