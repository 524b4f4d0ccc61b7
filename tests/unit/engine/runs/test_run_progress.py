"""What a run has done so far, from its events."""

from __future__ import annotations

import pytest

from tests.support.sample_events import BEGAN, a_run, estimated, finished, run_started, started
from vidbuild.engine.runs.events import StepCached, StepProgress
from vidbuild.engine.runs.run_progress import Running, Tally


def test_every_step_is_counted_once() -> None:
    """P44: after a whole run the counts are those the engine tells at its end, and they add up to all steps."""
    events = a_run()
    tally = Tally()
    for event in events:
        tally.take(event)
    end = events[-1].to_data()
    assert (tally.ran, tally.cached, tally.failed, tally.aborted) == tuple(
        end[name] for name in ("ran", "cached", "failed", "aborted")
    )
    assert tally.ended == tally.steps == 6
    assert tally.running == {}


def test_a_scene_is_rendered_when_its_segment_exists() -> None:
    """A scene counts as rendered if its render step ran or was cached, not while it runs or after it failed."""
    tally = Tally()
    for event in a_run():
        tally.take(event)
    assert tally.rendered == {"a"}
    tally.take(StepCached(run="r", time=0, step="de/render:c", key="0"))
    tally.take(StepCached(run="r", time=0, step="film:d", key="0"))
    assert tally.rendered == {"a", "c", "d"}


def test_progress_of_a_running_step_is_known() -> None:
    """What a step tells of itself comes before what is known of last time."""
    tally = Tally()
    tally.take(started("render:a", expected=10.0))
    assert tally.running["render:a"].fraction(BEGAN + 5) == pytest.approx(0.5)
    tally.take(StepProgress(run="r", time=BEGAN, step="render:a", done=30, total=120))
    assert tally.running["render:a"].fraction(BEGAN + 5) == 0.25


def test_progress_of_a_step_that_is_over_is_ignored() -> None:
    """A late word from a step that has ended does not bring it back."""
    tally = Tally()
    for event in (started("render:a"), finished("render:a")):
        tally.take(event)
    tally.take(StepProgress(run="r", time=BEGAN, step="render:a", done=1, total=2))
    assert tally.running == {}


def test_a_guess_never_says_done() -> None:
    """A step that takes longer than last time stays short of the end; one of which nothing is known says nothing."""
    assert Running(0.0, 2.0).fraction(100.0) == 0.95
    assert Running(0.0, None).fraction(100.0) is None


def test_what_is_left_comes_from_past_durations() -> None:
    """The estimate shrinks as time passes, never below zero, and is unknown where nothing is known."""
    tally = Tally()
    tally.take(run_started(3))
    assert tally.remaining(BEGAN) is None
    tally.take(estimated(3, 20.0))
    assert [tally.remaining(BEGAN + after) for after in (0, 5, 30)] == [20.0, 15.0, 0.0]
