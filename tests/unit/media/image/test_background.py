"""The background: what it shows, and that it shows no bands."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

import pytest
from PIL import Image, ImageStat

from tests.support.pixels import colors, pixel
from vidbuild.media.image import background
from vidbuild.media.image.background import Light
from vidbuild.media.image.color import RGB

NIGHT = ((10, 15, 31), (20, 28, 61), (58, 87, 181))
LIGHTS = (Light(0.9, 0.1, 0.5, 0.3),)


def image(size: tuple[int, int], lights: tuple[Light, ...] = (), colours: tuple[RGB, ...] = NIGHT) -> Image.Image:
    """A background, decoded by Pillow."""
    made = Image.open(io.BytesIO(background.paint(size, (colours[0], colours[1]), colours[2], lights)))
    made.load()
    return made


@pytest.mark.parametrize("size", [(1, 1), (7, 3), (160, 90), (90, 160), (101, 101)])
def test_is_an_opaque_png_of_the_size(size: tuple[int, int]) -> None:
    """Any size gives an RGB image of exactly that size."""
    made = image(size, LIGHTS)
    assert (made.size, made.mode, made.format) == (size, "RGB", "PNG")


def test_the_same_request_gives_the_same_bytes() -> None:
    """Painting twice, without the memory of the first time, gives the same file."""
    first = background.paint((160, 90), NIGHT[:2], NIGHT[2], LIGHTS)
    background.paint.cache_clear()
    assert background.paint((160, 90), NIGHT[:2], NIGHT[2], LIGHTS) == first


def test_is_painted_a_strip_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory does not grow with the frame's height: no picture higher than a strip is made of floating numbers."""
    resize, heights = Image.Image.resize, []

    def noted(self: Image.Image, size: tuple[int, int], *rest: Any) -> Image.Image:
        heights.append(size[1])
        return resize(self, size, *rest)

    monkeypatch.setattr(Image.Image, "resize", noted)
    image((64, 1000), LIGHTS)
    assert max(heights) == background.STRIP
    assert sum(heights) == 3 * 1000


def test_strips_show_no_seam() -> None:
    """The dither and the gradient continue where one strip ends: rows beside a seam differ as little as any others."""
    made = image((256, 4 * background.STRIP), (), ((20, 20, 20), (28, 28, 28), (0, 0, 0))).getchannel("R")
    rows = [ImageStat.Stat(made.crop((0, y, 256, y + 16))).mean[0] for y in range(0, made.height, 16)]
    steps = [after - before for before, after in pairwise(rows)]
    assert max(steps) - min(steps) < 0.1


def test_the_gradient_runs_from_the_first_color_to_the_second() -> None:
    """The top left corner has the first color and the bottom right one the second."""
    made = image((400, 300))
    for corner, colour in (((0, 0), NIGHT[0]), ((384, 284), NIGHT[1])):
        mean = ImageStat.Stat(made.crop((*corner, corner[0] + 16, corner[1] + 16))).mean
        assert mean == pytest.approx(colour, abs=1.5)


def test_a_light_brightens_only_its_own_area() -> None:
    """A light has its strength at its center and nothing beyond its reach."""
    flat = ((10, 10, 10), (10, 10, 10), (110, 110, 110))
    made = image((400, 200), (Light(0.25, 0.5, 0.2, 0.5),), flat)
    assert pixel(made, (100, 100))[0] == pytest.approx(60, abs=2)
    assert made.getpixel((300, 100)) == (10, 10, 10)


@pytest.mark.parametrize("size", [(640, 16), (16, 640)])
def test_a_light_is_as_sharp_along_the_longer_side_of_any_shape(size: tuple[int, int]) -> None:
    """A light of a tenth of the longer side is bright at the center and gone at a quarter of that side, in both."""
    made = image(size, (Light(0.5, 0.5, 0.1, 0.5),), ((10, 10, 10), (10, 10, 10), (110, 110, 110)))
    assert pixel(made, (size[0] // 2, size[1] // 2))[0] == pytest.approx(60, abs=3)
    assert made.getpixel((size[0] // 4, size[1] // 4)) == (10, 10, 10)


def test_a_plain_background_is_one_color() -> None:
    """Without gradient and lights every pixel is the color itself."""
    assert image((64, 64), (), ((1, 2, 3), (1, 2, 3), (200, 0, 0))).getcolors() == [(64 * 64, (1, 2, 3))]


def test_means_follow_the_gradient_finer_than_eight_bits() -> None:
    """Dither keeps areas' means within a tenth of a step of a gradient that eight bits alone would turn into steps."""
    made = image((1024, 256), (), ((20, 20, 20), (24, 24, 24), (0, 0, 0)))
    for x in range(0, 1024, 64):
        for y in (0, 192):
            along = 0.35 * (x + 32) / 1024 + 0.65 * (y + 32) / 256
            mean = ImageStat.Stat(made.crop((x, y, x + 64, y + 64))).mean[0]
            assert mean == pytest.approx(20 + 4 * along, abs=0.12)


def test_there_are_no_bands() -> None:
    """Where a slow gradient is between two levels, every small area shows both: no edge runs between them."""
    made = image((1024, 64), (), ((20, 20, 20), (22, 22, 22), (0, 0, 0))).getchannel("R")
    for x in range(0, 1024, 16):
        for y in range(0, 64, 16):
            ideal = 20 + 2 * (0.35 * (x + 8) / 1024 + 0.65 * (y + 8) / 64)
            if 0.2 < ideal % 1 < 0.8:
                low, high = made.crop((x, y, x + 16, y + 16)).getextrema()
                assert (low, high) == (int(ideal), int(ideal) + 1)


def test_the_dither_is_even_in_every_small_area() -> None:
    """The 16 pixels of any 4 by 4 have the gradient's mean within a ninth of a level: the pattern has no clumps."""
    made = image((256, 256), (), ((20, 20, 20), (21, 21, 21), (0, 0, 0)))
    for channel in made.split():
        means = channel.convert("F").reduce(4)
        for x in range(64):
            for y in range(64):
                ideal = 20 + 0.35 * (4 * x + 2) / 256 + 0.65 * (4 * y + 2) / 256
                assert means.getpixel((x, y)) == pytest.approx(ideal, abs=0.11)


def test_hue_is_dithered_as_well() -> None:
    """The channels are not rounded in step, or color would show the bands that brightness does not."""
    made = image((256, 256), (), ((20, 20, 20), (22, 22, 22), (0, 0, 0)))
    assert any(len(set(color)) > 1 for color in colors(made))
