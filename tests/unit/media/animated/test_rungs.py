"""The ladder that an animated image goes down."""

from __future__ import annotations

import pytest

from vidbuild.media.animated.rungs import Rung, ladder, scaled


def test_quality_goes_first_then_the_rate_then_the_width() -> None:
    """The order is the documented one, and each rung has the lower values of those before it."""
    assert ladder("webp", 15, (800, 450)) == [
        Rung(90, 15, 800, 450),
        Rung(75, 15, 800, 450),
        Rung(60, 15, 800, 450),
        Rung(40, 15, 800, 450),
        Rung(40, 10, 800, 450),
        Rung(40, 7, 800, 450),
        Rung(40, 7, 600, 338),
        Rung(40, 7, 400, 225),
    ]


def test_a_gif_has_fewer_colors_instead() -> None:
    """The quality of a GIF is its number of colors."""
    assert [rung.quality for rung in ladder("gif", 10, (640, 360))] == [256, 128, 64, 32, 32, 32, 32, 32]


@pytest.mark.parametrize(("rate", "width"), [(5, 100), (3, 64), (6, 300)])
def test_nothing_goes_below_its_floor(rate: int, width: int) -> None:
    """The rate stays at 5 or more and the width at 240, unless it is less from the start; no rung is there twice."""
    rungs = ladder("webp", rate, (width, 60))
    assert min(rung.rate for rung in rungs) == min(rate, 5)
    assert min(rung.width for rung in rungs) == min(width, 240)
    assert len(set(rungs)) == len(rungs)


def test_a_scaled_size_keeps_its_shape() -> None:
    """Heights are rounded, and never 0."""
    assert scaled((1080, 1920), 400) == (400, 711)
    assert scaled((7680, 64), 64) == (64, 1)
