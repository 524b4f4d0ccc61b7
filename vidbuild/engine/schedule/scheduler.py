"""Drives a build whose steps have to run: what is started, paused, tried again or ended, and when.

A single loop owns all state: it hands ready steps to the crew, in their order, and has what comes back written. It
knows nothing of keys and traces, nor of who wishes what.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from vidbuild.engine.disk import disk_full, durable
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.runs.control import Wish
from vidbuild.engine.schedule.dispatch import Claim, Dispatcher
from vidbuild.engine.schedule.estimates import Estimates
from vidbuild.engine.schedule.ready_queue import ReadyQueue, shuffled
from vidbuild.engine.schedule.retry import RetryQueue
from vidbuild.engine.worker.protocol import Again, Progress, StepOutput
from vidbuild.errors import StepError

if TYPE_CHECKING:
    from vidbuild.engine.graph.context import StepWarning
    from vidbuild.engine.graph.options import Options
    from vidbuild.engine.schedule.build_state import BuildState
    from vidbuild.engine.schedule.run_control import RunControl
    from vidbuild.engine.worker.pool import Message
    from vidbuild.errors import Failure

_TURN = 0.1
_TURN_LOCKED = 0.03
_TURN_PAUSED = 0.2


class Scheduler:
    """One build under way.

    save: puts what is known so far on the disk; whether it is there.
    """

    def __init__(
        self, standing: BuildState, crew: Dispatcher, pace: RunControl, options: Options, save: Callable[[], bool]
    ) -> None:
        self._standing = standing
        self._board = standing.board
        self._telling = standing.telling
        self._crew = crew
        self._pace = pace
        self._save = save
        self._attempts = RetryQueue(options.retry)
        self._outlook = Estimates(standing.graph, standing.ledger.index, options.weights)
        ranks = self._outlook.ranks()
        self._order = ReadyQueue(ranks if options.shuffle is None else shuffled(ranks, options.shuffle))
        self._jobs = options.jobs
        self._locked: set[str] = set()
        self._paused: float | None = None
        self._saved = False

    def run(self) -> bool:
        """Go on until everything ended, or nothing more may be started and nothing runs; whether it was cancelled."""
        ahead = self._board.having(State.READY, State.WAITING)
        self._telling.estimate(len(ahead), self._outlook.ahead(ahead, self._jobs))
        while self._board.unfinished:
            self._halt()
            self._heed(self._pace.look())
            if self._may_start():
                self._dispatch()
            if self._over():
                break
            for message in self._crew.hear(self._turn()):
                self._take(message)
        return self._board.unfinished > 0 and self._pace.look() is Wish.CANCEL

    def _may_start(self) -> bool:
        return self._pace.wish is Wish.GO and not self._standing.stopping

    def _over(self) -> bool:
        if self._crew.busy:
            return not self._pace.patient
        if self._pace.wish is Wish.CANCEL or self._standing.stopping:
            return True
        return self._pace.wish is Wish.GO and not (self._order or self._attempts)

    def _turn(self) -> float:
        if self._pace.wish is Wish.PAUSE and not self._crew.busy:
            return _TURN_PAUSED
        if not self._may_start():
            return _TURN  # attempts that are due are not made, and do not hurry anybody
        return self._attempts.sooner(_TURN_LOCKED if self._locked else _TURN)

    def _halt(self) -> None:
        meanwhile = self._pace.halted()
        if meanwhile is not None:
            self._pace.stood_still(self._crew.halt(meanwhile))

    # Pausing and going on.

    def _heed(self, wish: Wish) -> None:
        """Tell when a pause begins and ends; what is done by then is saved once nothing runs any more."""
        if wish is not Wish.PAUSE:
            if wish is Wish.GO and self._paused is not None:
                self._telling.resumed(time.monotonic() - self._paused)
                self._paused = None
            return
        if self._paused is None:
            self._paused, self._saved = time.monotonic(), False
            self._telling.paused(self._board.count(State.RUNNING))
        if not self._crew.busy and not self._saved:
            self._saved = True
            if self._save():
                self._telling.saved()

    # What is started.

    def _dispatch(self) -> None:
        """Start what can be started; a key that another build makes is asked for again at the next turn."""
        self._gather()
        for name in self._order:
            if self._crew.full():
                return
            self._try(name)
            self._gather()

    def _gather(self) -> None:
        for name in [*self._standing.ready, *self._attempts.due()]:
            self._order.add(name)
        self._standing.ready.clear()

    def _try(self, name: str) -> None:
        claim = self._crew.claim(name, self._standing.key(name), self._standing.kind(name).resource)
        if claim is Claim.ELSEWHERE and self._board[name] is State.READY:
            self._board.move(name, State.LOCKED)
            self._locked.add(name)
        if claim is not Claim.TAKEN:
            return
        self._locked.discard(name)
        self._order.remove(name)
        if self._standing.made_meanwhile(name):
            self._crew.release(name)
        else:
            self._start(name)

    def _start(self, name: str) -> None:
        step, kind = self._standing.graph.steps[name], self._standing.kind(name)
        try:
            feeds = self._standing.feeds(name)
        except StepError as error:
            self._crew.release(name)
            self._standing.fail(name, error.failure)
            return
        self._standing.start(name, self._outlook.expected(name))
        self._crew.start(name, kind.run, step.params, feeds, kind.seconds)

    # What comes back.

    def _take(self, message: Message) -> None:
        name, said = message.step, message.said
        if isinstance(said, Progress):
            self._telling.progress(name, said.done, said.total, said.unit)
        elif isinstance(said, Again):
            self._telling.retried(name, said.attempt, said.wait, self._standing.told(name, said.failure))
        elif isinstance(said, StepOutput):
            self._keep(name, said.data)
        else:
            self._crew.release(name)
            self._failed(name, self._standing.told(name, said.failure), said.warnings)

    def _keep(self, name: str, data: Mapping[str, Any]) -> None:
        try:
            self._standing.keep(name, data)
        except OSError as error:
            if not durable.may_pass(error):
                raise
            self._crew.release(name)
            root = self._standing.ledger.store.root
            self._failed(name, disk_full.failure(error, root, root))
        else:
            self._crew.release(name)

    def _failed(self, name: str, failure: Failure, warnings: tuple[StepWarning, ...] = ()) -> None:
        """An attempt failed: the step is tried again, if that may help and anything may still be started."""
        wait = self._attempts.again(name, failure)
        if wait is None or self._standing.stopping or self._pace.wish is Wish.CANCEL:
            self._attempts.forget(name)
            self._standing.fail(name, self._attempts.told(name, failure), warnings)
        else:
            self._board.move(name, State.READY)
            self._telling.retried(name, self._attempts.of(name), wait, failure)
