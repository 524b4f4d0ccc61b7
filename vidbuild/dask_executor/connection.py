"""Opens the connection to a Dask cluster, or starts one on this machine; it is shared by the runs of one command."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from vidbuild.dask_executor.address import Scheduler
from vidbuild.dask_executor.errors import ExecutorError, explained

_TIMEOUT = 10.0  # s in which a scheduler must answer
_PRELOAD = "vidbuild.dask_executor.preload"
_TLS_HINT = (
    "set DASK_DISTRIBUTED__COMM__TLS__CA_FILE, DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT and "
    "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY"
)
_LOCAL_SETTINGS = {
    # The cluster stops with the command (Ctrl-Z), and must not take its workers for dead when it goes on.
    "distributed.scheduler.worker-ttl": None,
    # What Dask measures of itself for its dashboard, many times a second.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "2s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.scheduler.work-stealing": False,
    "distributed.scheduler.active-memory-manager.start": False,
}


class Connection:
    """A client of a scheduler.

    where: the address, in messages.
    is_local: whether the cluster belongs to this command.
    """

    def __init__(self, client: Any, where: str, cluster: Any = None) -> None:  # noqa: ANN401 - Dask's classes
        self.client = client
        self.where = where
        self.is_local = cluster is not None
        self._cluster = cluster

    def close(self) -> None:
        """Leave the cluster, or end it if it belongs to this command."""
        for each in filter(None, (self.client, self._cluster)):
            with contextlib.suppress(Exception):  # what is closed may be gone already
                each.close(timeout=_TIMEOUT)


class Connections:
    """The connections that are open while anything is in `sharing`: a run after another starts no cluster again."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._open: dict[tuple[Scheduler, int, int], Connection] = {}
        self._users = 0

    @contextlib.contextmanager
    def sharing(self) -> Iterator[None]:
        """Keep connections open in the block."""
        with self._lock:
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    for each in self._open.values():
                        each.close()
                    self._open.clear()

    def get(self, scheduler: Scheduler, jobs: int) -> Connection:
        """Return the connection to a scheduler; jobs: how many steps a local cluster runs at a time.

        Raises ExecutorError if there is no answer.
        """
        key = (scheduler, jobs if scheduler.is_local else 0, threading.get_ident())  # a client serves one run at a time
        with self._lock:
            found = self._open.get(key)
            if found is None or found.client.status not in {"running", "connecting"}:
                found = self._open[key] = _start(jobs) if scheduler.is_local else _connect(scheduler)
            return found


SHARED = Connections()


def _quiet() -> None:
    """Keep Dask's log off the terminal: what a user must know is in vidbuild's own messages."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)


def _start(jobs: int) -> Connection:
    import dask
    from distributed import Client, LocalCluster

    _quiet()
    with dask.config.set(_LOCAL_SETTINGS):
        # TLS with credentials made for this cluster: other users of the machine can reach its ports, too.
        cluster = LocalCluster(
            n_workers=1,  # which starts a process for each step that runs, so one is enough
            threads_per_worker=jobs,
            processes=True,
            security=True,
            # Not None: without an address, Dask listens on its usual port all the same, and warns if that is taken.
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            memory_limit=0,
            silence_logs=logging.CRITICAL,
            preload=_PRELOAD,
        )
        return Connection(Client(cluster), str(Scheduler()), cluster)


def _connect(scheduler: Scheduler) -> Connection:
    _knock(scheduler)
    from distributed import Client, Security

    _quiet()
    try:
        security = Security(require_encryption=True) if scheduler.scheme == "tls" else None
        with ThreadPoolExecutor(1) as thread:  # this one may run an event loop already, as notebooks do
            thread.submit(asyncio.run, _shake_hands(str(scheduler), security or Security())).result()
        client = Client(str(scheduler), timeout=_TIMEOUT, security=security)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        why = explained(error.__cause__ or error)
        hint = _TLS_HINT if scheduler.scheme == "tls" else f"does it speak TLS? then 'dask:tls://{scheduler.host}:…'"
        raise ExecutorError(f"cannot use the scheduler '{scheduler}': {why}", hint=hint) from error
    return Connection(client, f"'{scheduler}'")


async def _shake_hands(address: str, security: Any) -> None:  # noqa: ANN401 - Dask's class
    """Find out whether a scheduler answers there: a client waits without end for a server that says nothing."""
    from distributed.comm.core import connect

    connecting = connect(address, timeout=_TIMEOUT, **security.get_connection_args("client"))
    comm = await asyncio.wait_for(connecting, _TIMEOUT)
    await comm.close()


def _knock(scheduler: Scheduler) -> None:
    """Find out at once whether anything listens: Dask tries again until its time is over."""
    try:
        with socket.create_connection((scheduler.host.strip("[]"), scheduler.port), timeout=_TIMEOUT):
            pass
    except OSError as error:
        hint = f"start it: dask scheduler --port {scheduler.port}, and workers with it; or leave out --executor"
        raise ExecutorError(f"cannot reach the scheduler '{scheduler}': {explained(error)}", hint=hint) from error
