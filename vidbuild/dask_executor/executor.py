"""The engine's executor (engine/worker/executor.py) on the workers of a Dask cluster.

Each step goes to one worker of our choice: what a lost worker ran fails here, and is attempted again as any transient
failure, with its event. Steps go as plain data; their bytes are in the store, which all machines share.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from vidbuild.dask_executor import on_worker, package
from vidbuild.dask_executor.connection import Connection
from vidbuild.dask_executor.errors import ExecutorError
from vidbuild.dask_executor.roster import Expected, Roster, WorkerEntry
from vidbuild.dask_executor.sources import add_sources, own_signatures
from vidbuild.dask_executor.watch import Answered, Described, Interim, Lost, News, Threads, Wake, Watch
from vidbuild.engine.runs.control import Control
from vidbuild.engine.runs.control import request as leave_request
from vidbuild.engine.worker import protocol
from vidbuild.engine.worker.executor import Message, RunSetup
from vidbuild.engine.worker.protocol import INTERIM, ProtocolError, StepFailure, StepOutput
from vidbuild.errors import Failure, StepError

_FIRST_WORKER = 30.0  # s until a worker must be usable, at the start and after all are lost
_OTHERS = 5.0  # s more in which the others may answer at the start
_STOPPING = 6.0  # s in which workers stop their steps
_POLL = 0.1


@dataclass(frozen=True)
class Describing:
    """How workers describe themselves.

    module: prints what identifies a machine's tools; "" to compare the code and the store only.
    plugins: returns the identities of the plug-ins of this machine; a worker must have the same.
    """

    module: str = ""
    plugins: Callable[[], Mapping[str, str]] = dict


@dataclass
class _Attempt:
    step: str
    request: Mapping[str, Any]
    seconds: float
    worker: WorkerEntry
    future: Any = None


class DaskExecutor:
    """The workers of one run.

    jobs: how many steps may run at a time; None for as many as the workers can.
    """

    def __init__(self, connection: Connection, setup: RunSetup, jobs: int | None, describing: Describing) -> None:
        self._connection = connection
        self._setup = setup
        self._jobs = jobs
        self._run = f"vidbuild-{os.urandom(6).hex()}"
        self._count = 0
        self._attempts: dict[str, _Attempt] = {}
        self._homes: dict[str, str] = {}
        self._without_worker: float | None = None
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._threads = ThreadPoolExecutor(8, "vidbuild sources")
        # Workers of a local cluster have this machine's tools.
        describes = bool(describing.module) and not connection.is_local
        tools = setup.tools() if describes else {}
        expected = {**tools, **(describing.plugins() if describes else {})}
        self._roster = Roster(Expected(package.loaded(), expected, setup.sandbox is not None))
        secret = os.urandom(16).hex()
        (setup.folder / on_worker.NONCE).write_text(secret)
        opening = {
            "run": self._run,
            "folder": str(setup.folder),
            "secret": secret,
            "env": dict(setup.env),
            "sandbox": setup.sandbox and setup.sandbox.to_data(),
            "is_local": not describes,
            "describe": describing.module if describes else "",
            "question": {"tools": list(tools), "plugins": len(expected) > len(tools)},
        }
        self._watch = Watch(connection.client, self._run, opening, self._news.put)
        try:
            self._wait_for_workers()
        except BaseException:
            self.close()
            raise

    @property
    def slots(self) -> int:
        """The number of steps that the usable workers can run at a time now."""
        return self._roster.slots if self._jobs is None else min(self._jobs, self._roster.slots)

    @property
    def refused(self) -> Mapping[str, str]:
        """The workers that are not used, each with the reason."""
        return self._roster.refused

    def start(self, step: str, request: Mapping[str, Any], seconds: float) -> None:
        """Send a step to a worker with a free slot; one of a named worker to where that is, as far as possible."""
        self._count += 1
        key = f"{self._run}-{self._count}"
        name = request["worker"]
        worker = self._roster.choose(self._homes.get(name, ""))
        if name:
            self._homes[name] = worker.address
        worker.steps.add(key)
        self._attempts[key] = _Attempt(step, request, seconds, worker)
        if any("source" in given for given in request["inputs"].values()):
            self._threads.submit(self._send_with_sources, key, self._attempts[key])
        else:
            self._send(key, self._attempts[key], request)

    def _send_with_sources(self, key: str, attempt: _Attempt) -> None:
        """Add the step's sources to the store, in a thread: a worker sees the store, and not the project."""
        try:
            self._send(key, attempt, add_sources(attempt.request, self._setup.folder / key))
        except StepError as error:
            self._news.put(Answered(key, StepFailure(error.failure)))
        except Exception as error:  # noqa: BLE001 - it must not be lost in a thread
            self._news.put(Answered(key, StepFailure(Failure(f"{type(error).__name__}: {error}", fault="bug"))))

    def _send(self, key: str, attempt: _Attempt, request: Mapping[str, Any]) -> None:
        attempt.request = request
        text = json.dumps(request)
        arguments = (self._run, key, attempt.step, text, attempt.seconds)
        attempt.future = self._watch.submit(key, arguments, attempt.worker.address)
        if key not in self._attempts:  # its worker was given up while its sources were being added
            self._watch.forget(attempt.future)

    def wait(self, timeout: float) -> list[Message]:
        """Return messages about steps. Raises ExecutorError if no worker can run any, or the scheduler is gone."""
        messages: list[Message] = []
        with contextlib.suppress(queue.Empty):
            messages += self._handle(self._news.get(timeout=timeout))
            while True:
                messages += self._handle(self._news.get_nowait())
        self._require_workers()
        return messages

    def _handle(self, news: News) -> list[Message]:
        match news:
            case Interim(key, line):
                return self._report(key, line)
            case Answered(key, answer, is_unopened):
                return [*(self._forget_worker(key) if is_unopened else []), *self._end(key, answer)]
            case Threads(threads):
                new, lost = self._roster.update(threads)
                self._watch.open_on(new)
                return [message for worker in lost for message in self._lose(worker)]
            case Described(address, described):
                self._roster.describe(address, described)
            case Lost(why):
                raise ExecutorError(f"lost the scheduler {self._connection.where}: {why}", hint="build again")
        return []

    def _report(self, key: str, line: str) -> list[Message]:
        attempt = self._attempts.get(key)
        if attempt is None:
            return []
        with contextlib.suppress(ProtocolError):
            answer = protocol.read(line.encode())
            return [Message(attempt.step, answer)] if isinstance(answer, INTERIM) else []
        return []

    def _end(self, key: str, answer: protocol.Answer) -> list[Message]:
        attempt = self._attempts.pop(key, None)
        if attempt is None:  # its worker was given up meanwhile
            return []
        attempt.worker.steps.discard(key)
        if isinstance(answer, StepOutput):
            answer = own_signatures(answer, attempt.request, attempt.worker.label)
        return [Message(attempt.step, answer)]

    def _forget_worker(self, key: str) -> list[Message]:
        """Let the worker of an attempt be described again: another process has its address, or its code has changed."""
        attempt = self._attempts.get(key)
        if attempt is None or not self._roster.forget(attempt.worker):
            return []
        attempt.worker.steps.discard(key)  # its own answer is known
        return self._lose(attempt.worker)

    def _lose(self, worker: WorkerEntry) -> list[Message]:
        messages = []
        for key in sorted(worker.steps):
            self._watch.forget(self._attempts[key].future)
            messages += self._end(key, _death(worker))
        return messages

    def _require_workers(self) -> None:
        """Raise ExecutorError if there has been no usable worker for long."""
        if self._roster.usable:
            self._without_worker = None
            return
        now = time.monotonic()
        self._without_worker = self._without_worker or now
        if now - self._without_worker > _FIRST_WORKER:
            raise self._no_worker("no worker is left")

    def _wait_for_workers(self) -> None:
        """Wait for the first usable worker, and shortly for the others that are there."""
        began = time.monotonic()
        while time.monotonic() - began < _FIRST_WORKER:
            with contextlib.suppress(queue.Empty):
                self._handle(self._news.get(timeout=_POLL))
            known = self._roster.usable or self._roster.refused
            if known and not self._roster.pending:
                break
            if self._roster.usable and time.monotonic() - began > _OTHERS:
                break
        if not self._roster.usable:
            raise self._no_worker("no worker can be used")

    def _no_worker(self, message: str) -> ExecutorError:
        where, reasons = self._connection.where, [f"{name}: {why}" for name, why in self.refused.items()]
        if not reasons:
            hint = "start workers: dask worker ADDRESS" if not self._roster.pending else "the workers do not answer"
            return ExecutorError(f"{message} of {where}", hint=hint)
        more = f", and {len(reasons) - 1} more" if len(reasons) > 1 else ""
        hint = "install the same there, or --executor local"
        return ExecutorError(f"{message} of {where}: {reasons[0]}{more}", hint=hint)

    def wake(self) -> None:
        """Let `wait` return at once; called from any thread."""
        self._news.put(Wake())

    def suspend(self, meanwhile: Callable[[], None]) -> None:
        """Call a function while the workers have stopped the run's steps."""
        if not self._attempts:
            meanwhile()
            return
        leave_request(self._setup.folder, Control.PAUSE)
        try:
            meanwhile()
        finally:
            leave_request(self._setup.folder, Control.RUN)

    def close(self, *, kill: bool = False) -> None:
        """End the run on all workers; kill: in the middle of their steps."""
        if kill or self._attempts:
            with contextlib.suppress(OSError):
                leave_request(self._setup.folder, Control.CANCEL)
            deadline = time.monotonic() + _STOPPING
            while self._attempts and time.monotonic() < deadline:
                with contextlib.suppress(queue.Empty, ExecutorError):
                    self._handle(self._news.get(timeout=_POLL))
        for attempt in self._attempts.values():
            self._watch.forget(attempt.future)
        self._attempts.clear()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._watch.close(list(self._roster.usable))


def _death(worker: WorkerEntry) -> StepFailure:
    return StepFailure(Failure(f"the worker {worker.label} died in the middle of the step", transient=True))
