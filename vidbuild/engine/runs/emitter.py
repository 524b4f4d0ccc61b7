"""Emits the events of a run."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from vidbuild.engine.graph.graph import Graph
from vidbuild.engine.runs import events
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.target_emitter import TargetEmitter, no_counts
from vidbuild.errors import code_of, most_severe, of_fault

DeriveEvents = Callable[[events.Event], Iterable[events.Event]]


class RunEmitter:
    """Emits one run's events, in order.

    run: the run's id.
    jobs: the number of steps that may run in parallel; 0 if it is not known.
    listeners: called with each event.
    derived_from: the types of events that `derive_events` of a target is called with.
    cancel_exit_code: returns the exit code of a run that was cancelled.
    """

    def __init__(
        self,
        run: str,
        jobs: int,
        listeners: Sequence[events.Listener],
        derived_from: tuple[type[events.Event], ...],
        cancel_exit_code: Callable[[], int],
    ) -> None:
        self._run = run
        self._jobs = jobs
        self._listeners = listeners
        self._derived_from = derived_from
        self._cancel_exit_code = cancel_exit_code
        self._targets: list[TargetEmitter] = []
        self._began = time.monotonic()
        self._started = self._ended = self._aborted = False

    def add_target(
        self, name: str, build_name: str, prefix: str, graph: Graph, derive_events: DeriveEvents
    ) -> TargetEmitter:
        """Add a target to the run (see TargetEmitter).

        derive_events: returns the caller's own events that follow one of the target's.
        """
        emit = partial(self._emit, derive_events=derive_events)
        target = TargetEmitter(self._run, name, build_name, prefix, graph, emit)
        self._targets.append(target)
        return target

    def _emit(self, event: events.Event, derive_events: DeriveEvents | None = None) -> None:
        """Call every listener with an event, and with those derived from it."""
        for listener in self._listeners:
            listener(event)
        if derive_events is not None and isinstance(event, self._derived_from) and not self._aborted:
            for derived in derive_events(event):
                for listener in self._listeners:
                    listener(derived)

    def begin(self, *, first: bool = False) -> None:
        """Emit that the run starts; first: nothing of any target was ever built with this cache."""
        self._started = True
        self._emit(
            events.RunStarted(
                run=self._run,
                time=time.time(),
                entry=", ".join(target.build_name for target in self._targets),
                steps=sum(len(target.steps) for target in self._targets),
                jobs=self._jobs,
                first=first,
                targets=tuple(target.name for target in self._targets if target.name),
            )
        )

    def estimated(self, ahead: int, expected: float | None) -> None:
        """Emit the number of steps that will or may run, and the seconds that they are expected to take."""
        self._emit(events.RunEstimated(run=self._run, time=time.time(), ahead=ahead, expected=expected))

    def paused(self, running: int) -> None:
        """Emit that no further steps start."""
        self._emit(events.RunPaused(run=self._run, time=time.time(), running=running))

    def resumed(self, seconds: float) -> None:
        """Emit that a pause is over."""
        self._emit(events.RunResumed(run=self._run, time=time.time(), seconds=seconds))

    def saved(self) -> None:
        """Emit that all results so far are on disk."""
        done = sum(target.done for target in self._targets)
        self._emit(events.StateSaved(run=self._run, time=time.time(), done=done))

    def end(self, reports: Sequence[BuildReport], *, cancelled: bool) -> None:
        """Emit the end of a run all of whose targets have ended."""
        if cancelled:
            self._end(events.RunCancelled, self._cancel_exit_code())
            return
        codes = [of_fault(each.failure.fault) for report in reports for each in report.failed if each.failure]
        codes += [code_of(report.error) for report in reports if report.error is not None]
        failed = codes or not all(report.ok for report in reports)
        self._end(events.RunFailed if failed else events.RunFinished, most_severe(codes))

    def abort(self, error: BaseException) -> None:
        """Emit the end of a run that an error ended, and of all that had not ended.

        Errors of listeners are ignored from here on, since the first error is the one to report.
        """
        self._aborted = True
        self._listeners = [_ignoring_errors(listener) for listener in self._listeners]
        if not self._started:
            self.begin()
        interrupted = isinstance(error, KeyboardInterrupt)
        for target in self._targets:
            target.abort("cancelled" if interrupted else "aborted")
        if not self._ended:
            ended = events.RunCancelled if interrupted else events.RunFailed
            self._end(ended, self._cancel_exit_code() if interrupted else code_of(error))

    def _end(self, ended: type[events.RunEnded], code: int) -> None:
        self._ended = True
        counts: Counter[str] = Counter(no_counts())
        for target in self._targets:
            counts.update(target.counts())
        seconds = time.monotonic() - self._began
        self._emit(ended(run=self._run, time=time.time(), seconds=seconds, code=code, **counts))


def _ignoring_errors(listener: events.Listener) -> events.Listener:
    def call(event: events.Event) -> None:
        with contextlib.suppress(Exception):
            listener(event)

    return call
