"""Where each step of one build stands and why: what is cached, what is ready to run, how each ended.

It knows nothing of when steps run, or where.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vidbuild.engine.graph.context import StepWarning
from vidbuild.engine.graph.graph import Graph, Kind
from vidbuild.engine.graph.options import Options
from vidbuild.engine.graph.step_state import DONE, ENDED, State, StateTable
from vidbuild.engine.keys.causes import Causes
from vidbuild.engine.keys.key import KeyMaterial
from vidbuild.engine.keys.lookup import CacheLookup, Found
from vidbuild.engine.keys.reasons import Reason, summary
from vidbuild.engine.runs.emitter import EventEmitter
from vidbuild.errors import Failure, StepError
from vidbuild.frozen import values


class BuildState:
    """The steps of one build, moved from their first look to their end; all that happens to them is told.

    ready: steps that became ready and that nobody has taken note of yet.
    stopping: a step failed, so that nothing new is to be started.
    """

    def __init__(self, ledger: CacheLookup, telling: EventEmitter, options: Options) -> None:
        self.ledger = ledger
        self.telling = telling
        self.board = StateTable(ledger.graph.steps)
        self.ready: list[str] = []
        self.stopping = False
        self._options = options
        self._causes = Causes(ledger)
        self._materials: dict[str, KeyMaterial] = {}
        self._reasons: dict[str, tuple[Reason, ...]] = {}
        self._dependents: dict[str, list[str]] = {}
        self._pending: dict[str, int] = {}
        self._started: set[str] = set()

    @property
    def graph(self) -> Graph:
        """What is built."""
        return self.ledger.graph

    def kind(self, name: str) -> Kind:
        """The step's kind."""
        return self.ledger.kinds[self.graph.steps[name].kind]

    def key(self, name: str) -> str:
        """The step's key, "" where it is not known."""
        return self.ledger.keys.get(name, "")

    # Looking up: what is known, in the graph's order.

    def look_at_all(self) -> None:
        """Look at every step as far as that goes without running any."""
        for name, step in self.graph.steps.items():
            needs = set(step.needs())
            self._pending[name] = len(needs)
            for need in needs:
                self._dependents.setdefault(need, []).append(name)
        self._look_on([name for name, pending in self._pending.items() if not pending])

    def _look_on(self, known: list[str]) -> None:
        """Look at steps whose inputs are known, and at those that become known by it."""
        for name in known:
            if self.board[name] is State.WAITING:
                self._look(name)
            if self.board[name] in DONE:
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
            material = self.ledger.material(self.graph.steps[name])
        except StepError as error:
            self.fail(name, error.failure)
            return
        key = self.ledger.keys[name] = material.key()
        fresh = name in self._options.fresh
        row = self.ledger.index.row(name)
        found = None if fresh else self.ledger.find(name, key)
        if found is None or (row is not None and row.key != key):
            direct = self._causes.direct(name, material, key, row=row, fresh=fresh)
            self._reasons[name] = self._causes.follow(name, direct)
        if found is not None:
            self._cached(name, found)
            return
        self._materials[name] = material
        self.board.move(name, State.READY)
        self.ready.append(name)

    def made_meanwhile(self, name: str) -> bool:
        """Whether another build made the step since we looked; then it is cached, and what it feeds is looked at."""
        found = None if name in self._options.fresh else self.ledger.find(name, self.key(name))
        if found is None:
            return False
        self._cached(name, found)
        self._look_on([name])
        return True

    def feeds(self, name: str) -> dict[str, dict[str, Any]]:
        """The step's inputs as a worker is told of them; StepError where one is not there."""
        return self.ledger.feeds(self.graph.steps[name], self._materials[name])

    def told(self, name: str, failure: Failure) -> Failure:
        """A worker's failure as whoever wrote the spec knows its files; traces and keys are to be free of names."""
        message = self.ledger.named(self.graph.steps[name], failure.message)
        return failure if message == failure.message else Failure(**{**values(failure), "message": message})

    # How a step goes on, and how it ends.

    def start(self, name: str, expected: float | None) -> None:
        """A worker has the step; that is not told again with its next attempt."""
        self.board.move(name, State.RUNNING)
        if name not in self._started:
            self._started.add(name)
            self.telling.start(name, self.key(name), self._reasons[name], expected)

    def keep(self, name: str, data: Mapping[str, Any]) -> None:
        """Write the trace of a step that ran, its blobs being there already, and look at what it feeds."""
        row = self.ledger.index.row(name)
        trace = self.ledger.keep(
            name,
            self._materials[name],
            data,
            made_by=self._options.made_by,
            replace=name in self._options.fresh,
        )
        unchanged = row is not None and dict(row.outputs) == dict(trace.outputs)
        self.ledger.note(name, trace, reason=summary(self._reasons[name]), unchanged=unchanged)
        self.ledger.settle(name, trace.outputs)
        self.board.move(name, State.BUILT)
        warnings = (*trace.warnings, *self._edited(name))
        found = Found(trace.outputs, warnings, trace.seconds)
        self.telling.built(name, trace.key, found, self._reasons[name], unchanged=unchanged)
        self._look_on([name])

    def _edited(self, name: str) -> list[StepWarning]:
        return [
            StepWarning(f"'{path}' changed during the build: what it held before was used", role, "build again")
            for role, path in self.ledger.edited(self.graph.steps[name])
        ]

    def _cached(self, name: str, found: Found) -> None:
        self.board.move(name, State.CACHED)
        self.ledger.settle(name, found.outputs)
        self.telling.cached(name, self.key(name), found)

    def fail(self, name: str, failure: Failure, warnings: Sequence[StepWarning] = ()) -> None:
        """The step could not be made, and so none that needs it."""
        self.board.move(name, State.FAILED)
        self.telling.failed(name, self.key(name), failure, self._reasons.get(name, ()), warnings)
        self.stopping = self.stopping or not self._options.keep_going
        stack = list(self._dependents.get(name, ()))
        while stack:
            dependent = stack.pop()
            if self.board[dependent] is State.WAITING:
                self._abort(dependent, name)
                stack.extend(self._dependents.get(dependent, ()))

    def abort_rest(self) -> None:
        """Nothing goes on: what has not ended never will."""
        for name in self.board.having(*set(State) - ENDED):
            self._abort(name, "")

    def _abort(self, name: str, because: str) -> None:
        self.board.move(name, State.ABORTED)
        self.telling.aborted(name, self.key(name), because)
