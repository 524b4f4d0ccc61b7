"""Tells how each step and the run end, as events and as the report; it knows nothing of why they end so."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from vidbuild.engine import events
from vidbuild.engine.blobs import Blobs
from vidbuild.engine.context import StepWarning
from vidbuild.engine.graph import Graph
from vidbuild.engine.ledger import Found
from vidbuild.engine.reasons import Reason, summary
from vidbuild.engine.result import BuildReport, StepReport
from vidbuild.engine.states import State
from vidbuild.errors import Failure


class Telling:
    """One run's events, in order, and the report that agrees with them."""

    def __init__(self, graph: Graph, run: str, listeners: Sequence[events.Listener]) -> None:
        self._steps = graph.steps
        self._run = run
        self._listeners = listeners
        self._reports: dict[str, StepReport] = {}
        self._started = time.monotonic()

    def _tell(self, event: events.Event) -> None:
        for listener in self._listeners:
            listener(event)

    def begin(self, entry: str, jobs: int) -> None:
        """The run begins."""
        self._tell(events.RunStarted(run=self._run, time=time.time(), entry=entry, steps=len(self._steps), jobs=jobs))

    def estimate(self, ahead: int, expected: float | None) -> None:
        """How much is ahead."""
        self._tell(events.RunEstimated(run=self._run, time=time.time(), ahead=ahead, expected=expected))

    def start(self, step: str, key: str, reasons: Sequence[Reason], expected: float | None) -> None:
        """A worker has the step."""
        self._tell(
            events.StepStarted(
                run=self._run,
                time=time.time(),
                step=step,
                kind=self._steps[step].kind,
                key=key,
                reason=summary(reasons),
                expected=expected,
            )
        )

    def progress(self, step: str, done: int, total: int) -> None:
        """A running step is so far."""
        self._tell(events.StepProgress(run=self._run, time=time.time(), step=step, done=done, total=total))

    def _warn(self, step: str, warnings: Sequence[StepWarning]) -> None:
        for warning in warnings:
            self._tell(
                events.StepWarned(
                    run=self._run,
                    time=time.time(),
                    step=step,
                    message=warning.message,
                    field=warning.field,
                    hint=warning.hint,
                )
            )

    def cached(self, step: str, key: str, found: Found) -> None:
        """A trace stands for the step."""
        kind = self._steps[step].kind
        self._reports[step] = StepReport(
            step, kind, State.CACHED, key, found.outputs, found.seconds, warnings=found.warnings
        )
        self._warn(step, found.warnings)
        self._tell(events.StepCached(run=self._run, time=time.time(), step=step, key=key))

    def built(
        self,
        step: str,
        key: str,
        found: Found,
        reasons: Sequence[Reason],
        *,
        unchanged: bool,
    ) -> None:
        """The step ran to its end and is kept."""
        kind = self._steps[step].kind
        self._reports[step] = StepReport(
            step, kind, State.BUILT, key, found.outputs, found.seconds, reasons, found.warnings, unchanged=unchanged
        )
        self._warn(step, found.warnings)
        now = time.time()
        self._tell(
            events.StepFinished(run=self._run, time=now, step=step, key=key, seconds=found.seconds, unchanged=unchanged)
        )

    def failed(
        self, step: str, key: str, failure: Failure, reasons: Sequence[Reason], warnings: Sequence[StepWarning] = ()
    ) -> None:
        """The step could not be made."""
        kind = self._steps[step].kind
        self._reports[step] = StepReport(
            step, kind, State.FAILED, key, reasons=reasons, warnings=warnings, failure=failure
        )
        self._warn(step, warnings)
        self._tell(events.StepFailed(run=self._run, time=time.time(), step=step, failure=failure))

    def aborted(self, step: str, key: str, because: str) -> None:
        """The step was not tried, or was stopped."""
        self._reports[step] = StepReport(step, self._steps[step].kind, State.ABORTED, key, because=because)
        self._tell(events.StepAborted(run=self._run, time=time.time(), step=step, because=because))

    def end(self, blobs: Blobs, *, cancelled: bool) -> BuildReport:
        """The run is over."""
        counts = self._counts()
        seconds = time.monotonic() - self._started
        status, ended = _verdict(counts, cancelled=cancelled)
        self._tell(ended(run=self._run, time=time.time(), seconds=seconds, **counts))
        steps = {step: self._reports[step] for step in self._steps}
        return BuildReport(self._run, status, steps, seconds, blobs)

    def _counts(self) -> dict[str, int]:
        found = [report.state for report in self._reports.values()]
        names = {State.BUILT: "ran", State.CACHED: "cached", State.FAILED: "failed", State.ABORTED: "aborted"}
        return {name: found.count(state) for state, name in names.items()}


def _verdict(counts: Mapping[str, int], *, cancelled: bool) -> tuple[str, type[events.RunEnded]]:
    if cancelled:
        return "cancelled", events.RunCancelled
    if counts["failed"]:
        return "failed", events.RunFailed
    return "built" if counts["ran"] else "up-to-date", events.RunFinished
