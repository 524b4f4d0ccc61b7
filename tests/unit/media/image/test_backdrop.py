"""The colors of a background, and how gradients and patterns are painted."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from tests.support.drawing import THEMES, theme
from vidbuild.media.image.backdrop import backdrop, unreadable_gradient
from vidbuild.media.image.color import AA, RGB, contrast, parse
from vidbuild.media.image.palette import palette
from vidbuild.steps.draw import paint_background

TEXTS = ("text", "muted", "past", "past_muted", "accent_text", "good", "bad", "caution")


def image(background: Any, name: str = "midnight", size: tuple[int, int] = (160, 90)) -> Image.Image:
    """Return a background as it is painted."""
    params = {"size": list(size), "theme": theme(name), "background": background, "lights": []}
    with Image.open(io.BytesIO(paint_background(params))) as painted:
        return painted.convert("RGB")


def pixels(painted: Image.Image) -> list[RGB]:
    """Return every color of an image."""
    found: Any = painted.getcolors(1 << 20)
    return [(red, green, blue) for _, (red, green, blue) in found]


@pytest.mark.parametrize(
    ("angle", "first", "last"),
    [
        (0, (0, 45), (159, 45)),
        (90, (80, 0), (80, 89)),
        (180, (159, 45), (0, 45)),
        (-90, (80, 89), (80, 0)),
        (45, (0, 0), (159, 89)),
    ],
)
def test_a_gradient_runs_in_its_direction(angle: float, first: tuple[int, int], last: tuple[int, int]) -> None:
    """0 degrees run to the right and 90 down, from the first color to the last."""
    painted = image({"gradient": ["#200000", "#000020"], "angle": angle})
    (red, _, _), (_, _, blue) = pixel(painted, first), pixel(painted, last)
    assert red >= 28
    assert blue >= 28


def pixel(painted: Image.Image, at: tuple[int, int]) -> RGB:
    """Return the color at a position."""
    color = painted.getpixel(at)
    assert isinstance(color, tuple)
    return int(color[0]), int(color[1]), int(color[2])


def test_every_color_of_a_gradient_is_shown() -> None:
    """The color between two others is in the middle."""
    painted = image({"gradient": ["#200000", "#002000", "#000020"], "angle": 0})
    red, green, blue = pixel(painted, (80, 45))
    assert green > 26
    assert max(red, blue) < 6


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize(
    "colors",
    [
        ("#101828", "#3b1a7d"),
        ("#ffffff", "#ffe0b0"),
        ("#ff0000", "#0000ff"),
        ("#000000", "#ffffff"),
        ("#777777", "#888888"),
    ],
)
def test_text_is_readable_everywhere_on_a_gradient(name: str, colors: tuple[str, str]) -> None:
    """Each color of text has AA contrast with every pixel, even of a gradient from black to white."""
    background = {"gradient": list(colors), "angle": 60}
    inks = palette(theme(name), background)
    for ground in pixels(image(background, name)):
        assert [role for role in TEXTS if contrast(parse(inks[role]), ground) < AA - 0.02] == []


def test_a_gradient_that_no_text_fits_is_changed_and_any_other_is_not() -> None:
    """Black to white cannot carry text, so its stops move; dark to dark stays as it is."""
    assert unreadable_gradient(("#000000", "#ffffff"))
    assert not unreadable_gradient(("#101828", "#3b1a7d"))
    kept = backdrop(theme(), {"gradient": ["#101828", "#3b1a7d"], "angle": 0})
    assert kept.stops == (parse("#101828"), parse("#3b1a7d"))
    moved = backdrop(theme(), {"gradient": ["#000000", "#ffffff"], "angle": 0})
    assert moved.stops[0] == (0, 0, 0)
    assert max(moved.stops[1]) < 140


@pytest.mark.parametrize(("name", "pattern"), [("phosphor", "grid"), ("confetti", "dots")])
def test_a_pattern_is_faint_and_repeats(name: str, pattern: str) -> None:
    """A pattern covers the whole frame, and no color of it is far from the background's."""
    assert theme(name)["pattern"] == pattern
    plain = {**theme(name), "pattern": "none"}
    params = {"size": [320, 180], "background": None, "lights": []}
    with_pattern = Image.open(io.BytesIO(paint_background({**params, "theme": theme(name)}))).convert("RGB")
    without = Image.open(io.BytesIO(paint_background({**params, "theme": plain}))).convert("RGB")
    differing = [
        (x // 80, y // 60)
        for x in range(320)
        for y in range(180)
        if pixel(with_pattern, (x, y)) != pixel(without, (x, y))
    ]
    assert len(set(differing)) == 12, "not everywhere"
    most = max(
        abs(a - b)
        for x in range(320)
        for y in range(180)
        for a, b in zip(pixel(with_pattern, (x, y)), pixel(without, (x, y)), strict=True)
    )
    assert 3 < most < 32


def test_a_scenes_own_background_has_no_pattern() -> None:
    """A color is that color everywhere."""
    assert pixels(image("#204060", "phosphor")) == [(0x20, 0x40, 0x60)]
