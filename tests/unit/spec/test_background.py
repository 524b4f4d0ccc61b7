"""The `background` of a scene: what the spec can say, and what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from tests.support.spec_lab import Project


def test_a_gradient_and_an_image(project: Project) -> None:
    """Colors are written in one way, defaults are filled in, and an image's path is absolute."""
    gradient = project.scene(background={"gradient": ["#F80", "#FFAA00"]}).background
    assert gradient == {"gradient": ["#ff8800", "#ffaa00"], "angle": 60}
    image = project.scene(background={"image": "dot.png", "drift": "slow"}).background
    assert image == {"image": str(project.root / "dot.png"), "fit": "cover", "blur": 0, "drift": "slow"}
    assert project.scene(background="#F80").background == "#ff8800"
    assert project.scene().background is None
    assert project.root / "dot.png" in project.spec({"background": {"image": "dot.png"}}).files


IMAGES = "PNG, JPEG, WebP, AVIF, GIF, TIFF, BMP or SVG image"
COLOR = "a color such as '#f80' or '#ff8800'"


@pytest.mark.parametrize(
    ("value", "where", "message", "hint"),
    [
        ("blue", "", f"'background' must be {COLOR}, not 'blue'", 'write "#0000ff"'),
        ({"image": "gone.png"}, ".image", "file 'gone.png' does not exist", None),
        ({"image": "clip.mp4"}, ".image", f"'clip.mp4' is not a {IMAGES}", None),
        ({"image": "dot.png", "dim": 2}, ".dim", "'dim' must be at most 1, not 2", None),
        ({"image": "dot.png", "drift": "fast"}, ".drift", "'drift' must be slow or none, not 'fast'", None),
        ({"image": "dot.png", "blurr": 3}, ".blurr", "unknown image field 'blurr'", "did you mean 'blur'?"),
        ({"gradient": ["#123456"]}, ".gradient", "'gradient' must have at least 2 entries, not 1", None),
        (
            {"gradient": ["#123456", "blue"]},
            ".gradient[1]",
            f"entry 2 of 'gradient' must be {COLOR}, not 'blue'",
            'write "#0000ff"',
        ),
        (
            {"gradiant": ["#111111", "#222222"]},
            ".gradiant",
            "unknown gradient field 'gradiant'",
            "did you mean 'gradient'?",
        ),
    ],
)
def test_what_is_wrong(project: Project, value: Any, where: str, message: str, hint: str | None) -> None:
    """Each error is at its field, with a hint if there is a way out."""
    assert project.wrong({"duration": 2, "background": value}) == [(f"scenes[0].background{where}", message, hint)]


def test_a_gradient_that_no_text_fits_has_a_warning(project: Project) -> None:
    """From black to white no color of text is readable, so the colors are changed, and the author learns of it."""
    ((where, message, hint),) = project.wrong({"duration": 2, "background": {"gradient": ["#000000", "#ffffff"]}})
    assert where == "scenes[0].background.gradient"
    assert (
        message == "no text is readable on both the dark and the light parts of this gradient: its colors are changed"
    )
    assert hint == "use colors that are all dark or all light"
    assert project.wrong({"duration": 2, "background": {"gradient": ["#101828", "#3b1a7d"]}}) == []


def test_an_animated_image_has_a_warning(project: Project) -> None:
    """A background shows the first frame of an animated image, which its author may not expect."""
    frames = [Image.new("RGB", (64, 36), color) for color in ("#102030", "#203040")]
    frames[0].save(project.root / "moving.gif", save_all=True, append_images=frames[1:])
    assert project.wrong({"duration": 2, "background": {"image": "moving.gif"}}) == [
        (
            "scenes[0].background.image",
            "'moving.gif' is animated: only its first frame is shown",
            "use a scene of type 'clip' to play it",
        )
    ]
