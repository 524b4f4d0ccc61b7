"""The size in which a picture is drawn whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from vidbuild.media.text import fonts
from vidbuild.steps.picture import Picture

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"><rect width="9" height="9" fill="red"/></svg>'


@pytest.mark.parametrize(
    ("kind", "size", "drawn"),
    [
        ("PNG", (500, 250), (100, 50)),
        ("PNG", (30, 60), (30, 60)),  # pixels are not blown up
        ("PNG", (1000, 2), (100, 1)),
        ("PNG", (100, 40), (100, 40)),
        ("SVG", (500, 250), (100, 50)),
        ("SVG", (30, 60), (50, 100)),
    ],
)
def test_a_whole_picture_has_at_most_the_longer_side(
    tmp_path: Path, kind: str, size: tuple[int, int], drawn: tuple[int, int]
) -> None:
    """Pixels are made smaller, never larger; an SVG image has the side exactly; both keep their proportions."""
    path = tmp_path / "picture"
    if kind == "SVG":
        path.write_bytes(SVG % size)
    else:
        Image.new("RGB", size, "red").save(path, kind)
    picture = Picture.of(path, "theme.logo", tmp_path, fonts.stage(tmp_path / "fonts", ()))
    whole = picture.whole(100)
    assert whole.size == drawn
    assert whole.convert("RGB").getpixel((0, 0)) == (255, 0, 0)
