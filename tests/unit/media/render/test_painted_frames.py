"""Slow zooms: edges are where they should be to fractions of a pixel, nothing blurs, rings or shakes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from unittest.mock import Mock

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from tests.support.pixels import level_range
from tests.support.render_lab import Colour, apart, differ, pixel
from vidbuild.media.render import painted_frames, places
from vidbuild.media.render.drawing import Layer
from vidbuild.media.render.motion import Key, Track
from vidbuild.media.render.painted_frames import frames_of
from vidbuild.media.render.painting import Painting

LANCZOS, BICUBIC = Image.Resampling.LANCZOS, Image.Resampling.BICUBIC
SLOW = [1 + 0.0005 * frame for frame in range(60)]
RED, GREEN = (200, 40, 40), (40, 160, 90)


FINE = 1_000_000  # frames of the way from size 0.5 to 1.5: each size has a frame of its own


def zoomed(image: Image.Image, factors: Sequence[float], folder: Path) -> list[Image.Image]:
    """The image in these sizes, as frames of one long zoom about its center."""
    folder.mkdir(exist_ok=True)
    image.save(folder / "a.png")
    layer = Layer("a", "a.png", 0, 0, *image.size, opaque=image.mode == "RGB")
    keys = (Key(0, (0.25, 0.25, 0.5, 0.5)), Key(FINE, (-0.25, -0.25, 1.5, 1.5)))
    frames = [round((factor - 0.5) * FINE) for factor in factors]
    size, _, looks = places.looks(layer, Track(moves=keys, clipped=True), frames)
    painting = Painting(str(folder / "a.png"), *image.size, layer.opaque, size, tuple(looks))
    mode = "RGB" if painting.covers_frames else "RGBA"
    assert painting.pixels == {"RGB": "rgb24", "RGBA": "rgba"}[mode]
    return [Image.frombytes(mode, image.size, pixels) for pixels in frames_of(painting.name)]


def page(width: int = 240, height: int = 150) -> Image.Image:
    """Fine lines and text, the hardest to scale."""
    image = Image.new("RGB", (width, height), (250, 250, 245))
    draw = ImageDraw.Draw(image)
    for row in range(4, height, 13):
        draw.text((5 + row % 3, row), "if lines are fine, then zooms are seen", fill=(20, 30, row))
    draw.line((5, 5, width - 9, height - 5), fill=RED)
    return image


def ideal(image: Image.Image, factor: float) -> Image.Image:
    """The image in a size, by way of one that is four times as large."""
    (width, height), cut = image.size, (1 - 1 / factor) / 2
    box = (width * cut, height * cut, width * (1 - cut), height * (1 - cut))
    return image.resize((4 * width, 4 * height), LANCZOS, box=box).resize(image.size, LANCZOS)


def error(one: Image.Image, other: Image.Image) -> float:
    """The mean square difference of two pictures."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).sum2) / (3 * one.width * one.height)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_picture_in_its_own_size_is_itself(tmp_path: Path, mode: str) -> None:
    """At 1.0 nothing is touched, in the middle of a zoom too; what was clear may be a level off."""
    image = page().convert(mode)
    shown = zoomed(image, [0.97, 1.0, 1.02], tmp_path)[1]
    assert differ(shown.convert("RGB"), image.convert("RGB")) <= (0 if mode == "RGB" else 1)


@pytest.mark.parametrize("factors", [SLOW, SLOW[::-1], [0.94 + 0.001 * k for k in range(60)]], ids=["in", "out", "up"])
def test_edges_move_evenly(tmp_path: Path, factors: list[float]) -> None:
    """An edge is within a tenth of a pixel of where it should be in every picture, and never goes back."""
    image = Image.new("RGB", (600, 8), (255, 255, 255))
    ImageDraw.Draw(image).rectangle((0, 0, 549, 7), fill=(0, 0, 0))
    middle = [shown.convert("RGB").crop((450, 4, 580, 5)).convert("L") for shown in zoomed(image, factors, tmp_path)]
    places = [450 + sum(255 - level for level in row.tobytes()) / 255 for row in middle]
    assert apart(places, [300 + 250 * factor for factor in factors]) <= 0.1
    sign = 1 if factors[-1] > factors[0] else -1
    mean = (places[-1] - places[0]) / (len(places) - 1)
    assert all(sign * (after - before) > 0 for before, after in pairwise(places))
    assert all(abs(after - before - mean) < 0.6 * abs(mean) for before, after in pairwise(places))


def test_nothing_is_blurred_more_than_by_interpolation(tmp_path: Path) -> None:
    """Each picture, those that are mixed of two as well, is nearer to the ideal than a bicubic interpolation is."""
    image = page()
    for factor, shown in zip(SLOW, zoomed(image, SLOW, tmp_path), strict=True):
        (width, height), cut = image.size, (1 - 1 / factor) / 2
        box = (width * cut, height * cut, width * (1 - cut), height * (1 - cut))
        bicubic = image.resize(image.size, BICUBIC, box=box)
        assert error(shown, ideal(image, factor)) <= error(bicubic, ideal(image, factor)), factor


