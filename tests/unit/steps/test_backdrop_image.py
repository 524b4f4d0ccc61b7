"""Images as backgrounds: text is readable on every pixel, whatever the image and the spec's `dim`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support.drawing import FIELDS, THEMES, Drawn, drawn, theme
from vidbuild.media.image.color import AA, RGB, contrast, luminance, parse
from vidbuild.media.image.palette import palette
from vidbuild.steps.backdrop_image import DIM

TEXTS = ("text", "muted", "past", "past_muted", "accent_text", "good", "bad", "caution")
SIZE = (320, 180)


def picture(path: Path, *colors: str, size: tuple[int, int] = (64, 36)) -> Path:
    """Write an image of vertical stripes."""
    image = Image.new("RGB", size)
    wide = size[0] // len(colors)
    for index, color in enumerate(colors):
        image.paste(color, (index * wide, 0, (index + 1) * wide, size[1]))
    image.save(path, "PNG")
    return path


def made(tmp_path: Path, image: Path, name: str = "midnight", **value: Any) -> Drawn:
    """Draw a title over an image."""
    background = {"fit": "cover", "blur": 0, **value}
    return drawn(
        tmp_path / "out",
        "title",
        FIELDS["title"],
        size=SIZE,
        theme_values=theme(name),
        background=background,
        files={"background": image},
    )


def shown(scene: Drawn) -> list[RGB]:
    """Return the colors of the background layer."""
    found: Any = scene.image("background").convert("RGB").getcolors(1 << 20)
    return [(red, green, blue) for _, (red, green, blue) in found]


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("dim", [None, 0.0, 0.6])
def test_text_is_readable_on_any_image(tmp_path: Path, name: str, dim: float | None) -> None:
    """On an image with black, white and pure colors, each color of text has AA contrast with every pixel."""
    image = picture(tmp_path / "a.png", "#000000", "#ffffff", "#ff0000", "#00ff00", "#0000ff", "#808080")
    scene = made(tmp_path, image, name, **({} if dim is None else {"dim": dim}))
    grounds = shown(scene)
    extremes = (min(grounds, key=luminance), max(grounds, key=luminance))
    inks = palette(theme(name), {"fit": "cover"}, extremes)
    for ground in grounds:
        assert [role for role in TEXTS if contrast(parse(inks[role]), ground) < AA - 0.01] == [], ground
    counted: Any = scene.image("title").convert("RGBA").getcolors(1 << 20)
    *ink, _ = max((color for _, color in counted), key=lambda color: color[3])
    assert min(contrast((ink[0], ink[1], ink[2]), ground) for ground in grounds) >= AA


def test_the_least_dim_that_is_needed_replaces_a_lower_one(tmp_path: Path) -> None:
    """A white image cannot carry white text undimmed: it is dimmed more than the spec asks for, with a warning."""
    scene = made(tmp_path, picture(tmp_path / "a.png", "#ffffff"), dim=0.1)
    ((message, field, hint),) = [(each.message, each.field, each.hint) for each in scene.warnings]
    assert message.startswith("dim 0.1 leaves text on the image unreadable: 0.")
    assert (field, hint) == ("background.dim", f"set 'dim: {message.split(': ')[1].split()[0]}' or more")


def test_a_dim_that_suffices_is_kept(tmp_path: Path) -> None:
    """A dark image stays as bright as the spec wants it, and without a `dim` it has the default."""
    dark = picture(tmp_path / "a.png", "#101010")
    assert shown(made(tmp_path / "own", dark, dim=0.0)) == [(16, 16, 16)]
    ((red, _, _),) = shown(made(tmp_path / "default", dark))
    middle = (0x0A + 0x14) / 2
    assert red == pytest.approx(16 + (middle - 16) * DIM, abs=1)


def test_blur_and_fit(tmp_path: Path) -> None:
    """A blur removes edges; `contain` shows the whole image between areas of the theme's background."""
    stripes = picture(tmp_path / "a.png", "#000000", "#404040", size=(36, 36))
    assert len(shown(made(tmp_path / "sharp", stripes, dim=0.0))) < 25
    assert len(shown(made(tmp_path / "soft", stripes, dim=0.0, blur=60))) > 30
    whole = made(tmp_path / "whole", stripes, dim=0.0, fit="contain").image("background").convert("RGB")
    assert whole.getpixel((2, 90)) == (15, 22, 46)
    assert whole.getpixel((72, 90)) == (0, 0, 0)
