"""The engine's entry points: build and explain graphs against one store."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.engine.graph.graph import Graph, Kind
from vidbuild.engine.keys.cache import Cache, FetchCounts, TieredCache
from vidbuild.engine.keys.lookup import CacheLookup
from vidbuild.engine.keys.tools import Tool, Tools
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.run_log import RunLog, RunTarget
from vidbuild.engine.schedule.options import RunOptions
from vidbuild.engine.schedule.run import Run, RunEnvironment
from vidbuild.engine.schedule.run_control import RunControl
from vidbuild.engine.schedule.target import RunHooks, Target
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.index import Index
from vidbuild.engine.store.store import Store
from vidbuild.errors import UsageError, os_error_text

if TYPE_CHECKING:
    from vidbuild.engine.keys.explain import Explanation
    from vidbuild.engine.sandbox.sandbox import Sandbox
    from vidbuild.engine.worker.executor import NewExecutor

_WAIT_FOR_TRIM = 0.02


class Engine:
    """Builds graphs of steps of the given kinds into a store.

    tools: name -> tool, for every name in the kinds' `tools`.
    worker_env: the environment of every step.
    made_by: the program and its version, recorded in traces, never in keys.
    tool_env: where the values of the variables come from that tools declare; a step receives only those of its tools.
    sandbox: returns the sandbox of the workers once a step must run; None for none. The folders of sources and the
        store are added to it.
    remote: slower tiers of the cache, from which results are copied before a step runs.
    new_executor: creates the workers of a run; None for processes on this machine.
    fetches: counts of the last build's fetches from them.
    """

    def __init__(
        self,
        store: Store,
        kinds: Mapping[str, Kind],
        tools: Mapping[str, Tool],
        worker_env: Mapping[str, str],
        made_by: str = "",
        tool_env: Mapping[str, str] | None = None,
        sandbox: Callable[[], Sandbox | None] = lambda: None,
        remote: Sequence[Cache] = (),
        new_executor: NewExecutor | None = None,
    ) -> None:
        self.store = store
        self.fetches = FetchCounts()
        self._remote = remote
        self._kinds = kinds
        self._tools = tools
        self._environment = RunEnvironment(store, kinds, worker_env, tool_env or {}, made_by, sandbox, new_executor)

    def build(
        self,
        targets: Sequence[Target],
        options: RunOptions | None = None,
        control: RunControl | None = None,
        hooks: RunHooks | None = None,
        runs: Path | None = None,
    ) -> list[BuildReport]:
        """Build targets in one run: steps with equal keys run once, and each target ends as soon as its steps have.

        runs: the folder that keeps the run's record; None for that of the store.

        Returns the targets' reports, in their order; a step's failure is in a report, not raised.
        Raises UsageError for a goal or pattern that no step matches, StoreError if the store cannot be written.
        """
        if not targets:
            return []
        options = options or RunOptions()
        graphs = [_part(target.graph, target.goals) for target in targets]
        _check_patterns(options.fresh, targets, graphs)
        fresh = [_matching(options.fresh, target, graph) for target, graph in zip(targets, graphs, strict=True)]
        self.store.prepare()
        records = [RunTarget(target.name, target.build_name, target.metadata) for target in targets]
        log = RunLog(runs or self.store.root / "runs", records)
        with contextlib.closing(log):
            lookups = self._lookups(targets, graphs)
            run = Run(
                self._environment, targets, lookups, fresh, options, control or RunControl(), hooks or RunHooks(), log
            )
            with self._in_use():
                reports = run.build()
        self.store.write_error = self.store.write_error or log.write_error
        if added := sum(lookup.added for lookup in lookups):
            used = {key for lookup in lookups for key in lookup.keys.values()}
            self._trim(added, options.cache_limit, used)
        return reports

    def check_fresh(self, targets: Sequence[Target], patterns: Collection[str]) -> None:
        """Raise UsageError for a pattern that matches no step of any target, as `build` does."""
        _check_patterns(patterns, targets, [_part(target.graph, target.goals) for target in targets])

    def explain(self, target: Target, fresh: Collection[str] = ()) -> list[Explanation]:
        """Return what `build` would do with the target and why, step by step; writes nothing and runs no step.

        fresh: patterns, of which some may be for other targets of the run.
        """
        from vidbuild.engine.keys.explain import Explainer

        graph = _part(target.graph, target.goals)
        (lookup,) = self._lookups([target], [graph], read_only=True)
        return Explainer(lookup, _matching(fresh, target, graph)).explain()

    def _lookups(
        self, targets: Sequence[Target], graphs: Sequence[Graph], *, read_only: bool = False
    ) -> list[CacheLookup]:
        """Return a lookup for each target; all see every source and blob as the first of them saw it."""
        table = DigestCache(self.store.home / "files", read_only=read_only)
        tools, cache = Tools(self._tools, table), TieredCache.over(self.store, table, self._remote)
        self.fetches = cache.fetches
        lookups: list[CacheLookup] = []
        for target, graph in zip(targets, graphs, strict=True):
            index = Index(Index.location(self.store.home, target.build_name))
            seen = lookups[0].seen if lookups else None
            lookups.append(CacheLookup(cache, self._kinds, tools, table, index, graph, seen))
        return lookups

    def _trim(self, added: int, limit: int, used: set[str]) -> None:
        """Bring the store under its limit; if that fails, the next build tries again."""
        from vidbuild.engine.store import gc

        try:
            gc.trim_after_build(self.store, added, limit, used)
        except OSError as error:
            name = error.filename or self.store.root
            self.store.write_error = (
                self.store.write_error or f"cannot trim the cache: {os_error_text(error)}: '{name}'"
            )

    @contextlib.contextmanager
    def _in_use(self) -> Iterator[None]:
        """Prevent trimming of the store; wait until a process that trims it now has ended."""
        while (lock := self.store.lock_use()) is None:  # trimming takes moments, so a request to cancel waits too
            time.sleep(_WAIT_FOR_TRIM)
        try:
            yield
        finally:
            lock.release()


def _nearest(name: str, known: Iterable[str]) -> str | None:
    from vidbuild.suggest import did_you_mean

    return did_you_mean(name, known)


def _part(graph: Graph, goals: Collection[str] | None) -> Graph:
    if goals is None:
        return graph
    for goal in goals:
        if goal not in graph.steps:
            raise UsageError(f"no step is called '{goal}'", hint=_nearest(goal, graph.steps))
    return graph.upstream(list(goals))


def _matching(patterns: Collection[str], target: Target, graph: Graph) -> frozenset[str]:
    """Return the steps that match patterns such as `speak:*`, by their ids in the target or in the run."""
    if not patterns:
        return frozenset()
    return frozenset(name for name in graph.steps if _matches(name, patterns) or _matches(target.label(name), patterns))


def _check_patterns(patterns: Collection[str], targets: Sequence[Target], graphs: Sequence[Graph]) -> None:
    """Raise UsageError for a pattern that matches no step of any target."""
    if not patterns:
        return
    pairs = list(zip(targets, graphs, strict=True))
    names = dict.fromkeys(
        each for target, graph in pairs for name in graph.steps for each in (name, target.label(name))
    )
    for pattern in patterns:
        if not any(_matches(name, [pattern]) for name in names):
            raise UsageError(f"no step matches '{pattern}'", hint=_similar_pattern(pattern, names))


def _similar_pattern(pattern: str, names: Collection[str]) -> str:
    """Return a hint with the pattern or step that was probably meant, or else the kinds of steps."""
    from vidbuild.suggest import nearest

    kind, _, part = pattern.partition(":")
    kinds = list(dict.fromkeys(name.partition(":")[0] for name in names))
    similar = nearest(kind, kinds)
    candidates = [f"{pattern}:*", *([f"{similar}:{part or '*'}", similar] if similar else [])]
    meant = next((each for each in candidates if any(_matches(name, [each]) for name in names)), None)
    if meant and (part in {"", "*"} or similar != kind):
        return f"did you mean '{meant}'?"
    return _nearest(pattern, names) or f"the kinds of steps are {', '.join(kinds)}"


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(name == pattern or fnmatchcase(name, pattern) for pattern in patterns)
