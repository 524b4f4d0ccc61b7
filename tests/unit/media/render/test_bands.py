"""Which rows of a frame are coded when, and where decoding can start; nothing is coded here."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.render_lab import Drawing, zooming
from vidbuild.media.render import bands
from vidbuild.media.render.bands import MARGIN, ROW, Band, divide, key_frames, strip_row, with_key_frames
from vidbuild.media.render.changed_frames import changed_frames, layer_changes, visible_box, visible_layers
from vidbuild.media.render.drawing import Layer, Layers
from vidbuild.media.render.motion import Effect, Motion, Track
from vidbuild.media.render.playback import Playback

HEIGHT = 640


def boxes(*rows: tuple[int, int], tracks: dict[str, Track], frames: int = 100) -> tuple[Layers, Motion]:
    """Layers over a background, each (top, height), with their tracks."""
    found = [Layer("background", "b.png", 0, 0, 320, HEIGHT, opaque=True)]
    found += [Layer(f"l{index}", "l.png", 10, top, 200, height) for index, (top, height) in enumerate(rows)]
    return Layers(320, HEIGHT, tuple(found)), Motion(30, frames, tracks)


def fade(frame: int) -> Track:
    """A layer that fades in from a frame on."""
    return Track(enter=Effect(frame, 5, "fade"))


def test_what_never_changes_is_one_band() -> None:
    """A still picture is coded once, as a whole."""
    assert divide(*boxes((100, 50), tracks={})) == (Band(0, 40, 40, (0,)),)


def test_what_changes_apart_is_coded_apart() -> None:
    """Two items far from each other are bands of their own, each coded at its own frames, between still ones."""
    found = divide(*boxes((100, 40), (400, 40), tracks={"l0": fade(10), "l1": fade(50)}))
    assert [len(band.frames) for band in found] == [1, 7, 1, 7, 1]
    assert found[1].frames == (0, *range(10, 16))
    assert found[3].frames == (0, *range(50, 56))
    assert (found[1].row, found[1].rows) == (5, 5), "rows 84 to 156, whole"


def test_what_changes_close_to_each_other_is_coded_together() -> None:
    """Between two bands there must be room for still pixels on both sides."""
    found = divide(*boxes((100, 40), (160, 40), tracks={"l0": fade(10), "l1": fade(50)}))
    assert [len(band.frames) for band in found] == [1, 13, 1]


@pytest.mark.parametrize("rows", [((100, 40),), ((100, 40), (560, 60)), ((0, 640),), ((620, 20),), ()])
def test_a_strip_shares_no_band(rows: tuple[tuple[int, int], ...]) -> None:
    """The rows of a strip are bands of their own; each row is encoded at least when it was, the frame is covered."""
    tracks = {f"l{index}": fade(10 + 20 * index) for index in range(len(rows))}
    plain, found = (divide(*boxes(*rows, tracks=tracks), strip) for strip in (0, 2 * ROW + 1))
    assert (strip_row(HEIGHT, 0), strip_row(HEIGHT, 2 * ROW + 1), strip_row(HEIGHT, 2 * ROW)) == (40, 37, 38)
    assert [band for band in found if band.row < 37 < band.row + band.rows] == []
    by_row = [[band.frames for band in divided for _ in range(band.rows)] for divided in (plain, found)]
    assert all(set(before) <= set(frames) for before, frames in zip(*by_row, strict=True))
    assert sum(before != frames for before, frames in zip(*by_row, strict=True)) <= 2 * bands.MAX_MOVE * len(rows)
    assert [band.row for band in found] == [sum(band.rows for band in found[:at]) for at in range(len(found))]


def test_a_narrow_gap_is_shared() -> None:
    """Adjacent bands that are close, but not too close, meet in the middle of their gap."""
    found = divide(*boxes((100, 60), (200, 60), tracks={"l0": fade(10), "l1": fade(50)}))
    assert [len(band.frames) for band in found] == [1, 7, 7, 1]
    assert 160 + 8 <= found[2].row * ROW <= 200 - 8


def test_a_rise_needs_room_below() -> None:
    """A layer that rises is seen further down first."""
    layers, motion = boxes((100, 40), tracks={"l0": Track(enter=Effect(10, 5, "rise"))})
    assert visible_box(layers.layers[1], layers, motion)[1::2] == (100, 155)


def test_a_cursor_is_seen_at_every_line_it_visits(tmp_path: Path) -> None:
    """A cursor's rows are those from the first line it stands in to the last."""
    drawing = Drawing(tmp_path, (160, 96))
    drawing.add("background").add("a", (10, 10, 50, 10), advances=[10] * 5).add(
        "b", (10, 60, 50, 10), advances=[10] * 5
    )
    drawing.add("cursor", (10, 10, 5, 12))
    tracks = {
        "a": Track(enter=Effect(2, 10, "type")),
        "b": Track(enter=Effect(30, 10, "type")),
        "cursor": Track(follows=("a", "b")),
    }
    layers, motion = drawing.done(), Motion(30, 60, tracks)
    assert visible_box(layers.layers[-1], layers, motion) == (20, 10, 65, 72)


