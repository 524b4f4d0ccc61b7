"""Runs a build from beginning to end: looks up the steps of every target, schedules the rest, and reports."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from vidbuild.engine.graph.graph import Graph, Kind, Source
from vidbuild.engine.graph.step_state import ENDED, State
from vidbuild.engine.keys.lookup import CacheLookup
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.emitter import RunEmitter
from vidbuild.engine.runs.events import Listener
from vidbuild.engine.runs.run_log import RunLog
from vidbuild.engine.schedule.build_state import BuildState
from vidbuild.engine.schedule.options import RunOptions
from vidbuild.engine.schedule.run_control import ControlMonitor, RunControl
from vidbuild.engine.schedule.target import RunHooks, Target
from vidbuild.engine.store.store import Store
from vidbuild.frozen import dataclass

if TYPE_CHECKING:
    from vidbuild.engine.sandbox.sandbox import Sandbox
    from vidbuild.engine.worker.executor import NewExecutor


@dataclass(frozen=True, slots=True)
class RunEnvironment:
    """What all runs of an engine share (see `Engine`)."""

    store: Store
    kinds: Mapping[str, Kind]
    worker_env: Mapping[str, str]
    tool_env: Mapping[str, str]
    made_by: str
    sandbox: Callable[[], Sandbox | None]
    new_executor: NewExecutor | None


class Run:
    """One run of several targets.

    lookups: the targets' lookups, in their order.
    fresh: for each target, the steps to run even if they are cached.
    """

    def __init__(
        self,
        environment: RunEnvironment,
        targets: Sequence[Target],
        lookups: Sequence[CacheLookup],
        fresh: Sequence[frozenset[str]],
        options: RunOptions,
        control: RunControl,
        hooks: RunHooks,
        log: RunLog,
    ) -> None:
        self._environment = environment
        self._options = options
        self._control = control
        self._log = log
        listeners: list[Listener] = [log, hooks.on_event] if hooks.on_event else [log]
        self._emitter = RunEmitter(log.id, options.known_jobs, listeners, hooks.derived_from, control.cancel_exit_code)
        made_keys: set[str] = set()
        self.states = [
            BuildState(
                target,
                lookup,
                self._emitter.add_target(
                    target.name, target.build_name, target.prefix, lookup.graph, partial(hooks.derive_events, target)
                ),
                fresh=chosen,
                made_keys=made_keys,
                keep_going=options.keep_going,
                made_by=environment.made_by,
                on_success=partial(hooks.on_success, target),
            )
            for target, lookup, chosen in zip(targets, lookups, fresh, strict=True)
        ]

    def build(self) -> list[BuildReport]:
        """Build every target that can be built; return their reports. A failing step is in a report, not raised."""
        try:
            cancelled = self._build()
            reports = [state.report for state in self.states if state.report is not None]
            self._emitter.end(reports, cancelled=cancelled)
        except BaseException as error:
            self._emitter.abort(error)
            raise
        return reports

    def _build(self) -> bool:
        empty = [state.lookup.index.empty for state in self.states]
        self._emitter.begin(first=all(empty))
        for state, first in zip(self.states, empty, strict=True):
            state.emitter.begin(first=first)
        cancelled = False
        try:
            for state in self.states:
                self._resolve(state)
            if any(state.table.unfinished for state in self.states) and not any(s.stopping for s in self.states):
                cancelled = self._schedule()
            for state in self.states:
                state.abort_rest(cancelled=cancelled)
        finally:
            saved = self._save()
        if saved and any(state.table.count(State.BUILT) for state in self.states):
            self._emitter.saved()
        return cancelled

    def _resolve(self, state: BuildState) -> None:
        state.resolve_all()
        if state.target.continues:
            left = state.table.unfinished
            state.emitter.restored(state.target.continues, len(state.table.states) - left, left)
        state.finish_if_complete()

    def _save(self) -> bool:
        """Write the digest cache and the indexes; return whether that succeeded."""
        errors = [self.states[0].lookup.table.save()]
        errors += [state.lookup.index.save(state.target.build_name, state.target.graph.steps) for state in self.states]
        store = self._environment.store
        store.write_error = next(filter(None, [store.write_error, *errors]), "")
        return not any(errors)

    def _schedule(self) -> bool:
        """Run steps; the modules for it are loaded here, since most builds have none to run."""
        from vidbuild.engine.schedule.dispatch import Dispatcher, local_executor
        from vidbuild.engine.schedule.scheduler import Scheduler

        environment, options = self._environment, self._options
        dispatcher = Dispatcher(
            environment.store,
            options.workers,
            environment.worker_env,
            environment.tool_env,
            self._sandbox,
            self.states[0].lookup.cache.remote,
            environment.new_executor or local_executor,
            self._tools,
        )
        control = ControlMonitor(self._control, self._log.folder, options.grace, self._log.suspended)
        with contextlib.closing(dispatcher):
            return Scheduler(self.states, self._emitter, dispatcher, control, options, self._save).run()

    def _sandbox(self) -> Sandbox | None:
        sandbox = self._environment.sandbox()
        return (
            None if sandbox is None else sandbox.with_source_dirs(set(_sources(state.graph for state in self.states)))
        )

    def _tools(self) -> Mapping[str, str]:
        """Return the identities of the tools of the steps that have not ended; those that cannot be found fail them."""
        found: dict[str, str] = {}
        for state in self.states:
            for name, now in state.table.states.items():
                if now not in ENDED:
                    found |= state.lookup.tool_identities(state.graph.steps[name])
        return found


def _sources(graphs: Iterable[Graph]) -> Iterator[str]:
    for graph in graphs:
        for step in graph.steps.values():
            yield from (source.path for source in step.inputs.values() if isinstance(source, Source))
