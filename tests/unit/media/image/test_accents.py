"""Every theme with every accent: text has AA contrast in every scene type."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import pytest
from PIL import Image

from tests.support.drawing import THEMES, theme
from vidbuild.media.image.accents import ACCENTS, resolved
from vidbuild.media.image.color import AA, RGB, contrast, luminance, mix, parse, text
from vidbuild.media.image.palette import LARGE, palette, syntax_theme
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.spec import schema
from vidbuild.steps.draw import paint_background

# Yellow on paper, dark blue on midnight, the extremes, a gray in the middle, and a red beside green.
AWKWARD = ("#ffee00", "#000060", "#ffffff", "#000000", "#808080", "#ff0000")
ON_BACKGROUND = ("text", "muted", "past", "past_muted", "accent_text", "good", "bad", "caution")
ON_WINDOWS = ("panel_text", "panel_muted", "panel_accent", "panel_good", "panel_bad", "panel_caution")
ON_BARS = ("panel_muted", "panel_good", "panel_bad", "panel_caution")


def themed(name: str, accent: str) -> dict[str, Any]:
    """Return a theme's values as a spec with `theme: {extends: name, accent: accent}` has them."""
    return dict(resolved({**theme(name), "accent": accent}, own_glow=False))


@cache
def painted(name: str, accent: str, lights: tuple[tuple[float, ...], ...]) -> tuple[RGB, RGB]:
    """Return the darkest and the lightest pixel of a background as it is painted."""
    params = {
        "size": [96, 54],
        "theme": themed(name, accent),
        "background": None,
        "lights": [list(light) for light in lights],
    }
    with Image.open(io.BytesIO(paint_background(params))) as image:
        counted: Any = image.convert("RGB").getcolors(96 * 54)
    found: list[RGB] = [color for _, color in counted]
    return min(found, key=luminance), max(found, key=luminance)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("accent", [*ACCENTS, *AWKWARD])
def test_every_text_color_is_readable_in_every_scene_type(name: str, accent: str) -> None:
    """Each color of text has AA contrast with every pixel of the background of every type, and in windows."""
    values = themed(name, accent)
    colors = {role: parse(color) for role, color in palette(values, None).items()}
    for kind in SCENE_TYPES.values():
        for ground in painted(name, accent, tuple(map(tuple, kind.lights))):
            failing = [role for role in ON_BACKGROUND if contrast(colors[role], ground) < AA]
            assert failing == [], (kind.name, text(ground))
            assert contrast(colors["accent"], ground) >= LARGE, kind.name
    assert [role for role in ON_WINDOWS if contrast(colors[role], colors["surface"]) < AA] == []
    assert [role for role in ON_BARS if contrast(colors[role], colors["surface_bar"]) < AA] == []
    assert contrast(colors["on_accent"], colors["accent"]) >= AA
    tint = mix(colors["surface"], parse(values["accent"]), 0.15)
    assert contrast(colors["panel_accent"], tint) >= AA


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("accent", [*ACCENTS, *AWKWARD])
def test_code_is_readable_with_every_accent(name: str, accent: str) -> None:
    """Every color of code has AA contrast with the window and with the bar of a highlighted line, which is tinted."""
    values = themed(name, accent)
    surface = parse(values["surface"])
    colors = syntax_theme(values).split("<string>#")[2:]
    assert len(colors) > 5
    for color in colors:
        for ground in (surface, mix(surface, parse(values["accent"]), 0.15)):
            assert contrast(parse(f"#{color[:6]}"), ground) >= AA, color[:6]


@pytest.mark.parametrize("accent", ACCENTS)
def test_a_named_accent_is_a_tint_of_its_own_on_dark_and_light_themes(accent: str) -> None:
    """The tint for dark themes is lighter than the one for light themes, and no theme has to correct either."""
    dark, light = themed("midnight", accent)["accent"], themed("paper", accent)["accent"]
    assert luminance(parse(dark)) > luminance(parse(light))
    for name, tint in (("midnight", dark), ("paper", light)):
        assert palette(themed(name, accent), None)["accent"] == tint


def test_the_schema_offers_the_names() -> None:
    """An editor offers exactly the accents that there are."""
    (names,) = [
        branch["enum"]
        for branch in schema.branches(schema.definition("theme")["properties"]["accent"])
        if "enum" in branch
    ]
    assert names == list(ACCENTS)


def test_the_light_follows_the_accent_unless_the_theme_gives_one() -> None:
    """Another accent changes the light behind text; a light that is given stays."""
    values = {**theme("midnight"), "accent": "#ff8800"}
    assert resolved(values, own_glow=True)["glow"] == theme("midnight")["glow"]
    red, _, blue = parse(str(resolved(values, own_glow=False)["glow"]))
    assert red > blue
