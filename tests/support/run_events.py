"""Checks of the events that any run must emit, however it went and ended, against the reports of its targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from vidbuild.engine.graph.step_state import State
from vidbuild.engine.runs import events
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.events import Event, RunEnded, TargetFinished, TargetStarted

ENDS = {
    events.StepCached: State.CACHED,
    events.StepFinished: State.BUILT,
    events.StepFailed: State.FAILED,
    events.StepAborted: State.ABORTED,
}
COUNTED = {"ran": State.BUILT, "cached": State.CACHED, "failed": State.FAILED, "aborted": State.ABORTED}
LAST = {
    "built": events.RunFinished,
    "up-to-date": events.RunFinished,
    "failed": events.RunFailed,
    "cancelled": events.RunCancelled,
}


def check(emitted: Sequence[Event], *reports: BuildReport) -> None:
    """Check one run: one start, one end, pauses that alternate, and targets and steps as the reports have them.

    reports: of all targets, in their order.
    """
    first, last = emitted[0], emitted[-1]
    assert isinstance(first, events.RunStarted)
    assert isinstance(last, RunEnded)
    assert first.steps == sum(len(report.steps) for report in reports)
    assert sum(isinstance(event, (events.RunStarted, RunEnded)) for event in emitted) == 2
    assert {event.run for event in emitted} == {report.run for report in reports}
    names = first.targets or ("",)
    assert len(set(names)) == len(reports)
    for name, report in zip(names, reports, strict=True):
        _check_target(emitted, name, report)
    assert {getattr(event, "target", names[0]) for event in emitted} <= set(names)
    pauses = [type(event) for event in emitted if isinstance(event, (events.RunPaused, events.RunResumed))]
    assert all(kind is (events.RunResumed if place % 2 else events.RunPaused) for place, kind in enumerate(pauses))
    ended = [event for event in emitted if isinstance(event, TargetFinished)]
    for count in (*COUNTED, "retried"):
        assert getattr(last, count) == sum(getattr(event, count) for event in ended), count
    assert type(last) is _end([report.status for report in reports])


def _end(statuses: Sequence[str]) -> type[RunEnded]:
    """Return how a run whose targets ended so must end."""
    for status in ("cancelled", "failed"):
        if status in statuses:
            return LAST[status]
    assert "aborted" not in statuses, "a target is aborted only if another one failed"
    return events.RunFinished


def _check_target(emitted: Sequence[Event], name: str, report: BuildReport) -> None:
    """Check one target: it starts once before its steps and finishes once after them, with their counts."""
    own = [event for event in emitted if isinstance(event, events.TargetEvent) and event.target == name]
    start, finish = own[0], own[-1]
    assert isinstance(start, TargetStarted)
    assert isinstance(finish, TargetFinished)
    assert sum(isinstance(event, (TargetStarted, TargetFinished)) for event in own) == 2
    assert start.steps == len(report.steps)
    assert (finish.entry, finish.status) == (start.entry, report.status)
    counts = Counter(each.state for each in report.steps.values())
    assert {count: getattr(finish, count) for count in COUNTED} == {
        count: counts[state] for count, state in COUNTED.items()
    }
    assert finish.retried == report.retried == sum(isinstance(event, events.StepRetried) for event in own)
    _check_status(report, counts)
    _check_steps([event for event in own if isinstance(event, events.StepEvent)], f"{name}/" if name else "", report)


def _check_status(report: BuildReport, counts: Counter[State]) -> None:
    if report.status in {"built", "up-to-date"}:
        assert not counts[State.FAILED] + counts[State.ABORTED]
        assert (report.status == "built") == bool(counts[State.BUILT])
    elif report.status == "failed":
        assert counts[State.FAILED] or report.error is not None
    else:
        assert counts[State.ABORTED], report.status
    assert report.error is None or report.status == "failed"


def _check_steps(own: Sequence[events.StepEvent], prefix: str, report: BuildReport) -> None:
    """Check the steps of one target: each starts before it does anything, and ends once, as reported."""
    began: set[str] = set()
    ended: dict[str, State] = {}
    for event in own:
        assert event.step.startswith(prefix)
        step = event.step.removeprefix(prefix)
        assert step not in ended, f"{event} after the step's end"
        if isinstance(event, events.StepStarted):
            assert step not in began
            began.add(step)
        elif isinstance(event, (events.StepProgress, events.StepRetried, events.StepFinished)):
            assert step in began, f"{event} before the step's start"
        if type(event) in ENDS:
            ended[step] = ENDS[type(event)]
    assert ended == {name: each.state for name, each in report.steps.items()}
