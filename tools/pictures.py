"""Draws the pictures of the documentation from examples/gallery.yaml: of each scene type, of each theme, and a wall.

Run `make pictures` in a checkout, after scene types or themes changed.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from vidbuild.api.gallery import Look, frames_of
from vidbuild.media.image import contact_sheet
from vidbuild.spec.theme import built_in

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
THEME = "midnight"
SIZE = (640, 360)
OF_A_THEME = ("title", "list", "code", "command", "image", "outro")
WALL_WIDTH, WALL_COLUMNS = 300, 4
MOST_BYTES = 40_000
WALL_BYTES = 200_000


def main() -> None:
    """Write all pictures."""
    PICTURES.mkdir(exist_ok=True)
    looks = [Look(theme, "1080p") for theme in built_in()]
    found = {look.theme: frames for look, (frames, _) in frames_of(looks).items()}
    for scene, png in found[THEME].items():
        _write(f"{scene}.jpg", contact_sheet.scaled(png, *SIZE), MOST_BYTES)
    for theme, frames in found.items():
        shown = [frames[scene] for scene in OF_A_THEME]
        _write(f"theme-{theme}.jpg", contact_sheet.wall(shown, 300, 3), 2 * MOST_BYTES)
    _write("wall.jpg", _wall(found), WALL_BYTES)


def _wall(found: Mapping[str, Mapping[str, bytes]]) -> Image.Image:
    """Return frames of the samples in whole rows, in one theme after the other."""
    themes = [THEME, "paper", *(theme for theme in found if theme not in {THEME, "paper"})]
    frames = [found[themes[index % len(themes)]][scene] for index, scene in enumerate(found[THEME])]
    whole = len(frames) - len(frames) % WALL_COLUMNS
    return contact_sheet.wall(frames[:whole], WALL_WIDTH, WALL_COLUMNS)


def _write(name: str, image: Image.Image, most: int) -> None:
    """Write a JPEG of at most so many bytes, as good as that allows."""
    for quality in range(88, 30, -6):
        target = io.BytesIO()
        image.save(target, "JPEG", quality=quality, optimize=True, subsampling=0)
        if target.tell() <= most:
            break
    (PICTURES / name).write_bytes(target.getvalue())
    sys.stdout.write(f"docs/pictures/{name}: {target.tell()} bytes\n")


if __name__ == "__main__":
    main()
