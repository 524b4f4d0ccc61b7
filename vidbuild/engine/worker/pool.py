"""A pool of worker processes, each started when it is first needed."""

from __future__ import annotations

import contextlib
import os
import selectors
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from vidbuild import platforms
from vidbuild.engine.sandbox.sandbox import Sandbox
from vidbuild.engine.worker.executor import Message
from vidbuild.engine.worker.process import Profile, WorkerProcess
from vidbuild.engine.worker.protocol import INTERIM, StepFailure
from vidbuild.errors import Failure
from vidbuild.frozen import replaced

_MOST_IDLE = 4  # idle workers for each slot: one of another profile may have a large model, and serve no more steps
_WAKES = 4096  # bytes of a pipe that are read at once


class Pool:
    """The executor on this machine: at most `size` steps at a time.

    A worker makes only steps of the same profile: with the network or without, with the same environment, and for
    workers of the same name. An idle worker takes no slot; of many, those that were used last are kept.

    env: the environment in which workers start; each request holds that of its step.
    sandbox: what workers are restricted to; None for no restrictions.
    """

    def __init__(self, size: int, folder: Path, env: Mapping[str, str], sandbox: Sandbox | None = None) -> None:
        self._size = size
        self._folder = folder
        self._env = env
        self._sandbox = sandbox
        self._idle: list[WorkerProcess] = []
        self._busy: list[WorkerProcess] = []
        self._selector = selectors.DefaultSelector()
        self._wake_reader, self._wake_writer = os.pipe()
        os.set_blocking(self._wake_reader, False)
        os.set_blocking(self._wake_writer, False)
        self._selector.register(self._wake_reader, selectors.EVENT_READ, (None, self._woken))

    @property
    def slots(self) -> int:
        """The number of steps that it can run at a time."""
        return self._size

    @property
    def free(self) -> int:
        """The number of steps that could be started now."""
        return self._size - len(self._busy)

    def start(self, step: str, request: Mapping[str, Any], seconds: float) -> None:
        """Send the step to a worker, which is ended if the step takes longer than so many seconds."""
        programs = tuple(request.get("programs", ()))
        profile = Profile(bool(request["network"]), request["env"], request["worker"], programs)
        worker = next((worker for worker in reversed(self._idle) if worker.profile == profile), None)
        if worker is None:
            for unused in self._idle[: max(0, len(self._idle) + 1 - _MOST_IDLE * self._size)]:
                self._end(unused)
            worker = self._new_worker(profile)
        else:
            self._idle.remove(worker)
        self._busy.append(worker)
        worker.send(step, request, seconds)

    def wait(self, timeout: float) -> list[Message]:
        """Return the workers' messages, waiting at most so many seconds for the first one."""
        messages: list[Message] = []
        for ready, _ in self._selector.select(timeout):
            worker, handle = ready.data
            messages += handle(worker)
        for worker in [worker for worker in self._busy if worker.timed_out()]:
            messages += self._end(worker)
        return messages

    def wake(self) -> None:
        """Let `wait` return at once; called from any thread."""
        with contextlib.suppress(OSError):  # enough bytes wait to be read, or the pool is closed
            os.write(self._wake_writer, b"1")

    def _woken(self, _worker: None) -> list[Message]:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_reader, _WAKES)
        return []

    def suspend(self, meanwhile: Callable[[], None]) -> None:
        """Call a function while all workers are stopped; that time does not count for their steps."""
        workers = [*self._idle, *self._busy]
        for worker in workers:
            worker.suspend()
        try:
            meanwhile()
        finally:
            for worker in workers:
                worker.resume()

    def close(self, *, kill: bool = False) -> None:
        """End all workers; kill: in the middle of their steps, with their children."""
        workers = [*self._idle, *self._busy]
        for worker in workers:
            if kill:
                worker.terminate()
            worker.close_stdin()
        for worker in workers:
            worker.reap()
        self._selector.close()
        os.close(self._wake_reader)
        os.close(self._wake_writer)
        self._idle, self._busy = [], []

    def end_busy(self) -> None:
        """End the workers that are in the middle of steps, with their children; the others stay."""
        busy = list(self._busy)
        for worker in busy:  # all clean up at the same time, which may take each of them seconds
            worker.kill_reason = Failure("its run has ended")
            worker.terminate()
        for worker in busy:
            self._end(worker)

    def _new_worker(self, profile: Profile) -> WorkerProcess:
        sandbox = self._sandbox
        if sandbox is not None:
            programs = (*sandbox.programs, *profile.programs)
            sandbox = replaced(sandbox, network=profile.network, programs=programs)
        worker = WorkerProcess(self._folder, self._env, sandbox, profile)
        self._selector.register(worker.stdout, selectors.EVENT_READ, (worker, self._read))
        self._selector.register(worker.stderr, selectors.EVENT_READ, (worker, self._drain))
        return worker

    def _drain(self, worker: WorkerProcess) -> list[Message]:
        if not worker.stderr.closed and not worker.drain():
            self._selector.unregister(worker.stderr)
        return []

    def _read(self, worker: WorkerProcess) -> list[Message]:
        answers = worker.read()
        if answers is None:
            return self._end(worker)
        messages = []
        for answer in answers:
            if worker.step is None:  # its step has ended already
                continue
            messages.append(Message(worker.step, answer))
            if not isinstance(answer, INTERIM):
                worker.mark_idle()
                self._busy.remove(worker)
                self._idle.append(worker)
        return messages

    def _end(self, worker: WorkerProcess) -> list[Message]:
        """End a worker that died or must be ended; its step failed, and the next step gets a new worker."""
        for pipe in (worker.stdout, worker.stderr):
            with contextlib.suppress(KeyError):
                self._selector.unregister(pipe)
        for group in (self._idle, self._busy):
            if worker in group:
                group.remove(worker)
        if worker.kill_reason is not None:
            worker.terminate()
        worker.close_stdin()
        failure = _death(worker.reap(), worker)
        return [Message(worker.step, StepFailure(worker.kill_reason or failure))] if worker.step is not None else []


def _death(code: int, worker: WorkerProcess) -> Failure:
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    message = f"the worker died in the middle of the step ({how})"
    # SIGKILL is how the kernel ends a process when memory is short, which is transient.
    return Failure(message, log=worker.stderr_tail(), transient=code == -platforms.SIGKILL)
