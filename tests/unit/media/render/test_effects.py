"""Entrances and exits, compared frame by frame with compositions made by Pillow alone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from tests.support.render_lab import Drawing, apart, differ, pixel, shown
from vidbuild.media.render.changed_frames import changed_frames, visible_box
from vidbuild.media.render.motion import Effect, Key, Motion, Track

SIZE = (320, 180)
BLUE, RED = (10, 20, 60), (200, 40, 40)
AT = (60, 40)
FRAMES = 9


def text(draw: ImageDraw.ImageDraw) -> None:
    """Paint two lines of separate strokes, as glyphs are, in an empty layer of 100 x 60."""
    for line in range(2):
        for stroke in range(5):
            draw.rectangle((4 + 20 * stroke, 6 + 30 * line, 13 + 20 * stroke, 23 + 30 * line), fill=(*RED, 255))


def drawn(folder: Path, direction: str = "right") -> Drawing:
    """A layer with two lines of glyphs over a background."""
    drawing = Drawing(folder, SIZE).add("background", colour=BLUE)
    drawing.add("a", (*AT, 100, 60), (0, 0, 0, 0), opaque=False, paint=text)
    return drawing.directed("a", direction)


def over(alpha: float, x: float = 0, y: float = 0, scale: float = 1.0) -> Image.Image:
    """Compose the layer at a place, size and opacity."""
    own = Image.new("RGBA", (100, 60), (0, 0, 0, 0))
    text(ImageDraw.Draw(own))
    own = own.resize((round(100 * scale), round(60 * scale)), Image.Resampling.BICUBIC) if scale != 1 else own
    own.putalpha(own.getchannel("A").point(lambda level: round(level * alpha)))
    frame = Image.new("RGBA", SIZE, (*BLUE, 255))
    corner = (round(AT[0] + x + 50 * (1 - scale)), round(AT[1] + y + 30 * (1 - scale)))
    frame.alpha_composite(own, corner)
    return frame.convert("RGB")


def mean(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures."""
    means = ImageStat.Stat(ImageChops.difference(one, other)).mean
    return sum(means) / len(means)


@pytest.mark.parametrize("effect", ["fade", "rise", "slide", "scale", "wipe", "draw", "type"])
@pytest.mark.parametrize("leaving", [False, True])
def test_an_effect_costs_its_own_frames_and_ends_exactly(tmp_path: Path, effect: str, *, leaving: bool) -> None:
    """Before and after an effect the frame is exactly that without it, and nothing outside its box ever changes."""
    with_it = Effect(5, FRAMES, effect)
    track = Track(leave=with_it) if leaving else Track(enter=with_it)
    picture = drawn(tmp_path / "d").picture(Motion(30, 25, {"a": track}))
    frames = shown(picture)
    there, gone = over(1), over(0)
    before, after = (there, gone) if leaving else (gone, there)
    assert max(differ(frame, before) for frame in frames[:5]) <= 1
    assert max(differ(frame, after) for frame in frames[5 + FRAMES :]) <= 1
    assert changed_frames(picture.layers, picture.motion) == (0, *range(5, 6 + FRAMES))
    middle = frames[9]
    assert min(differ(middle, there), differ(middle, gone)) > 60
    box = visible_box(picture.layers.layers[1], picture.layers, picture.motion)
    for frame in frames:
        outside = frame.copy()
        outside.paste(BLUE, (box.left, box.top, box.right, box.bottom))
        assert outside.getcolors() == [(SIZE[0] * SIZE[1], BLUE)]


