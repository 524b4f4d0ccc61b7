"""The size in which a picture is drawn whole, and how often it is decoded."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pytest
from PIL import Image

from vidbuild.media.image import raster
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


@pytest.mark.parametrize(("large", "decodings"), [(1 << 20, 1), (100, 3)])
def test_a_picture_shown_in_parts_is_decoded_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int, decodings: int
) -> None:
    """Its parts and the whole come from one decoding and look as they do alone; a large one is read for each size."""
    path = tmp_path / "picture.png"
    Image.radial_gradient("L").resize((90, 60)).save(path)
    staged = fonts.stage(tmp_path / "fonts", ())

    def picture() -> Picture:
        return Picture.of(path, "src", tmp_path, staged)

    monkeypatch.setattr(raster, "LARGE", large)
    part, other = ((5.0, 5.0, 30.0, 20.0), 60, 40), ((50.0, 30.0, 30.0, 20.0), 60, 40)
    alone = [picture().part(*part), picture().part(*other), picture().filled(45, 45)]
    with monkeypatch.context() as patch:
        read = Mock(wraps=raster.opened)
        patch.setattr(raster, "opened", read)
        shown = picture()
        together = [shown.part(*part), shown.part(*other), shown.filled(45, 45)]
    assert [image.tobytes() for image in together] == [image.tobytes() for image in alone]
    assert read.call_count == decodings
    assert not shown.decoded  # the memory is free again
