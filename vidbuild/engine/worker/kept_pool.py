"""Keeps the worker processes of one run for the next ones, for a caller that makes many runs in one thread."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from vidbuild.engine.sandbox.sandbox import Sandbox
from vidbuild.engine.worker.executor import Executor, Message, RunSetup
from vidbuild.engine.worker.pool import Pool
from vidbuild.frozen import replaced

_REMEMBERED = 30  # runs whose folders of sources kept workers can read
_Identity = frozenset[tuple[str, int, int]]


class KeptPool:
    """Lends one pool to a run at a time; a run in another thread gets a pool of its own.

    Kept workers can write below the folder that holds the folders of all runs of the store; a step can write only
    its own folder, as always. They can read the folders of the sources of the last runs. If a run needs more than they
    may do, or if one of these folders was replaced, they are ended and others started: restrictions are tied to
    folders, not to their names, and cannot be lifted. So they are if a tool has changed: they may have loaded the old
    one, and would make its results under the keys of the new one. Of a run that is cancelled, only those in the middle
    of steps are ended.

    A worker dies with the thread that started it, so only the thread that calls `keep_in_this_thread` gets kept ones.
    """

    def __init__(self) -> None:
        self._thread: int | None = None
        self._pool: Pool | None = None
        self._lent = False
        self._setup: RunSetup | None = None
        self._identity: _Identity = frozenset()
        self._runs = 0
        self._read: dict[str, int] = {}  # folder -> the number of the run that had sources in it last
        self._tools: dict[str, str] = {}  # the identities of the tools that the workers may have loaded
        self._since = time.monotonic()

    def keep_in_this_thread(self) -> None:
        """Keep the workers of runs in this thread from now on."""
        self._thread = threading.get_ident()

    def executor(self, setup: RunSetup) -> Executor:
        """Return the executor of a run, as the engine calls it."""
        if threading.get_ident() != self._thread or self._lent:
            return Pool(setup.jobs, setup.folder, setup.env, setup.sandbox)
        wanted, tools = self._kept(setup), setup.tools()
        if self._pool is None or not self._fits(wanted) or self._has_changed(tools):
            self.close()
            self._tools.clear()
            self._pool = Pool(wanted.jobs, wanted.folder, wanted.env, wanted.sandbox)
            self._setup, self._identity = wanted, _identity(wanted.sandbox)
        else:
            self._pool.wait(0.0)  # forgets those that have died meanwhile
        self._tools |= tools
        self._lent = True
        return _LentPool(self._pool, self._returned)

    def close(self) -> None:
        """End the workers; call it in their thread."""
        if self._pool is not None and not self._lent:
            self._pool.close()
            self._pool = None

    def close_if_idle(self, seconds: float) -> None:
        """End the workers if no run has had them for so long."""
        if not self._lent and time.monotonic() - self._since >= seconds:
            self.close()

    def _kept(self, setup: RunSetup) -> RunSetup:
        """Return the setup of workers to keep: for the folders of all runs, and for the sources of earlier ones."""
        folder = setup.folder.parent
        if setup.sandbox is None:
            return RunSetup(setup.jobs, folder, dict(setup.env))
        self._runs += 1
        self._read |= dict.fromkeys(map(str, setup.sandbox.read), self._runs)
        self._read = {each: run for each, run in self._read.items() if run > self._runs - _REMEMBERED}
        now = self._setup.sandbox if self._pool is not None and self._setup is not None else None
        has_all = now is not None and set(self._read) <= set(map(str, now.read))
        read = now.read if now is not None and has_all else tuple(self._read)
        write = tuple(str(folder) if each == str(setup.folder) else each for each in setup.sandbox.write)
        sandbox = replaced(setup.sandbox, write=write, read=read)
        return RunSetup(setup.jobs, folder, dict(setup.env), sandbox)

    def _fits(self, wanted: RunSetup) -> bool:
        now = self._setup
        return (
            now is not None
            and (now.jobs, now.folder, now.env, now.sandbox) == (wanted.jobs, wanted.folder, wanted.env, wanted.sandbox)
            and self._identity == _identity(wanted.sandbox)
        )

    def _has_changed(self, tools: Mapping[str, str]) -> bool:
        return any(self._tools.get(name, identity) != identity for name, identity in tools.items())

    def _returned(self) -> None:
        self._lent, self._since = False, time.monotonic()


class _LentPool:
    """The kept pool as one run's executor."""

    def __init__(self, pool: Pool, on_return: Callable[[], None]) -> None:
        self._pool = pool
        self._on_return = on_return

    @property
    def slots(self) -> int:
        """As that of the pool."""
        return self._pool.slots

    def start(self, step: str, request: Mapping[str, Any], seconds: float, /) -> None:
        """Run a step."""
        self._pool.start(step, request, seconds)

    def wait(self, timeout: float, /) -> list[Message]:
        """Return messages."""
        return self._pool.wait(timeout)

    def wake(self) -> None:
        """Let `wait` return at once."""
        self._pool.wake()

    def suspend(self, meanwhile: Callable[[], None], /) -> None:
        """Call a function while all workers are stopped."""
        self._pool.suspend(meanwhile)

    def close(self, *, kill: bool = False) -> None:
        """Return the workers, and end those in the middle of steps; kill: makes no difference to the others."""
        del kill
        self._pool.end_busy()
        self._on_return()


def _identity(sandbox: Sandbox | None) -> _Identity:
    """Return which folders the paths of a sandbox lead to now."""
    if sandbox is None:
        return frozenset()
    found = set()
    for path in (*sandbox.read, *sandbox.keep, *sandbox.write, *sandbox.named, *sandbox.programs):
        try:
            stat = os.stat(path)  # noqa: PTH116 - paths as text
        except OSError:
            found.add((path, 0, 0))
        else:
            found.add((path, stat.st_dev, stat.st_ino))
    return frozenset(found)
