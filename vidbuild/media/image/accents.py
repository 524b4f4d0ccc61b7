"""The accent colors that a theme can name, and what else a theme takes from its accent."""

from __future__ import annotations

from collections.abc import Mapping

from vidbuild.media.image.color import WHITE, is_dark, mix, parse, text

# Name -> (on dark backgrounds, on light ones). Each is readable as text on the built-in themes' backgrounds.
ACCENTS: Mapping[str, tuple[str, str]] = {
    "blue": ("#7aa5ff", "#1f4fd8"),
    "cyan": ("#5fd7f0", "#0b6a80"),
    "teal": ("#4fd6c0", "#0b6e63"),
    "green": ("#74d98b", "#1a7034"),
    "yellow": ("#ffd84d", "#7d5a00"),
    "orange": ("#ffae62", "#a84300"),
    "red": ("#ff8d86", "#c01f26"),
    "pink": ("#ff8fc4", "#b81d6f"),
    "purple": ("#bfa2ff", "#6a35d4"),
    "gray": ("#c3c9d6", "#4d5566"),
}
GLOW_DARK, GLOW_LIGHT = 0.42, 0.4  # the accent's share of a light, which is a light tint of it on light backgrounds


def resolved(values: Mapping[str, object], *, own_glow: bool) -> dict[str, object]:
    """Return a theme's values with an accent given by name as a color, and a light of the accent's hue.

    own_glow: whether the theme gives its light together with its accent or later.
    """
    start, end = parse(str(values["background_from"])), parse(str(values["background_to"]))
    on_dark = is_dark(mix(start, end, 0.5))
    accent = str(values["accent"])
    if accent in ACCENTS:
        accent = ACCENTS[accent][0 if on_dark else 1]
    glow = (
        values["glow"]
        if own_glow
        else text(mix(end, parse(accent), GLOW_DARK) if on_dark else mix(WHITE, parse(accent), GLOW_LIGHT))
    )
    return {**values, "accent": accent, "glow": glow}
