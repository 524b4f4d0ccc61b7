"""Sends steps to workers within the limits, one at a time for each key."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.engine.disk import durable
from vidbuild.engine.disk.build_dir import BuildDir
from vidbuild.engine.disk.lock import Lock
from vidbuild.engine.graph.graph import Kind, Step
from vidbuild.engine.keys.cache import Cache
from vidbuild.engine.keys.tools import Access
from vidbuild.engine.sandbox.sandbox import Sandbox
from vidbuild.engine.store.store import Store
from vidbuild.engine.worker.executor import Executor, Message, NewExecutor, RunSetup
from vidbuild.frozen import replaced

if TYPE_CHECKING:
    from vidbuild.engine.keys.fetch import FetchResult
    from vidbuild.engine.schedule.fetcher import Fetcher
    from vidbuild.engine.schedule.recorder import Recorder


class Claim(Enum):
    """The answer to a claim for a step's key."""

    ACQUIRED = "acquired"
    NO_SLOT = "no slot"  # no worker is free, or one of the step's tools is at its limit
    LOCKED_ELSEWHERE = "locked elsewhere"  # another step or another build is making it


def local_executor(setup: RunSetup) -> Executor:
    """Return a pool of processes on this machine."""
    from vidbuild.engine.worker.pool import Pool

    return Pool(setup.jobs, setup.folder, setup.env, setup.sandbox)


