"""A theme's colors as templates get them: readable wherever they are used."""

from __future__ import annotations

import io
import plistlib
from typing import Any

import pytest
from PIL import Image

from tests.support.drawing import THEMES, theme
from tests.support.pixels import colors
from vidbuild.media.image.color import AA, RGB, contrast, mix, parse
from vidbuild.media.image.palette import SCOPES, dark, palette, syntax_theme
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.steps.draw import paint_background


def painted(name: str, kind: str) -> set[RGB]:
    """Return all colors of a background as it is painted."""
    lights = [list(light) for light in SCENE_TYPES[kind].lights]
    params = {"size": [192, 108], "theme": theme(name), "background": None, "lights": lights}
    image = Image.open(io.BytesIO(paint_background(params)))
    return {(red, green, blue) for red, green, blue in colors(image)}


def code_colors(values: dict[str, Any]) -> dict[str, RGB]:
    """Return scope -> color, as typst gets them."""
    rules = plistlib.loads(syntax_theme(values).encode())["settings"]
    return {rule["scope"]: parse(rule["settings"]["foreground"]) for rule in rules if "scope" in rule}


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("kind", SCENE_TYPES)
@pytest.mark.parametrize("role", ["text", "muted", "past", "past_muted", "accent_text"])
def test_text_has_aa_contrast_everywhere_on_the_background(name: str, kind: str, role: str) -> None:
    """Text in any of its colours has AA contrast with every pixel of the background, the lights included."""
    colour = parse(palette(theme(name), None)[role])
    assert min(contrast(colour, ground) for ground in painted(name, kind)) >= AA


@pytest.mark.parametrize("name", THEMES)
def test_syntax_colors_of_the_themes_are_aa_on_window_and_bar(name: str) -> None:
    """The built-in themes' own syntax colors have AA contrast on the window and on a highlighted line."""
    values = theme(name)
    surface = parse(values["surface"])
    bar = mix(surface, parse(palette(values, None)["panel_accent"]), 0.15)
    for use, colour in values["syntax"].items():
        assert contrast(parse(colour), surface) >= AA, use
        assert contrast(parse(colour), bar) >= AA, use


@pytest.mark.parametrize("name", THEMES)
def test_built_in_syntax_colors_reach_typst_unchanged(name: str) -> None:
    """Code has exactly the colors of the built-in theme, under the scopes of each use."""
    values = theme(name)
    colors_by_scope = code_colors(values)
    assert {use: colors_by_scope[scope] for use, scope in SCOPES.items()} == {
        use: parse(colour) for use, colour in values["syntax"].items()
    }


@pytest.mark.parametrize("name", THEMES)
def test_window_text_is_readable_in_windows(name: str) -> None:
    """Prompts, output and labels have AA contrast on windows and their bars."""
    values = theme(name)
    colours = palette(values, None)
    for role, grounds in {"panel_text": ["surface"], "panel_muted": ["surface", "surface_bar"]}.items():
        for ground in grounds:
            assert contrast(parse(colours[role]), parse(colours[ground])) >= AA, (role, ground)
    assert contrast(parse(colours["panel_accent"]), parse(colours["surface"])) >= AA


def test_weak_syntax_colors_of_a_theme_file_are_fixed() -> None:
    """A theme that gives pale colors for white windows still shows code that can be read."""
    values = theme("paper")
    values["syntax"] = dict.fromkeys(values["syntax"], "#ffee88")
    white = parse(values["surface"])
    assert all(contrast(colour, white) >= AA for colour in code_colors(values).values())


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("cut", ["#ffffff", "#000000", "#ff8800", "#808080", "#103020"])
@pytest.mark.parametrize("role", ["text", "muted", "past", "past_muted", "accent_text"])
def test_a_scenes_own_background_keeps_text_readable(name: str, cut: str, role: str) -> None:
    """A background that the theme did not reckon with changes the text rather than hiding it."""
    assert contrast(parse(palette(theme(name), cut)[role]), parse(cut)) >= AA


@pytest.mark.parametrize("accent", ["#ffff00", "#000080", "#ff8800", "#ffffff"])
def test_any_accent_can_be_read_and_written_on(accent: str) -> None:
    """Whatever accent a theme file chooses, its text and the text on it have AA contrast."""
    values = {**theme("paper"), "accent": accent}
    colours = palette(values, None)
    assert contrast(parse(colours["on_accent"]), parse(colours["accent"])) >= AA
    assert contrast(parse(colours["accent_text"]), parse(values["background_from"])) >= AA


def test_a_themes_text_stays_if_it_can_be_read_in_the_brightest_light() -> None:
    """White text on black stays white though the light is white too, since at its brightest that is a dark gray."""
    values = {**theme("midnight"), "text": "#ffffff", "glow": "#ffffff"}
    values |= {"background_from": "#000000", "background_to": "#000000"}
    assert palette(values, None)["text"] == "#ffffff"
    assert palette({**values, "text": "#808080"}, None)["text"] != "#808080"


def test_dark_and_light_are_distinguished() -> None:
    """Midnight is dark and paper is not, unless the scene sets another background."""
    assert dark(theme("midnight"), None)
    assert not dark(theme("paper"), None)
    assert dark(theme("paper"), "#000000")
    assert not dark(theme("midnight"), "#ffffff")


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("ground", [None, "#ffffff", "#102040"])
def test_a_shadow_is_black_or_on_light_grounds_a_darker_text_color(name: str, ground: str | None) -> None:
    """On a light background the shadow keeps the hue of the text, darkened by 0.3; on a dark one it is black."""
    values = {**theme(name), "text": "#28507a"}
    expected = (0, 0, 0) if dark(values, ground) else (28, 56, 85)
    assert parse(palette(values, ground)["shadow"]) == expected


@pytest.mark.parametrize("name", THEMES)
def test_code_is_readable_on_the_marks_of_a_diff(name: str) -> None:
    """Every syntax color of a diff, and its signs, have AA contrast on lines and on words that are marked."""
    values = theme(name)
    surface, shown = parse(values["surface"]), palette(values, None)
    rules = plistlib.loads(syntax_theme(values, changed=True).encode())["settings"]
    inks = [parse(rule["settings"]["foreground"]) for rule in rules[1:]]
    for side in ("added", "removed"):
        line = mix(surface, parse(shown[f"{side}_ground"]), 0.14)
        word = mix(line, parse(shown[f"{side}_ground"]), 0.21)
        assert min(contrast(ink, ground) for ink in [*inks, parse(shown[side])] for ground in (line, word)) >= AA
