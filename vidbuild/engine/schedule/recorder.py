"""Writes the traces of steps that ran in threads, so that the scheduler's loop does not wait for the disk.

Each trace is written and synced as ever, after its blobs. Writes of several threads reach the disk together: a file
system syncs them in one go, and one on a network has several requests under way.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

_THREADS = 8


class Recorder:
    """The threads of one run, each started when it is first needed.

    wake: ends the wait of the scheduler's loop; called from the threads.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._threads = ThreadPoolExecutor(_THREADS, "vidbuild records")
        self._written: SimpleQueue[tuple[str, Callable[[], Any]]] = SimpleQueue()
        self._pending = 0

    def start(self, step: str, write: Callable[[], Any]) -> None:
        """Begin to write what a step made; write it at once if no thread can be started, as where processes are few."""
        future: Future[Any] = Future()
        try:
            future = self._threads.submit(write)
        except RuntimeError:
            _run(write, future)
        self._pending += 1
        future.add_done_callback(partial(self._end, step))

    def _end(self, step: str, future: Future[Any]) -> None:
        self._written.put((step, future.result))
        self._wake()

    def collect(self, *, wait: bool = False) -> list[tuple[str, Callable[[], Any]]]:
        """Return what was written since the last call, by step; the function returns the result, or raises.

        wait: until everything is written.
        """
        found = []
        with contextlib.suppress(Empty):
            while self._pending:
                found.append(self._written.get(block=wait))
                self._pending -= 1
        return found

    def close(self) -> None:
        """Wait until everything is written: a step that ran is not lost because its run ends."""
        self._threads.shutdown()


def _run(write: Callable[[], Any], future: Future[Any]) -> None:
    try:
        future.set_result(write())
    except OSError as error:
        future.set_exception(error)
