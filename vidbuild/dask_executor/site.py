"""The steps of one run on one worker: they run in processes, as they do without a cluster (engine/worker/pool.py).

It does not know Dask. Requests to pause and to cancel come as files in the run's folder, which all machines share.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from vidbuild.engine.runs.control import Control, read_request
from vidbuild.engine.sandbox.sandbox import Sandbox
from vidbuild.engine.worker import protocol
from vidbuild.engine.worker.pool import Pool
from vidbuild.engine.worker.protocol import INTERIM, Answer, StepFailure
from vidbuild.errors import Failure

_POLL = 0.03  # s that a step may have to wait if a process is free for it while another one runs
_BETWEEN_REQUESTS = 0.2  # s
_IDLE = 20.0  # s after which processes without steps end: the driver may be gone
STOPPED = Failure("the step was stopped: the build was cancelled")


class _Task(NamedTuple):
    """One attempt at a step.

    report: called with each message that does not end the attempt.
    is_wanted: whether the driver still waits for it.
    """

    step: str
    request: Mapping[str, Any]
    seconds: float
    report: Callable[[Answer], None]
    is_wanted: Callable[[], bool]
    answer: queue.SimpleQueue[Answer]


class Site:
    """The processes of a run on this machine, which a thread owns while steps run.

    slots: steps that may run at a time.
    folder: the run's own, on the file system that all machines share.
    env: the environment in which processes start.
    own: variables of steps that have other values on this machine, such as where its programs are.
    """

    def __init__(
        self,
        slots: int,
        folder: Path,
        env: Mapping[str, str],
        sandbox: Sandbox | None,
        own: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._slots = slots
        self.folder = folder
        self._env = {**env, **own}
        self._own = own
        self._sandbox = sandbox
        self._incoming: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._running: dict[str, _Task] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._has_thread = self._is_over = False
        self._next_look = 0.0

    def run(
        self,
        step: str,
        request: Mapping[str, Any],
        seconds: float,
        report: Callable[[Answer], None],
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> Answer:
        """Run a step, and return how it ended; threads may run steps at the same time."""
        # A name that no other attempt has: one that a machine lost sight of may still run.
        folder, env = f"{request['folder']}-{os.urandom(4).hex()}", {**request["env"], **self._own}
        request = {**request, "folder": folder, "env": env}
        task = _Task(step, request, seconds, report, is_wanted, queue.SimpleQueue())
        with self._lock:
            if self._is_over:
                return StepFailure(STOPPED)
            self._incoming.put(task)
            if not self._has_thread:
                self._has_thread = True
                self._thread = threading.Thread(target=self._serve, name="vidbuild steps", daemon=True)
                self._thread.start()
        return task.answer.get()

    def close(self, seconds: float) -> None:
        """End the processes, with the steps that still run, and wait for that for at most so long."""
        with self._lock:
            self._is_over = True
            self._incoming.put(None)
            thread = self._thread if self._has_thread else None
        if thread is not None:
            thread.join(seconds)

    def _serve(self) -> None:
        pool, failure = Pool(self._slots, self.folder, self._env, self._sandbox), STOPPED
        try:
            while self._take(pool) and self._obey(pool):
                for message in pool.wait(self._patience()):
                    self._handle(message.step, message.answer)
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must learn of it
            failure = Failure(f"the worker failed: {type(error).__name__}: {error}", fault="bug")
        finally:
            pool.close(kill=bool(self._running))
            self._end_all(failure)

    def _patience(self) -> float:
        if not self._running:
            return 0.0
        return _POLL if len(self._running) < self._slots else _BETWEEN_REQUESTS

    def _take(self, pool: Pool) -> bool:
        """Start what came in; False if nothing did for so long that the processes are not worth keeping."""
        try:
            task = self._incoming.get(timeout=0.0 if self._running else _IDLE)
        except queue.Empty:
            return bool(self._running) or not self._let_go()
        while task is not None and not self._is_over:
            self._running[task.step] = task
            pool.start(task.step, task.request, task.seconds)
            try:
                task = self._incoming.get_nowait()
            except queue.Empty:
                return True
        if task is not None:
            task.answer.put(StepFailure(STOPPED))
        return False

    def _let_go(self) -> bool:
        """Return whether the thread may end: no step came in meanwhile."""
        with self._lock:
            self._has_thread = not self._incoming.empty()
            return not self._has_thread

    def _obey(self, pool: Pool) -> bool:
        """Pause the steps if the driver asks for it; False if they must be stopped."""
        if time.monotonic() < self._next_look:
            return True
        self._next_look = time.monotonic() + _BETWEEN_REQUESTS
        if self._must_stop():
            self._is_over = True
            return False
        if read_request(self.folder) is Control.PAUSE:
            pool.suspend(self._wait_for_resume)
        return True

    def _must_stop(self) -> bool:
        if self._is_over or read_request(self.folder) is Control.CANCEL:
            return True
        return any(not task.is_wanted() for task in self._running.values())

    def _wait_for_resume(self) -> None:
        while read_request(self.folder) is Control.PAUSE and not self._must_stop():
            time.sleep(_BETWEEN_REQUESTS)

    def _handle(self, step: str, answer: Answer) -> None:
        if isinstance(answer, INTERIM):
            self._running[step].report(answer)
        else:
            self._running.pop(step).answer.put(answer)

    def _end_all(self, failure: Failure) -> None:
        """Answer for everything that will not run any more."""
        ended = list(self._running.values())
        self._running.clear()
        with self._lock:
            if self._has_thread:  # else it let go, and what comes in now is for the next thread
                self._has_thread = False
                while not self._incoming.empty():
                    ended += filter(None, [self._incoming.get_nowait()])
        for task in ended:
            task.answer.put(StepFailure(failure))


def line_of(answer: Answer) -> str:
    """Return a message as it goes to the driver."""
    return protocol.line_of(answer).decode()
