"""The frames at which a picture changes: numbers only."""

from __future__ import annotations

import pytest

from tests.support.render_lab import zooming
from vidbuild.media.render.changed_frames import (
    changed_frames,
    cursor_places,
    is_still,
    layer_changes,
    typed_widths,
    visible_layers,
    visible_span,
)
from vidbuild.media.render.drawing import Layer, Layers
from vidbuild.media.render.motion import NEVER, Effect, Motion, Track
from vidbuild.media.render.playback import Playback


def layer(name: str, *, advances: tuple[float, ...] = (), file: str | None = None, y: int = 10, x: int = 20) -> Layer:
    """A layer of 40 x 10 pixels."""
    return Layer(name, f"{name}.png" if file is None else file, x, y, 40, 10, advances=advances)


def one(track: Track, *, frames: int = 100, advances: tuple[float, ...] = ()) -> tuple[Layer, Layers, Motion]:
    """A drawing with one layer that has this track."""
    only = layer("a", advances=advances)
    return only, Layers(160, 90, (only,)), Motion(30, frames, {"a": track})


def test_a_still_scene_has_one_moment() -> None:
    """A scene in which nothing moves costs one picture, however long it is."""
    _, layers, _ = one(Track())
    assert changed_frames(layers, Motion(30, 100_000)) == (0,)


@pytest.mark.parametrize(
    ("track", "expected"),
    [
        (Track(enter=Effect(20, 0, "cut")), (0, 20)),
        (Track(enter=Effect(20, 3, "fade")), (0, 20, 21, 22, 23)),
        (Track(enter=Effect(20, 3, "rise")), (0, 20, 21, 22, 23)),
        (Track(enter=Effect(-2, 4, "fade")), (0, 1, 2)),
        (Track(leave=Effect(97, 9, "fade")), (0, 97, 98, 99)),
        (Track(leave=Effect(50, 0, "cut")), (0, 50)),
        (Track(leave=Effect(50, 2, "fade")), (0, 50, 51, 52)),
        (Track(enter=Effect(5, 0, "cut"), leave=Effect(7, 0, "cut")), (0, 5, 7)),
        (Track(enter=Effect(99, 9, "fade")), (0, 99)),
        (Track(enter=NEVER), (0,)),
        (zooming(1, 1, 100), (0,)),
        (zooming(1, 1.1, 100, enter=Effect(90, 2, "fade")), (0, *range(90, 100))),
    ],
)
def test_a_change_costs_its_own_frames(track: Track, expected: tuple[int, ...]) -> None:
    """Only the frames of a change are moments, and the one at which it is over."""
    _, layers, motion = one(track)
    assert changed_frames(layers, motion) == expected


@pytest.mark.parametrize(
    ("fps", "seconds", "every"), [(30, 10, 1), (25, 60, 1), (50, 10, 2), (60, 10, 2), (60, 5, 1), (120, 30, 5)]
)
def test_a_slow_zoom_is_no_more_pictures_at_a_higher_rate(fps: int, seconds: int, every: int) -> None:
    """Where edges move by less than a quarter of a pixel, no more pictures a second are made than can be seen."""
    layer = Layer("a", "a.png", 0, 0, 1920, 1080, opaque=True)
    motion = Motion(fps, fps * seconds, {"a": zooming(1, 1.06, fps * seconds)})
    assert changed_frames(Layers(1920, 1080, (layer,)), motion) == tuple(range(0, fps * seconds, every))


def test_an_unseen_layer_costs_nothing() -> None:
    """A layer that has not come by the end, or has gone before the beginning, is left out."""
    never, layers, motion = one(Track(enter=NEVER))
    assert visible_layers(layers, motion) == ()
    gone = Motion(30, 10, {"a": Track(leave=Effect(-5, 5, "fade"))})
    assert visible_layers(layers, gone) == ()
    assert visible_span(Track(enter=NEVER), motion)[0] >= motion.frames
    assert not is_still(never, motion)


def test_a_clip_is_a_moment_in_every_frame_it_plays() -> None:
    """After its last frame a clip's picture stays, at no cost."""
    layers = Layers(160, 90, (layer("clip", file=""),))
    motion = Motion(30, 100, {}, Playback(0, 0, 60, "cover"))
    assert changed_frames(layers, motion) == tuple(range(60))
    assert not is_still(layers.layers[0], motion)


def test_characters_come_evenly_and_all_of_them() -> None:
    """Four characters over 12 frames come at 0, 3, 6 and 9, each showing one more of the line's advances."""
    only, _, motion = one(Track(enter=Effect(10, 12, "type")), advances=(10, 8.4, 8.4, 10))
    assert typed_widths(only, motion) == ((10, 10), (13, 18), (16, 27), (19, 40))


def test_the_last_character_shows_the_whole_layer() -> None:
    """Rounded advances never leave a column of the last glyph hidden."""
    only, _, motion = one(Track(enter=Effect(0, 3, "type")), advances=(12.3, 12.3, 12.3))
    assert typed_widths(only, motion)[-1] == (2, 40)


