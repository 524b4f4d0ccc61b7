"""Takes one picture out of another: what must be drawn over `before` so that it looks like `after`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from PIL import Image, ImageChops

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels: TypeAlias = NDArray[np.floating]

Box = tuple[int, int, int, int]


def above(before: Image.Image, after: Image.Image) -> tuple[Image.Image, Box] | None:
    """Return the picture that is missing in `before`, and its box (left, top, right, bottom); None if they are equal.

    Both are RGBA. Over opaque pixels many pictures would do: it has the least opaque one, so that the edges of a text
    bring none of their ground along when it moves.
    """
    import numpy as np

    box = _changed(before, after)
    if box is None:
        return None
    lower, upper = (np.asarray(each.crop(box), dtype=np.float32) / np.float32(255) for each in (before, after))
    under, over = lower[..., 3:], upper[..., 3:]
    under_ink, over_ink = lower[..., :3] * under, upper[..., :3] * over  # premultiplied
    alpha = np.where(under < 1, _share(over - under, 1 - under), 0)
    # The ink that is left for the layer must be a color: at least 0, at most white.
    alpha = np.maximum(alpha, _share(under_ink - over_ink, under_ink).max(axis=-1, keepdims=True))
    alpha = np.maximum(alpha, _share(over_ink - under_ink, 1 - under_ink).max(axis=-1, keepdims=True))
    alpha = np.clip(np.where((lower == upper).all(axis=-1, keepdims=True), 0, alpha), 0, 1)
    ink = np.clip(_share(over_ink - under_ink * (1 - alpha), alpha), 0, 1)
    pixels = np.rint(np.concatenate((ink, alpha), axis=-1) * 255).astype(np.uint8)
    return Image.fromarray(pixels, "RGBA"), box


def _share(part: Pixels, whole: Pixels) -> Pixels:
    import numpy as np

    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _changed(before: Image.Image, after: Image.Image) -> Box | None:
    """Return the box of the pixels that differ, transparent ones of any color being equal."""
    return ImageChops.difference(before.convert("RGBa"), after.convert("RGBa")).getbbox(alpha_only=False)