def test_a_clips_place_is_coded_as_long_as_it_plays() -> None:
    """The rows of a clip are coded at each of its frames, and no further ones with them."""
    layers = Layers(
        320,
        HEIGHT,
        (Layer("background", "b.png", 0, 0, 320, HEIGHT, opaque=True), Layer("clip", "", 20, 200, 200, 100)),
    )
    found = divide(layers, Motion(30, 50, {}, Playback(0, 0, 20, "cover")))
    assert [len(band.frames) for band in found] == [1, 20, 1]


@given(
    st.lists(st.tuples(st.integers(0, HEIGHT - 4), st.integers(2, 200), st.integers(1, 80)), min_size=1, max_size=9),
)
def test_bands_cover_the_picture_and_all_that_changes(items: list[tuple[int, int, int]]) -> None:
    """Bands lie one below the other from top to bottom, and each layer's every change is coded, with room around it."""
    rows = [(top, min(height, HEIGHT - top)) for top, height, _ in items]
    tracks = {f"l{index}": fade(at) for index, (_, _, at) in enumerate(items)}
    layers, motion = boxes(*rows, tracks=tracks)
    found = divide(layers, motion)
    assert [band.row for band in found] == [sum(band.rows for band in found[:index]) for index in range(len(found))]
    assert sum(band.rows for band in found) * ROW == HEIGHT
    for layer in visible_layers(layers, motion)[1:]:
        _, top, _, end = visible_box(layer, layers, motion)
        (band,) = [band for band in found if band.row * ROW <= top < (band.row + band.rows) * ROW]
        assert end <= (band.row + band.rows) * ROW
        assert set(layer_changes(layer, layers, motion)) <= set(band.frames)
        assert band.row == 0 or top - band.row * ROW >= MARGIN / 2
    assert {frame for band in found for frame in band.frames} == set(changed_frames(layers, motion))


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 40))
def test_fences_are_slices_of_their_own(row: int, rows: int, below: int) -> None:
    """Cut into slices of one size from the top, none holds rows of a fence and of the band; the last may be shorter."""
    band = Band(row, rows, row + rows + below, (0,))
    over, under = band.guard_rows
    assert rows % band.slice_rows == 0
    assert over == band.slice_rows
    assert under == (1 if below else 0)


