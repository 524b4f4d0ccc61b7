"""Worker processes, one per job, started when first needed; it knows nothing of what steps are or when they may run."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LAST_WORDS = 4000
_GRACE = 2.0
_POLL = 0.002
_CHUNK = 1 << 16

# A worker must be of the very package that planned the step, wherever that one was imported from.
_HOME = str(Path(__file__).resolve().parents[2])
_BOOT = """\
import sys
home = sys.argv.pop(1)
sites = [place for place, path in enumerate(sys.path) if path.endswith(("site-packages", "dist-packages"))]
sys.path.insert(sites[0] if sites else len(sys.path), home)
from vidbuild.engine.worker import main
main()
"""


@dataclass(frozen=True, slots=True)
class Message:
    """What a worker says of its step; data None: it died, and log holds its last words."""

    step: str
    data: dict[str, Any] | None
    log: tuple[str, ...] = ()
    exit_code: int = 0


class _Worker:
    """One process and the step it has."""

    def __init__(self, folder: Path, env: Mapping[str, str], number: int) -> None:
        self.step: str | None = None
        self.log = folder / f"worker-{number}.log"
        self._rest = b""
        command = [sys.executable, "-P", "-c", _BOOT, _HOME, str(os.getpid())]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=dict(env),
                cwd=folder,
                start_new_session=True,
            )

    @property
    def output(self) -> int:
        assert self.process.stdout is not None  # noqa: S101 - asked for a pipe above
        return self.process.stdout.fileno()

    def send(self, step: str, request: Mapping[str, Any]) -> None:
        assert self.process.stdin is not None  # noqa: S101 - asked for a pipe above
        self.step = step
        # A worker that died meanwhile is told by its closed output.
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()

    def read(self) -> list[dict[str, Any]] | None:
        """The messages that are there; None at the end."""
        chunk = os.read(self.output, _CHUNK)
        if not chunk:
            return None
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        return [json.loads(line) for line in lines]

    def last_words(self) -> tuple[str, ...]:
        with contextlib.suppress(OSError):
            return tuple(self.log.read_bytes()[-_LAST_WORDS:].decode(errors="replace").splitlines())
        return ()

    def signal_all(self, number: int) -> None:
        """Reach the worker and whatever it started in its process group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def close_pipes(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


class Pool:
    """At most `size` workers, each with the environment given and nothing else."""

    def __init__(self, size: int, folder: Path, env: Mapping[str, str]) -> None:
        self._size = size
        self._folder = folder
        self._env = env
        self._idle: list[_Worker] = []
        self._busy: list[_Worker] = []
        self._started = 0
        self._selector = selectors.DefaultSelector()

    @property
    def free(self) -> int:
        """How many steps could be started now."""
        return self._size - len(self._busy)

    def start(self, step: str, request: Mapping[str, Any]) -> None:
        """Give the step to a worker."""
        worker = self._idle.pop() if self._idle else self._new_worker()
        self._busy.append(worker)
        worker.send(step, request)

    def wait(self, timeout: float) -> list[Message]:
        """What workers said, waiting at most so many seconds for the first word."""
        messages: list[Message] = []
        for ready, _ in self._selector.select(timeout):
            messages += self._hear(ready.data)
        return messages

    def close(self, *, kill: bool = False) -> None:
        """End all workers; with kill, in the middle of their steps, children included."""
        everyone = [*self._idle, *self._busy]
        for worker in everyone:
            if kill:
                worker.signal_all(signal.SIGTERM)
            worker.close_pipes()
        for worker in everyone:
            _bury(worker)
        self._selector.close()
        self._idle, self._busy = [], []

    def _new_worker(self) -> _Worker:
        self._started += 1
        worker = _Worker(self._folder, self._env, self._started)
        self._selector.register(worker.output, selectors.EVENT_READ, worker)
        return worker

    def _hear(self, worker: _Worker) -> list[Message]:
        found = worker.read()
        if found is None:
            return self._lost(worker)
        messages = []
        for data in found:
            if worker.step is not None:
                messages.append(Message(worker.step, data))
            if "progress" not in data:
                worker.step = None
                self._busy.remove(worker)
                self._idle.append(worker)
        return messages

    def _lost(self, worker: _Worker) -> list[Message]:
        """A worker that ended by itself: its step failed, and the next step gets a new worker."""
        self._selector.unregister(worker.output)
        for group in (self._idle, self._busy):
            if worker in group:
                group.remove(worker)
        worker.close_pipes()
        code = _bury(worker)
        return [Message(worker.step, None, worker.last_words(), code)] if worker.step is not None else []


def _bury(worker: _Worker) -> int:
    """Wait until the process has ended, kill what is left of its group, and only then give its number back."""
    deadline = time.monotonic() + _GRACE
    while os.waitid(os.P_PID, worker.process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        if time.monotonic() > deadline:
            break
        time.sleep(_POLL)
    worker.signal_all(signal.SIGKILL)
    return worker.process.wait()
