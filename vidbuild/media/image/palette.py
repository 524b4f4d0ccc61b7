"""Derive the colors of a template from a theme, with readable contrast."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape  # xml.sax.saxutils brings all of HTTP with it
from typing import Any

from vidbuild.media.image.accents import ACCENTS
from vidbuild.media.image.backdrop import Background, backdrop
from vidbuild.media.image.color import AA, BLACK, RGB, WHITE, contrast, is_dark, mix, parse, readable, text
from vidbuild.media.image.series_colors import series_colors

LARGE = 3.0  # contrast of large text and marks
AAA = 7.0
STRONG = 12.0
# The 16 colors of terminals, on a dark and on a light surface: black, red, green, yellow, blue, magenta, cyan, white,
# and the bright ones.
ANSI_DARK = (
    *("#7d86a6", "#ff7b82", "#8ed68f", "#f0c674", "#7fb0ff", "#d2a6ff", "#7adbe6", "#d5dcf5"),
    *("#99a2c2", "#ff9ea3", "#b1e8b0", "#ffdd9b", "#a9caff", "#e3c7ff", "#a6ecf3", "#ffffff"),
)
ANSI_LIGHT = (
    *("#20252f", "#b4232a", "#176f3c", "#855a00", "#1f4fd8", "#8528b5", "#0a6a7f", "#5a6272"),
    *("#434b5a", "#d02c33", "#1d8148", "#9a6a00", "#3465f0", "#9c3ccf", "#0d7d95", "#171b26"),
)
# What is good, bad, or needs attention, as text and marks on the background (and in windows: panel_good, ...).
TONES = {"good": ACCENTS["green"], "bad": ACCENTS["red"], "caution": ACCENTS["yellow"]}
# The share of "good" and "bad" behind words that a diff marks: a line's 0.14 and a word's 0.21 over each other.
WORDS = 0.33
SCOPES: Mapping[str, str] = {
    "comment": "comment, punctuation.definition.comment",
    "keyword": "keyword, storage, keyword.control, markup.heading, entity.name.tag, support.type.property-name.css",
    "string": "string, markup.raw, markup.inserted, constant.character.escape, string punctuation.definition",
    "number": "constant.numeric, constant.language, constant.character.numeric, keyword.other.unit",
    "function": "entity.name.function, support.function, variable.function, markup.underline.link",
    "constant": "constant, support.constant, variable.language, variable.parameter.option, markup.deleted",
    "operator": "keyword.operator, punctuation.accessor, punctuation.separator.key-value, keyword.operator.assignment",
    "type": "entity.name.type, entity.name.class, support.type, support.class, storage.type.primitive, "
    "entity.other.attribute-name, entity.other.inherited-class, meta.mapping.key string, entity.name.section",
}


def dark(theme: Mapping[str, Any], background: Background) -> bool:
    """Return whether white has more contrast than black on the background."""
    return backdrop(theme, background).dark


def palette(theme: Mapping[str, Any], background: Background, seen: tuple[RGB, ...] = ()) -> dict[str, str]:
    """Return the colors of a template by name. Text stays readable on any background of a scene.

    seen: the extreme colors of a background image.
    """
    behind = backdrop(theme, background, seen)
    grounds = behind.grounds
    surface, bar = parse(theme["surface"]), parse(theme["surface_bar"])
    panel_ink = _ink(parse(theme["text"]), (surface,))
    muted = readable(parse(theme["muted"]), grounds)
    accent = parse(theme["accent"])
    tinted = tuple(mix(ground, accent, 0.18) for ground in grounds)
    mark = readable(accent, grounds, LARGE)
    colors = {
        "text": _ink(parse(theme["text"]), grounds),
        "muted": muted,
        "past": muted,
        "past_muted": readable(mix(muted, grounds[0], 0.2), grounds),
        "accent": mark,
        "accent_text": readable(accent, (*grounds, *tinted)),
        "on_accent": _on(mark, theme),
        "surface": surface,
        "surface_bar": bar,
        "line": parse(theme["line"]),
        "panel_text": panel_ink,
        "panel_muted": readable(parse(theme["muted"]), (surface, bar)),
        "panel_accent": readable(accent, (surface, mix(surface, accent, 0.15))),
        "dot": mix(bar, parse(theme["muted"]), 0.45),
        "shadow": BLACK if behind.dark else mix(parse(theme["text"]), BLACK, 0.3),
    }
    on_surface = 0 if is_dark(surface) else 1
    ansi = (ANSI_DARK, ANSI_LIGHT)[on_surface]
    colors |= {f"ansi_{index}": readable(parse(color), (surface,)) for index, color in enumerate(ansi)}
    for name, (ink, ground) in _changed(surface).items():
        colors[name], colors[f"{name}_ground"] = readable(ink, (surface, ground)), ink
    for name, tints in TONES.items():
        colors[name] = readable(parse(tints[0 if behind.dark else 1]), grounds)
        colors[f"panel_{name}"] = readable(parse(tints[on_surface]), (surface, bar))
    return {name: text(color) for name, color in colors.items()}


def chart_colors(theme: Mapping[str, Any], background: Background, seen: tuple[RGB, ...] = ()) -> list[str]:
    """Return the colors of a chart's series, the accent first; seen: as for `palette`."""
    grounds = backdrop(theme, background, seen).grounds
    return [text(color) for color in series_colors(parse(theme["accent"]), tuple(grounds))]


