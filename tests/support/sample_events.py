"""A run's events, made by hand as the engine emits them."""

from __future__ import annotations

from vidbuild.engine.runs.events import (
    Event,
    RunEstimated,
    RunFailed,
    RunStarted,
    StepAborted,
    StepCached,
    StepFailed,
    StepFinished,
    StepProgress,
    StepStarted,
    TargetFinished,
    TargetStarted,
)
from vidbuild.errors import Failure

BEGAN = 1_000.0


def started(
    step: str, reason: str = "never built", *, at: float = 0, expected: float | None = None, target: str = ""
) -> StepStarted:
    """A step begins."""
    return StepStarted(
        run="r", time=BEGAN + at, target=target, step=step, kind="k", key="0", reason=reason, expected=expected
    )


def finished(step: str, seconds: float = 1.5) -> StepFinished:
    """A step is done."""
    return StepFinished(run="r", time=BEGAN, step=step, key="0", seconds=seconds, unchanged=False)


def run_started(steps: int, entry: str = "talk.yaml") -> RunStarted:
    """A build begins."""
    return RunStarted(run="r", time=BEGAN, entry=entry, steps=steps, jobs=2)


def target_started(steps: int, target: str = "", entry: str = "talk.yaml") -> TargetStarted:
    """A target begins; by default it is the run's only one."""
    return TargetStarted(run="r", time=BEGAN, target=target, entry=entry, steps=steps)


def target_finished(target: str, status: str = "built", **counts: int) -> TargetFinished:
    """A target is over; counts: of its steps, 0 by default."""
    all_counts = {**dict.fromkeys(("ran", "cached", "failed", "aborted", "retried"), 0), **counts}
    entry = f"{target or 'talk'}.yaml"
    return TargetFinished(run="r", time=BEGAN, target=target, entry=entry, status=status, seconds=1.0, **all_counts)


def estimated(ahead: int, expected: float | None = None) -> RunEstimated:
    """The remaining work has been estimated."""
    return RunEstimated(run="r", time=BEGAN, ahead=ahead, expected=expected)


def a_run() -> list[Event]:
    """Six steps: one cached, two run, one fails, two are not made."""
    return [
        run_started(6),
        target_started(6),
        estimated(5, 20.0),
        StepCached(run="r", time=BEGAN, step="draw:a", key="0"),
        started("speak:a", "narration changed"),
        finished("speak:a"),
        started("render:a", "words changed", expected=4.0),
        StepProgress(run="r", time=BEGAN + 1, step="render:a", done=30, total=120),
        finished("render:a", 2.25),
        started("render:b", "never built"),
        StepFailed(run="r", time=BEGAN, step="render:b", failure=Failure("ffmpeg stopped with code 1")),
        StepAborted(run="r", time=BEGAN, step="mux", because="render:b"),
        StepAborted(run="r", time=BEGAN, step="report", because="render:b"),
        target_finished("", "failed", ran=2, cached=1, failed=1, aborted=2),
        RunFailed(run="r", time=BEGAN + 5, ran=2, cached=1, failed=1, aborted=2, seconds=5.0),
    ]