@pytest.mark.parametrize("leaving", [False, True])
@pytest.mark.parametrize("easing", ["linear", "gentle", "smooth", "snappy"])
def test_sliding_and_growing_are_eased(tmp_path: Path, easing: str, *, leaving: bool) -> None:
    """At each frame a layer has the opacity, place and size that its curve gives."""
    power = {"linear": 1, "gentle": 2, "smooth": 3, "snappy": 5}[easing]
    for effect in ("rise", "slide", "scale"):
        change = Effect(2, FRAMES, effect, easing)
        track = Track(leave=change) if leaving else Track(enter=change)
        frames = shown(drawn(tmp_path / effect).picture(Motion(30, 14, {"a": track})))
        for frame in range(2, 2 + FRAMES):
            share = (frame - 1) / (FRAMES + 1)
            alpha = 1 - share if leaving else share
            away = share**power if leaving else (1 - share) ** power
            if easing == "gentle":  # slow at both ends
                way = 2 * share**2 if share < 0.5 else 1 - 2 * (1 - share) ** 2
                away = way if leaving else 1 - way
            sign = 1 if leaving else -1
            move = {"rise": (0, -sign * 24 / 6), "slide": (sign * 72 / 6, 0), "scale": (0, 0)}[effect]
            scale = 1 - 0.14 * away if effect == "scale" else 1.0
            ideal = over(alpha, round(move[0] * away), round(move[1] * away), scale)
            assert mean(frames[frame], ideal) < (4 if effect == "scale" else 0.6), (effect, frame)


@pytest.mark.parametrize("leaving", [False, True])
@pytest.mark.parametrize("direction", ["right", "left", "down", "up"])
def test_a_line_is_drawn_in_its_direction(tmp_path: Path, direction: str, *, leaving: bool) -> None:
    """A drawn layer appears, and goes, from the start of its direction, with a sharp edge that never goes back."""
    drawing = Drawing(tmp_path / "d", SIZE).add("background", colour=BLUE).add("a", (60, 40, 100, 60), RED)
    drawing.directed("a", direction)
    change = Effect(0, FRAMES, "draw", "linear")
    track = Track(leave=change) if leaving else Track(enter=change)
    frames = shown(drawing.picture(Motion(30, 12, {"a": track})))
    for frame in range(FRAMES):
        share = (frame + 1) / (FRAMES + 1)
        length = 100 if direction in {"right", "left"} else 60
        line = [
            pixel(frames[frame], *((60 + at, 70) if length == 100 else (110, 40 + at)))[0] > 105 for at in range(length)
        ]
        if direction in {"left", "up"}:
            line.reverse()
        if leaving:
            line = [not inked for inked in line]
        assert abs(sum(line) - share * length) <= 2
        assert line == sorted(line, reverse=True)


def test_a_wipe_has_a_soft_edge(tmp_path: Path) -> None:
    """A wipe never shows a hard edge: from pixel to pixel opacity changes by less than a tenth."""
    drawing = Drawing(tmp_path / "d", SIZE).add("background", colour=(0, 0, 0)).add("a", (10, 40, 300, 60))
    frames = shown(drawing.picture(Motion(30, 12, {"a": Track(enter=Effect(0, FRAMES, "wipe", "linear"))})))
    levels = [pixel(frames[4], x, 70)[0] for x in range(10, 310)]
    assert levels == sorted(levels, reverse=True)
    assert levels[0] == 255
    assert levels[-1] == 0
    assert max(a - b for a, b in pairwise(levels)) < 25


@pytest.mark.parametrize("direction", ["right", "left"])
def test_a_text_is_typed_glyph_by_glyph(tmp_path: Path, direction: str) -> None:
    """Each glyph is there or not, whole, in reading order, the first line first."""
    frames = shown(drawn(tmp_path / "d", direction).picture(Motion(30, 14, {"a": Track(enter=Effect(0, 9, "type"))})))
    columns = range(5) if direction == "right" else range(4, -1, -1)
    places = [(AT[0] + 8 + 20 * column, AT[1] + 15 + 30 * line) for line in range(2) for column in columns]
    for frame in range(10):
        there = [pixel(frames[frame], *place) == RED for place in places]
        assert there == [index < frame + 1 for index in range(10)], frame
        assert {pixel(frames[frame], *place) for place in places} <= {RED, BLUE}