def _ink(wanted: RGB, grounds: tuple[RGB, ...]) -> RGB:
    """Return the theme's text color, or a stronger one if its contrast on a scene's background is too low."""
    return wanted if min(contrast(wanted, ground) for ground in grounds) >= AAA else readable(wanted, grounds, STRONG)


def _on(mark: RGB, theme: Mapping[str, Any]) -> RGB:
    """Return the color of text on the accent: the theme's, or the first of its other colors that is readable there."""
    wanted = [parse(theme[name]) for name in ("on_accent", "background_from", "text")]
    return next(
        (each for each in wanted if contrast(each, mark) >= AA),
        max((WHITE, BLACK), key=lambda each: contrast(each, mark)),
    )


def syntax_theme(theme: Mapping[str, Any], *, changed: bool = False) -> str:
    """Return a TextMate theme (an XML property list) of the theme's syntax colors.

    Each is readable on the surface and on the bar of a highlighted line, which is the surface with some accent.
    changed: whether each must also be readable on the words that a diff marks.
    """
    surface = parse(theme["surface"])
    grounds: tuple[RGB, ...] = (surface, mix(surface, parse(theme["accent"]), 0.15))
    if changed:
        grounds = (*grounds, *(ground for _, ground in _changed(surface).values()))
    # Typst styles only text that differs from the global color. With a color that no rule uses, all text of a known
    # language is styled, which distinguishes it from an unknown language.
    rules = [
        _rule(None, {"foreground": "#010203"}),
        _rule("source, text", {"foreground": text(readable(parse(theme["text"]), grounds))}),
    ]
    for name, scope in SCOPES.items():
        color = readable(parse(theme["syntax"][name]), grounds)
        rules.append(_rule(scope, {"foreground": text(color)}))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict><key>name</key><string>theme</string>'
        f"<key>settings</key><array>{''.join(rules)}</array></dict></plist>\n"
    )


def _changed(surface: RGB) -> dict[str, tuple[RGB, RGB]]:
    """Return the colors of added and removed lines of a diff, each with the ground of words that it marks."""
    side = 0 if is_dark(surface) else 1
    inks = {name: parse(TONES[tone][side]) for name, tone in (("added", "good"), ("removed", "bad"))}
    return {name: (ink, mix(surface, ink, WORDS)) for name, ink in inks.items()}


def _rule(scope: str | None, settings: Mapping[str, str]) -> str:
    pairs = "".join(f"<key>{key}</key><string>{escape(value, quote=False)}</string>" for key, value in settings.items())
    head = "" if scope is None else f"<key>scope</key><string>{escape(scope, quote=False)}</string>"
    return f"<dict>{head}<key>settings</key><dict>{pairs}</dict></dict>"
