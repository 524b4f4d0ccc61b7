"""The frames that layers and motion produce, checked pixel by pixel before anything is encoded."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw

from tests.support.render_lab import SIZE, Drawing, apart, differ, pixel, shown, zooming
from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.render import compose
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.motion import NEVER, Effect, Motion, Track
from vidbuild.media.render.playback import Playback

BLUE = (10, 20, 60)


@pytest.fixture
def drawing(tmp_path: Path) -> Drawing:
    """A canvas with an opaque background."""
    return Drawing(tmp_path / "drawing").add("background", colour=BLUE)


def arguments(picture: Animation) -> str:
    """A picture's command as one text."""
    return " ".join(filtergraph.arguments(filtergraph.output(compose.frames(picture), Path("o"), {})))


def box_of(image: Image.Image, colour: tuple[int, int, int] = (255, 255, 255)) -> tuple[int, int, int, int] | None:
    """Return where in an image a color is."""
    far = ImageChops.difference(image, Image.new("RGB", image.size, colour))
    red, green, blue = (band.point(lambda value: 255 * (value < 8)) for band in far.split())
    return ImageChops.multiply(ImageChops.multiply(red, green), blue).getbbox()


def test_still_layers_are_laid_on_once(drawing: Drawing) -> None:
    """Layers that never move are put together before anything is repeated: one picture is composed, not one a frame."""
    drawing.add("a", (5, 7, 11, 13)).add("b", (20, 20, 9, 9), (200, 0, 0))
    picture = drawing.picture(Motion(30, 50))
    text = arguments(picture)
    assert text.count("loop=loop=") == text.count("loop=loop=1:size=1") == 1
    frames = shown(picture)
    assert len(frames) == 50
    assert all(frame.tobytes() == frames[0].tobytes() for frame in frames)
    assert box_of(frames[0]) == (5, 7, 16, 20)
    assert box_of(frames[0], (200, 0, 0)) == (20, 20, 29, 29)
    assert pixel(frames[0], 100, 50) == BLUE


def test_every_image_is_decoded_once(drawing: Drawing) -> None:
    """Each PNG is read by one input, decoded once, and repeated only for the frames in which its layer changes."""
    drawing.add("a", (5, 5, 10, 10)).add("b", (20, 5, 10, 10))
    motion = Motion(30, 300, {"a": Track(enter=Effect(10, 4, "fade")), "b": Track(enter=Effect(200, 4, "rise"))})
    text = arguments(drawing.picture(motion))
    assert text.count("a.png") == text.count("b.png") == text.count("background.png") == 1
    assert text.count("loop=loop=4:size=1") == 2
    assert "loop=loop=11:size=1" in text


def test_unseen_layers_are_left_out(drawing: Drawing) -> None:
    """A layer that never enters is not even read."""
    drawing.add("ghost", (5, 5, 10, 10))
    picture = drawing.picture(Motion(30, 5, {"ghost": Track(enter=NEVER)}))
    assert "ghost" not in arguments(picture)
    (drawing.folder / "ghost.png").unlink()
    assert box_of(shown(picture)[4]) is None


def test_a_canvas_without_background_is_black(tmp_path: Path) -> None:
    """Layers that don't fill the canvas stand on black, and one that is see-through never is the base."""
    small = Drawing(tmp_path / "small").add("a", (5, 5, 10, 10))
    assert pixel(shown(small.picture(Motion(30, 2)))[1], 100, 50) == (0, 0, 0)
    sheer = Drawing(tmp_path / "sheer").add("a", colour=(255, 255, 255, 128), opaque=False)
    assert apart(pixel(shown(sheer.picture(Motion(30, 1)))[0], 3, 3), (128, 128, 128)) <= 1
    empty = Drawing(tmp_path / "empty")
    empty.folder.mkdir()
    assert box_of(shown(empty.picture(Motion(30, 1)))[0], (0, 0, 0)) == (0, 0, *SIZE)


