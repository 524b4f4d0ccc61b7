"""Work that is done beside other work, a few calls at a time, in the order in which they are added."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")


class Background(Generic[T]):
    """Threads that end with the process, also while a server does not answer.

    at_once: the number of threads, which begin with the first calls.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._threads = 0
        self._calls: SimpleQueue[tuple[Future[T], Callable[[], T]]] = SimpleQueue()

    def add(self, call: Callable[[], T]) -> Future[T]:
        """Return what a call will return or raise; a call that has not begun can be cancelled."""
        future: Future[T] = Future()
        self._calls.put((future, call))
        if self._threads < self._at_once:
            self._threads += 1
            threading.Thread(target=self._work, name="vidbuild uploads", daemon=True).start()
        return future

    def _work(self) -> None:
        while True:
            future, call = self._calls.get()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(call())
            except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
                future.set_exception(error)
