"""Layers of one reveal that replace each other."""

from __future__ import annotations

from typing import Any

from vidbuild import timebase
from vidbuild.media.render.motion import Effect
from vidbuild.scenes.protocol import Reveal
from vidbuild.timeline.params import TimelineParams
from vidbuild.timeline.tracks import build_tracks

COUNT = Reveal("value", enter={"a": "rise", "label": "rise"}, sequence=(("a", 0.0), ("b", 0.5), ("c", 1.0)))


def params(*reveals: Reveal, **others: Any) -> TimelineParams:
    """Return the parameters of a scene with these reveals alone."""
    return TimelineParams(fps=30, pause_before=0, pause_after=0, reveals=reveals, **others)


def test_each_layer_replaces_the_one_before() -> None:
    """The first layer enters with its effect, each other at its second, as the one before it leaves; the last stays."""
    made = build_tracks(params(COUNT), [timebase.samples(2)], 0)
    assert made.layers["a"].enter == Effect(60, 12, "rise")
    assert made.layers["a"].leave == made.layers["b"].enter == Effect(75, 0, "cut")
    assert made.layers["b"].leave == made.layers["c"].enter == Effect(90, 0, "cut")
    assert made.layers["c"].leave is None
    assert made.layers["label"].leave is None
    assert made.done == timebase.samples(3)


def test_no_layer_is_replaced_before_it_is_there() -> None:
    """A layer that comes while the one before it still enters waits for it, and each is visible in a frame."""
    quick = Reveal("value", enter={"a": "rise"}, sequence=(("a", 0.0), ("b", 0.1), ("c", 0.1)))
    tracks = build_tracks(params(quick), [0], 0).layers
    assert tracks["b"].enter == Effect(12, 0, "cut")
    assert tracks["c"].enter == Effect(13, 0, "cut")


def test_without_motion_the_last_layer_is_there_at_once() -> None:
    """`motion: none` shows the end of a sequence: its value does not count, and its keys are pressed."""
    layers = build_tracks(params(COUNT, still=True), [timebase.samples(2)], 0).layers
    assert layers["c"].enter == Effect(60, 0, "cut")
    assert layers["c"].leave is None
    for name in ("a", "b"):
        enter, leave = layers[name].enter, layers[name].leave
        assert enter is not None
        assert leave is not None
        assert enter.frame == leave.frame == 60


def test_sequences_are_kept_in_parameters() -> None:
    """A sequence reaches the timeline step as it was planned; reveals without one have the keys that they had."""
    kept = TimelineParams.from_data(params(COUNT).to_data())
    assert kept.reveals == (COUNT,)
    assert "sequence" not in params(Reveal("items.0")).to_data()["reveals"][0]


def test_what_takes_a_place_appears_when_the_place_is_free() -> None:
    """A layer that follows fades in after those that leave, also if these have just come; without motion, it cuts."""
    one = Reveal("one", enter={"a": "fade"})
    two = Reveal("two", enter={"title": "rise", "b": "follow"}, leave=("a",))
    for seconds, free in ((2.0, 69), (0.1, 21)):
        layers = build_tracks(params(one, two), [0, timebase.samples(seconds)], 0).layers
        leave, enter = layers["a"].leave, layers["b"].enter
        assert leave is not None
        assert enter is not None
        assert leave.frame + leave.frames == free <= enter.frame
    still = build_tracks(params(one, two, still=True), [0, timebase.samples(2)], 0).layers["b"].enter
    assert still == Effect(60, 0, "cut")
