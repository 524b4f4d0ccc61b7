"""The worker process: reads requests as JSON lines, runs them one by one, answers; it never plans or writes traces.

Started as `python -m vidbuild.engine.worker.main PARENT [SANDBOX]`, the sandbox as JSON: it is shut in before it reads
anything. It dies with its parent, and takes its process group along.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from vidbuild.engine.disk import durable
from vidbuild.engine.worker.execute import execute

if TYPE_CHECKING:
    from vidbuild.engine.sandbox.sandbox import ActiveSandbox

_BETWEEN_PROGRESS = 0.1
_GRACE = 1.0
_PR_SET_PDEATHSIG = 1


class _Channel:
    """The pipe to the parent; a step's threads may report progress side by side."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._last = 0.0

    def send(self, message: dict[str, Any]) -> None:
        """Write one whole line."""
        rest = memoryview(json.dumps(message).encode() + b"\n")
        with self._lock:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]

    def progress(self, done: int, total: int, unit: str = "") -> None:
        """Tell how far the step is, as often as a person can read."""
        now = time.monotonic()
        if done >= total > 0 or now - self._last >= _BETWEEN_PROGRESS:
            self._last = now
            self.send({"progress": [done, total, unit]})

    def again(self, attempt: int, wait: float, message: str) -> None:
        """Tell that the step repeats something by itself."""
        self.send({"again": [attempt, float(wait), message]})


def main() -> None:
    """Serve until the parent closes the pipe or is gone."""
    parent = int(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    _die_with(parent)
    requests, channel = _take_pipes()
    inside = _shut_in(sys.argv[2]) if len(sys.argv) > 2 else None  # noqa: PLR2004 - arguments
    pending: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    busy = threading.Event()
    threading.Thread(target=_listen, args=(requests, pending, busy), daemon=True).start()
    try:
        while (request := pending.get()) is not None:
            _at_death_of_parent(signal.SIGTERM)  # from now on there may be something to clean up
            busy.set()
            answer = execute(request, channel.progress, channel.again, inside)
            busy.clear()
            channel.send(answer)
    finally:
        if os.getppid() != parent:  # nobody is left to end what a step started
            os.killpg(0, signal.SIGKILL)


def _shut_in(sandbox: str) -> ActiveSandbox:
    from vidbuild.engine.sandbox.sandbox import Sandbox, enter

    try:
        return enter(Sandbox.from_data(json.loads(sandbox)))
    except OSError as error:
        raise SystemExit(f"steps cannot be contained: {durable.os_error_text(error)}") from error


def _take_pipes() -> tuple[int, _Channel]:
    """Keep the pipes for us alone: what a step or its children read or print cannot disturb them."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, _Channel(answers)


def _listen(descriptor: int, pending: queue.SimpleQueue[dict[str, Any] | None], busy: threading.Event) -> None:
    """Hand requests over; when the parent is gone while a step runs, let it clean up, then end the whole group."""
    _at_death_of_parent(signal.SIGCONT)  # one that stands still would not be told, and stay for ever
    with open(descriptor, "rb") as requests:
        for line in requests:
            pending.put(json.loads(line))
    pending.put(None)
    if busy.is_set():
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_GRACE)
        os.killpg(0, signal.SIGKILL)


def _stop(number: int, _frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # a second one would interrupt the cleaning up after the first
    raise SystemExit(128 + number)


def _die_with(parent: int) -> None:
    """Ask the kernel to end us when the parent dies, where it can; the closed pipe does it elsewhere."""
    _at_death_of_parent(signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit(1)


def _at_death_of_parent(number: int) -> None:
    """Have a signal sent to this process then, one for each of its threads that asks."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


if __name__ == "__main__":
    main()