@pytest.mark.parametrize("effect", ["fade", "rise"])
def test_an_entrance_fades_evenly(tmp_path: Path, effect: str) -> None:
    """The k-th of n frames shows k/(n+1) of a layer; none before, all of it after."""
    drawing = Drawing(tmp_path / "d").add("background", colour=(0, 0, 0)).add("a", (0, 0, 160, 90))
    frames = shown(drawing.picture(Motion(30, 20, {"a": Track(enter=Effect(5, 9, effect))})))
    levels = [pixel(frame, 80, 60)[0] for frame in frames]
    expected = [round(255 * min(max((frame - 4) / 10, 0), 1)) for frame in range(20)]
    assert apart(levels, expected) <= 1


def test_leaving_fades_to_nothing(tmp_path: Path) -> None:
    """A leaving layer fades as evenly, and is gone for good."""
    drawing = Drawing(tmp_path / "d").add("background", colour=(0, 0, 0)).add("a")
    track = Track(enter=Effect(2, 3, "fade"), leave=Effect(10, 4, "fade"))
    levels = [pixel(frame, 80, 60)[0] for frame in shown(drawing.picture(Motion(30, 20, {"a": track})))]
    assert apart(levels, [0, 0, 64, 128, 191, *[255] * 5, 204, 153, 102, 51, *[0] * 6]) <= 1


def test_cuts_are_sharp(drawing: Drawing) -> None:
    """A layer that is cut in and out is there in exactly its frames."""
    drawing.add("a", (5, 5, 10, 10))
    track = Track(enter=Effect(3, 0, "cut"), leave=Effect(7, 0, "cut"))
    frames = shown(drawing.picture(Motion(30, 10, {"a": track})))
    assert [frame for frame in range(10) if box_of(frames[frame])] == [3, 4, 5, 6]
    assert frames[7].tobytes() == frames[0].tobytes()


def test_rising_is_eased_and_ends_in_place(tmp_path: Path) -> None:
    """A rising layer comes from 24/1080 of the height below, ever slower, never back, and stops where it was drawn."""
    drawing = Drawing(tmp_path / "d", (16, 1080)).add("background", colour=(0, 0, 0)).add("a", (2, 500, 4, 20))
    motion = Motion(30, 20, {"a": Track(enter=Effect(2, 12, "rise"))})

    def top(image: Image.Image) -> int:
        return next(y for y in range(image.height) if pixel(image, 3, y)[0] > 10)

    tops = [top(frame) for frame in shown(drawing.picture(motion))[2:]]
    steps = [before - after for before, after in pairwise(tops)]
    assert 500 + 15 <= tops[0] <= 500 + 24
    assert tops[12:] == [500] * 6
    assert all(step >= 0 for step in steps)
    assert all(before >= after - 1 for before, after in pairwise(steps))
    assert max(steps) == max(steps[:2])