def test_typing_faster_than_frames_shares_them() -> None:
    """Eight characters in two frames come four at a time; in none, all at once."""
    only, _, motion = one(Track(enter=Effect(5, 2, "type")), advances=(5,) * 8)
    assert typed_widths(only, motion) == ((5, 20), (6, 40))
    only, _, motion = one(Track(enter=Effect(5, 0, "type")), advances=(5,) * 8)
    assert typed_widths(only, motion) == ((5, 40),)


def test_typing_in_progress_continues() -> None:
    """A window into the middle of typing starts with the characters typed by then."""
    only, _, motion = one(Track(enter=Effect(10, 12, "type")), advances=(10, 10, 10, 10))
    assert typed_widths(only, motion.window(15, 30)) == ((0, 20), (1, 30), (4, 40))
    assert typed_widths(only, motion.window(40, 30)) == ()
    assert typed_widths(only, motion.window(0, 10)) == ()


def test_a_text_without_advances_is_typed_in_each_frame() -> None:
    """A typed layer without advances has no widths: its glyphs are found in its image, frame by frame."""
    only, layers, motion = one(Track(enter=Effect(10, 12, "type")))
    assert typed_widths(only, motion) == ()
    assert changed_frames(layers, motion) == (0, *range(10, 23))


def test_a_cursor_follows_the_last_character() -> None:
    """It appears with the first character, moves with each, and moves to the next line when that begins."""
    first, second = layer("l0", advances=(10, 10)), layer("l1", advances=(10, 10), y=30)
    mark = layer("cursor", y=10)
    layers = Layers(160, 90, (first, second, mark))
    motion = Motion(
        30,
        100,
        {
            "l0": Track(enter=Effect(10, 10, "type")),
            "l1": Track(enter=Effect(40, 10, "type")),
            "cursor": Track(follows=("l0", "l1")),
        },
    )
    assert cursor_places(mark, layers, motion) == ((10, (30, 10)), (15, (40, 10)), (40, (30, 30)), (45, (40, 30)))
    assert layer_changes(mark, layers, motion) == (10, 15, 40, 45)


def test_a_cursor_before_all_typing_is_not_there() -> None:
    """In a window that ends before the first line begins the cursor is left out."""
    line, mark = layer("l0", advances=(10, 10)), layer("cursor")
    layers = Layers(160, 90, (line, mark))
    motion = Motion(30, 100, {"l0": Track(enter=Effect(50, 10, "type")), "cursor": Track(follows=("l0",))})
    assert visible_layers(layers, motion.window(0, 20)) == ()
    assert [item.name for item in visible_layers(layers, motion)] == ["l0", "cursor"]


def test_a_cursor_after_all_typing_stays() -> None:
    """In a window after the typing it stands behind the last line from its first frame, and is no moment."""
    first, second, mark = layer("l0", advances=(10, 10)), layer("l1", advances=(10, 7), y=30), layer("cursor")
    layers = Layers(160, 90, (first, second, mark))
    tracks = {
        "l0": Track(enter=Effect(5, 10, "type")),
        "l1": Track(enter=Effect(25, 10, "type")),
        "cursor": Track(follows=("l0", "l1")),
    }
    late = Motion(30, 100, tracks).window(60, 40)
    assert cursor_places(mark, layers, late) == ((0, (37, 30)),)
    assert changed_frames(layers, late) == (0,)


def test_a_cursor_between_two_lines_waits_behind_the_first() -> None:
    """While the second line has not begun the cursor stays where the first one ended."""
    first, second, mark = layer("l0", advances=(10, 10)), layer("l1", advances=(10, 7), y=30), layer("cursor")
    layers = Layers(160, 90, (first, second, mark))
    tracks = {
        "l0": Track(enter=Effect(5, 10, "type")),
        "l1": Track(enter=Effect(75, 10, "type")),
        "cursor": Track(follows=("l0", "l1")),
    }
    assert cursor_places(mark, layers, Motion(30, 100, tracks).window(30, 20)) == ((0, (40, 10)),)


def test_windows_of_moments_are_the_whole_ones_moments() -> None:
    """A window's moments are the whole scene's in it, and its own first frame; none is lost at a border."""
    line, mark, box = layer("l0", advances=(10,) * 4), layer("cursor"), layer("box")
    layers = Layers(160, 90, (line, mark, box))
    motion = Motion(
        30,
        100,
        {
            "l0": Track(enter=Effect(20, 20, "type")),
            "cursor": Track(follows=("l0",)),
            "box": Track(enter=Effect(50, 6, "rise"), leave=Effect(70, 6, "fade")),
        },
    )
    whole = set(changed_frames(layers, motion))
    for first in range(100):
        for frames in (1, 7, 100 - first):
            window = motion.window(first, min(frames, 100 - first))
            inside = {frame - first for frame in whole if first <= frame < first + window.frames}
            assert set(changed_frames(layers, window)) == inside | {0}, (first, frames)
