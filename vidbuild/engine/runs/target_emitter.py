"""Emits the events of one target of a run, and reports how each of its steps ended."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from vidbuild.engine.graph.context import StepWarning, is_silenced
from vidbuild.engine.graph.graph import Graph
from vidbuild.engine.graph.step_state import DONE, State
from vidbuild.engine.keys.cache import CacheHit
from vidbuild.engine.keys.reasons import Reason, summary
from vidbuild.engine.runs import events
from vidbuild.engine.runs.build_report import BuildReport, Status, StepReport
from vidbuild.engine.store.blobs import Blobs
from vidbuild.errors import Failure
from vidbuild.frozen import replaced

_MOST_REASONS = 20  # of one step that are emitted with their values
_COUNTED = {State.BUILT: "ran", State.CACHED: "cached", State.FAILED: "failed", State.ABORTED: "aborted"}


def no_counts() -> dict[str, int]:
    """Return the counts of a target of which no step has ended."""
    return dict.fromkeys((*_COUNTED.values(), "retried"), 0)


class TargetEmitter:
    """Emits one target's events; the events and the report come from the same records of its steps.

    run: the run's id.
    name, build_name: the target's.
    prefix: what precedes the ids of its steps in the run.
    emit: called with each event.
    """

    def __init__(
        self, run: str, name: str, build_name: str, prefix: str, graph: Graph, emit: Callable[[events.Event], None]
    ) -> None:
        self.name = name
        self.build_name = build_name
        self.steps = graph.steps
        self._run = run
        self._prefix = prefix
        self._emit = emit
        self._reports: dict[str, StepReport] = {}
        self._began = time.monotonic()
        self._retried = 0
        self._started = self._finished = False

    # The target.

    def begin(self, *, first: bool = False) -> None:
        """Emit that the target starts; first: nothing of it was ever built with this cache."""
        self._started = True
        self._emit_target(events.TargetStarted, entry=self.build_name, steps=len(self.steps), first=first)

    def restored(self, earlier: str, done: int, left: int) -> None:
        """Emit that the target continues an earlier run."""
        self._emit_target(events.StateRestored, earlier=earlier, done=done, left=left)

    def finished(self, report: BuildReport) -> None:
        """Emit that the target has ended; unless it failed, its outputs have been written."""
        self._finish(report.status, report.seconds)

    def abort(self, status: str) -> None:
        """Emit the end of a target that an error ended, and of its steps that had not ended."""
        if not self._started:
            self.begin()
        for step in self.steps:
            if step not in self._reports:
                self.aborted(step, "", "")
        if not self._finished:
            self._finish(status, time.monotonic() - self._began)

    def _finish(self, status: str, seconds: float) -> None:
        self._finished = True
        counts = self.counts()
        self._emit_target(events.TargetFinished, entry=self.build_name, status=status, seconds=seconds, **counts)

    def _emit_target(self, event: type[events.TargetEvent], /, **fields: Any) -> None:  # noqa: ANN401 - of any event
        self._emit(event(run=self._run, time=time.time(), target=self.name, **fields))

    # Its steps.

    def started(self, step: str, key: str, reasons: Sequence[Reason], expected: float | None) -> None:
        """Emit that a worker runs the step."""
        self._emit_step(
            events.StepStarted,
            step,
            kind=self.steps[step].kind,
            key=key,
            reason=summary(reasons),
            expected=expected,
            reasons=tuple(reason.long() for reason in reasons[:_MOST_REASONS]),
        )

    def progress(self, step: str, done: int, total: int, unit: str = "") -> None:
        """Emit how much of a running step is done."""
        self._emit_step(events.StepProgress, step, done=done, total=total, unit=unit)

    def retried(self, step: str, attempt: int, wait: float, failure: Failure) -> None:
        """Emit that an attempt failed, and that the next one follows after so many seconds."""
        self._retried += 1
        self._emit_step(events.StepRetried, step, attempt=attempt, wait=wait, failure=failure)

    def cached(self, step: str, key: str, hit: CacheHit) -> None:
        """Emit that the cache has the step's result."""
        kind = self.steps[step].kind
        report = StepReport(step, kind, State.CACHED, key, hit.outputs, hit.seconds, warnings=hit.warnings)
        self._end_step(report, events.StepCached, key=key, source=hit.source)

    def built(self, step: str, key: str, hit: CacheHit, reasons: Sequence[Reason], *, unchanged: bool) -> None:
        """Emit that the step ran, and that its result is in the cache."""
        kind = self.steps[step].kind
        report = StepReport(
            step, kind, State.BUILT, key, hit.outputs, hit.seconds, reasons, hit.warnings, unchanged=unchanged
        )
        self._end_step(report, events.StepFinished, key=key, seconds=hit.seconds, unchanged=unchanged)

    def failed(
        self, step: str, key: str, failure: Failure, reasons: Sequence[Reason], warnings: Sequence[StepWarning] = ()
    ) -> None:
        """Emit that the step failed."""
        kind = self.steps[step].kind
        report = StepReport(step, kind, State.FAILED, key, reasons=reasons, warnings=warnings, failure=failure)
        self._end_step(report, events.StepFailed, failure=failure)

    def aborted(self, step: str, key: str, because: str) -> None:
        """Emit that the step was not started, or was stopped; because: the failed step that it needs, "" for none."""
        report = StepReport(step, self.steps[step].kind, State.ABORTED, key, because=because)
        self._end_step(report, events.StepAborted, because=self._prefix + because if because else "")

    def _end_step(self, report: StepReport, event: type[events.StepEvent], /, **fields: Any) -> None:  # noqa: ANN401 - as above
        """Emit the end of a step after its warnings; a listener's error among those leaves it to `abort`."""
        if report.warnings and (silenced := self.steps[report.step].silenced):
            shown = [each for each in report.warnings if not is_silenced(each, silenced)]
            report = replaced(report, warnings=shown)
        for each in report.warnings:
            fields_ = {"message": each.message, "field": each.field, "hint": each.hint, "code": each.code}
            self._emit_step(events.StepWarned, report.step, **fields_)
        self._reports[report.step] = report
        self._emit_step(event, report.step, **fields)

    def _emit_step(self, event: type[events.StepEvent], step: str, /, **fields: Any) -> None:  # noqa: ANN401 - as above
        self._emit(event(run=self._run, time=time.time(), target=self.name, step=self._prefix + step, **fields))

    # What has ended so far.

    @property
    def done(self) -> int:
        """The number of steps that are built or cached."""
        return sum([report.state in DONE for report in self._reports.values()])

    def counts(self) -> dict[str, int]:
        """Return how many steps ended in which way, and the number of retries."""
        ended = Counter([report.state for report in self._reports.values()])
        return {**{name: ended[state] for state, name in _COUNTED.items()}, "retried": self._retried}

    def report(self, blobs: Blobs, *, cancelled: bool) -> BuildReport:
        """Return how every step ended."""
        steps = {step: self._reports[step] for step in self.steps}
        status = _status(self.counts(), cancelled=cancelled)
        now = time.monotonic()
        return BuildReport(self._run, status, steps, now - self._began, blobs, self._retried, now)


def _status(counts: Mapping[str, int], *, cancelled: bool) -> Status:
    if cancelled:
        return "cancelled"
    if counts["failed"]:
        return "failed"
    if counts["aborted"]:  # the run stopped because another target failed
        return "aborted"
    return "built" if counts["ran"] else "up-to-date"
