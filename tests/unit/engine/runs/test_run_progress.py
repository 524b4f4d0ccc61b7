"""The progress of a run so far, from its events."""

from __future__ import annotations

import pytest

from tests.support.sample_events import BEGAN, a_run, estimated, finished, run_started, started
from vidbuild.engine.runs.events import StepAborted, StepCached, StepFailed, StepProgress, StepRetried
from vidbuild.engine.runs.run_progress import Running, RunProgress
from vidbuild.errors import Failure


def test_every_step_is_counted_once() -> None:
    """P44: after a whole run the counts equal those of its last event, and they add up to all steps."""
    events = a_run()
    progress = RunProgress()
    for event in events:
        progress.apply(event)
    end = events[-1].to_data()
    assert (progress.ran, progress.cached, progress.failed, progress.aborted) == tuple(
        end[name] for name in ("ran", "cached", "failed", "aborted")
    )
    assert progress.ended == progress.steps == 6
    assert progress.running == {}


def test_a_scene_is_rendered_when_its_segment_exists() -> None:
    """A scene counts as rendered if its render step ran or was cached, not while it runs or after it failed."""
    progress = RunProgress()
    for event in a_run():
        progress.apply(event)
    assert progress.rendered == {"a"}
    progress.apply(StepCached(run="r", time=0, step="de/render:c", key="0"))
    progress.apply(StepCached(run="r", time=0, step="film:d", key="0"))
    assert progress.rendered == {"a", "c", "d"}


def test_progress_of_a_running_step_is_known() -> None:
    """The progress that a step reports takes precedence over an estimate from past durations."""
    progress = RunProgress()
    progress.apply(started("render:a", expected=10.0))
    assert progress.running["render:a"].fraction(BEGAN + 5) == pytest.approx(0.5)
    progress.apply(StepProgress(run="r", time=BEGAN, step="render:a", done=30, total=120))
    assert progress.running["render:a"].fraction(BEGAN + 5) == 0.25


def test_progress_of_a_step_that_is_over_is_ignored() -> None:
    """A late progress event of a step that has ended is ignored."""
    progress = RunProgress()
    for event in (started("render:a"), finished("render:a")):
        progress.apply(event)
    progress.apply(StepProgress(run="r", time=BEGAN, step="render:a", done=1, total=2))
    assert progress.running == {}


def test_a_step_that_failed_or_was_stopped_does_not_run() -> None:
    """A step that fails, and one that a canceled run stops, ends; the others still run."""
    progress = RunProgress()
    ends = [
        StepFailed(run="r", time=BEGAN, step="a", failure=Failure("x")),
        StepAborted(run="r", time=BEGAN, step="b", because=""),
    ]
    for event in (run_started(3), started("a"), started("b"), started("c"), *ends):
        progress.apply(event)
    assert set(progress.running) == {"c"}
    assert (progress.failed, progress.aborted) == (1, 1)


def test_a_step_is_never_more_than_done() -> None:
    """A step that reports more than its total, such as frames over those that were planned, is at its end."""
    fractions = [Running(BEGAN, None, done, 120).fraction(BEGAN) for done in (0, 30, 120, 180)]
    assert fractions == [0.0, 0.25, 1.0, 1.0]


def test_an_estimate_never_reaches_the_end() -> None:
    """A step that takes longer than expected stays below 100 %; without an expectation there is no estimate."""
    assert Running(0.0, 2.0).fraction(100.0) == 0.95
    assert Running(0.0, None).fraction(100.0) is None


def test_the_remaining_time_comes_from_past_durations() -> None:
    """The estimate shrinks as time passes, never below zero, and is None without past durations."""
    progress = RunProgress()
    progress.apply(run_started(3))
    assert progress.remaining(BEGAN) is None
    progress.apply(estimated(3, 20.0))
    assert [progress.remaining(BEGAN + after) for after in (0, 5, 30)] == [20.0, 15.0, 0.0]


def test_a_repeated_step_begins_again() -> None:
    """An attempt that failed takes its progress along; the next one is numbered, and starts after its wait."""
    progress = RunProgress()
    progress.apply(started("speak:a"))
    running = progress.running["speak:a"]
    assert (running.done, running.total, running.attempt, running.due) == (0, 0, 1, 0.0)
    progress.apply(StepProgress(run="r", time=BEGAN, step="speak:a", done=1, total=2))
    progress.apply(StepRetried(run="r", time=BEGAN, step="speak:a", attempt=2, wait=4.0, failure=Failure("no answer")))
    assert (running.done, running.total, running.attempt, running.due) == (0, 0, 2, BEGAN + 4.0)
    assert progress.retried == 1
    progress.apply(StepProgress(run="r", time=BEGAN + 5, step="speak:a", done=1, total=2))
    assert running.due == 0.0
