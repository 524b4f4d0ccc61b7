"""Regions of pictures that are made unreadable."""

from __future__ import annotations

import random

import pytest
from PIL import Image

from tests.support.pixels import level_range
from vidbuild.media.image import concealed
from vidbuild.media.image.concealed import Box

SIZE = (120, 80)


def picture(seed: int, boxes: list[Box], mode: str = "RGB") -> Image.Image:
    """Return a gradient with noise in some boxes, another one for each seed."""
    image = Image.linear_gradient("L").resize(SIZE).convert(mode)
    for x, y, width, height in boxes:
        data = random.Random(seed + x).randbytes(width * height * len(mode))
        image.paste(Image.frombytes(mode, (width, height), data), (x, y))
    return image


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize(
    "boxes",
    [
        [(30, 20, 40, 16)],
        [(0, 0, 40, 16)],
        [(0, 30, 120, 10)],
        [(50, 0, 20, 80)],
        [(0, 0, 120, 80)],
        [(30, 20, 40, 16), (30, 36, 40, 16)],
        [(30, 36, 40, 16), (30, 20, 40, 16)],
        [(10, 0, 20, 80), (30, 0, 20, 80)],
        [(119, 79, 1, 1)],
    ],
)
def test_nothing_of_a_region_stays(boxes: list[Box], mode: str) -> None:
    """Pictures that differ in the regions alone are the same afterwards, and outside the regions nothing changes."""
    one, other = (concealed.conceal(picture(seed, boxes, mode), boxes) for seed in (1, 2))
    assert one.tobytes() == other.tobytes()
    plain = picture(1, boxes, mode)
    for x, y, width, height in boxes:
        for image in (one, plain):
            image.paste((0,) * len(mode), (x, y, x + width, y + height))
    assert one.tobytes() == plain.tobytes()


def test_a_region_is_filled_with_the_colors_around_it() -> None:
    """On a plain ground, a region has about that color, and a pattern that viewers see."""
    image = concealed.conceal(Image.new("RGB", SIZE, (200, 40, 40)), [(30, 20, 60, 30)])
    inside = image.crop((30, 20, 90, 50)).convert("RGB")
    red, green, _ = (level_range(channel) for channel in inside.split())
    assert red[0] >= 165
    assert green[1] <= 80
    assert len(set(inside.tobytes())) > 20


@pytest.mark.parametrize(("scale", "margin"), [(0.5, 4), (1, 4), (3, 9)])
def test_what_scaling_spreads_is_covered(scale: float, margin: int) -> None:
    """A region on a scaled picture has a margin as wide as the filter that scales it reaches."""
    size = (round(120 * scale), round(80 * scale))
    [(x, y, width, height)] = concealed.placed([(40, 30, 20, 10)], scale, 0, 0, size)
    assert x <= 40 * scale - margin + 1
    assert y <= 30 * scale - margin + 1
    assert x + width >= 60 * scale + margin
    assert y + height >= 40 * scale + margin


def test_a_region_outside_of_what_is_shown_is_left_out() -> None:
    """A region that a crop removes needs no pixels."""
    assert concealed.placed([(0, 0, 10, 10)], 1, -50, 0, (40, 40)) == []


def test_the_pattern_depends_on_the_size_alone() -> None:
    """The same size has the same pattern, which is partly transparent everywhere."""
    assert concealed.pattern(50, 20).tobytes() == concealed.pattern(50, 20).tobytes()
    assert level_range(concealed.spots(300, 40))[1] <= 110
