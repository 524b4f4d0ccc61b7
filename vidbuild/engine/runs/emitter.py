"""Tells how each step and the run end, as events and as the report; it knows nothing of why they end so."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from vidbuild.engine.graph.context import StepWarning
from vidbuild.engine.graph.graph import Graph
from vidbuild.engine.graph.step_state import DONE, State
from vidbuild.engine.keys.lookup import Found
from vidbuild.engine.keys.reasons import Reason, summary
from vidbuild.engine.runs import events
from vidbuild.engine.runs.build_report import BuildReport, StepReport
from vidbuild.engine.store.blobs import Blobs
from vidbuild.errors import Failure, code_of, gravest, of_fault

_REASONS = 20  # that are told of one step in full

DeriveEvents = Callable[[events.Event], Iterable[events.Event]]


def nothing_follows(_event: events.Event) -> Iterable[events.Event]:
    """Add no event to those of the engine."""
    return ()


def interrupted() -> int:
    """The exit code of a build that was stopped, where nobody knows better."""
    return 130


class EventEmitter:
    """One run's events, in order, and the report that agrees with them.

    following: asked after each event for others, which are the caller's own, that are told next.
    """

    def __init__(
        self, graph: Graph, run: str, listeners: Sequence[events.Listener], following: DeriveEvents = nothing_follows
    ) -> None:
        self._steps = graph.steps
        self._run = run
        self._listeners = listeners
        self._following = following
        self._reports: dict[str, StepReport] = {}
        self._started = time.monotonic()
        self._begun = self._over = False
        self._retried = 0

    def _tell(self, event: events.Event) -> None:
        for listener in self._listeners:
            listener(event)
        for further in self._following(event):
            for listener in self._listeners:
                listener(further)

    def begin(self, entry: str, jobs: int, *, first: bool = False) -> None:
        """The run begins."""
        self._begun = True
        steps = len(self._steps)
        self._tell(events.RunStarted(run=self._run, time=time.time(), entry=entry, steps=steps, jobs=jobs, first=first))

    def restored(self, earlier: str, done: int, left: int) -> None:
        """The run goes on where an earlier one ended."""
        self._tell(events.StateRestored(run=self._run, time=time.time(), earlier=earlier, done=done, left=left))

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
                reasons=tuple(reason.long() for reason in reasons[:_REASONS]),
            )
        )

    def progress(self, step: str, done: int, total: int, unit: str = "") -> None:
        """A running step is so far."""
        now = time.time()
        self._tell(events.StepProgress(run=self._run, time=now, step=step, done=done, total=total, unit=unit))

    def retried(self, step: str, attempt: int, wait: float, failure: Failure) -> None:
        """An attempt failed; another one follows."""
        self._retried += 1
        now = time.time()
        self._tell(events.StepRetried(run=self._run, time=now, step=step, attempt=attempt, wait=wait, failure=failure))

    def paused(self, running: int) -> None:
        """Nothing is started from now on."""
        self._tell(events.RunPaused(run=self._run, time=time.time(), running=running))

    def resumed(self, seconds: float) -> None:
        """The pause is over."""
        self._tell(events.RunResumed(run=self._run, time=time.time(), seconds=seconds))

    def saved(self) -> None:
        """What is done is on the disk."""
        done = sum(report.state in DONE for report in self._reports.values())
        self._tell(events.StateSaved(run=self._run, time=time.time(), done=done))

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

    def report(self, blobs: Blobs, *, cancelled: bool) -> BuildReport:
        """How every step ended; the run itself is over when `end` has told so."""
        status = _status(self._counts(), cancelled=cancelled)
        steps = {step: self._reports[step] for step in self._steps}
        return BuildReport(self._run, status, steps, time.monotonic() - self._started, blobs, self._retried)

    def end(self, report: BuildReport, code_if_cancelled: int) -> None:
        """The run is over."""
        faults = [of_fault(each.failure.fault) for each in report.failed if each.failure]
        code = code_if_cancelled if report.status == "cancelled" else gravest(faults)
        self._end(_ENDED[report.status], code)

    def broken(self, entry: str, jobs: int, error: BaseException, code_if_cancelled: int) -> None:
        """An error threw the run out of its middle: it is told to its end all the same, to whoever still listens."""
        self._listeners = [_deaf_to_errors(listener) for listener in self._listeners]
        self._following = nothing_follows
        if not self._begun:
            self.begin(entry, jobs)
        for step in self._steps:
            if step not in self._reports:
                self.aborted(step, "", "")
        stopped = isinstance(error, KeyboardInterrupt)
        if not self._over:
            self._end(_ENDED["cancelled" if stopped else "failed"], code_if_cancelled if stopped else code_of(error))

    def _end(self, ended: type[events.RunEnded], code: int) -> None:
        self._over = True
        seconds = time.monotonic() - self._started
        counts = self._counts() | {"retried": self._retried}
        self._tell(ended(run=self._run, time=time.time(), seconds=seconds, code=code, **counts))

    def _counts(self) -> dict[str, int]:
        found = [report.state for report in self._reports.values()]
        names = {State.BUILT: "ran", State.CACHED: "cached", State.FAILED: "failed", State.ABORTED: "aborted"}
        return {name: found.count(state) for state, name in names.items()}


_ENDED: Mapping[str, type[events.RunEnded]] = {
    "built": events.RunFinished,
    "up-to-date": events.RunFinished,
    "failed": events.RunFailed,
    "cancelled": events.RunCancelled,
}


def _status(counts: Mapping[str, int], *, cancelled: bool) -> str:
    if cancelled:
        return "cancelled"
    if counts["failed"]:
        return "failed"
    return "built" if counts["ran"] else "up-to-date"


def _deaf_to_errors(listener: events.Listener) -> events.Listener:
    def told(event: events.Event) -> None:
        with contextlib.suppress(Exception):
            listener(event)

    return told
