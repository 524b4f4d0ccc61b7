"""What is behind a scene: the theme's background, a color, a gradient or an image, and the colors behind its text."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from vidbuild.frozen import dataclass
from vidbuild.media.image.color import AA, BLACK, RGB, WHITE, contrast, is_dark, mix, parse

GLOW = 0.3  # the maximum share of a light
PATTERN = 0.09  # the share of the pattern's color
SAMPLES = 8  # between two colors of a gradient: a mixture can be darker than both
Background = str | Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Backdrop:
    """The colors of a background.

    stops: of its gradient; equal ones for one color.
    angle: in which direction they follow each other, in degrees clockwise from the right; None: the theme's own.
    lit: whether it has the theme's lights and pattern.
    grounds: the colors that text must be readable on.
    """

    stops: tuple[RGB, ...]
    angle: float | None
    lit: bool
    grounds: tuple[RGB, ...]

    @property
    def dark(self) -> bool:
        """Whether white has more contrast than black on it."""
        middle = tuple(round(sum(channel) / len(channel)) for channel in zip(*self.stops, strict=True))
        return is_dark((middle[0], middle[1], middle[2]))


def backdrop(theme: Mapping[str, Any], background: Background, seen: tuple[RGB, ...] = ()) -> Backdrop:
    """Return the colors of a scene's background.

    background: None for the theme's own; a color; {"gradient", "angle"}; or, of an image, anything else.
    seen: the extreme colors of an image as it is shown.
    """
    ends = parse(theme["background_from"]), parse(theme["background_to"])
    if isinstance(background, str):
        color = parse(background)
        return Backdrop((color, color), 0.0, lit=False, grounds=(color,))
    if background is not None and "gradient" in background:
        stops = _readable_stops(tuple(parse(each) for each in background["gradient"]))
        return Backdrop(stops, float(background["angle"]), lit=False, grounds=tuple(_between(stops)))
    if background is not None:
        return Backdrop(ends, None, lit=False, grounds=seen or ends)
    lights = [mix(end, parse(theme["glow"]), GLOW) for end in ends]
    grounds = (*ends, *lights)
    if theme.get("pattern", "none") != "none":
        grounds = (*grounds, *(mix(ground, parse(theme["muted"]), PATTERN) for ground in grounds))
    return Backdrop(ends, None, lit=True, grounds=grounds)


def unreadable_gradient(colors: tuple[str, ...]) -> bool:
    """Return whether neither white nor black text is readable everywhere on a gradient."""
    return _best(tuple(_between(tuple(parse(each) for each in colors)))) < AA


def _between(stops: tuple[RGB, ...]) -> list[RGB]:
    return [mix(a, b, step / SAMPLES) for a, b in pairwise(stops) for step in range(SAMPLES + 1)]


def _best(grounds: tuple[RGB, ...]) -> float:
    """Return the lowest contrast of white or black text, whichever has more."""
    return max(min(contrast(ink, ground) for ground in grounds) for ink in (WHITE, BLACK))


def _readable_stops(stops: tuple[RGB, ...]) -> tuple[RGB, ...]:
    """Return the stops, moved toward black or white until one of the two is readable on all of them."""
    dark = sum(is_dark(stop) for stop in stops) * 2 >= len(stops)
    for step in range(21):
        moved = tuple(mix(stop, BLACK if dark else WHITE, step / 20) for stop in stops)
        if _best(tuple(_between(moved))) >= AA:
            return moved
    return stops
