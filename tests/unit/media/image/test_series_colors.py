"""The colors of a chart's series: readable, and different for every eye."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.support.drawing import theme
from vidbuild.media.image import palette
from vidbuild.media.image.backdrop import backdrop
from vidbuild.media.image.color import contrast, parse
from vidbuild.media.image.series_colors import COUNT, difference, looks
from vidbuild.spec.theme import built_in

ACCENTS = (None, "#d4380d", "#0f766e", "#ffb454", "#7c3aed", "#22c55e", "#111111", "#f0f0f0")


@pytest.mark.parametrize("accent", ACCENTS)
@pytest.mark.parametrize("name", sorted(built_in()))
def test_colors_differ_for_every_eye(name: str, accent: str | None) -> None:
    """In every theme, with any accent, each color stands out from the background, and any two differ for every eye."""
    values = theme(name) if accent is None else {**theme(name), "accent": accent}
    colors = [parse(color) for color in palette.chart_colors(values, None)]
    assert len(set(colors)) == COUNT
    for ground in backdrop(values, None).grounds:
        assert min(contrast(color, ground) for color in colors) >= 3
    assert min(difference(a, b) for a, b in combinations(colors[:4], 2)) >= 15
    assert min(difference(a, b) for a, b in combinations(colors, 2)) >= 8


def test_color_blindness_is_simulated() -> None:
    """Red and green of one lightness are alike without red or green cones, and differ with all of them."""
    red, green = looks((200, 60, 60)), looks((110, 110, 20))
    apart = [
        sum((a - b) ** 2 for a, b in zip(one, two, strict=True)) ** 0.5 for one, two in zip(red, green, strict=True)
    ]
    assert apart[0] > 2 * min(apart[1:3])