def test_sharpness_does_not_flicker(tmp_path: Path) -> None:
    """From picture to picture, what changes changes by about as much each time."""
    shown = zoomed(page(), SLOW, tmp_path)
    changes = [error(before, after) ** 0.5 for before, after in pairwise(shown)]
    assert max(changes) < 1.5 * min(changes)


def test_an_opaque_picture_keeps_straight_clean_edges(tmp_path: Path) -> None:
    """Smaller than its box it is cut off exactly: its border is as opaque as it is covered, in its own color."""
    shown = zoomed(Image.new("RGB", (100, 60), RED), [0.94], tmp_path)[0]
    alpha = shown.getchannel("A")
    assert list(alpha.crop((0, 30, 6, 31)).tobytes()) == [0, 0, 0, 255, 255, 255]
    assert list(alpha.crop((50, 0, 51, 4)).tobytes()) == [0, round(0.2 * 255), 255, 255]
    visible = shown.crop(alpha.getbbox())
    assert visible.convert("RGB").getextrema() == tuple((level, level) for level in RED)


@pytest.mark.parametrize("factor", [0.94, 0.9713, 1.0101, 1.06])
def test_clear_pixels_add_no_color(tmp_path: Path, factor: float) -> None:
    """Around a shape on a clear background, over any color, every pixel is a mixture of the two."""
    image = Image.new("RGBA", (120, 80), (255, 0, 255, 0))
    ImageDraw.Draw(image).ellipse((20, 10, 99, 69), fill=(*RED, 255))
    shown = zoomed(image, [factor], tmp_path)[0]
    over = Image.new("RGBA", image.size, (*GREEN, 255))
    over.alpha_composite(shown)
    for channel, one, other in zip(over.convert("RGB").split(), RED, GREEN, strict=True):
        least, most = level_range(channel)
        assert min(one, other) - 3 <= least
        assert most <= max(one, other) + 3
    assert apart(pixel(over.convert("RGB"), 60, 40), RED) <= 2


@pytest.mark.parametrize(
    "cut",
    [lambda factors: factors[17:40], lambda factors: factors[::-1], lambda factors: [factors[9]] * 3],
    ids=["a part", "backwards", "one"],
)
def test_a_size_looks_the_same_whatever_came_before(tmp_path: Path, cut: Callable[[list[float]], list[float]]) -> None:
    """P4: a picture is decided by its size alone, so parts of a zoom fit the whole of it, byte by byte."""
    whole = dict(zip(SLOW, zoomed(page(), SLOW, tmp_path / "whole"), strict=True))
    chosen = cut(SLOW)
    for factor, shown in zip(chosen, zoomed(page(), chosen, tmp_path / "part"), strict=True):
        assert shown.tobytes() == whole[factor].tobytes()


@pytest.mark.parametrize("size", [(1, 1), (2, 5), (3, 1)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_smallest_pictures_zoom_too(tmp_path: Path, size: tuple[int, int], mode: str) -> None:
    """One or two pixels are enough."""
    colour: Colour = GREEN
    shown = zoomed(Image.new(mode, size, colour if mode == "RGB" else (*colour, 255)), [0.9, 1.0, 1.3], tmp_path)
    assert [image.size for image in shown] == [size] * 3
    assert apart(pixel(shown[1].convert("RGB"), 0, 0), colour) <= 1


def test_a_way_back_is_not_painted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames of a fast zoom that are shown again are kept, unless they are too large, and are the same either way."""
    page().convert("RGBA").save(tmp_path / "a.png")
    layer = Layer("a", "a.png", 0, 0, 240, 150, stops=((30.0, 20.0, 60.3, 37.7),))
    keys = (Key(0, 0), Key(10, easing="smooth"), Key(20, easing="smooth"), Key(30, 0, "smooth"))
    size, _, looks = places.looks(layer, Track(moves=keys), [*range(11), *range(20, 31)])
    painting = Painting(str(tmp_path / "a.png"), 240, 150, layer.opaque, size, tuple(looks))
    shown, counts = [], []
    for most in (painted_frames.MAX_KEPT_BYTES, 0):
        scale = Mock(wraps=painted_frames._PaddedImage.scale)
        with monkeypatch.context() as patched:
            patched.setattr(painted_frames, "MAX_KEPT_BYTES", most)
            patched.setattr(painted_frames._PaddedImage, "scale", lambda *args, call=scale: call(*args))
            shown.append(list(frames_of(painting.name)))
        counts.append(scale.call_count)
    assert counts == [10, 20]
    assert shown[0] == shown[1]
    assert shown[0][3] == shown[0][-4] != shown[0][4]
