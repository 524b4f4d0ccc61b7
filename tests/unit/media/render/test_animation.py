"""Windows cut out of a motion."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.support.render_lab import zooming
from vidbuild.media.render.motion import NEVER, Effect, Key, Motion, Track
from vidbuild.media.render.playback import Playback

changes = st.none() | st.builds(Effect, st.integers(0, 200), st.integers(0, 40), st.sampled_from(["fade", "rise"]))
ways = st.just(()) | st.just((Key(3, (0, 0, 0.9, 0.9), "gentle"), Key(90, 2), Key(90))) | st.just((Key(0, 1),))
tracks = st.builds(Track, changes, changes, ways, st.booleans())
motions = st.builds(
    Motion,
    st.just(30),
    st.just(200),
    st.dictionaries(st.sampled_from(["a", "b", "c"]), tracks),
    st.none() | st.just(Playback(1000, 0, 90, "cover")),
)


def test_what_came_before_the_window_is_simply_there() -> None:
    """A layer that has wholly entered needs no track, so the window does not depend on when that was."""
    early = Motion(30, 300, {"a": Track(Effect(10, 12, "rise"))})
    late = Motion(30, 300, {"a": Track(Effect(50, 12, "rise"))})
    assert early.window(200, 6) == late.window(200, 6) == Motion(30, 6, {})


def test_what_comes_after_the_window_is_not_there() -> None:
    """A layer that has not begun to enter is never seen, whenever it would."""
    early = Motion(30, 300, {"a": Track(Effect(100, 12, "rise"))})
    late = Motion(30, 300, {"a": Track(Effect(200, 12, "rise"))})
    assert early.window(0, 6) == late.window(0, 6) == Motion(30, 6, {"a": Track(enter=NEVER)})


def test_what_is_gone_is_never_seen() -> None:
    """A layer that has left before the window is the same as one that never comes."""
    motion = Motion(30, 300, {"a": Track(None, Effect(10, 9, "fade"))})
    assert motion.window(100, 10).tracks == {"a": Track(enter=NEVER)}


def test_an_effect_in_progress_continues() -> None:
    """An effect that spans the window's edge keeps its pace, counted from the window's first frame."""
    motion = Motion(30, 300, {"a": Track(Effect(90, 20, "fade"))})
    assert motion.window(100, 50).tracks == {"a": Track(Effect(-10, 20, "fade"))}


def test_a_clip_continues_in_the_window() -> None:
    """The frames passed before the window are skipped in the source."""
    motion = Motion(30, 300, {}, Playback(2000, 0, 180, "cover"))
    assert motion.window(100, 50).clip == Playback(2000, 100, 50, "cover")
    assert motion.window(150, 50).clip == Playback(2000, 150, 30, "cover")


def test_a_clip_that_is_over_shows_its_last_picture() -> None:
    """Windows after the clip's end hold the last picture, and are all alike."""
    motion = Motion(30, 300, {}, Playback(2000, 0, 180, "cover"))
    assert motion.window(200, 10).clip == motion.window(250, 10).clip == Playback(2000, 179, 1, "cover")


def test_a_zoom_keeps_its_pace() -> None:
    """The window's zoom is on the same way, begun before the window and ended after it."""
    track = zooming(1, 1.2, 200)
    first, last = track.moves
    keys = (Key(-50, first.place), Key(150, last.place))
    assert Motion(30, 200, {"a": track}).window(50, 100).tracks["a"] == Track(moves=keys, clipped=True)


@given(motions)
def test_json_gives_back_the_motion(motion: Motion) -> None:
    """Reading what was written gives an equal motion."""
    assert Motion.from_json(motion.to_json()) == motion


@given(motions, st.integers(0, 100), st.integers(1, 100))
def test_a_window_of_a_window_is_a_window(motion: Motion, first: int, frames: int) -> None:
    """Cutting twice shows the same layers at the same frames as cutting once."""
    once = motion.window(first, frames)
    twice = motion.window(0, first + frames).window(first, frames)
    assert {name: (track.enter, track.leave) for name, track in once.tracks.items()} == {
        name: (track.enter, track.leave) for name, track in twice.tracks.items()
    }
