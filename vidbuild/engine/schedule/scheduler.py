"""Schedules the steps of a run: which start, wait, are retried or end, and when.

One loop owns all state. It sends the ready steps of all targets to the dispatcher, the longest critical path first, and
handles what workers and remote tiers return.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vidbuild.engine.disk import disk_full, durable
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.runs.control import Control
from vidbuild.engine.schedule.dispatch import Claim, Dispatcher
from vidbuild.engine.schedule.estimates import Estimates
from vidbuild.engine.schedule.ready_queue import ReadyQueue, random_priorities
from vidbuild.engine.schedule.retry import RetryQueue
from vidbuild.engine.worker.protocol import ProgressUpdate, StepOutput, StepRetry
from vidbuild.errors import StepError

if TYPE_CHECKING:
    from vidbuild.engine.graph.context import StepWarning
    from vidbuild.engine.keys.lookup import Written
    from vidbuild.engine.runs.emitter import RunEmitter
    from vidbuild.engine.schedule.build_state import BuildState
    from vidbuild.engine.schedule.options import RunOptions
    from vidbuild.engine.schedule.run_control import ControlMonitor
    from vidbuild.engine.worker.executor import Message
    from vidbuild.errors import Failure


class Scheduler:
    """The steps of one run that are not cached, by their ids in the run (`Target.label`).

    save: writes what is known so far to disk; returns whether that succeeded.
    """

    def __init__(
        self,
        states: Sequence[BuildState],
        emitter: RunEmitter,
        dispatcher: Dispatcher,
        control: ControlMonitor,
        options: RunOptions,
        save: Callable[[], bool],
    ) -> None:
        self._states = states
        self._emitter = emitter
        self._dispatcher = dispatcher
        self._control = control
        self._poll = options.poll
        self._jobs = options.known_jobs
        self._save = save
        self._steps: dict[str, tuple[BuildState, str]] = {}
        self._retries = RetryQueue(options.retry)
        self._estimates = Estimates((state.target, state.graph, state.lookup.index) for state in states)
        priorities = self._estimates.priorities
        priorities = priorities if options.shuffle is None else random_priorities(priorities, options.shuffle)
        self._queue, self._to_fetch = ReadyQueue(priorities), ReadyQueue(priorities)
        self._fetches = dispatcher.can_fetch
        self._locked: set[str] = set()
        self._paused_since: float | None = None
        self._saved = False

    def run(self) -> bool:
        """Run until all steps have ended, or no further step may start and none runs; return whether cancelled."""
        ahead = [state.target.label(name) for state, name in self._having(State.READY, State.WAITING)]
        self._emitter.estimated(len(ahead), self._estimates.remaining(ahead, self._jobs))
        while self._unfinished:
            self._suspend()
            self._handle_pause(self._control.poll())
            if self._may_start():
                self._dispatch()
            if self._is_over():
                break
            for message in self._dispatcher.poll(self._poll_seconds()):
                self._handle(message)
            self._end_written()
            if self._fetches:
                self._handle_fetched()
        self._end_written(wait=True)
        return self._unfinished and self._control.poll() is Control.CANCEL

    def _having(self, *wanted: State) -> Iterator[tuple[BuildState, str]]:
        return ((state, name) for state in self._states for name in state.table.having(*wanted))

    @property
    def _unfinished(self) -> bool:
        return any(state.table.unfinished for state in self._states)

    @property
    def _stopping(self) -> bool:
        return any(state.stopping for state in self._states)

    def _may_start(self) -> bool:
        return self._control.state is Control.RUN and not self._stopping

    def _is_over(self) -> bool:
        if self._dispatcher.busy:
            return not self._control.may_finish
        if self._control.state is Control.CANCEL or self._stopping:
            return True
        waiting = self._queue or self._retries or (self._fetches and (self._to_fetch or self._dispatcher.fetching))
        return self._control.state is Control.RUN and not waiting

    def _poll_seconds(self) -> float:
        if self._control.state is Control.PAUSE and not self._dispatcher.busy:
            return self._poll.paused
        if not self._may_start():
            return self._poll.usual  # attempts that are due do not start, so they shorten no wait
        soon = self._locked or (self._fetches and self._dispatcher.fetching)
        return self._retries.limit_wait(self._poll.soon if soon else self._poll.usual)

    # Suspend, pause and resume.

    def _suspend(self) -> None:
        meanwhile = self._control.suspension()
        if meanwhile is not None:
            self._control.suspended(self._dispatcher.suspend(meanwhile))

    def _handle_pause(self, control: Control) -> None:
        """Emit the beginning and the end of a pause; save once no step runs any more."""
        if control is not Control.PAUSE:
            if control is Control.RUN and self._paused_since is not None:
                self._emitter.resumed(time.monotonic() - self._paused_since)
                self._paused_since = None
            return
        if self._paused_since is None:
            self._paused_since, self._saved = time.monotonic(), False
            self._emitter.paused(sum(1 for _ in self._having(State.RUNNING)))
        if not self._dispatcher.busy and not self._dispatcher.fetching and not self._saved:
            self._saved = True
            if self._save():
                self._emitter.saved()

    # Start steps.

    def _dispatch(self) -> None:
        """Start the steps that can start; one whose key is locked is tried again at the next turn."""
        self._collect()
        if self._fetches:
            for label in self._to_fetch:
                self._try_to_fetch(label)
            self._collect()
        for label in self._queue:
            if self._dispatcher.full() or self._stopping:  # the one before may have failed, or its target's outputs
                return
            self._try_to_start(label)
            self._collect()

    def _collect(self) -> None:
        """Queue the steps that became ready, and those whose next attempt is due."""
        for state in self._states:
            for name in state.ready:
                label = state.target.label(name)
                self._steps[label] = (state, name)
                (self._to_fetch if self._fetches and state.may_fetch(name) else self._queue).add(label)
            state.ready.clear()
        for label in self._retries.pop_due():
            self._queue.add(label)

    def _try_to_fetch(self, label: str) -> None:
        """Ask the remote tiers for a step; one whose key is locked is tried as if they did not have it."""
        state, name = self._steps[label]
        claim = self._dispatcher.claim_fetch(label, state.key(name))
        if claim is Claim.NO_SLOT:
            return
        self._to_fetch.remove(label)
        if claim is Claim.LOCKED_ELSEWHERE:
            self._queue.add(label)
        elif state.made_meanwhile(name):
            self._dispatcher.release(label)
        else:
            state.table.move(name, State.FETCHING)
            self._dispatcher.fetch(label)

    def _try_to_start(self, label: str) -> None:
        state, name = self._steps[label]
        claim = self._dispatcher.claim(label, state.key(name), state.access(name))
        if claim is Claim.LOCKED_ELSEWHERE and state.table[name] is State.READY:
            state.table.move(name, State.LOCKED)
            self._locked.add(label)
        if claim is not Claim.ACQUIRED:
            return
        self._locked.discard(label)
        self._queue.remove(label)
        if state.made_meanwhile(name):
            self._dispatcher.release(label)
        else:
            self._start(label, state, name)

    def _start(self, label: str, state: BuildState, name: str) -> None:
        try:
            inputs = state.inputs(name)
        except StepError as error:
            self._dispatcher.release(label)
            state.fail(name, error.failure)
            return
        state.start(name, self._estimates.expected(label))
        self._dispatcher.start(label, state.graph.steps[name], state.kind(name), inputs)

    # Handle results.

    def _handle(self, message: Message) -> None:
        label, answer = message.step, message.answer
        state, name = self._steps[label]
        if isinstance(answer, ProgressUpdate):
            state.emitter.progress(name, answer.done, answer.total, answer.unit)
        elif isinstance(answer, StepRetry):
            failure = state.with_source_names(name, answer.failure)
            state.emitter.retried(name, answer.attempt, answer.wait, failure)
        elif isinstance(answer, StepOutput):
            self._record(label, answer.data)
        else:
            self._dispatcher.release(label)
            self._retry_or_fail(label, state.with_source_names(name, answer.failure), answer.warnings)

    def _handle_fetched(self) -> None:
        for label, result in self._dispatcher.fetched():
            state, name = self._steps[label]
            if not state.fetched(name, result):
                self._queue.add(label)
            self._dispatcher.release(label)

    def _record(self, label: str, data: Mapping[str, Any]) -> None:
        """Write the trace of a step that ran; other steps run meanwhile."""
        state, name = self._steps[label]
        write = state.writing(name, data)
        if not self._dispatcher.defer(label, write):
            self._end_built(label, write)

    def _end_written(self, *, wait: bool = False) -> None:
        """End the steps whose traces were written meanwhile; wait: also those whose traces are being written."""
        for label, result in self._dispatcher.written(wait=wait):
            self._end_built(label, result)

    def _end_built(self, label: str, result: Callable[[], Written]) -> None:
        """End a step whose trace is written; if it cannot be, for a transient reason, the step failed.

        result: returns what was written. Raises OSError.
        """
        state, name = self._steps[label]
        try:
            written = result()
        except OSError as error:
            if not durable.is_transient(error):
                raise
            self._dispatcher.release(label)
            root = state.lookup.cache.local.store.root
            self._retry_or_fail(label, disk_full.failure(error, root, root))
        else:
            self._dispatcher.release(label)
            state.built(name, written)

    def _retry_or_fail(self, label: str, failure: Failure, warnings: tuple[StepWarning, ...] = ()) -> None:
        """Retry a step whose attempt failed, if that may help and steps may still start."""
        state, name = self._steps[label]
        wait = self._retries.add(label, failure)
        if wait is None or self._stopping or self._control.state is Control.CANCEL:
            self._retries.discard(label)
            state.fail(name, self._retries.with_attempts(label, failure), warnings)
        else:
            state.table.move(name, State.READY)
            state.emitter.retried(name, self._retries.next_attempt(label), wait, failure)
