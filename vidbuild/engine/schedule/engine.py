"""The engine's face: builds and explains graphs against one store; it knows nothing of how either is done."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.engine.disk.durable import told
from vidbuild.engine.graph.graph import Graph, Kind, Source
from vidbuild.engine.graph.options import Options, Retry, not_halted
from vidbuild.engine.keys.lookup import CacheLookup
from vidbuild.engine.keys.tools import Tool, Tools
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.emitter import DeriveEvents, EventEmitter, interrupted, nothing_follows
from vidbuild.engine.runs.events import Listener
from vidbuild.engine.runs.run_log import RunLog
from vidbuild.engine.schedule.build import build
from vidbuild.engine.schedule.build_state import BuildState
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.index import Index
from vidbuild.engine.store.store import DEFAULT_LIMIT, Store
from vidbuild.errors import UsageError

if TYPE_CHECKING:
    from vidbuild.engine.keys.explain import Explanation
    from vidbuild.engine.runs.control import Wish
    from vidbuild.engine.sandbox.sandbox import Sandbox
    from vidbuild.engine.schedule.run_control import RunControl

_WAIT_FOR_TRIM = 0.02
RETRY = Retry()


def _never() -> bool:
    return False


def _no_sandbox() -> Sandbox | None:
    """Workers can reach what the user can."""
    return None


def _nothing(_report: BuildReport) -> None:
    """Nothing else is to be done."""


class Engine:
    """Builds graphs of steps of the given kinds into a store.

    tools: name -> tool, for every name in the kinds' `tools`.
    worker_env: all of the environment that worker processes get.
    made_by: the program and its version, written in traces, never in keys.
    sandbox: what workers are shut in, asked once a step is to run; None for nothing. In it, the folders of sources can
    be read and the store can be added to.
    """

    def __init__(
        self,
        store: Store,
        kinds: Mapping[str, Kind],
        tools: Mapping[str, Tool],
        worker_env: Mapping[str, str],
        made_by: str = "",
        sandbox: Callable[[], Sandbox | None] | None = None,
    ) -> None:
        self.store = store
        self._kinds = kinds
        self._tools = tools
        self._worker_env = worker_env
        self._made_by = made_by
        self._sandbox = sandbox or _no_sandbox

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
        halted: Callable[[], Callable[[], None] | None] = not_halted,
        grace: float = 10.0,
        limit: int = DEFAULT_LIMIT,
        continues: str = "",
        shuffle: int | None = None,
        retry: Retry = RETRY,
        note: Mapping[str, Any] | None = None,
        following: DeriveEvents = nothing_follows,
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
        halted: asked for something to do while all workers stand still, such as standing still oneself.
        limit: bytes over which the store is trimmed at the end, what this build used excepted.
        continues: the id of an earlier run that this one goes on with, to be told so.
        shuffle: start ready steps in a random order that follows from this number, not the longest work first.
        retry: how often and how soon a step is tried again that failed of what may pass.
        note: what the caller wants to know of the run later, as JSON values.
        following: events of the caller's own that follow one of the engine's and are told next, to all listeners.
        completing: what else must be done before a build that did not fail is told to be over.
        Raises UsageError for a target or pattern that fits no step, StoreError where the store cannot be written.
        """
        wanted = _part(graph, targets)
        jobs = jobs or os.cpu_count() or 1
        options = Options(
            entry=entry,
            jobs=jobs,
            keep_going=keep_going,
            fresh=_matching(fresh, wanted),
            limits=limits or {},
            weights=weights or {},
            made_by=self._made_by,
            continues=continues,
            shuffle=shuffle,
            retry=retry,
        )
        self.store.prepare()
        log = RunLog(self.store.root / "runs", entry, note)
        telling = EventEmitter(wanted, log.id, [log, on_event] if on_event else [log], following)
        pace = partial(_pace, cancelled, wished, hurried, partial(_noted, log, halted), grace, log.folder)
        with contextlib.closing(log):
            try:
                ledger = self._ledger(wanted, entry)
                standing = BuildState(ledger, telling, options)
                save = partial(_save, ledger, entry, graph)
                with self._in_use():
                    report = build(standing, options, partial(self._drive, standing, pace, options, save), save)
                    if report.ok:
                        completing(report)
                telling.end(report, code_if_cancelled())
            except BaseException as error:
                telling.broken(entry, jobs, error, code_if_cancelled())
                raise
        self.store.trouble = self.store.trouble or log.trouble
        if ledger.added:
            self._trim(ledger, limit)
        return report

    def _trim(self, ledger: CacheLookup, limit: int) -> None:
        """Bring the store under its limit; where that cannot be, the next build tries again."""
        from vidbuild.engine.store import gc

        try:
            gc.trim_after_build(self.store, ledger.added, limit, set(ledger.keys.values()))
        except OSError as error:
            name = error.filename or self.store.root
            self.store.trouble = self.store.trouble or f"cannot trim the cache: {told(error)}: '{name}'"

    def explain(
        self,
        graph: Graph,
        *,
        entry: str = "",
        targets: Collection[str] | None = None,
        fresh: Collection[str] = (),
    ) -> list[Explanation]:
        """What `build` with the same arguments would do and why, step by step; writes nothing and runs no step."""
        from vidbuild.engine.keys.explain import Explainer

        wanted = _part(graph, targets)
        ledger = self._ledger(wanted, entry, read_only=True)
        return Explainer(ledger, _matching(fresh, wanted)).explain()

    def _ledger(self, graph: Graph, entry: str, *, read_only: bool = False) -> CacheLookup:
        table = DigestCache(self.store.home / "files", read_only=read_only)
        index = Index(Index.location(self.store.home, entry))
        return CacheLookup(self.store, self._kinds, Tools(self._tools, table), table, index, graph)

    @contextlib.contextmanager
    def _in_use(self) -> Iterator[None]:
        """Keep the store from being trimmed; a trimming that is on is waited for."""
        while (lock := self.store.lock_use()) is None:  # also if it is to be cancelled: that is for what is known then
            time.sleep(_WAIT_FOR_TRIM)
        try:
            yield
        finally:
            lock.release()

    def _shut_in(self, graph: Graph) -> Sandbox | None:
        sandbox = self._sandbox()
        if sandbox is None:
            return None
        feeds = (feed for step in graph.steps.values() for feed in step.inputs.values())
        return sandbox.beside({feed.path for feed in feeds if isinstance(feed, Source)})

    def _drive(
        self, standing: BuildState, pace: Callable[[], RunControl], options: Options, save: Callable[[], bool]
    ) -> bool:
        """Have steps run; what that needs is loaded here, for most builds have none to run."""
        from vidbuild.engine.schedule.dispatch import Dispatcher
        from vidbuild.engine.schedule.scheduler import Scheduler

        with contextlib.closing(
            Dispatcher(
                self.store, options.jobs, options.limits, self._worker_env, lambda: self._shut_in(standing.graph)
            )
        ) as crew:
            return Scheduler(standing, crew, pace(), options, save).run()


