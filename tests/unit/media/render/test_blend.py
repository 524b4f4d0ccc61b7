"""Transitions layer by layer: frames compared with what each layer should be at its moment."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.support.render_lab import Drawing, apart, differ, pixel, shown
from vidbuild.media.render import likeness
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.blend import blended
from vidbuild.media.render.changed_frames import changed_frames
from vidbuild.media.render.drawing import Layer
from vidbuild.media.render.motion import Effect, Motion, Track

FRAMES = 8
WHITE, BLACK, RED = (255, 255, 255), (0, 0, 0), (200, 40, 40)


def scene(folder: Path, *boxes: tuple[str, tuple[int, int, int, int]], ground: tuple[int, int, int] = BLACK) -> Drawing:
    """A drawing with a background and see-through white boxes, as texts are."""
    drawing = Drawing(folder).add("background", colour=ground)
    for name, box in boxes:
        drawing.add(name, box, WHITE, opaque=False)
    return drawing


def still(drawing: Drawing) -> Animation:
    """The drawing without motion."""
    return drawing.picture(Motion(30, FRAMES))


def test_backgrounds_mix_evenly(tmp_path: Path) -> None:
    """Each of n frames is a mixture, the k-th with k/(n+1) of the coming scene."""
    frames = shown(blended(still(scene(tmp_path / "a")), still(scene(tmp_path / "b", ground=WHITE)), "fade"))
    levels = [pixel(frame, 5, 5)[0] for frame in frames]
    assert apart(levels, [round(255 * k / 9) for k in range(1, 9)]) <= 1


def test_texts_never_overlap(tmp_path: Path) -> None:
    """A heading has gone before the next one is seen, evenly, and both are seen half of the time."""
    one = scene(tmp_path / "a", ("heading", (10, 10, 60, 10)))
    two = scene(tmp_path / "b", ("heading", (20, 10, 70, 10)))
    frames = shown(blended(still(one), still(two), "fade"))
    leaving = [pixel(frame, 12, 15)[0] for frame in frames]
    coming = [pixel(frame, 85, 15)[0] for frame in frames]
    both = [pixel(frame, 40, 15)[0] for frame in frames]
    assert apart(leaving, [204, 153, 102, 51, 0, 0, 0, 0]) <= 1
    assert apart(coming, [0, 0, 0, 0, 51, 102, 153, 204]) <= 1
    assert both == [a + b for a, b in zip(leaving, coming, strict=True)]


def test_what_both_scenes_have_does_not_change(tmp_path: Path) -> None:
    """A logo in the same place is the same in every frame, and two scenes that look alike cost one frame."""
    one = scene(tmp_path / "a", ("logo", (130, 5, 20, 10)), ("text", (10, 40, 20, 10)))
    two = scene(tmp_path / "b", ("logo", (130, 5, 20, 10)), ("other", (60, 40, 20, 10)))
    frames = shown(blended(still(one), still(two), "fade"))
    assert {pixel(frame, 140, 10) for frame in frames} == {WHITE}
    assert {pixel(frame, 100, 80) for frame in frames} == {BLACK}
    alike = blended(
        still(one), still(scene(tmp_path / "c", ("logo", (130, 5, 20, 10)), ("text", (10, 40, 20, 10)))), "fade"
    )
    assert changed_frames(alike.layers, alike.motion) == (0,)


def test_shared_layers_stay_between_what_is_below_and_above_them(tmp_path: Path) -> None:
    """A window that both scenes have hides what is below it in each, and is below the texts of both."""

    def windowed(folder: Path, below: tuple[int, int, int], above: int) -> Animation:
        drawing = Drawing(folder).add("background", colour=BLACK).add("below", (40, 20, 60, 40), below, opaque=False)
        drawing.add("window", (30, 10, 100, 60), (90, 90, 90)).add(
            f"text-{above}", (above, 30, 20, 10), WHITE, opaque=False
        )
        return still(drawing)

    frames = shown(blended(windowed(tmp_path / "a", RED, 40), windowed(tmp_path / "b", (0, 200, 0), 80), "fade"))
    assert {pixel(frame, 70, 50) for frame in frames} == {(90, 90, 90)}
    assert pixel(frames[0], 50, 35)[0] > 200
    assert pixel(frames[-1], 90, 35)[0] > 200


def test_a_picture_turns_into_the_next_one(tmp_path: Path) -> None:
    """A picture over a picture mixes with it: the background never shines through."""
    one = Drawing(tmp_path / "a").add("background", colour=BLACK).add("picture", (20, 10, 100, 60), (200, 200, 200))
    two = Drawing(tmp_path / "b").add("background", colour=BLACK).add("picture", (20, 10, 100, 60), (100, 100, 100))
    levels = [pixel(frame, 60, 40)[0] for frame in shown(blended(still(one), still(two), "fade"))]
    assert apart(levels, [round(200 - 100 * k / 9) for k in range(1, 9)]) <= 1


def test_both_scenes_play(tmp_path: Path) -> None:
    """What moves in either scene goes on moving, at its own frames."""
    one = scene(tmp_path / "a", ("goes", (10, 10, 20, 10))).picture(
        Motion(30, FRAMES, {"goes": Track(leave=Effect(2, 0, "cut"))})
    )
    two = scene(tmp_path / "b", ("comes", (60, 10, 20, 10))).picture(
        Motion(30, FRAMES, {"comes": Track(enter=Effect(6, 0, "cut"))})
    )
    frames = shown(blended(one, two, "fade"))
    assert [pixel(frame, 15, 15) == WHITE for frame in frames] == [True] * 2 + [False] * 6
    assert [pixel(frame, 65, 15) == WHITE for frame in frames] == [False] * 6 + [True] * 2


def test_a_morph_moves_what_has_the_same_pixels(tmp_path: Path) -> None:
    """A line of code that is elsewhere in the next scene glides there, whole, whatever its name is."""
    one = Drawing(tmp_path / "a").add("background", colour=BLACK).add("line-1", (10, 10, 40, 8), RED, opaque=False)
    two = Drawing(tmp_path / "b").add("background", colour=BLACK).add("line-4", (50, 60, 40, 8), RED, opaque=False)
    frames = shown(blended(still(one), still(two), "morph"))
    assert len(frames) == FRAMES
    for frame, image in enumerate(frames):
        share = (frame + 1) / (FRAMES + 1)
        way = 4 * share**3 if share < 0.5 else 1 - 4 * (1 - share) ** 3
        ideal = Image.new("RGB", (160 * 8, 90 * 8), BLACK)
        x, y = 10 + 40 * way, 10 + 50 * way
        ideal.paste(RED, (round(8 * x), round(8 * y), round(8 * (x + 40)), round(8 * (y + 8))))
        assert differ(image, ideal.resize((160, 90), Image.Resampling.BOX)) <= 40, frame


def test_a_morph_moves_on_in_a_list(tmp_path: Path) -> None:
    """The second entry becomes the first one: the old first one fades, and the new second one appears."""
    green = (0, 200, 0)

    def entries(folder: Path, *colors: tuple[int, int, int]) -> Animation:
        drawing = Drawing(folder).add("background", colour=BLACK)
        for index, color in enumerate(colors):
            drawing.add(f"items-{index}", (10, 10 + 40 * index, 60, 10), color, opaque=False)
        return still(drawing)

    blend = blended(entries(tmp_path / "a", WHITE, RED), entries(tmp_path / "b", RED, green), "morph")
    assert sorted(layer.name for layer in blend.layers.layers) == [
        "a:items-0",
        "b:background",
        "b:items-0",
        "b:items-1",
    ]
    frames = shown(blend)
    assert apart([pixel(frame, 60, 15)[2] for frame in frames[:4]], [204, 153, 102, 51]) <= 1
    assert apart([pixel(frame, 60, 55)[1] for frame in frames[4:]], [40, 80, 120, 160]) <= 1


def test_a_morph_takes_a_window_to_its_new_size(tmp_path: Path) -> None:
    """A window grows from one box to the other, and its edges keep their size."""

    def window(folder: Path, box: tuple[int, int, int, int]) -> Animation:
        def bar(draw: ImageDraw.ImageDraw) -> None:
            draw.rectangle((0, 0, box[2], 9), fill=RED)

        drawing = Drawing(folder).add("background", colour=BLACK).add("window", box, WHITE, opaque=False, paint=bar)
        return still(drawing.having("window", edges=(4, 10, 4, 4)))

    frames = shown(blended(window(tmp_path / "a", (20, 30, 60, 30)), window(tmp_path / "b", (20, 10, 60, 70)), "morph"))
    tops, heights = [], []
    for image in frames:
        column = [pixel(image, 50, y) for y in range(90)]
        bar = [y for y, color in enumerate(column) if apart(color, RED) < 60]
        tops.append(bar[0])
        heights.append(len(bar))
    assert all(abs(height - 10) <= 1 for height in heights)
    assert all(before >= after for before, after in pairwise(tops))
    assert tops[0] >= 29
    assert tops[-1] <= 11


def test_a_zoom_grows_about_the_middle(tmp_path: Path) -> None:
    """The leaving scene grows out of sight, the coming one into its place, and the background rests."""
    one = scene(tmp_path / "a", ("left", (40, 40, 20, 10)))
    two = scene(tmp_path / "b", ("right", (100, 40, 20, 10)))
    frames = shown(blended(still(one), still(two), "zoom"))
    edges = [next((x for x in range(160) if pixel(frame, x, 45)[0] > 20), None) for frame in frames]
    assert edges[0] is not None
    assert edges[3] is not None
    assert edges[3] < edges[0] <= 40
    assert edges[4] is not None
    assert edges[7] is not None
    assert 90 < edges[4] < edges[7] <= 100
    assert {pixel(frame, 5, 5) for frame in frames} == {BLACK}


@pytest.mark.parametrize(
    ("size", "turned", "alike"), [((40, 20), False, True), ((60, 31), False, True), ((40, 20), True, False)]
)
def test_likeness(tmp_path: Path, size: tuple[int, int], *, turned: bool, alike: bool) -> None:
    """The same picture in another size is alike; another one of the same size is not."""
    picture = Image.new("RGBA", (400, 200), (0, 0, 0, 0))
    ImageDraw.Draw(picture).polygon([(0, 0), (399, 0), (0, 199)], fill=(255, 255, 255, 255))
    picture.resize((40, 20)).save(tmp_path / "a.png")
    other = picture.transpose(Image.Transpose.ROTATE_180) if turned else picture
    other.resize(size).save(tmp_path / "b.png")
    assert likeness.alike(tmp_path / "a.png", tmp_path / "b.png") is alike


def test_marks_of_the_video_never_go_dark(tmp_path: Path) -> None:
    """A bar of progress, which belongs to the video, is fully there in every frame, and grows in the middle."""

    def progress(folder: Path, width: int) -> Animation:
        drawing = scene(folder).add("progress", (0, 80, width, 4), WHITE, opaque=False)
        return still(drawing.having("progress", stays=True))

    frames = shown(blended(progress(tmp_path / "a", 40), progress(tmp_path / "b", 80), "fade"))
    assert min(pixel(frame, 20, 82)[0] for frame in frames) >= 254
    assert pixel(frames[0], 60, 82)[0] < pixel(frames[2], 60, 82)[0] < pixel(frames[7], 60, 82)[0]
    assert Layer("progress", "", 0, 0, 1, 1).stays is False


def test_a_scene_fades_into_one_with_the_same_files(tmp_path: Path) -> None:
    """Scenes that are drawn alike have the same files: what moves in both is read for each of them."""
    drawing = scene(tmp_path / "a", ("text", (10, 40, 20, 10)), ("item", (60, 40, 20, 10)))
    leave, enter = {"item": Track(leave=Effect(2, 4, "fade"))}, {"item": Track(enter=Effect(2, 4, "fade"))}
    one, two = drawing.picture(Motion(30, FRAMES, leave)), drawing.picture(Motion(30, FRAMES, enter))
    for effect in ("fade", "zoom", "morph"):
        frames = shown(blended(one, two, effect))
        assert {pixel(frame, 15, 45)[0] for frame in frames} == {255}
        assert pixel(frames[0], 65, 45)[0] == pixel(frames[7], 65, 45)[0] == 255
