"""Emits the events of a run and of its targets, and makes the reports that agree with them."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from vidbuild.engine.graph.context import StepWarning
from vidbuild.engine.graph.graph import Graph
from vidbuild.engine.graph.step_state import DONE, State
from vidbuild.engine.keys.cache import CacheHit
from vidbuild.engine.keys.reasons import Reason, summary
from vidbuild.engine.runs import events
from vidbuild.engine.runs.build_report import BuildReport, StepReport
from vidbuild.engine.store.blobs import Blobs
from vidbuild.errors import Failure, code_of, most_severe, of_fault

_REASONS = 20  # of one step, emitted in full
_COUNTED = {State.BUILT: "ran", State.CACHED: "cached", State.FAILED: "failed", State.ABORTED: "aborted"}

DeriveEvents = Callable[[events.Event], Iterable[events.Event]]


def no_events(_event: events.Event) -> Iterable[events.Event]:
    """Derive nothing."""
    return ()


class RunEmitter:
    """One run's events, in order.

    derive_events: returns the caller's own events that follow an event of the run itself.
    """

    def __init__(self, run: str, listeners: Sequence[events.Listener], derive_events: DeriveEvents = no_events) -> None:
        self.run = run
        self.targets: list[TargetEmitter] = []
        self._listeners = listeners
        self._derive_events = derive_events
        self._began = time.monotonic()
        self._started = self._ended = self._broken = False

    def target(
        self,
        name: str,
        build_name: str,
        graph: Graph,
        label: Callable[[str], str],
        derive_events: DeriveEvents = no_events,
    ) -> TargetEmitter:
        """Add a target to the run; label: a step's id in the graph -> its id in the run."""
        self.targets.append(TargetEmitter(self, name, build_name, graph, label, derive_events))
        return self.targets[-1]

    def emit(self, event: events.Event, derive_events: DeriveEvents | None = None) -> None:
        """Hand an event, and those derived from it, to every listener."""
        derived = () if self._broken else (derive_events or self._derive_events)(event)
        for each in (event, *derived):
            for listener in self._listeners:
                listener(each)

    def begin(self, jobs: int, *, first: bool = False) -> None:
        """The run and its targets begin; first: nothing of any target was ever built with this cache."""
        self._started = True
        names = [target.build_name for target in self.targets]
        steps = sum(len(target.steps) for target in self.targets)
        self.emit(
            events.RunStarted(
                run=self.run,
                time=time.time(),
                entry=", ".join(names),
                steps=steps,
                jobs=jobs,
                first=first,
                targets=tuple(target.name for target in self.targets if target.name),
            )
        )

    def estimate(self, ahead: int, expected: float | None) -> None:
        """How many steps will or may run, and for how many seconds."""
        self.emit(events.RunEstimated(run=self.run, time=time.time(), ahead=ahead, expected=expected))

    def paused(self, running: int) -> None:
        """Nothing new starts from now on."""
        self.emit(events.RunPaused(run=self.run, time=time.time(), running=running))

    def resumed(self, seconds: float) -> None:
        """The pause is over."""
        self.emit(events.RunResumed(run=self.run, time=time.time(), seconds=seconds))

    def saved(self) -> None:
        """What is done is on the disk."""
        done = sum(target.done for target in self.targets)
        self.emit(events.StateSaved(run=self.run, time=time.time(), done=done))

    def end(self, reports: Sequence[BuildReport], *, cancelled: bool, cancel_exit_code: Callable[[], int]) -> None:
        """The run is over; every target has ended."""
        if cancelled:
            self._end(events.RunCancelled, cancel_exit_code())
            return
        codes = [of_fault(each.failure.fault) for report in reports for each in report.failed if each.failure]
        codes += [code_of(report.error) for report in reports if report.error is not None]
        failed = codes or not all(report.ok for report in reports)
        self._end(events.RunFailed if failed else events.RunFinished, most_severe(codes))

    def abort(self, jobs: int, error: BaseException, cancel_exit_code: Callable[[], int]) -> None:
        """End a run that an error broke off; a listener that fails is passed over, for the error counts."""
        self._broken = True
        self._listeners = [_ignoring_errors(listener) for listener in self._listeners]
        if not self._started:
            self.begin(jobs)
        interrupted = isinstance(error, KeyboardInterrupt)
        for target in self.targets:
            target.abort("cancelled" if interrupted else "aborted")
        if not self._ended:
            ended = events.RunCancelled if interrupted else events.RunFailed
            self._end(ended, cancel_exit_code() if interrupted else code_of(error))

    def _end(self, ended: type[events.RunEnded], code: int) -> None:
        self._ended = True
        counts: Counter[str] = Counter(dict.fromkeys((*_COUNTED.values(), "retried"), 0))
        for target in self.targets:
            counts.update(target.counts())
        seconds = time.monotonic() - self._began
        self.emit(ended(run=self.run, time=time.time(), seconds=seconds, code=code, **counts))