def _pace(
    cancelled: Callable[[], bool],
    wished: Callable[[], Wish] | None,
    hurried: Callable[[], bool],
    halted: Callable[[], Callable[[], None] | None],
    grace: float,
    run: Path,
) -> RunControl:
    """What asks everybody who may wish something of the build."""
    from vidbuild.engine.runs.control import Wish, asked
    from vidbuild.engine.schedule.run_control import RunControl

    def ended() -> Wish:
        return Wish.CANCEL if cancelled() else Wish.GO

    askers: list[Callable[[], Wish]] = [ended, partial(asked, run)]
    if wished is not None:
        askers.append(wished)
    return RunControl(askers, grace, hurried, halted=halted)


def _noted(log: RunLog, halted: Callable[[], Callable[[], None] | None]) -> Callable[[], None] | None:
    """What to do while all stands still, with a note of it in the run's log."""
    meanwhile = halted()
    return None if meanwhile is None else partial(log.standing_still, meanwhile)


def _save(ledger: CacheLookup, entry: str, graph: Graph) -> bool:
    """Put what is known now on the disk; whether it is there."""
    troubles = [ledger.table.save(), ledger.index.save(entry, graph.steps)]
    ledger.store.trouble = next(filter(None, [ledger.store.trouble, *troubles]), "")
    return not any(troubles)


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