class Dispatcher:
    """The workers of one run, the locks of the keys they make, and the tools they use.

    Nothing is created or started before the first step. Steps are claimed by their ids in the run (`Target.label`).

    env: the environment that every step receives.
    tool_env: where the values of the variables come from that tools declare.
    sandbox: returns the sandbox of the workers, to which the store is added; None for none.
    remote: tiers of the cache that results can be fetched from.
    new_executor: creates the workers.
    tools: returns the identities of the tools of the steps that may run.
    """

    def __init__(
        self,
        store: Store,
        jobs: int,
        env: Mapping[str, str],
        tool_env: Mapping[str, str],
        sandbox: Callable[[], Sandbox | None],
        remote: Sequence[Cache] = (),
        new_executor: NewExecutor = local_executor,
        tools: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._env = env
        self._tool_env = tool_env
        self._sandbox = sandbox
        self._remote = remote
        self._new_executor = new_executor
        self._tools = tools
        self._locks: dict[str, Lock] = {}  # of steps that run, and of those whose traces are being written
        self._running: dict[str, Access] = {}
        self._fetch_locks: dict[str, Lock] = {}
        self._keys: dict[str, str] = {}
        self._in_use: dict[str, int] = {}
        self._count = 0
        self._build_dir: BuildDir | None = None
        self._executor: Executor | None = None
        self._fetcher: Fetcher | None = None
        self._recorder: Recorder | None = None

    @property
    def busy(self) -> bool:
        """Whether any step is claimed to run, or its trace is being written."""
        return bool(self._locks)

    @property
    def can_fetch(self) -> bool:
        """Whether there are tiers to fetch results from."""
        return bool(self._remote)

    @property
    def fetching(self) -> bool:
        """Whether any step is claimed to be fetched."""
        return bool(self._fetch_locks)

    def full(self) -> bool:
        """Whether no further step can be claimed: all slots are taken, by steps or by traces that are being written.

        Both are lost if the build is killed, which is to cost no more steps than run at a time.
        """
        return len(self._locks) >= self._slots

    @property
    def _slots(self) -> int:
        return self._jobs if self._executor is None else self._executor.slots

    def claim(self, label: str, key: str, access: Access) -> Claim:
        """Acquire the right to make the key, and a slot of each tool that has a limit, until `release`."""
        if self.full() or any(self._in_use.get(tool, 0) >= limit for tool, limit in access.limits.items()):
            return Claim.NO_SLOT
        lock = self._lock(label, key)
        if lock is None:
            return Claim.LOCKED_ELSEWHERE
        self._locks[label], self._running[label] = lock, access
        for tool in access.limits:
            self._in_use[tool] = self._in_use.get(tool, 0) + 1
        return Claim.ACQUIRED

    def claim_fetch(self, label: str, key: str) -> Claim:
        """Acquire the right to fetch the key's result, until `release`; it takes no slot of those that run."""
        if self._fetcher is not None and self._fetcher.full:
            return Claim.NO_SLOT
        lock = self._lock(label, key)
        if lock is None:
            return Claim.LOCKED_ELSEWHERE
        self._fetch_locks[label] = lock
        return Claim.ACQUIRED

    def _lock(self, label: str, key: str) -> Lock | None:
        if key in self._keys.values():  # another step of this run has it: no need to try the lock
            return None
        lock = self._store.lock_key(key)
        if lock is not None:
            self._keys[label] = key
        return lock

    def release(self, label: str) -> None:
        """Release what `claim` or `claim_fetch` acquired."""
        del self._keys[label]
        if label in self._fetch_locks:
            self._fetch_locks.pop(label).release(remove=True)
            return
        self._free_slot(label)
        self._locks.pop(label).release(remove=True)

    def _free_slot(self, label: str) -> None:
        access = self._running.pop(label, None)
        for tool in access.limits if access else ():
            self._in_use[tool] -= 1

    def defer(self, label: str, write: Callable[[], Any]) -> bool:
        """Write what a step made in a thread, and free its slot at once; `written` returns what came of it.

        Its key stays claimed meanwhile. False, and nothing is written, if the run has one slot: its steps run strictly
        one after the other.
        """
        if self._slots <= 1:
            return False
        if self._recorder is None:
            from vidbuild.engine.schedule.recorder import Recorder

            self._recorder = Recorder(self._open_executor().wake)
        self._free_slot(label)
        self._recorder.start(label, write)
        return True

    def written(self, *, wait: bool = False) -> list[tuple[str, Callable[[], Any]]]:
        """Return what was written since the last call, by step; the function returns the result, or raises.

        wait: until everything is written.
        """
        return [] if self._recorder is None else self._recorder.collect(wait=wait)

    def fetch(self, label: str) -> None:
        """Begin to fetch the result of a step that is claimed for it."""
        if self._fetcher is None:
            from vidbuild.engine.schedule.fetcher import Fetcher

            self._fetcher = Fetcher(self._remote, self._store.blobs, self._open_dir())
        self._fetcher.start(label, self._keys[label])

    def fetched(self) -> list[tuple[str, FetchResult]]:
        """Return what was fetched since the last call, by step."""
        return [] if self._fetcher is None else self._fetcher.collect()

    def start(self, label: str, step: Step, kind: Kind, inputs: Mapping[str, Any]) -> None:
        """Run a step that was claimed by this label; inputs: as `CacheLookup.inputs` returns them."""
        workers, folder = self._open_executor(), self._open_dir()
        self._count += 1
        access = self._running[label]
        declared = {name: self._tool_env[name] for name in access.env if name in self._tool_env}
        request = {
            "step": step.id,
            "run": kind.run,
            "params": step.params,
            "inputs": inputs,
            "folder": str(folder / str(self._count)),
            "cache": str(self._store.root),
            "blobs": str(self._store.blobs.root),
            "lower": [str(root) for root in self._store.blobs.lower],
            "env": {**declared, **self._env},
            "network": access.network,
            "worker": access.worker,
            "programs": access.programs,
        }
        workers.start(label, request, kind.seconds)

    def poll(self, seconds: float) -> list[Message]:
        """Return the workers' messages, waiting at most so long, or until a fetch has ended if no step runs."""
        if self._executor is not None and (self.busy or self._fetcher is None or not self._executor.slots):
            return self._executor.wait(seconds)
        if self._fetcher is not None:
            self._fetcher.wait(seconds)
        else:
            time.sleep(seconds)
        return []

    def suspend(self, meanwhile: Callable[[], None]) -> float:
        """Call a function while the workers and all their children are stopped; return the seconds that it took."""
        began = time.monotonic()
        if self._executor is None:
            meanwhile()
        else:
            self._executor.suspend(meanwhile)
        return time.monotonic() - began

    def close(self) -> None:
        """End the workers, in the middle of their steps with all their children, and release everything."""
        if self._fetcher is not None:
            self._fetcher.close()
        if self._recorder is not None:
            self._recorder.close()
        if self._executor is not None:
            self._executor.close(kill=bool(self._running))
        for label in [*self._locks, *self._fetch_locks]:
            self.release(label)
        if self._build_dir is not None:
            self._build_dir.end()
        self._executor, self._build_dir, self._fetcher, self._recorder = None, None, None, None

    def _open_dir(self) -> Path:
        if self._build_dir is None:
            self._build_dir = self._store.build_dir()
        return self._build_dir.folder

    def _open_executor(self) -> Executor:
        if self._executor is None:
            folder = self._open_dir()
            sandbox = self._worker_sandbox(folder)
            self._executor = self._new_executor(RunSetup(self._jobs, folder, self._env, sandbox, self._tools))
        return self._executor

    def _worker_sandbox(self, build_dir: Path) -> Sandbox | None:
        """Return the sandbox with what workers need: to write to the build's folder, and to add blobs."""
        sandbox, blobs = self._sandbox(), self._store.blobs.root
        if sandbox is None:
            return None
        durable.make_folder(blobs)  # only a folder that exists can be allowed
        lower = tuple(map(str, self._store.blobs.lower))
        return replaced(sandbox, keep=(*sandbox.keep, str(blobs)), named=lower, write=(*sandbox.write, str(build_dir)))
