"""When callouts and overlays are visible, as tracks."""

from __future__ import annotations

from typing import Any

import pytest

from vidbuild import timebase
from vidbuild.errors import SpecProblem
from vidbuild.media.render.motion import HOME, Effect, Key, Track
from vidbuild.media.text.words import TimedWord
from vidbuild.timeline.params import TimelineParams
from vidbuild.timeline.showing import Showing
from vidbuild.timeline.showings import Shown, shown
from vidbuild.timeline.spoken import TimedSpeech

WORDS = tuple(
    TimedWord(text, timebase.samples(at), timebase.samples(at + 0.5), "engine") for text, at in (("a", 1), ("b", 3))
)
SPEECH = TimedSpeech(WORDS, {"cue": timebase.samples(2)}, 0, timebase.samples(4))
MARK = {"mark": "fade"}


def run(*showings: Showing, entering: int = 0, frames: int = 300, still: bool = False) -> Shown:
    """Lay out showings in a scene of 10 s at 30 frames per second; entering: frames that its entrance takes."""
    params = TimelineParams(fps=30, pause_before=0, pause_after=0, showings=showings, still=still)
    tracks = {"window": Track(Effect(0, entering, "rise"))} if entering else {}
    return shown(params, SPEECH, tracks, frames)


@pytest.mark.parametrize(
    ("times", "first", "last"),
    [
        ({}, 0, None),
        ({"at": 1.0}, 30, None),
        ({"at": "cue", "until": 5.0}, 60, 150),
        ({"at_word": 1}, 90, None),
        ({"at": 1.0, "until_word": 1}, 30, 90),
    ],
)
def test_times(times: dict[str, Any], first: int, last: int | None) -> None:
    """A showing begins and ends at its cue, second or word; without, at the scene's start, and never."""
    track = run(Showing(field="callouts.0", enter=MARK, **times)).tracks["mark"]
    assert track.enter == Effect(first, 5, "fade")
    assert track.leave == (None if last is None else Effect(last, 3, "fade"))


def test_a_showing_waits_for_the_scene() -> None:
    """What a callout points at is there before the callout."""
    assert run(Showing(field="callouts.0", enter=MARK), entering=12).tracks["mark"].enter == Effect(12, 5, "fade")


@pytest.mark.parametrize(("field", "noun"), [("callouts.3", "callout"), ("overlays.0", "overlay")])
def test_an_end_before_the_beginning(field: str, noun: str) -> None:
    """An end that a cue puts before the beginning is an error at `until`."""
    with pytest.raises(SpecProblem, match=rf"'until' is at 1\.0 s, but the {noun} appears at 2\.0 s") as caught:
        run(Showing(field=field, enter=MARK, at="cue", until=1.0))
    assert caught.value.failure.field == f"{field}.until"


def test_what_is_never_seen() -> None:
    """A showing after the scene's end, or before the scene is there, is a warning."""
    late = run(Showing(field="callouts.0", enter=MARK, at=11.0))
    assert late.warnings == (("VB401", "callouts.0", "never shown: starts at 11.0 s, but the scene ends at 10.0 s"),)
    early = run(Showing(field="callouts.0", enter=MARK, until=0.2), entering=12)
    assert early.warnings == (("VB401", "callouts.0", "never shown: 'until' is at 0.2 s, before the scene is there"),)


def test_a_zoom_grows_and_shrinks() -> None:
    """An enlarged part begins in its own place, and is gone when it is back there."""
    track = run(Showing(field="callouts.0", enter=MARK, at=1.0, until=5.0, zooms=True)).tracks["mark"]
    assert [(key.frame, key.place) for key in track.moves] == [(30, 0), (40, HOME), (150, HOME), (160, 0)]
    assert (track.enter, track.leave) == (Effect(30, 0, "cut"), Effect(160, 0, "cut"))
    still = run(Showing(field="callouts.0", enter=MARK, at=1.0, until=5.0, zooms=True), still=True).tracks["mark"]
    assert (still.moves, still.leave) == ((), Effect(150, 0, "cut"))


@pytest.mark.parametrize(("until", "at"), [(None, 1.5), (5.2, 0.0), (None, 5.1)])
def test_nothing_points_at_an_enlarged_picture(until: float | None, at: float) -> None:
    """A callout that is visible while another one zooms is an error; an overlay is none."""
    zoom = Showing(field="callouts.0", enter={"zoom": "cut"}, at=1.0, until=5.0, zooms=True)
    other = Showing(field="callouts.1", enter=MARK, at=at, until=until)
    with pytest.raises(SpecProblem, match="the callout would be visible while entry 1 of 'callouts' zooms") as caught:
        run(zoom, other)
    assert caught.value.failure.field == "callouts.1"
    run(zoom, Showing(field="overlays.0", enter=MARK, at=at, until=until))
    run(zoom, Showing(field="callouts.1", enter=MARK, at=5.4))
    run(zoom, Showing(field="callouts.1", enter=MARK, until=1.0))


@pytest.mark.parametrize(("until", "back"), [(5.0, 160), (1.1, 50)])
def test_what_begins_when_a_zoom_ends(until: float, back: int) -> None:
    """A callout at the moment at which a zoom ends waits until the picture is back, also after a short zoom."""
    zoom = Showing(field="callouts.0", enter={"zoom": "cut"}, at=1.0, until=until, zooms=True)
    tracks = run(zoom, Showing(field="callouts.1", enter=MARK, at=until)).tracks
    assert tracks["mark"].enter == Effect(back, 5, "fade")
    assert tracks["zoom"].leave == Effect(back, 0, "cut")
    with pytest.raises(SpecProblem, match="the callout would be visible while entry 1"):
        run(zoom, Showing(field="callouts.1", enter=MARK, at=(back - 1) / 30))
    run(zoom, Showing(field="callouts.1", enter=MARK, at=back / 30))


def test_a_cursor_visits_its_stops() -> None:
    """A cursor moves to one stop after the other, evenly over its time, and clicks when it is there."""
    cursor = Showing(field="callouts.0", enter=MARK, at=1.0, until=5.0, visits=2, clicks=("ring-0", "ring-1"))
    tracks = run(cursor).tracks
    assert tracks["mark"].moves == (
        Key(30, HOME),
        Key(42, 0, "smooth"),
        Key(90, 0),
        Key(102, 1, "smooth"),
    )
    assert [tracks[f"ring-{index}"].enter for index in (0, 1)] == [Effect(42, 3, "scale"), Effect(102, 3, "scale")]


def test_showings_are_kept_in_parameters() -> None:
    """A showing reaches the timeline step as it was planned; scenes without any have the keys that they had."""
    cursor = Showing(field="callouts.0", enter=MARK, at="cue", until=5.0, visits=2, clicks=("ring-0",))
    params = TimelineParams(fps=30, pause_before=0, pause_after=0, showings=(cursor,))
    assert TimelineParams.from_data(params.to_data()).showings == (cursor,)
    assert "showings" not in TimelineParams(fps=30, pause_before=0, pause_after=0).to_data()
