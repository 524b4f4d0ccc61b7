"""The state of each step of one target, and why: which are cached, which must run, how each ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from vidbuild.engine.graph.context import StepWarning
from vidbuild.engine.graph.graph import Kind
from vidbuild.engine.graph.step_state import DONE, ENDED, State, StateTable
from vidbuild.engine.keys.cache import CacheHit
from vidbuild.engine.keys.causes import Causes
from vidbuild.engine.keys.key import KeyMaterial
from vidbuild.engine.keys.lookup import CacheLookup
from vidbuild.engine.keys.reasons import Reason, summary
from vidbuild.engine.keys.tools import Access
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.target_emitter import TargetEmitter
from vidbuild.engine.schedule.target import Target
from vidbuild.errors import Failure, StepError, VidbuildError
from vidbuild.frozen import values

if TYPE_CHECKING:
    from vidbuild.engine.keys.fetch import FetchResult
    from vidbuild.engine.keys.lookup import Written


class BuildState:
    """The steps of one target, moved from their lookup to their end; each move is emitted as an event.

    fresh: ids of steps to run even if they are cached.
    made_keys: keys made by this run, shared by its targets: their results are fresh.
    keep_going: whether the run continues after a failure.
    made_by: the program and its version, for traces.
    on_success: called once every step of the target is built or cached.
    graph: the part of the target's graph that is built.
    ready: steps that became ready, for the scheduler to collect.
    stopping: the target failed, so the run must start no further steps.
    report: None until the target has ended.
    """

    def __init__(
        self,
        target: Target,
        lookup: CacheLookup,
        emitter: TargetEmitter,
        *,
        fresh: frozenset[str],
        made_keys: set[str],
        keep_going: bool,
        made_by: str,
        on_success: Callable[[BuildReport], None],
    ) -> None:
        self.target = target
        self.graph = lookup.graph
        self.lookup = lookup
        self.emitter = emitter
        self.table = StateTable(lookup.graph.steps)
        self.ready: list[str] = []
        self.stopping = False
        self.report: BuildReport | None = None
        self._fresh = fresh
        self._made_keys = made_keys
        self._keep_going = keep_going
        self._made_by = made_by
        self._on_success = on_success
        self._causes = Causes(lookup)
        self._materials: dict[str, KeyMaterial] = {}
        self._reasons: dict[str, tuple[Reason, ...]] = {}
        self._dependents: dict[str, list[str]] = {}
        self._pending: dict[str, int] = {}
        self._started: set[str] = set()

    def kind(self, name: str) -> Kind:
        """Return the step's kind."""
        return self.lookup.kinds[self.graph.steps[name].kind]

    def access(self, name: str) -> Access:
        """Return what the step may use beside its inputs."""
        return self.lookup.access(self.graph.steps[name])

    def key(self, name: str) -> str:
        """Return the step's key; "" while it is unknown."""
        return self.lookup.keys.get(name, "")

    # Lookup, in the graph's order.

    def resolve_all(self) -> None:
        """Look up every step whose key can be computed before any has run."""
        for name, step in self.graph.steps.items():
            needs = set(step.needs())
            self._pending[name] = len(needs)
            for need in needs:
                self._dependents.setdefault(need, []).append(name)
        self._resolve_onwards([name for name, pending in self._pending.items() if not pending])

    def _resolve_onwards(self, names: Iterable[str]) -> None:
        """Look up steps that need no unfinished step, and then the dependents of those that are cached."""
        queue = deque(names)
        while queue:
            name = queue.popleft()
            if self.table[name] is State.WAITING:
                self._resolve(name)
            if self.table[name] in DONE:
                queue.extend(self._release_dependents(name))

    def _release_dependents(self, name: str) -> list[str]:
        """Return the dependents that need no unfinished step any more."""
        released = []
        for dependent in self._dependents.get(name, ()):
            self._pending[dependent] -= 1
            if not self._pending[dependent]:
                released.append(dependent)
        return released

    def _resolve(self, name: str) -> None:
        """Compute a step's key, then end the step or make it ready."""
        try:
            material = self.lookup.material(self.graph.steps[name])
        except StepError as error:
            self._fail(name, error.failure)
            return
        key = self.lookup.keys[name] = material.key()
        fresh = self._is_forced(name)
        row = self.lookup.index.row(name)
        hit = None if fresh else self.lookup.find(name, key)
        if hit is None or (row is not None and row.key != key):
            direct = self._causes.direct(name, material, key, row=row, fresh=fresh)
            self._reasons[name] = self._causes.roots(name, direct)
        if hit is not None:
            self._cached(name, hit)
            return
        self._materials[name] = material
        self.table.move(name, State.READY)
        self.ready.append(name)

    def _is_forced(self, name: str) -> bool:
        """Whether the step must run even if it is cached: it was requested, and no step with its key has run yet."""
        return name in self._fresh and self.key(name) not in self._made_keys

    def made_meanwhile(self, name: str) -> bool:
        """End the step as cached if another step or build made its key since the lookup; return whether it ended."""
        hit = None if self._is_forced(name) else self.lookup.find(name, self.key(name))
        return hit is not None and self._end_cached(name, hit)

    def may_fetch(self, name: str) -> bool:
        """Return whether remote tiers of the cache may be asked for the step."""
        return not self._is_forced(name)

    def fetched(self, name: str, result: FetchResult) -> bool:
        """End the step as cached if a remote tier had its result; make it ready otherwise. Return whether it ended."""
        hit = self.lookup.record_fetched(name, result)
        if hit is None:
            self.table.move(name, State.READY)
        return hit is not None and self._end_cached(name, hit)

    def _end_cached(self, name: str, hit: CacheHit) -> bool:
        self._cached(name, hit)
        self._resolve_onwards([name])
        self.finish_if_complete()
        return True

    def inputs(self, name: str) -> dict[str, dict[str, Any]]:
        """Return the step's inputs as a worker receives them; StepError if one is missing."""
        return self.lookup.inputs(self.graph.steps[name], self._materials[name])

    def with_source_names(self, name: str, failure: Failure) -> Failure:
        """Return a worker's failure with the sources' own names, which workers, traces and keys do not have."""
        message = self.lookup.with_source_names(self.graph.steps[name], failure.message)
        return failure if message == failure.message else Failure(**{**values(failure), "message": message})

    # How a step runs and ends.

    def start(self, name: str, expected: float | None) -> None:
        """Record that a worker has the step; only the first attempt emits an event."""
        self.table.move(name, State.RUNNING)
        if name not in self._started:
            self._started.add(name)
            self.emitter.started(name, self.key(name), self._reasons[name], expected)

    def writing(self, name: str, data: Mapping[str, Any]) -> Callable[[], Written]:
        """Return a function that writes the trace of a step that ran; it can be called in any thread. OSError."""
        made = self.lookup.made(name, self._materials[name], data, self._made_by)
        return partial(self.lookup.write, made, replace=self._is_forced(name))

    def built(self, name: str, written: Written) -> None:
        """End a step whose trace is written, and look up its dependents."""
        trace, unchanged = written.trace, self.lookup.record(name, written, summary(self._reasons[name]))
        self._made_keys.add(trace.key)
        self.table.move(name, State.BUILT)
        warnings = (*trace.warnings, *self._edited(name))
        hit = CacheHit(trace.outputs, warnings, trace.seconds)
        self.emitter.built(name, trace.key, hit, self._reasons[name], unchanged=unchanged)
        self._resolve_onwards([name])
        self.finish_if_complete()

    def _edited(self, name: str) -> list[StepWarning]:
        return [
            StepWarning(
                f"'{path}' changed during the build: its earlier content was used", role, "build again", "VB908"
            )
            for role, path in self.lookup.edited_sources(self.graph.steps[name])
        ]

    def _cached(self, name: str, hit: CacheHit) -> None:
        self.table.move(name, State.CACHED)
        self.lookup.add_product(name, hit.outputs)
        self.emitter.cached(name, self.key(name), hit)

    def fail(self, name: str, failure: Failure, warnings: Sequence[StepWarning] = ()) -> None:
        """End the step as failed, and its dependents as aborted."""
        self._fail(name, failure, warnings)
        self.finish_if_complete()

    def _fail(self, name: str, failure: Failure, warnings: Sequence[StepWarning] = ()) -> None:
        self.table.move(name, State.FAILED)
        self.emitter.failed(name, self.key(name), failure, self._reasons.get(name, ()), warnings)
        self.stopping = self.stopping or not self._keep_going
        stack = list(self._dependents.get(name, ()))
        while stack:
            dependent = stack.pop()
            if self.table[dependent] is State.WAITING:
                self._abort(dependent, name)
                stack.extend(self._dependents.get(dependent, ()))

    def abort_rest(self, *, cancelled: bool) -> None:
        """End every step that has not ended, and the target with them."""
        for name in self.table.having(*set(State) - ENDED):
            self._abort(name, "")
        self._finish(cancelled=cancelled)

    def _abort(self, name: str, because: str) -> None:
        self.table.move(name, State.ABORTED)
        self.emitter.aborted(name, self.key(name), because)

    # How the target ends.

    def finish_if_complete(self) -> None:
        """End the target if every step has ended."""
        if not self.table.unfinished:
            self._finish()

    def _finish(self, *, cancelled: bool = False) -> None:
        """End the target, after its caller has used the results if every step is done; only the first call counts."""
        if self.report is not None:
            return
        report = self.emitter.report(self.lookup.cache.local.store.blobs, cancelled=cancelled)
        if report.ok:
            try:
                self._on_success(report)
            except (VidbuildError, OSError) as error:
                if isinstance(error, BrokenPipeError):  # the reader of the events has exited
                    raise
                report = report.failed_by(error)
                self.stopping = self.stopping or not self._keep_going
        self.report = report
        self.emitter.finished(report)
