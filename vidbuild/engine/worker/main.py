"""The worker process: reads requests as JSON lines, runs their steps one by one, and sends back messages.

Started as `python -m vidbuild.engine.worker.main PARENT [SANDBOX]`, the sandbox as JSON: it enters the sandbox before
it reads anything. It dies with its parent, and takes its process group along.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from vidbuild import platforms
from vidbuild.engine.worker.execute import execute
from vidbuild.errors import os_error_text

if TYPE_CHECKING:
    from vidbuild.engine.sandbox.sandbox import ActiveSandbox

_BETWEEN_PROGRESS = 0.1
_GRACE = 1.0


class _Channel:
    """The pipe to the parent; threads of a step may send at the same time."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._last = 0.0

    def send(self, message: dict[str, Any]) -> None:
        """Write one whole line."""
        line = memoryview(json.dumps(message).encode() + b"\n")
        with self._lock:
            while line:
                line = line[os.write(self._descriptor, line) :]

    def progress(self, done: int, total: int, unit: str = "") -> None:
        """Send the step's progress, as often as a person can read it, and its end."""
        now = time.monotonic()
        if done >= total > 0 or now - self._last >= _BETWEEN_PROGRESS:
            self._last = now
            self.send({"progress": [done, total, unit]})

    def retry(self, attempt: int, wait: float, message: str) -> None:
        """Send that the step itself repeats something."""
        self.send({"retry": [attempt, float(wait), message]})


def main() -> None:
    """Serve until the parent closes the pipe or is gone."""
    parent = int(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _exit_on_signal)
    _die_with(parent)
    requests, channel = _take_pipes()
    sandbox = _enter_sandbox(sys.argv[2]) if sys.argv[2:] else None
    pending: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    busy = threading.Event()
    threading.Thread(target=_read_requests, args=(requests, pending, busy), daemon=True).start()
    try:
        while (request := pending.get()) is not None:
            platforms.at_death_of_parent(signal.SIGTERM)  # from now on there may be something to clean up
            busy.set()
            answer = execute(request, channel.progress, channel.retry, sandbox)
            busy.clear()
            channel.send(answer)
    finally:
        if os.getppid() != parent:  # the parent can no longer end what a step started
            platforms.signal_group(0, platforms.SIGKILL)


def _enter_sandbox(sandbox: str) -> ActiveSandbox:
    from vidbuild.engine.sandbox.sandbox import Sandbox, enter

    try:
        return enter(Sandbox.from_data(json.loads(sandbox)))
    except OSError as error:
        raise SystemExit(f"cannot enter the sandbox: {os_error_text(error)}") from error


def _take_pipes() -> tuple[int, _Channel]:
    """Return private copies of the pipes, so that a step or its children can neither read from nor print to them."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, _Channel(answers)


def _read_requests(descriptor: int, pending: queue.SimpleQueue[dict[str, Any] | None], busy: threading.Event) -> None:
    """Queue requests; if the parent dies while a step runs, let the step clean up, then kill the whole group."""
    platforms.at_death_of_parent(platforms.SIGCONT)  # a suspended worker would not notice, and never end
    with open(descriptor, "rb") as requests:
        for line in requests:
            pending.put(json.loads(line))
    pending.put(None)
    if busy.is_set():
        platforms.signal_process(os.getpid(), signal.SIGTERM)
        time.sleep(_GRACE)
        platforms.signal_group(0, platforms.SIGKILL)


def _exit_on_signal(number: int, _frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # a second one would interrupt the cleanup after the first
    raise SystemExit(128 + number)


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent dies; without that, the closed pipe ends it."""
    platforms.at_death_of_parent(platforms.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
