"""What must hold of the events of any run, however it went and ended, and of the report beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from vidbuild.engine.graph.step_state import State
from vidbuild.engine.runs import events
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.events import Event, RunEnded

ENDS = {
    events.StepCached: State.CACHED,
    events.StepFinished: State.BUILT,
    events.StepFailed: State.FAILED,
    events.StepAborted: State.ABORTED,
}


def check(told: Sequence[Event], report: BuildReport) -> None:
    """One beginning, one end; each step ends once; pauses alternate; the counts are those of the report."""
    assert isinstance(told[0], events.RunStarted)
    assert told[0].steps == len(report.steps)
    last = told[-1]
    assert isinstance(last, RunEnded)
    assert sum(isinstance(event, (events.RunStarted, RunEnded)) for event in told) == 2
    assert {event.run for event in told} == {report.run}
    _check_steps(told, report)
    pauses = [type(event) for event in told if isinstance(event, (events.RunPaused, events.RunResumed))]
    assert all(kind is (events.RunResumed if place % 2 else events.RunPaused) for place, kind in enumerate(pauses))
    counts = Counter(each.state for each in report.steps.values())
    assert (last.ran, last.cached, last.failed, last.aborted) == tuple(
        counts[state] for state in (State.BUILT, State.CACHED, State.FAILED, State.ABORTED)
    )
    assert last.retried == report.retried == sum(isinstance(event, events.StepRetried) for event in told)
    assert (
        type(last)
        is {
            "built": events.RunFinished,
            "up-to-date": events.RunFinished,
            "failed": events.RunFailed,
            "cancelled": events.RunCancelled,
        }[report.status]
    )


def _check_steps(told: Sequence[Event], report: BuildReport) -> None:
    began: set[str] = set()
    ended: dict[str, State] = {}
    for event in told:
        step = getattr(event, "step", None)
        if step is None:
            continue
        assert step not in ended, f"{event} after the step's end"
        if isinstance(event, events.StepStarted):
            assert step not in began
            began.add(step)
        elif isinstance(event, (events.StepProgress, events.StepRetried, events.StepFinished)):
            assert step in began, f"{event} before the step's start"
        if type(event) in ENDS:
            ended[step] = ENDS[type(event)]
    assert ended == {name: each.state for name, each in report.steps.items()}