class TargetEmitter:
    """The events of one target of a run, and the report of how each of its steps ended."""

    def __init__(
        self,
        run: RunEmitter,
        name: str,
        build_name: str,
        graph: Graph,
        label: Callable[[str], str],
        derive_events: DeriveEvents = no_events,
    ) -> None:
        self.name = name
        self.build_name = build_name
        self.steps = graph.steps
        self._run = run
        self._label = label
        self._derive_events = derive_events
        self._reports: dict[str, StepReport] = {}
        self._began = time.monotonic()
        self._retried = 0
        self._started = self._finished = False

    def _emit(self, event: events.Event) -> None:
        self._run.emit(event, self._derive_events)

    def begin(self, *, first: bool = False) -> None:
        """The target begins; first: nothing of it was ever built with this cache."""
        self._started = True
        self._emit(
            events.TargetStarted(
                run=self._run.run,
                time=time.time(),
                target=self.name,
                entry=self.build_name,
                steps=len(self.steps),
                first=first,
            )
        )

    def restored(self, earlier: str, done: int, left: int) -> None:
        """The target continues an earlier run."""
        self._emit(
            events.StateRestored(
                run=self._run.run, time=time.time(), target=self.name, earlier=earlier, done=done, left=left
            )
        )

    def started(self, step: str, key: str, reasons: Sequence[Reason], expected: float | None) -> None:
        """A worker has the step."""
        self._emit(
            events.StepStarted(
                run=self._run.run,
                time=time.time(),
                target=self.name,
                step=self._label(step),
                kind=self.steps[step].kind,
                key=key,
                reason=summary(reasons),
                expected=expected,
                reasons=tuple(reason.long() for reason in reasons[:_REASONS]),
            )
        )

    def progress(self, step: str, done: int, total: int, unit: str = "") -> None:
        """A running step has come so far."""
        self._emit(
            events.StepProgress(
                run=self._run.run,
                time=time.time(),
                target=self.name,
                step=self._label(step),
                done=done,
                total=total,
                unit=unit,
            )
        )

    def retried(self, step: str, attempt: int, wait: float, failure: Failure) -> None:
        """An attempt failed; another one follows after so many seconds."""
        self._retried += 1
        self._emit(
            events.StepRetried(
                run=self._run.run,
                time=time.time(),
                target=self.name,
                step=self._label(step),
                attempt=attempt,
                wait=wait,
                failure=failure,
            )
        )

    def _warn(self, step: str, warnings: Sequence[StepWarning]) -> None:
        for warning in warnings:
            self._emit(
                events.StepWarned(
                    run=self._run.run,
                    time=time.time(),
                    target=self.name,
                    step=self._label(step),
                    message=warning.message,
                    field=warning.field,
                    hint=warning.hint,
                )
            )

    def cached(self, step: str, key: str, hit: CacheHit) -> None:
        """The cache has the step's result."""
        self._reports[step] = StepReport(
            step, self.steps[step].kind, State.CACHED, key, hit.outputs, hit.seconds, warnings=hit.warnings
        )
        self._warn(step, hit.warnings)
        self._emit(
            events.StepCached(
                run=self._run.run,
                time=time.time(),
                target=self.name,
                step=self._label(step),
                key=key,
                source=hit.source,
            )
        )

    def built(self, step: str, key: str, hit: CacheHit, reasons: Sequence[Reason], *, unchanged: bool) -> None:
        """The step ran to its end, and its results are kept."""
        kind = self.steps[step].kind
        self._reports[step] = StepReport(
            step, kind, State.BUILT, key, hit.outputs, hit.seconds, reasons, hit.warnings, unchanged=unchanged
        )
        self._warn(step, hit.warnings)
        self._emit(
            events.StepFinished(
                run=self._run.run,
                time=time.time(),
                target=self.name,
                step=self._label(step),
                key=key,
                seconds=hit.seconds,
                unchanged=unchanged,
            )
        )

    def failed(
        self, step: str, key: str, failure: Failure, reasons: Sequence[Reason], warnings: Sequence[StepWarning] = ()
    ) -> None:
        """The step could not be made."""
        kind = self.steps[step].kind
        self._reports[step] = StepReport(
            step, kind, State.FAILED, key, reasons=reasons, warnings=warnings, failure=failure
        )
        self._warn(step, warnings)
        self._emit(
            events.StepFailed(
                run=self._run.run, time=time.time(), target=self.name, step=self._label(step), failure=failure
            )
        )

    def aborted(self, step: str, key: str, because: str) -> None:
        """The step was not attempted, or was stopped; because: the failed step that it needs, "" for none."""
        self._reports[step] = StepReport(step, self.steps[step].kind, State.ABORTED, key, because=because)
        cause = self._label(because) if because else ""
        self._emit(
            events.StepAborted(
                run=self._run.run, time=time.time(), target=self.name, step=self._label(step), because=cause
            )
        )

    @property
    def done(self) -> int:
        """The number of steps that are built or cached."""
        return sum(report.state in DONE for report in self._reports.values())

    def counts(self) -> dict[str, int]:
        """Return how many steps ended in which way, and how many attempts were repeated."""
        ended = Counter(report.state for report in self._reports.values())
        return {**{name: ended[state] for state, name in _COUNTED.items()}, "retried": self._retried}

    def report(self, blobs: Blobs, *, cancelled: bool) -> BuildReport:
        """Return how every step ended."""
        steps = {step: self._reports[step] for step in self.steps}
        status = _status(self.counts(), cancelled=cancelled)
        now = time.monotonic()
        return BuildReport(self._run.run, status, steps, now - self._began, blobs, self._retried, now)

    def finished(self, report: BuildReport) -> None:
        """The target is over; if it did not fail, its outputs are in their places."""
        self._finish(report.status, report.seconds)

    def _finish(self, status: str, seconds: float) -> None:
        self._finished = True
        self._emit(
            events.TargetFinished(
                run=self._run.run,
                time=time.time(),
                target=self.name,
                entry=self.build_name,
                status=status,
                seconds=seconds,
                **self.counts(),
            )
        )

    def abort(self, status: str) -> None:
        """End a target that an error broke off."""
        if not self._started:
            self.begin()
        for step in self.steps:
            if step not in self._reports:
                self.aborted(step, "", "")
        if not self._finished:
            self._finish(status, time.monotonic() - self._began)


def _status(counts: Mapping[str, int], *, cancelled: bool) -> str:
    if cancelled:
        return "cancelled"
    if counts["failed"]:
        return "failed"
    if counts["aborted"]:  # another target failed, and the run stopped
        return "aborted"
    return "built" if counts["ran"] else "up-to-date"


def _ignoring_errors(listener: events.Listener) -> events.Listener:
    def called(event: events.Event) -> None:
        with contextlib.suppress(Exception):
            listener(event)

    return called
