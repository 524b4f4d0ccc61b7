"""One build: decides step by step what is cached and what runs, and when; it knows nothing of what steps do.

A single loop owns all state: it looks keys up, hands ready steps to the crew (longest chain of work first), and
writes the trace of each that comes back.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from vidbuild.engine.causes import Causes
from vidbuild.engine.crew import Claim, Crew
from vidbuild.engine.ledger import Found, Ledger
from vidbuild.engine.material import Material
from vidbuild.engine.outlook import Outlook
from vidbuild.engine.reasons import Reason, summary
from vidbuild.engine.result import BuildReport
from vidbuild.engine.states import DONE, ENDED, Board, State
from vidbuild.engine.telling import Telling
from vidbuild.engine.trace import warnings_from_data
from vidbuild.errors import Failure, StepError
from vidbuild.record import dataclass, field, values

if TYPE_CHECKING:
    from vidbuild.engine.pool import Message

_TURN = 0.1
_TURN_LOCKED = 0.03


@dataclass(frozen=True, slots=True)
class Options:
    """How to build; none of it can change a result.

    entry: the name under which the project's steps are remembered, for explain and for expected times.
    jobs: how many steps run side by side. keep_going: after a failure, go on with what does not need it.
    fresh: ids of steps to run whatever the store holds.
    limits: resource -> how many of its steps may run side by side. made_by: the program, for traces.
    weights: step -> how much work it is beside others, where that is not 1.
    continues: the earlier run that this one goes on with, "" for none.
    """

    entry: str = ""
    jobs: int = 1
    keep_going: bool = False
    fresh: frozenset[str] = frozenset()
    limits: Mapping[str, int] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    made_by: str = ""
    continues: str = ""


class Build:
    """The state of one build; `go` runs it, once."""

    def __init__(
        self, ledger: Ledger, crew: Crew, telling: Telling, options: Options, cancelled: Callable[[], bool]
    ) -> None:
        self._ledger = ledger
        self._crew = crew
        self._telling = telling
        self._options = options
        self._cancelled = cancelled
        self._steps = ledger.graph.steps
        self._board = Board(self._steps)
        self._causes = Causes(ledger)
        self._materials: dict[str, Material] = {}
        self._reasons: dict[str, tuple[Reason, ...]] = {}
        self._dependents: dict[str, list[str]] = {}
        self._pending: dict[str, int] = {}
        self._queue: list[tuple[float, int, str]] = []
        self._outlook: Outlook | None = None
        self._ranks: Mapping[str, float] = {}
        self._locked: set[str] = set()
        self._order = 0
        self._stopping = False

    def go(self) -> BuildReport:
        """Build everything that can be; a failing step is told in the report, not raised."""
        self._telling.begin(self._options.entry, self._options.jobs, first=self._ledger.index.empty)
        try:
            self._look_at_all()
            if self._options.continues:
                left = self._board.unfinished
                self._telling.restored(self._options.continues, len(self._steps) - left, left)
            if self._board.unfinished and not self._stopping:
                self._drive()
        finally:
            self._crew.close()
        cancelled = self._board.unfinished > 0 and self._cancelled()
        for name in self._board.having(*set(State) - ENDED):
            self._abort(name, "")
        return self._telling.report(self._ledger.store.blobs, cancelled=cancelled)

    # Looking up: what is known, in the graph's order.

    def _look_at_all(self) -> None:
        for name, step in self._steps.items():
            needs = set(step.needs())
            self._pending[name] = len(needs)
            for need in needs:
                self._dependents.setdefault(need, []).append(name)
        self._look_on([name for name, pending in self._pending.items() if not pending])

    def _look_on(self, known: list[str]) -> None:
        """Look at steps whose inputs are known, and at those that become known by it."""
        for name in known:
            if self._board[name] is State.WAITING:
                self._look(name)
            if self._board[name] in DONE:
                known.extend(self._release_dependents(name))

    def _release_dependents(self, name: str) -> list[str]:
        known = []
        for dependent in self._dependents.get(name, ()):
            self._pending[dependent] -= 1
            if not self._pending[dependent]:
                known.append(dependent)
        return known

    def _look(self, name: str) -> None:
        """Compute a step's key, then end the step or make it ready."""
        try:
            material = self._ledger.material(self._steps[name])
        except StepError as error:
            self._fail(name, error.failure)
            return
        key = self._ledger.keys[name] = material.key()
        fresh = name in self._options.fresh
        row = self._ledger.index.row(name)
        found = None if fresh else self._ledger.find(name, key)
        if found is None or (row is not None and row.key != key):
            direct = self._causes.direct(name, material, key, row=row, fresh=fresh)
            self._reasons[name] = self._causes.follow(name, direct)
        if found is not None:
            self._cached(name, found)
            return
        self._materials[name] = material
        self._board.move(name, State.READY)
        self._enqueue(name)

    def _enqueue(self, name: str) -> None:
        self._order += 1
        insort(self._queue, (-self._ranks.get(name, 0.0), self._order, name))

    # Driving: what runs, and when.

    def _drive(self) -> None:
        self._plan_order()
        while self._board.unfinished and not self._cancelled():
            if not self._stopping:
                self._dispatch()
            if not self._crew.busy and (self._stopping or not self._queue):
                break
            for message in self._crew.hear(self._turn()):
                self._take(message)

    def _turn(self) -> float:
        return _TURN_LOCKED if self._locked else _TURN

    def _plan_order(self) -> None:
        self._outlook = Outlook(self._ledger.graph, self._ledger.index, self._options.weights)
        self._ranks = self._outlook.ranks()
        self._queue = sorted((-self._ranks[name], place, name) for _, place, name in self._queue)
        ahead = self._board.having(State.READY, State.WAITING)
        self._telling.estimate(len(ahead), self._outlook.ahead(ahead, self._options.jobs))

    def _dispatch(self) -> None:
        """Start what can be started; a key that another build makes is asked for again at the next turn."""
        for item in list(self._queue):
            if self._crew.full():
                return
            self._try(item)

    def _try(self, item: tuple[float, int, str]) -> None:
        name = item[2]
        key = self._ledger.keys[name]
        kind = self._ledger.kinds[self._steps[name].kind]
        claim = self._crew.claim(name, key, kind.resource)
        if claim is Claim.ELSEWHERE and self._board[name] is State.READY:
            self._board.move(name, State.LOCKED)
            self._locked.add(name)
        if claim is not Claim.TAKEN:
            return
        self._locked.discard(name)
        self._queue.remove(item)
        found = None if name in self._options.fresh else self._ledger.find(name, key)
        if found is not None:  # another build made it since we looked
            self._crew.release(name)
            self._cached(name, found)
            self._look_on([name])
        else:
            self._start(name, key, kind.run)

    def _start(self, name: str, key: str, run: str) -> None:
        step = self._steps[name]
        try:
            feeds = self._ledger.feeds(step, self._materials[name])
        except StepError as error:
            self._crew.release(name)
            self._fail(name, error.failure)
            return
        self._board.move(name, State.RUNNING)
        expected = self._outlook.expected(name) if self._outlook else None
        self._telling.start(name, key, self._reasons[name], expected)
        self._crew.start(name, run, step.params, feeds)

    # What comes back.

    def _take(self, message: Message) -> None:
        if message.data is not None and "progress" in message.data:
            self._telling.progress(message.step, *message.data["progress"])
            return
        data: Mapping[str, Any] = message.data or {"failure": _death(message), "warnings": []}
        if "failure" in data:
            self._crew.release(message.step)
            self._fail(message.step, _failure(data["failure"]), data)
        else:
            self._keep(message.step, data)
            self._crew.release(message.step)
            self._look_on([message.step])

    def _keep(self, name: str, data: Mapping[str, Any]) -> None:
        """Write the trace of a step that ran, its blobs being there already."""
        row = self._ledger.index.row(name)
        trace = self._ledger.keep(
            name,
            self._materials[name],
            data,
            made_by=self._options.made_by,
            replace=name in self._options.fresh,
        )
        unchanged = row is not None and dict(row.outputs) == dict(trace.outputs)
        self._ledger.note(name, trace, reason=summary(self._reasons[name]), unchanged=unchanged)
        self._ledger.settle(name, trace.outputs)
        self._board.move(name, State.BUILT)
        found = Found(trace.outputs, trace.warnings, trace.seconds)
        self._telling.built(name, trace.key, found, self._reasons[name], unchanged=unchanged)

    def _cached(self, name: str, found: Found) -> None:
        self._board.move(name, State.CACHED)
        self._ledger.settle(name, found.outputs)
        self._telling.cached(name, self._ledger.keys[name], found)

    def _fail(self, name: str, failure: Failure, data: Mapping[str, Any] | None = None) -> None:
        self._board.move(name, State.FAILED)
        warnings = warnings_from_data(data["warnings"]) if data else ()
        self._telling.failed(name, self._ledger.keys.get(name, ""), failure, self._reasons.get(name, ()), warnings)
        self._stopping = self._stopping or not self._options.keep_going
        stack = list(self._dependents.get(name, ()))
        while stack:
            dependent = stack.pop()
            if self._board[dependent] is State.WAITING:
                self._abort(dependent, name)
                stack.extend(self._dependents.get(dependent, ()))

    def _abort(self, name: str, because: str) -> None:
        self._board.move(name, State.ABORTED)
        self._telling.aborted(name, self._ledger.keys.get(name, ""), because)


def _failure(data: Mapping[str, Any]) -> Failure:
    return Failure(**{**data, "command": tuple(data["command"]), "log": tuple(data["log"])})


def _death(message: Message) -> dict[str, Any]:
    how = f"signal {-message.exit_code}" if message.exit_code < 0 else f"exit code {message.exit_code}"
    failure = Failure(f"the worker died in the middle of the step ({how})", log=message.log, transient=True)
    return values(failure)
