"""Progress without a terminal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.support.sample_events import BEGAN, a_run, estimated, run_started, started, target_finished, target_started
from vidbuild.engine.runs.events import Event, RunPaused, RunResumed, StateRestored, StepCached, StepRetried
from vidbuild.errors import Failure
from vidbuild.report.plain import Lines


def test_each_step_that_runs_has_its_reason() -> None:
    """A line for each step that runs, none for what is cached, and one for what fails."""
    lines: list[str] = []
    with Lines(lines.append) as listener:
        for event in a_run():
            listener(event)
    assert lines == [
        "[2/5 0:00] speak:a  narration changed",
        "[3/5 0:00] render:a  words changed",
        "[4/5 0:00] render:b  never built",
        "render:b  failed: ffmpeg stopped with code 1",
    ]


def test_no_line_has_escape_codes() -> None:
    """P50: plain lines hold no escape code and no carriage return."""
    lines: list[str] = []
    listener = Lines(lines.append)
    for event in a_run():
        listener(event)
    assert not any("\x1b" in line or "\r" in line for line in lines)


def test_steps_of_several_videos_have_their_names() -> None:
    """In a run of several videos a step's line begins with its video's name; a video with nothing to do has no line."""
    videos = [target_started(2, "a", "a.yaml"), target_started(1, "quiet", "quiet.yaml")]
    steps = [started("a/render:one"), started("a/mux")]
    restored = StateRestored(run="r1", time=BEGAN, target="a", earlier="r0", done=1, left=1)
    lines = written(run_started(3, "a.yaml, quiet.yaml"), *videos, restored, *steps, target_finished("a"))
    assert lines == [
        "a: continuing r0: 1 of 2 steps is done, 1 left",
        "a/render:one  never built",
        "a/mux  never built",
    ]


def written(*events: Event) -> list[str]:
    """The lines that these events are worth."""
    lines: list[str] = []
    listener = Lines(lines.append)
    for event in events:
        listener(event)
    return lines


def test_a_first_build_is_marked_once() -> None:
    """That nothing was built before is printed for the build, not for each step; other reasons are still printed."""
    first = replace(run_started(3), first=True)
    lines = written(first, estimated(3), started("draw:a"), started("render:a", "forced by --fresh"))
    assert lines == ["first build: 3 steps", "[1/3 0:00] draw:a", "[2/3 0:00] render:a  forced by --fresh"]
    assert written(run_started(3), estimated(3), started("draw:a")) == ["[1/3 0:00] draw:a  never built"]
    assert written(first, estimated(0)) == []


def test_a_build_of_what_others_made_is_not_a_first_one() -> None:
    """The first build of one scene, or from standard input, that finds steps in the cache is not called first."""
    cached = StepCached(run="r1", time=BEGAN, step="draw:a", key="k", source="local")
    lines = written(replace(run_started(3), first=True), cached, estimated(2), started("mux"))
    assert lines == ["2 steps to run, 1 cached", "[1/2 0:00] mux"]


def test_pauses_retries_and_continued_runs_are_printed() -> None:
    """A log shows why nothing happens, how to resume, and what failed in between."""
    times: dict[str, Any] = {"run": "r1", "time": BEGAN}
    lines = written(
        StateRestored(**times, earlier="r0", done=31, left=11),
        StepRetried(**times, step="speak:a", attempt=2, wait=3.2, failure=Failure("no answer")),
        StepRetried(**times, step="speak:a", attempt=3, wait=0.99, failure=Failure("no answer")),
        StepRetried(**times, step="speak:a", attempt=4, wait=1.0, failure=Failure("no answer")),
        RunPaused(**times, running=1),
        RunPaused(**times, running=0),
        RunResumed(**times, seconds=65.0),
    )
    assert lines == [
        "continuing r0: 31 of 42 steps are done, 11 left",
        "speak:a  retrying in 3.2 s (attempt 2): no answer",
        "speak:a  retrying (attempt 3): no answer",
        "speak:a  retrying in 1.0 s (attempt 4): no answer",
        "paused (1 step runs to its end); vidbuild runs resume r1",
        "paused; vidbuild runs resume r1",
        "resumed after 1 min 5 s",
    ]


def full(step: str, attempt: int = 2) -> StepRetried:
    """A step that met a full disk."""
    fault = Failure("the disk is full")
    return StepRetried(run="r1", time=BEGAN, step=step, attempt=attempt, wait=0.2, failure=fault)


def test_a_fault_of_many_steps_is_printed_once() -> None:
    """If several steps fail for the same reason, only the first is printed; other faults are printed."""
    other = replace(full("draw:b"), failure=Failure("no answer"))
    lines = written(full("draw:a"), full("draw:b"), full("draw:c"), full("draw:a", 3), other)
    assert lines == [
        "draw:a  retrying (attempt 2): the disk is full",
        "draw:a  retrying (attempt 3): the disk is full",
        "draw:b  retrying (attempt 2): no answer",
    ]
    assert len(written(full("draw:a"), run_started(2), full("draw:b"))) == 2


def test_an_interrupted_build_prints_its_running_steps() -> None:
    """The first Ctrl-C is answered with what still runs, and how not to wait for it."""
    lines: list[str] = []
    listener = Lines(lines.append)
    listener.stopping(2)
    listener.stopping(0)
    assert lines == ["stopping: 2 steps run to their end; interrupt again to kill them", "stopping"]
