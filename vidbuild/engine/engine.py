"""The engine's face: builds and explains graphs against one store; it knows nothing of how either is done."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, Any

from vidbuild.engine.build import Build, Options
from vidbuild.engine.crew import Crew
from vidbuild.engine.events import Listener
from vidbuild.engine.files import FileTable
from vidbuild.engine.graph import Graph, Kind
from vidbuild.engine.index import Index
from vidbuild.engine.ledger import Ledger
from vidbuild.engine.result import BuildReport
from vidbuild.engine.runs import RunLog
from vidbuild.engine.store import DEFAULT_LIMIT, Store
from vidbuild.engine.telling import Following, Telling, interrupted, nothing_follows
from vidbuild.engine.tools import Tool, Tools
from vidbuild.errors import UsageError

if TYPE_CHECKING:
    from vidbuild.engine.control import Wish
    from vidbuild.engine.explain import Explanation

_WAIT_FOR_TRIM = 0.02


def _never() -> bool:
    return False


def _nothing(_report: BuildReport) -> None:
    """Nothing else is to be done."""


def _stopped(cancelled: Callable[[], bool], hurried: Callable[[], bool], wished: Callable[[], Wish] | None) -> bool:
    return cancelled() or hurried() or (wished is not None and wished().value == "cancel")


class Engine:
    """Builds graphs of steps of the given kinds into a store.

    tools: name -> tool, for every name in the kinds' `tools`.
    worker_env: all of the environment that worker processes get.
    made_by: the program and its version, written in traces, never in keys.
    """

    def __init__(
        self,
        store: Store,
        kinds: Mapping[str, Kind],
        tools: Mapping[str, Tool],
        worker_env: Mapping[str, str],
        made_by: str = "",
    ) -> None:
        self.store = store
        self._kinds = kinds
        self._tools = tools
        self._worker_env = worker_env
        self._made_by = made_by

    def build(
        self,
        graph: Graph,
        *,
        entry: str = "",
        targets: Collection[str] | None = None,
        jobs: int = 0,
        keep_going: bool = False,
        fresh: Collection[str] = (),
        limits: Mapping[str, int] | None = None,
        weights: Mapping[str, float] | None = None,
        on_event: Listener | None = None,
        cancelled: Callable[[], bool] = _never,
        wished: Callable[[], Wish] | None = None,
        hurried: Callable[[], bool] = _never,
        grace: float = 10.0,  # noqa: ARG002 - the signature comes first
        limit: int = DEFAULT_LIMIT,
        continues: str = "",
        note: Mapping[str, Any] | None = None,
        following: Following = nothing_follows,
        completing: Callable[[BuildReport], None] = _nothing,
        code_if_cancelled: Callable[[], int] = interrupted,
    ) -> BuildReport:
        """Build the targets (all steps by default) and what they need.

        entry: the name under which this project's steps are remembered, for explain and expected times.
        jobs: steps side by side; 0 is one per processor. fresh: ids or patterns of steps to run in any case.
        limits: resource -> how many of its steps may run side by side.
        weights: step -> how much work it is beside others, for which to start first where no past times tell.
        wished: asked several times a second, beside what others leave in the run's folder (control.py).
        cancelled: the same as a wish to cancel, for those who know no other: nothing new is started.
        grace: seconds in which the steps that run then may end and are kept, before they are killed.
        hurried: asked while they may; once true, they are killed at once.
        limit: bytes over which the store is trimmed at the end, what this build used excepted.
        continues: the id of an earlier run that this one goes on with, to be told so.
        note: what the caller wants to know of the run later, as JSON values.
        following: events of the caller's own that follow one of the engine's and are told next, to all listeners.
        completing: what else must be done before a build that did not fail is told to be over.
        Raises UsageError for a target or pattern that fits no step, StoreError where the store cannot be written.
        """
        wanted = _part(graph, targets)
        cancelled = partial(_stopped, cancelled, hurried, wished)
        jobs = jobs or os.cpu_count() or 1
        options = Options(
            entry, jobs, keep_going, _matching(fresh, wanted), limits or {}, weights or {}, self._made_by, continues
        )
        self.store.prepare()
        log = RunLog(self.store.root / "runs", entry, note)
        telling = Telling(wanted, log.id, [log, on_event] if on_event else [log], following)
        with contextlib.closing(log):
            try:
                ledger = self._ledger(wanted, entry)
                crew = Crew(self.store, jobs, options.limits, self._worker_env)
                with self._in_use(cancelled):
                    try:
                        report = Build(ledger, crew, telling, options, cancelled).go()
                    finally:
                        ledger.table.save()
                        ledger.index.save(entry, graph.steps)
                    if report.ok:
                        completing(report)
                telling.end(report, code_if_cancelled())
            except BaseException as error:
                telling.broken(entry, jobs, error, code_if_cancelled())
                raise
        if ledger.added:
            from vidbuild.engine import gc

            gc.trim_after_build(self.store, ledger.added, limit, set(ledger.keys.values()))
        return report

    def explain(
        self,
        graph: Graph,
        *,
        entry: str = "",
        targets: Collection[str] | None = None,
        fresh: Collection[str] = (),
    ) -> list[Explanation]:
        """What `build` with the same arguments would do and why, step by step; writes nothing and runs no step."""
        from vidbuild.engine.explain import Explainer

        wanted = _part(graph, targets)
        ledger = self._ledger(wanted, entry, read_only=True)
        return Explainer(ledger, _matching(fresh, wanted)).explain()

    def _ledger(self, graph: Graph, entry: str, *, read_only: bool = False) -> Ledger:
        table = FileTable(self.store.home / "files", read_only=read_only)
        index = Index(Index.location(self.store.home, entry))
        return Ledger(self.store, self._kinds, Tools(self._tools, table), table, index, graph)

    @contextlib.contextmanager
    def _in_use(self, cancelled: Callable[[], bool]) -> Iterator[None]:
        """Keep the store from being trimmed; a trimming that is on is waited for."""
        while (lock := self.store.lock_use()) is None and not cancelled():
            time.sleep(_WAIT_FOR_TRIM)
        try:
            yield
        finally:
            if lock is not None:
                lock.release()


def _part(graph: Graph, targets: Collection[str] | None) -> Graph:
    if targets is None:
        return graph
    for target in targets:
        if target not in graph.steps:
            raise UsageError(f"no step is called '{target}'", hint=_nearest(target, graph.steps))
    return graph.upstream(list(targets))


def _matching(patterns: Iterable[str], graph: Graph) -> frozenset[str]:
    """The steps that are named or fit a pattern such as `speak:*`."""
    found: set[str] = set()
    for pattern in patterns:
        fitting = {step for step in graph.steps if step == pattern or fnmatchcase(step, pattern)}
        if not fitting:
            kind = f"{pattern}:*"
            of_kind = any(fnmatchcase(step, kind) for step in graph.steps)
            hint = f"did you mean '{kind}'?" if of_kind else _nearest(pattern, graph.steps)
            raise UsageError(f"no step matches '{pattern}'", hint=hint)
        found |= fitting
    return frozenset(found)


def _nearest(name: str, steps: Iterable[str]) -> str | None:
    import difflib

    nearest = difflib.get_close_matches(name, list(steps), n=1)
    return f"did you mean '{nearest[0]}'?" if nearest else None
