"""A motion with shortened holds changes in the same way, whatever its length and the times of its changes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.render_lab import Drawing
from vidbuild.media.render.changed_frames import changed_frames
from vidbuild.media.render.drawing import Layers
from vidbuild.media.render.hold import Hold, from_json
from vidbuild.media.render.holds import Shortened, shortened, without
from vidbuild.media.render.motion import NEVER, Effect, Key, Motion, Track
from vidbuild.media.render.playback import Playback

FPS, INTERVAL = 30, 300
HALF = (0, 0, 0.5, 0.5)


def listed(starts: list[int], frames: int, fps: int = FPS, leave: bool = False) -> Motion:
    """Items that rise one after the other, and perhaps leave at the end."""
    tracks = {f"item-{index}": Track(enter=Effect(start, 8, "rise")) for index, start in enumerate(starts)}
    return Motion(fps, frames, tracks, exit=Effect(frames - 9, 9, "fade") if leave else None)


def original(found: Shortened) -> list[int]:
    """The frame of the whole motion that each frame of the short one is."""
    frames, at = [], 0
    added = {hold.frame: hold.frames for hold in found.holds}
    for frame in range(found.short.frames):
        frames.append(at)
        at += 1 + added.get(frame, 0)
    assert at == found.whole.frames
    return frames


def test_longer_scenes_and_later_reveals_are_rendered_alike() -> None:
    """P3: neither a longer end nor a reveal at another time changes the motion that is rendered."""
    one = shortened(listed([10, 60, 140], 200), INTERVAL)
    for starts, frames in (([10, 60, 140], 290), ([10, 75, 120], 200), ([12, 60, 149], 260)):
        other = shortened(listed(starts, frames), INTERVAL)
        assert other.short.to_json() == one.short.to_json()
        assert other.holds != one.holds
    assert one.holds == (Hold(1, 8), Hold(11, 40), Hold(21, 70), Hold(31, 50))
    assert one.short.frames == 32


def test_each_frame_is_shown_by_one_of_the_short_motion() -> None:
    """A frame of the whole motion is the one that was kept, and in a hold the last that was kept before it."""
    found = shortened(listed([0, 60, 140], 700, leave=True), INTERVAL)
    kept = original(found)
    read = from_json(json.dumps([hold.to_data() for hold in found.holds]))
    assert read == found.holds
    assert [without(read, frame) for frame in kept] == list(range(len(kept)))
    for frame in range(700):
        assert kept[without(read, frame)] == max(each for each in kept if each <= frame)


def test_changes_that_meet_stay_so() -> None:
    """What happens at once, or a frame apart, is another motion than what has a hold between."""
    found = {shortened(listed([10, start], 200), INTERVAL).short.to_json() for start in (14, 18, 19, 20, 21, 60)}
    assert len(found) == 4  # from 20 on, there are two frames between


@pytest.mark.parametrize("fps", [12, 24, 25, 30, 50, 60])
def test_holds_stay_long_enough_to_divide_at(fps: int) -> None:
    """Composing is divided at holds longer than a frame of 24 a second, so as many frames stay."""
    found = shortened(listed([fps], 9 * fps, fps), 10 * fps)
    kept = found.holds[0].frame + 1
    assert kept == max(2, fps // 24 + 1)
    assert original(found)[kept] == fps


def test_key_frames_are_those_of_the_whole_motion() -> None:
    """Key frames are chosen in the whole time, and those that repeat another one are left to who adds the frames."""
    found = shortened(listed([10, 250, 500], 1400), INTERVAL)
    frames = original(found)
    assert [frames[key] for key in found.short.keys or ()] == [258, 508]
    assert found.whole.keys == (258, 508, 808, 1108)
    assert found.holds[-1].keys == (808 - 510, 1108 - 510)
    still = shortened(Motion(FPS, 700), INTERVAL)
    assert (still.short.keys, still.whole.keys) == ((), (300, 600))
    assert still.holds == (Hold(1, 698, (298, 598)),)


def test_an_exit_is_encoded_apart_and_so_are_its_keys() -> None:
    """The exit begins with a key frame, and those before are chosen as if the scene ended there."""
    found = shortened(listed([10], 700, leave=True), INTERVAL)
    assert found.whole.keys == (18, 318, 618, 691)
    assert found.short.exit == Effect(12, 9, "fade")
    assert found.short.window(12, 9).keys == ()


def test_clips_are_not_shortened() -> None:
    """A motion in which a clip plays stays as it is: frames of the clip are counted from its start."""
    for motion in (
        Motion(FPS, 90, clip=Playback(0, 0, 30, "cover")),
        Motion(FPS, 90, clips={"shown": Playback(0, 0, 30, "cover")}),
    ):
        found = shortened(motion, INTERVAL)
        assert (found.short, found.whole, found.holds) == (motion, motion, ())


def test_short_motions_stay() -> None:
    """One frame, and as many as stay of a hold, are all."""
    for frames in (1, 2):
        found = shortened(Motion(FPS, frames), INTERVAL)
        assert (found.short.frames, found.holds) == (frames, ())


EFFECTS = st.builds(Effect, st.integers(-9, 130), st.integers(0, 20), st.sampled_from(("cut", "fade", "rise", "type")))
KEYS = st.lists(
    st.builds(Key, st.integers(-9, 130), st.sampled_from(((0, 0, 1, 1), HALF))),
    max_size=4,
    unique_by=lambda key: key.frame,
).map(lambda keys: tuple(sorted(keys, key=lambda key: key.frame)))
STATES = st.lists(st.integers(0, 120), max_size=3, unique=True).map(
    lambda frames: tuple((frame, index) for index, frame in enumerate(sorted(frames)))
)
TRACKS = st.builds(Track, st.none() | st.just(NEVER) | EFFECTS, st.none() | EFFECTS, KEYS, st.booleans(), states=STATES)


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> Layers:
    """A background, two layers, and a typed line with a cursor."""
    drawing = Drawing(tmp_path_factory.mktemp("drawing"), (160, 90)).add("background")
    for index, name in enumerate(("one", "two", "line", "cursor")):
        drawing.add(name, (10, 10 + 18 * index, 60, 14), (200, 40 * index, 90))
    return drawing.having("line", advances=(20.0, 20.0, 20.0)).done()


@settings(deadline=None)  # a machine that is busy with other tests is no fault
@given(
    st.dictionaries(st.sampled_from(("one", "two", "line")), TRACKS),
    st.none() | EFFECTS,
    st.integers(1, 120),
    st.sampled_from((24, 30, 60)),
)
def test_nothing_changes_in_what_is_left_out(
    layers: Layers, tracks: dict[str, Track], leave: Effect | None, frames: int, fps: int
) -> None:
    """Whatever moves in whatever way, the short motion has the same changes in the same order, and no other."""
    tracks = {**tracks, "cursor": Track(follows=("line",))}
    motion = Motion(fps, frames, tracks, exit=leave).window(0, frames)
    found = shortened(motion, 2 * fps)
    of_short = original(found)
    changes = changed_frames(layers, found.short)
    assert [of_short[frame] for frame in changes] == list(changed_frames(layers, motion))
    for at, frame in enumerate(of_short):
        one, other = found.short.window(at, 1), motion.window(frame, 1)
        assert one.tracks.keys() == other.tracks.keys()


def test_json_keeps_keys() -> None:
    """A motion without key frames of its own is not one whose encoder chooses them."""
    for keys in (None, (), (7, 9)):
        motion = Motion(FPS, 20, keys=keys)
        assert Motion.from_json(motion.to_json()) == motion
    assert Motion(FPS, 20, keys=(7, 9)).window(7, 4).keys == (2,)


def test_moved_tracks_keep_their_places() -> None:
    """A way's rest between two moves is shortened too, and both moves take as long as before."""
    way = (Key(10), Key(20, HALF), Key(90, HALF), Key(105))
    found = shortened(Motion(FPS, 200, {"item": Track(moves=way)}), INTERVAL)
    assert found.short.tracks["item"].moves == (Key(2), Key(12, HALF), Key(14, HALF), Key(29))
