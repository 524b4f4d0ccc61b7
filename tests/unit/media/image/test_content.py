"""How much a picture shows: text more than nothing, and a light picture more than a black one."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from vidbuild.media.image import background, content, raster

WHOLE = (0, 0, 1280, 720)


def page(lines: int = 0, ground: str = "white") -> Image.Image:
    """A page with lines of marks, each 20 pixels high."""
    image = Image.new("RGB", WHOLE[2:], ground)
    draw = ImageDraw.Draw(image)
    for line in range(lines):
        for x in range(100, 400, 24):
            draw.rectangle((x, 60 + 40 * line, x + 10, 80 + 40 * line), "black")
    return image


def measure(image: Image.Image, box: tuple[int, int, int, int] = WHOLE) -> content.Content:
    """Measure a box of a picture."""
    return content.measure(raster.png(image), box)


def test_more_text_shows_more() -> None:
    """A line of text is enough to be something; more lines show more."""
    found = [measure(page(lines)).edges for lines in (0, 1, 5, 15)]
    assert found[0] == 0
    assert found[1] >= content.ENOUGH
    assert found == sorted(set(found))
    assert found[3] < 0.5


def test_a_small_picture_is_measured_pixel_by_pixel() -> None:
    """Lines of one pixel show something in a picture that need not be reduced."""
    lines = Image.new("RGB", (300, 100), "white")
    for x in range(0, 300, 2):
        lines.paste("black", (x, 0, x + 1, 100))
    assert measure(lines, (0, 0, 300, 100)).edges > 0.4


def test_a_gradient_with_dither_shows_nothing() -> None:
    """The background of a scene has no edges, though its pixels differ."""
    png = background.paint(
        (1280, 720), ((10, 15, 31), (20, 28, 61)), (58, 87, 181), (background.Light(0.9, 0.1, 0.5, 0.3),)
    )
    assert content.measure(png, WHOLE).edges == 0


def test_of_plain_pictures_the_lighter_one_shows_more() -> None:
    """Without edges the brightness decides: the mean of the channels."""
    assert measure(page()).brightness == 255
    assert measure(page(ground="#1e5a78")).brightness == (0x1E + 0x5A + 0x78) / 3
    assert measure(page(ground="black")) < measure(page(ground="#1e5a78")) < measure(page())


def test_only_the_box_counts() -> None:
    """What is outside the box is not measured; a box may reach over the picture's edges."""
    image = page(1)
    assert measure(image, (0, 200, 1280, 300)) == measure(page(), (0, 200, 1280, 300))
    assert measure(image, (90, 50, 320, 40)).edges > 0.05
    image.paste("red", (0, 0, 1280, 10))
    assert measure(image, (-50, -50, 1380, 60)).edges == 0
    assert measure(image, (-50, -50, 1380, 60)).brightness == pytest.approx(255 / 3)


@pytest.mark.parametrize("box", [(0, 0, 1280, 2), (0, 0, 2, 720), (5, 5, 1, 1)])
def test_a_sliver_has_no_edges(box: tuple[int, int, int, int]) -> None:
    """A box that is too small for an edge shows none, and has its brightness."""
    assert measure(page(), box) == content.Content(0.0, 255.0)


@pytest.mark.parametrize(("step", "share"), [(7, 0), (8, 0.1), (-7, 0), (-8, 0.1)])
def test_an_edge_is_a_pixel_that_differs_by_24_levels_from_all_around_it(step: int, share: float) -> None:
    """Beside a border of 8 levels a pixel differs from three others by 24 in all; the outermost pixels do not count."""
    image = Image.new("RGB", (12, 12), (100, 100, 100))
    image.paste((100 + step,) * 3, (6, 0, 12, 12))
    assert measure(image, (0, 0, 12, 12)).edges == pytest.approx(share)


@pytest.mark.parametrize(("width", "shown"), [(639, True), (640, False)])
def test_a_picture_of_twice_320_pixels_is_reduced(width: int, shown: bool) -> None:
    """Lines of one pixel vanish in a picture that is reduced, as noise does."""
    lines = Image.new("RGB", (width, 60), "white")
    for x in range(0, width, 2):
        lines.paste("black", (x, 0, x + 1, 60))
    assert (measure(lines, (0, 0, width, 60)).edges > 0.4) == shown