def test_a_picture_has_few_slices() -> None:
    """However many things come apart from each other, no decoder has to have room for more slices than most have."""
    rows = [(8 + 70 * index, 6) for index in range(40)]
    tracks = {f"l{index}": fade(index * 3) for index in range(40)}
    layers, motion = boxes(*rows, tracks=tracks, frames=300)
    tall = Layers(320, 2880, (Layer("background", "b.png", 0, 0, 320, 2880, opaque=True), *layers.layers[1:]))
    found = divide(tall, motion)
    assert 1 <= sum(band.rows // band.slice_rows for band in found) <= bands.MAX_SLICES
    assert sum(band.rows for band in found) * ROW == 2880


@pytest.mark.parametrize(("height", "top", "moving"), [(1080, 1036, 30), (1920, 200, 1000), (2160, 36, 2088)])
def test_a_tall_picture_in_which_one_thing_moves_has_few_slices(height: int, top: int, moving: int) -> None:
    """Where nothing is left to code together, slices are larger: in a tall video only what moves is coded, too."""
    layers = Layers(320, height, (Layer("background", "b.png", 0, 0, 320, height), Layer("l", "l", 9, top, 99, moving)))
    found = divide(layers, Motion(30, 100, {"l": fade(10)}))
    assert [len(band.frames) for band in found if len(band.frames) > 1] == [7]
    assert len(found) > 1
    assert sum(band.rows // band.slice_rows for band in found) <= bands.MAX_SLICES


@pytest.mark.parametrize(
    ("height", "top", "moving", "rows"), [(1080, 120, 720, 47), (2160, 130, 1780, 114), (2160, 100, 1800, 116)]
)
def test_a_tall_band_has_a_low_guard(height: int, top: int, moving: int, rows: int) -> None:
    """A band whose rows divide into no small slices gets some still rows beside it, and no tall guard."""
    layers = Layers(320, height, (Layer("background", "b.png", 0, 0, 320, height), Layer("l", "l", 9, top, 99, moving)))
    found = divide(layers, Motion(30, 100, {"l": fade(10)}))
    (band,) = (band for band in found if not band.is_still)
    assert rows < band.rows <= rows + 2 * bands.MAX_MOVE
    assert band.row * ROW <= top - MARGIN
    assert (band.row + band.rows) * ROW >= top + moving + MARGIN
    assert not any(band.has_tall_guard for band in found)
    assert sum(band.rows // band.slice_rows for band in found) <= bands.MAX_SLICES
    assert [band.row for band in found] == [sum(band.rows for band in found[:index]) for index in range(len(found))]


@pytest.mark.parametrize("cut", [50, 54])
def test_a_band_grows_over_no_cut(cut: int) -> None:
    """Rows that are in bands of their own stay so, even if a guard is tall then."""
    layers = Layers(320, 1080, (Layer("background", "b.png", 0, 0, 320, 1080), Layer("l", "l", 9, 120, 99, 720)))
    found = divide(layers, Motion(30, 100, {"l": fade(10)}), rows=(6, cut))
    assert {6, cut} <= {band.row for band in found}
    assert sum(band.rows for band in found) == 68


@pytest.mark.parametrize("place", [(10, -90), (10, HEIGHT + 90), (-300, 10), (400, 10)])
def test_what_is_outside_the_canvas_is_in_no_band(place: tuple[int, int]) -> None:
    """A layer that nothing is seen of, wherever it is, neither makes a band nor a frame."""
    layers = Layers(320, HEIGHT, (Layer("l", "l.png", *place, 200, 50),))
    motion = Motion(30, 100, {"l": fade(10)})
    assert divide(layers, motion) == (Band(0, 40, 40, (0,)),)
    assert changed_frames(layers, motion) == (0,)


def test_a_picture_of_one_band_has_no_guard_rows() -> None:
    """At the frame's own edges there is no other band to guard against."""
    assert Band(0, 40, 40, (0,)).guard_rows == (0, 0)


@given(st.sets(st.integers(1, 499)), st.integers(1, 500), st.integers(5, 120))
def test_key_frames_are_never_too_far_apart(changes: set[int], frames: int, longest: int) -> None:
    """Key frames are at most so far apart, coded ones fall on changes, and a repeated one is what is held there."""
    times = sorted({0, *(change for change in changes if change < frames)})
    found = key_frames(times, frames, longest)
    every = sorted({*found.coded, *found.repeats})
    assert every[0] == 0
    assert all(b - a <= longest for a, b in zip(every, [*every[1:], frames], strict=True))
    assert found.coded <= set(times)
    assert not found.coded & set(found.repeats)
    for frame, origin in found.repeats.items():
        assert origin in found.coded
        assert origin == max(time for time in times if time <= frame), "nothing changed since"


def test_a_hold_begins_with_the_key_frame_that_is_repeated_in_it() -> None:
    """A long hold is not coded again for a player's sake, and does not flicker where one could start."""
    found = key_frames([0, 10, 11, 12, 40], 500, 100)
    assert found.coded == {0, 40}
    assert found.repeats == {140: 40, 240: 40, 340: 40, 440: 40}


def test_all_bands_have_all_key_frames() -> None:
    """Decoding can only start where every band can."""
    both = with_key_frames([Band(0, 2, 4, (0, 5)), Band(2, 2, 4, (0,))], bands.KeyFrames(frozenset({0, 7})))
    assert [band.frames for band in both] == [(0, 5, 7), (0, 7)]


@pytest.mark.parametrize("count", [1, 5])
def test_every_frame_differing_costs_every_frame(count: int) -> None:
    """Where something moves all the time, its band is coded all the time."""
    layers, motion = boxes((100, 40), tracks={"l0": zooming(1, 1.2, count)}, frames=count)
    assert max(len(band.frames) for band in divide(layers, motion)) == count