def test_typing_reveals_character_by_character(drawing: Drawing) -> None:
    """A typed line shows exactly the columns of the characters typed so far, and they never move."""
    stripes = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]

    def paint(draw: ImageDraw.ImageDraw) -> None:
        for index, colour in enumerate(stripes):
            draw.rectangle((index * 10, 0, index * 10 + 9, 9), fill=colour)

    drawing.add("line", (30, 20, 40, 10), advances=(10, 10, 10, 10), paint=paint)
    frames = shown(drawing.picture(Motion(30, 20, {"line": Track(enter=Effect(4, 8, "type"))})))
    for frame, image in enumerate(frames):
        typed = min(4, max(0, (frame - 4) // 2 + 1))
        for index, colour in enumerate(stripes):
            wanted = colour if index < typed else BLUE
            assert pixel(image, 30 + index * 10, 25) == wanted, (frame, index)
            assert pixel(image, 39 + index * 10, 25) == wanted, (frame, index)
        assert pixel(image, 29, 25) == pixel(image, 70, 25) == BLUE


def test_a_typed_line_at_the_left_edge(drawing: Drawing) -> None:
    """A line that starts at the canvas's edge is typed as any other, though what is hidden lies outside."""
    drawing.add("line", (0, 20, 40, 10), advances=(10, 10, 10, 10))
    frames = shown(drawing.picture(Motion(30, 6, {"line": Track(enter=Effect(1, 4, "type"))})))
    assert [box and box[2] for box in map(box_of, frames)] == [None, 10, 20, 30, 40, 40]


def test_a_typed_line_can_leave(drawing: Drawing) -> None:
    """A typed line fades out whole, also when it goes before all of it is typed."""
    drawing.add("line", (30, 20, 40, 10), advances=(10, 10, 10, 10))
    track = Track(enter=Effect(0, 8, "type"), leave=Effect(5, 3, "fade"))
    frames = shown(drawing.picture(Motion(30, 12, {"line": track})))
    assert box_of(frames[4]) == (30, 20, 60, 30)
    assert BLUE[0] < pixel(frames[6], 35, 25)[0] < 255
    assert pixel(frames[6], 65, 25)[0] > BLUE[0]
    assert frames[8].tobytes() == frames[11].tobytes()
    assert pixel(frames[8], 35, 25) == BLUE


def test_a_cursor_follows_the_typing(drawing: Drawing) -> None:
    """The cursor isn't there before the first key, and stands right behind the last character of the line it is on."""
    red = (255, 0, 0)
    drawing.add("l0", (30, 20, 30, 10), advances=(10, 10, 10)).add("l1", (30, 40, 20, 10), advances=(10, 10))
    drawing.add("cursor", (30, 20, 4, 10), red)
    tracks = {
        "l0": Track(enter=Effect(3, 6, "type")),
        "l1": Track(enter=Effect(12, 4, "type")),
        "cursor": Track(follows=("l0", "l1")),
    }
    frames = shown(drawing.picture(Motion(30, 20, tracks)))
    corners = [box and box[:2] for box in (box_of(frame, red) for frame in frames)]
    first = [(40, 20)] * 2 + [(50, 20)] * 2 + [(60, 20)] * 5
    assert corners == [None] * 3 + first + [(40, 40)] * 2 + [(50, 40)] * 6


WIDE, NARROW = 6.0, 3.5
LONG = {
    "even": (5,) * 300,
    "uneven": (4.6,) * 300,
    "mixed": tuple(NARROW if index % 7 in (1, 4, 5) else WIDE for index in range(300)),
}


@pytest.mark.parametrize("frames", [300, 777, 140])
@pytest.mark.parametrize("advances", LONG.values(), ids=LONG)
def test_a_line_of_hundreds_of_characters_is_typed(tmp_path: Path, advances: tuple[float, ...], frames: int) -> None:
    """300 characters, of equal or of mixed widths, are typed one after the other with the cursor right behind."""
    width = round(sum(advances))
    drawing = Drawing(tmp_path / "d", (2000, 16)).add("background", colour=BLUE)
    drawing.add("line", (30, 2, width, 4), advances=advances)
    drawing.add("cursor", (30, 8, 4, 4), (255, 0, 0))
    tracks = {"line": Track(enter=Effect(5, frames, "type")), "cursor": Track(follows=("line",))}
    seen = shown(drawing.picture(Motion(30, frames + 10, tracks)))
    assert len(seen) == frames + 10
    for frame, image in list(enumerate(seen))[5::11]:
        count = max(index + 1 for index in range(300) if 5 + index * frames // 300 <= frame)
        typed = round(sum(advances[:count]))
        assert box_of(image) == (30, 2, 30 + typed, 6), frame
        assert box_of(image, (255, 0, 0)) == (30 + typed, 8, 34 + typed, 12), frame


def test_two_long_commands_in_one_scene(tmp_path: Path) -> None:
    """Two commands of 300 characters each, typed one after the other, are whole in the end, and the cursor moved on."""
    red = (255, 0, 0)
    drawing = Drawing(tmp_path / "d", (2000, 40)).add("background", colour=BLUE)
    drawing.add("l0", (30, 4, round(sum(LONG["mixed"])), 6), advances=LONG["mixed"])
    drawing.add("l1", (30, 24, round(sum(LONG["uneven"])), 6), advances=LONG["uneven"])
    drawing.add("cursor", (30, 4, 4, 6), red)
    tracks = {
        "l0": Track(enter=Effect(2, 311, "type")),
        "l1": Track(enter=Effect(320, 290, "type")),
        "cursor": Track(follows=("l0", "l1")),
    }
    picture = drawing.picture(Motion(30, 620, tracks))
    assert len(arguments(picture)) < 100_000, "one argument of a command may have 131,072 bytes on Linux"
    seen = shown(picture)
    first, second = 30 + round(sum(LONG["mixed"])), 30 + round(sum(LONG["uneven"]))
    assert box_of(seen[319]) == (30, 4, first, 10)
    assert box_of(seen[319], red) == (first, 4, first + 4, 10)
    assert box_of(seen[619].crop((0, 20, 2000, 40))) == (30, 4, second, 10)
    assert box_of(seen[619], red) == (second, 24, second + 4, 30)


def test_a_zoom_starts_and_ends_where_it_should(tmp_path: Path) -> None:
    """At 1.0 a zoomed layer is its drawing, pixel by pixel; then it grows about its center and never leaves its box."""

    def paint(draw: ImageDraw.ImageDraw) -> None:
        draw.rectangle((10, 10, 69, 39), fill=(200, 40, 40))

    drawing = Drawing(tmp_path / "d").add("background", colour=BLUE).add("a", (40, 20, 80, 50), paint=paint)
    still = shown(drawing.picture(Motion(30, 1)))[0]
    frames = shown(drawing.picture(Motion(30, 21, {"a": zooming(1, 1.21, 21)})))
    assert differ(frames[0], still) == 0
    last = box_of(frames[20], (200, 40, 40))
    assert last is not None
    assert apart(last, (80 - 36, 45 - 18, 80 + 36, 45 + 18)) <= 1
    outside = [(39, 45), (120, 45), (80, 19), (80, 70)]
    assert all(pixel(frame, *point) == BLUE for frame in frames for point in outside)
    assert all(pixel(frame, 41, 45)[0] > 190 for frame in frames)


def test_a_layer_zoomed_below_its_size_shows_what_is_behind(tmp_path: Path) -> None:
    """At 0.8 of its size a layer is surrounded by what is below it, without dark or smeared edges."""
    drawing = Drawing(tmp_path / "d").add("background", colour=BLUE).add("a", (40, 20, 80, 50))
    frames = shown(drawing.picture(Motion(30, 10, {"a": zooming(0.8, 1, 10)})))
    box = box_of(frames[0])
    assert box is not None
    assert apart(box, (48, 25, 112, 65)) <= 1
    assert pixel(frames[0], 42, 45) == BLUE
    edge = [pixel(frames[0], x, 45) for x in range(44, 52)]
    assert all(apart(BLUE, colour) + apart(colour, (255, 255, 255)) <= 246 for colour in edge)


def test_a_zoom_does_not_jitter(tmp_path: Path) -> None:
    """However slow it is, a zoom moves by much the same fraction of a pixel in every frame, and never back."""

    def paint(draw: ImageDraw.ImageDraw) -> None:
        draw.ellipse((9, 9, 21, 21), fill=(255, 255, 255))

    drawing = Drawing(tmp_path / "d", (240, 60)).add("background", colour=(0, 0, 0))
    drawing.add("a", colour=(0, 0, 0), paint=paint)
    frames = shown(drawing.picture(Motion(30, 60, {"a": zooming(1, 1.04, 60)})))

    def centre(image: Image.Image) -> float:
        columns = list(
            image.crop((0, 0, 60, 60)).convert("L").resize((60, 1), Image.Resampling.BOX, reducing_gap=None).tobytes()
        )
        return sum(x * weight for x, weight in enumerate(columns)) / sum(columns)

    places = [centre(frame) for frame in frames]
    steps = [before - after for before, after in pairwise(places)]
    mean = sum(steps) / len(steps)
    assert mean == pytest.approx(105 * 0.04 / 60, rel=0.15)
    assert all(0 < step < 2 * mean for step in steps)


def test_layers_may_lie_partly_outside(drawing: Drawing) -> None:
    """A layer over the edge is cut off there; one wholly outside is not seen; odd places are exact."""
    drawing.add("left", (-5, 11, 12, 9)).add("corner", (151, 83, 40, 40)).add("out", (200, 200, 5, 5), (255, 0, 0))
    motion = Motion(30, 6, {"out": Track(enter=Effect(2, 2, "fade")), "left": Track(enter=Effect(1, 0, "cut"))})
    last = shown(drawing.picture(motion))[5]
    assert pixel(last, 6, 11) == pixel(last, 151, 83) == pixel(last, 159, 89) == (255, 255, 255)
    assert pixel(last, 7, 11) == pixel(last, 6, 10) == pixel(last, 150, 83) == BLUE


def test_see_through_layers_mix_by_their_alpha(drawing: Drawing) -> None:
    """Alpha is straight: half of white over the background is exactly between the two."""
    drawing.add("glass", (10, 10, 20, 20), (255, 255, 255, 128), opaque=False)
    seen = pixel(shown(drawing.picture(Motion(30, 1)))[0], 15, 15)
    assert apart(seen, [round((255 * 128 + colour * 127) / 255) for colour in BLUE]) <= 1


def test_a_window_shows_what_the_whole_shows(drawing: Drawing) -> None:
    """Frames of a window are those of the whole scene at their place, to the bit: transitions meet without a jump."""
    drawing.add("low", (8, 50, 40, 20), (0, 120, 0)).add("line", (30, 20, 40, 10), advances=(10,) * 4)
    drawing.add("cursor", (30, 20, 4, 10), (255, 0, 0)).add("glass", (70, 40, 50, 30), (9, 99, 200, 90), opaque=False)
    tracks = {
        "low": Track(enter=Effect(2, 6, "rise"), leave=Effect(24, 5, "fade")),
        "line": Track(enter=Effect(9, 8, "type")),
        "cursor": Track(follows=("line",)),
        "glass": Track(enter=Effect(14, 4, "fade"), leave=Effect(17, 4, "fade")),
    }
    motion = Motion(30, 36, tracks)
    whole = shown(drawing.picture(motion))
    for first, frames in ((0, 5), (4, 6), (5, 1), (11, 9), (16, 4), (20, 16), (35, 1)):
        part = shown(drawing.picture(motion.window(first, frames)))
        assert len(part) == frames
        for index, image in enumerate(part):
            assert differ(image, whole[first + index]) <= 1, (first, index)


def test_a_window_of_a_zoom_continues_it(drawing: Drawing) -> None:
    """A zoom in a window has the size that it has in the whole scene."""

    def paint(draw: ImageDraw.ImageDraw) -> None:
        for x in range(0, 100, 10):
            draw.line((x, 0, x, 60), fill=(0, 0, 0), width=3)

    drawing.add("a", (30, 15, 100, 60), paint=paint)
    motion = Motion(30, 30, {"a": zooming(1, 1.2, 30, enter=Effect(3, 4, "fade"))})
    whole = shown(drawing.picture(motion))
    for first, frames in ((0, 6), (5, 5), (20, 10)):
        for index, image in enumerate(shown(drawing.picture(motion.window(first, frames)))):
            assert differ(image, whole[first + index]) <= 3, (first, index)


def test_a_clip_without_a_file_names_the_layer(drawing: Drawing) -> None:
    """A scene whose clip is missing is an error that names the layer, not a crash in the graph."""
    drawing.place("clip")
    with pytest.raises(StepError, match="layer 'clip' needs a clip, but there is none"):
        compose.frames(drawing.picture(Motion(30, 5, {}, Playback(0, 0, 5, "cover"))))
