"""Worker processes, one per job, started when first needed; it knows nothing of what steps are or when they may run."""

from __future__ import annotations

import contextlib
import selectors
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vidbuild.engine.sandbox.sandbox import Sandbox
from vidbuild.engine.worker.process import Process, Profile
from vidbuild.engine.worker.protocol import MEANWHILE, Answer, Failed
from vidbuild.errors import Failure


@dataclass(frozen=True, slots=True)
class Message:
    """What is said of a step: by its worker, or of a worker that died or had to be ended."""

    step: str
    said: Answer


class Pool:
    """At most `size` steps at a time.

    A worker makes only steps of the same profile: with the network or without, and with the same environment.

    env: the environment in which workers start; each request holds that of its step.
    sandbox: what workers are shut in.
    """

    def __init__(self, size: int, folder: Path, env: Mapping[str, str], sandbox: Sandbox | None = None) -> None:
        self._size = size
        self._folder = folder
        self._env = env
        self._sandbox = sandbox
        self._idle: list[Process] = []
        self._busy: list[Process] = []
        self._selector = selectors.DefaultSelector()

    @property
    def free(self) -> int:
        """How many steps could be started now."""
        return self._size - len(self._busy)

    def start(self, step: str, request: Mapping[str, Any], seconds: float) -> None:
        """Give the step to a worker, which is ended if that takes longer than so many seconds."""
        profile = (bool(request["network"]), request["env"])
        worker = next((worker for worker in reversed(self._idle) if worker.profile == profile), None)
        if worker is None:
            worker = self._new_worker(profile)
        else:
            self._idle.remove(worker)
        self._busy.append(worker)
        worker.send(step, request, seconds)

    def wait(self, timeout: float) -> list[Message]:
        """What workers said, waiting at most so many seconds for the first word."""
        messages: list[Message] = []
        for ready, _ in self._selector.select(timeout):
            worker, hear = ready.data
            messages += hear(worker)
        for worker in [worker for worker in self._busy if worker.late()]:
            messages += self._lost(worker)
        return messages

    def halt(self, meanwhile: Callable[[], None]) -> None:
        """Do something while all workers stand still; that time is none of their steps'."""
        everyone = [*self._idle, *self._busy]
        for worker in everyone:
            worker.halt()
        try:
            meanwhile()
        finally:
            for worker in everyone:
                worker.go_on()

    def close(self, *, kill: bool = False) -> None:
        """End all workers; with kill, in the middle of their steps, children included."""
        everyone = [*self._idle, *self._busy]
        for worker in everyone:
            if kill:
                worker.stop()
            worker.hang_up()
        for worker in everyone:
            worker.bury()
        self._selector.close()
        self._idle, self._busy = [], []

    def _new_worker(self, profile: Profile) -> Process:
        sandbox = replace(self._sandbox, network=profile[0]) if self._sandbox else None
        worker = Process(self._folder, self._env, sandbox, profile)
        self._selector.register(worker.output, selectors.EVENT_READ, (worker, self._hear))
        self._selector.register(worker.errors, selectors.EVENT_READ, (worker, self._drain))
        return worker

    def _drain(self, worker: Process) -> list[Message]:
        if not worker.errors.closed and not worker.drain():
            self._selector.unregister(worker.errors)
        return []

    def _hear(self, worker: Process) -> list[Message]:
        found = worker.read()
        if found is None:
            return self._lost(worker)
        messages = []
        for said in found:
            if worker.step is None:  # it has said already how its step ended
                continue
            messages.append(Message(worker.step, said))
            if not isinstance(said, MEANWHILE):
                worker.rest()
                self._busy.remove(worker)
                self._idle.append(worker)
        return messages

    def _lost(self, worker: Process) -> list[Message]:
        """A worker that ended, or has to be ended: its step failed, and the next step gets a new worker."""
        for pipe in (worker.output, worker.errors):
            with contextlib.suppress(KeyError):
                self._selector.unregister(pipe)
        for group in (self._idle, self._busy):
            if worker in group:
                group.remove(worker)
        if worker.doom is not None:
            worker.stop()
        worker.hang_up()
        failure = _death(worker.bury(), worker)
        return [Message(worker.step, Failed(worker.doom or failure))] if worker.step is not None else []


def _death(code: int, worker: Process) -> Failure:
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    message = f"the worker died in the middle of the step ({how})"
    # SIGKILL is how the kernel ends a process when memory is short, which passes.
    return Failure(message, log=worker.last_words(), transient=code == -signal.SIGKILL)
