"""The head of an encoded frame."""

from __future__ import annotations

from typing import NamedTuple

HEAD_BYTES = 64  # more than the head of a frame has


class FrameHead(NamedTuple):
    """The head of a frame.

    key: whether decoding can start at it.
    kept: a bit for each slot of the decoder in which it is kept.
    size: width and height in pixels, of a key frame.
    colors: the color space, as the codec numbers it, and whether the range is full; of a key frame.
    repeats: whether it only shows again what is kept.
    """

    key: bool = False
    kept: int = 0
    size: tuple[int, int] = (0, 0)
    colors: tuple[int, bool] = (0, False)
    repeats: bool = False
