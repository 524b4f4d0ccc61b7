"""Images from phones, browsers and designers, through the command: what is drawn, and what is reported."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from PIL import Image

from tests.support.heic_files import NCLX, PHONE
from tests.support.pixels import pixel
from tests.support.png_lab import RGB, write_png
from tests.support.workspace import Workspace

SPEC = """\
vidbuild: 1
title: T
output: {size: 320x180, fps: 25}
scenes:
  - {id: a, type: image, src: %s, duration: 1, fit: cover}
"""
LARGE = (12_000, 9000)


def poster(space: Workspace, source: str, **env: str) -> Image.Image:
    """Build a video of one image that covers the frame, and return the poster."""
    space.write("video.yaml", SPEC % source)
    done = space.run("build", "video.yaml", env=env)
    assert done.code == 0, done.stderr
    return Image.open(space.root / "build" / "video.poster.png").convert("RGB")


def halves(size: tuple[int, int]) -> Image.Image:
    """Return an image whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, (200, 30, 40))
    image.paste((30, 40, 200), (size[0] // 2, 0, *size))
    return image


@pytest.mark.parametrize("kind", ["AVIF", "BMP", "TIFF", "WEBP"])
def test_every_format_is_drawn(workspace: Workspace, kind: str) -> None:
    """The colors of an image come out, whatever its format and the ending of its name."""
    halves((320, 180)).save(workspace.root / "x.img", kind, quality=100)
    made = poster(workspace, "x.img")
    assert pixel(made, (40, 90)) == pytest.approx((200, 30, 40), abs=6)
    assert pixel(made, (280, 90)) == pytest.approx((30, 40, 200), abs=6)


def test_an_svg_image_is_drawn_sharp_at_any_size(workspace: Workspace) -> None:
    """An icon of 16 pixels has sharp edges when it fills the frame: it is drawn at the size that is needed."""
    shape = '<rect width="8" height="9" fill="#c81e28"/><rect x="8" width="8" height="9" fill="#1e28c8"/>'
    workspace.write("x.svg", f'<svg xmlns="http://www.w3.org/2000/svg" width="16" height="9">{shape}</svg>')
    made = poster(workspace, "x.svg")
    assert pixel(made, (158, 90)) == pytest.approx((200, 30, 40), abs=3)
    assert pixel(made, (161, 90)) == pytest.approx((30, 40, 200), abs=3)
    assert not workspace.run("check", "video.yaml").stderr.count("warning")


def test_what_an_svg_image_shows_otherwise_is_a_warning_of_check(workspace: Workspace) -> None:
    """An unknown font, a character without a font, and HTML in an SVG image are warnings at its field, in check too."""
    workspace.write(
        "x.svg",
        '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="90">'
        '<text font-family="Virgil" y="50">a \u65e5</text>'
        "<foreignObject><p>b</p></foreignObject></svg>",
    )
    workspace.write("video.yaml", SPEC % "x.svg")
    done = workspace.run("check", "video.yaml")
    printed = done.stdout + done.stderr
    assert "video.yaml:5:31: warning: no font 'Virgil': the SVG image's text is drawn in another one" in printed
    assert "no font can draw '\u65e5' (U+65E5) in the SVG image" in printed
    assert "text in HTML (line 1: foreignObject), which is not drawn" in printed


@pytest.mark.parametrize("kind", ["jpeg", "progressive", "png", "palette", "turned"])
def test_a_photograph_of_108_megapixels_fits_into_a_small_limit(workspace: Workspace, kind: str) -> None:
    """108 megapixels are read within 1 GB of memory, the promise of a step, and are shown as they are."""
    image = halves(LARGE)
    name = "photo.png" if kind in {"png", "palette"} else "photo.jpg"
    exif = Image.Exif()
    if kind == "turned":
        image, exif[0x0112] = image.transpose(Image.Transpose.ROTATE_90), 6
    if kind == "palette":
        image = Image.new("P", LARGE, 1)
        image.putpalette([30, 40, 200, 200, 30, 40])
        image.paste(0, (LARGE[0] // 2, 0, *LARGE))
    image.save(workspace.root / name, exif=exif, progressive=kind == "progressive", compress_level=1)
    made = poster(workspace, name, VIDBUILD_MEMORY="1G")
    assert pixel(made, (40, 90)) == pytest.approx((200, 30, 40), abs=6)
    assert pixel(made, (280, 90)) == pytest.approx((30, 40, 200), abs=6)


def test_a_photograph_that_does_not_fit_is_an_error_with_a_way_out(workspace: Workspace) -> None:
    """An image that takes more memory than a step may use is an error at its field that names the limit."""
    halves(LARGE).save(workspace.root / "photo.png", compress_level=1)
    workspace.write("video.yaml", SPEC % "photo.png")
    done = workspace.run("build", "video.yaml", env={"VIDBUILD_MEMORY": "300M"})
    assert done.code == 1
    assert "video.yaml:5:31" in done.stderr
    assert "VIDBUILD_MEMORY" in done.stderr


def test_the_transparent_color_of_16_bits_shows_what_is_behind(workspace: Workspace) -> None:
    """The background is seen through the transparent color of a PNG with 16 bits per channel."""
    clear, solid = struct.pack(">3H", 10000, 50000, 20000), struct.pack(">3H", 60000, 1000, 1000)
    rows = [clear * 160 + solid * 160] * 180
    write_png(Path(workspace.root / "x.png"), (320, 180), 16, RGB, rows, [(b"tRNS", clear)])
    made = poster(workspace, "x.png")
    assert pixel(made, (280, 90)) == pytest.approx((233, 3, 3), abs=3)
    assert max(pixel(made, (40, 90))) < 80


def test_check_reports_an_image_that_breaks_off(workspace: Workspace) -> None:
    """Half an image has a whole header; check reports it as build does."""
    halves((400, 400)).save(workspace.root / "whole.jpg")
    whole = (workspace.root / "whole.jpg").read_bytes()
    workspace.write("half.jpg", whole[: len(whole) // 2])
    workspace.write("video.yaml", SPEC % "half.jpg")
    for command in ("check", "build"):
        done = workspace.run(command, "video.yaml")
        assert done.code == 2
        assert "unreadable image: " in done.stderr
        assert "video.yaml:5:31" in done.stderr


@pytest.mark.parametrize(("name", "content"), [("photo.heic", PHONE), ("photo.jpg", PHONE), ("photo.heif", NCLX)])
def test_a_heic_image_of_a_phone_is_upright_and_in_its_colors(workspace: Workspace, name: str, content: bytes) -> None:
    """A HEIC image is turned once, and converted from Display P3 by its profile or code points.

    The colors are computed by hand: (200, 80, 80) and (80, 80, 200) in Display P3, by its matrix to sRGB.
    """
    (workspace.root / name).write_bytes(content)
    made = poster(workspace, name, VIDBUILD_SANDBOX="required")
    assert pixel(made, (40, 90)) == pytest.approx((217, 71, 74), abs=6)
    assert pixel(made, (280, 90)) == pytest.approx((80, 80, 208), abs=6)


def test_a_damaged_heic_image_is_an_error(workspace: Workspace) -> None:
    """A HEIC image that breaks off is an error at its field, in check."""
    (workspace.root / "photo.heic").write_bytes(PHONE[: len(PHONE) * 3 // 4])
    workspace.write("video.yaml", SPEC % "photo.heic")
    done = workspace.run("check", "video.yaml")
    assert done.code == 2
    assert "video.yaml:5:31:" in done.stderr + done.stdout
