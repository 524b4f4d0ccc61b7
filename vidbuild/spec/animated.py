"""Recognizes animated images."""

from __future__ import annotations

import warnings
from pathlib import Path

# Formats of images that can be animated. Of an animated AVIF image, ffmpeg's first stream is the still image in it.
ANIMATED = ("PNG", "WEBP", "GIF")


def is_animated(path: Path) -> bool:
    """Return whether an image has several frames to play: a GIF, WebP or PNG; False for a damaged one."""
    from PIL import Image

    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=ANIMATED) as image:
            return bool(getattr(image, "is_animated", False))
    except Exception:  # noqa: BLE001 - a decoder can raise anything for bytes that were made to confuse it
        return False