def test_a_cursor_moves_between_its_stops(tmp_path: Path) -> None:
    """A layer glides over the canvas to a box that its drawing names, slow at both ends, and stays there."""
    drawing = Drawing(tmp_path / "d", SIZE).add("background", colour=BLUE).add("cursor", (20, 20, 12, 12), RED)
    drawing.stopping("cursor", (20, 20, 12, 12), (220, 120, 12, 12))
    keys = (Key(5, 0), Key(25, 1, "smooth"))
    picture = drawing.picture(Motion(30, 40, {"cursor": Track(moves=keys)}))
    frames = shown(picture)
    for frame, image in enumerate(frames):
        share = min(max((frame - 5) / 20, 0), 1)
        way = 4 * share**3 if share < 0.5 else 1 - 4 * (1 - share) ** 3
        x, y = 20 + 200 * way, 20 + 100 * way
        ideal = Image.new("RGB", (SIZE[0] * 8, SIZE[1] * 8), BLUE)
        ideal.paste(RED, (round(8 * x), round(8 * y), round(8 * (x + 12)), round(8 * (y + 12))))
        assert differ(image, ideal.resize(SIZE, Image.Resampling.BOX)) <= 30, frame
    assert changed_frames(picture.layers, picture.motion) == (0, *range(5, 26))
    assert differ(frames[30], frames[39]) == 0


def test_a_zoom_to_a_part_and_back(tmp_path: Path) -> None:
    """A clipped layer that shows its right lower quarter over its whole box is never seen outside of that."""

    def quarters(draw: ImageDraw.ImageDraw) -> None:
        draw.rectangle((50, 30, 99, 59), fill=RED)

    drawing = Drawing(tmp_path / "d", SIZE).add("background", colour=BLUE)
    drawing.add("a", (60, 40, 100, 60), (255, 255, 255), paint=quarters)
    near = (-1, -1, 2, 2)
    keys = (Key(5), Key(15, near, "smooth"), Key(20, near), Key(30, easing="smooth"))
    picture = drawing.picture(Motion(30, 40, {"a": Track(moves=keys, clipped=True)}))
    frames = shown(picture)
    assert apart(pixel(frames[17], 75, 55), RED) <= 1
    assert apart(pixel(frames[17], 155, 95), RED) <= 1
    assert pixel(frames[0], 64, 44) == pixel(frames[35], 64, 44) == (255, 255, 255)
    assert differ(frames[35], frames[0]) == 0
    for frame in frames:
        assert {pixel(frame, *at) for at in ((59, 70), (160, 70), (110, 39), (110, 100))} == {BLUE}
    assert changed_frames(picture.layers, picture.motion) == (0, *range(5, 16), *range(20, 31))


@pytest.mark.parametrize(
    ("enter", "leave"), [("slide", "type"), ("scale", "draw"), ("type", "scale"), ("draw", "wipe")]
)
def test_a_window_of_effects_shows_what_the_whole_shows(tmp_path: Path, enter: str, leave: str) -> None:
    """Frames of any window, and stills, are those of the whole scene: with moves, effects and typed lines."""
    drawing = drawn(tmp_path / "d").add("line", (60, 110, 40, 10), advances=(10,) * 4)
    drawing.add("m", (200, 20, 40, 20), RED)
    tracks = {
        "a": Track(Effect(2, 8, enter), Effect(20, 6, leave)),
        "line": Track(Effect(4, 8, "type"), Effect(18, 5, leave)),
        "m": Track(moves=(Key(3), Key(12, (0.5, 3, 1.5, 1.5), "gentle")), leave=Effect(16, 8, leave)),
    }
    motion = Motion(30, 30, tracks)
    whole = shown(drawing.picture(motion))
    for first, frames in ((5, 6), (9, 1), (11, 12), (21, 9)):
        for index, image in enumerate(shown(drawing.picture(motion.window(first, frames)))):
            assert differ(image, whole[first + index]) <= 2, (first, index)
    assert apart(pixel(whole[29], 110, 70), BLUE) == 0
