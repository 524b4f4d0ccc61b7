"""Which frames of a picture are encoded, in each of the profiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.render_lab import Drawing
from vidbuild.media.h264 import encode
from vidbuild.media.h264.encode import PROFILES
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.encode_plan import encode_plan, full_plan
from vidbuild.media.render.motion import Effect, Key, Motion, Track
from vidbuild.media.render.playback import Playback

STANDARD, COMPAT = PROFILES["standard"], PROFILES["compat"]


def picture(root: Path, frames: int, *fades: int) -> Animation:
    """Layers 160 pixels apart, each of which fades in from a frame on, for four frames."""
    drawing = Drawing(root, (320, 640)).add("background")
    tracks = {}
    for index, frame in enumerate(fades):
        drawing.add(f"l{index}", (10, 80 + 160 * index, 200, 20))
        tracks[f"l{index}"] = Track(enter=Effect(frame, 4, "fade"))
    return drawing.picture(Motion(30, frames, tracks))


def test_only_what_changes_is_encoded(tmp_path: Path) -> None:
    """Each band is encoded at the frames at which it changes, and at key frames, which are 10 s apart at the most."""
    plan = encode_plan(picture(tmp_path, 700, 20, 250), STANDARD)
    first, second = (tuple(range(frame, frame + 5)) for frame in (20, 250))
    assert plan.keys.coded == {0, 254}
    assert plan.keys.repeats == {554: 254}
    changing = [band.frames for band in plan.bands if len(band.frames) > 2]
    assert changing == [tuple(sorted({0, 254, *first})), tuple(sorted({0, 254, *second}))]
    assert all({0, 254} <= set(band.frames) for band in plan.bands)


def test_a_plan_knows_how_much_it_encodes(tmp_path: Path) -> None:
    """Frames count by the share of the height that is encoded; the longest band decides how long it takes."""
    plan = encode_plan(picture(tmp_path, 100, 20), STANDARD)
    rows = [band.rows for band in plan.bands]
    assert [len(band.frames) for band in plan.bands] == [1, 6, 1]
    assert plan.most_frames == 6
    assert plan.encoded == round((rows[0] + 6 * rows[1] + rows[2]) / 40, 1)
    assert sum(rows) == 40


@pytest.mark.parametrize("plan_frames", [700, 150])
def test_a_profile_may_ask_for_every_frame(tmp_path: Path, plan_frames: int) -> None:
    """The profile for old players encodes every frame as a whole, with a key frame every 5 s."""
    plan = encode_plan(picture(tmp_path, plan_frames, 20), COMPAT)
    (band,) = plan.bands
    assert band.frames == tuple(range(plan_frames))
    assert (band.row, band.rows) == (0, 40)
    assert plan.keys.coded == set(range(0, plan_frames, 150))
    assert plan.keys.repeats == {}
    assert (plan.most_frames, plan.encoded) == (plan_frames, plan_frames)


def test_a_transition_is_encoded_whole() -> None:
    """Of frames that all change, each is encoded once."""
    plan = full_plan(90, range(40), 24, STANDARD)
    assert [(band.rows, band.frames) for band in plan.bands] == [(6, tuple(range(40)))]
    assert plan.keys.coded == {0}
    assert plan.file(0) == "band-0.h264"


def covering(root: Path, track: Track, *, clip: bool = False) -> Animation:
    """A layer over the whole frame, and a small one that moves to and fro."""
    drawing = Drawing(root, (320, 640)).add("background")
    drawing = drawing.place("shade") if clip else drawing.add("shade", colour=(0, 0, 0, 150), opaque=False)
    drawing.add("small", (10, 10, 20, 20))
    there_and_back = Track(moves=(Key(0, (0, 0, 1, 1)), Key(9, (5, 20, 1, 1)), Key(19)))
    playback = Playback(0, 0, 20, "cover") if clip else None
    return drawing.picture(Motion(30, 20, {"shade": track, "small": there_and_back}, playback))


@pytest.mark.parametrize(
    ("track", "clip", "preset"),
    [
        (Track(enter=Effect(3, 6, "fade"), leave=Effect(12, 4, "fade")), False, "preset_layout"),
        (Track(moves=(Key(0), Key(19, (-1, -1, 3, 3))), clipped=True), False, "preset"),
        (Track(), True, "preset"),
    ],
)
def test_only_large_pictures_that_move_are_encoded_more_slowly(
    tmp_path: Path, track: Track, *, clip: bool, preset: str
) -> None:
    """A shade over all of the frame fades, whatever small layers do: the fast preset makes no larger frames of it.

    Such frames are also encoded without a search for motion by fractions of a pixel.
    """
    plan = encode_plan(covering(tmp_path, track, clip=clip), STANDARD)
    assert len(plan.bands) == 1
    options = encode.settings(STANDARD, 30, 40, moving=plan.moving)
    assert options["preset:v"] == STANDARD[preset]
    assert ("subme=0" in options["x264-params"].split(":")) == (preset == "preset_layout")
    banded = encode.settings(STANDARD, 30, 40, slices=480, moving=plan.moving)
    assert banded["preset:v"] == STANDARD["preset_layout"]
    assert ("subme=0" in banded["x264-params"].split(":")) == (preset == "preset_layout")


def test_a_small_clip_is_encoded_as_what_moves(tmp_path: Path) -> None:
    """Whatever its size, the motion in a clip is searched by fractions of a pixel."""
    drawing = Drawing(tmp_path, (320, 640)).add("background").place("clip", (20, 20, 60, 40))
    assert encode_plan(drawing.picture(Motion(30, 20, {}, Playback(0, 0, 20, "cover"))), STANDARD).moving


def test_frames_that_are_all_encoded_may_all_move(tmp_path: Path) -> None:
    """A profile that encodes every frame, and transitions of whole scenes, keep the slower preset."""
    assert encode_plan(picture(tmp_path, 20, 3), COMPAT).moving
    assert full_plan(90, range(40), 24, STANDARD).moving
