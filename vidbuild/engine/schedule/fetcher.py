"""Fetches results from remote tiers in threads, beside the scheduler's loop."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, SimpleQueue

from vidbuild.engine.disk import durable
from vidbuild.engine.keys.cache import Cache
from vidbuild.engine.keys.fetch import FetchResult, fetch
from vidbuild.engine.store.blobs import Blobs

_MAX_THREADS = 128  # they wait for a network nearly all the time


class Fetcher:
    """Threads that are started when they are needed, at most one for each fetch.

    folder: for files that are not yet verified; it is the caller's to remove.
    """

    def __init__(self, tiers: Sequence[Cache], blobs: Blobs, folder: Path) -> None:
        self._tiers = tiers
        self._blobs = blobs
        self._folder = folder
        self._tasks: SimpleQueue[tuple[str, str] | None] = SimpleQueue()
        self._results: SimpleQueue[tuple[str, FetchResult]] = SimpleQueue()
        self._collected: list[tuple[str, FetchResult]] = []
        self._threads = 0
        self._running = 0
        self._closed = threading.Event()

    @property
    def full(self) -> bool:
        """Whether a further fetch would have to wait."""
        return self._running >= _MAX_THREADS

    def start(self, step: str, key: str) -> None:
        """Begin to fetch a step's result."""
        self._running += 1
        self._tasks.put((step, key))
        if self._running > self._threads:
            self._threads += 1
            folder = self._folder / f"fetch-{self._threads}"
            durable.make_folder(folder, synced=False)
            # A thread that waits for a dead network must not keep the process from exiting: hence a daemon.
            threading.Thread(target=self._work, args=(folder,), daemon=True).start()

    def _work(self, folder: Path) -> None:
        while (task := self._tasks.get()) is not None:
            step, key = task
            self._results.put((step, fetch(key, self._tiers, self._blobs, folder, self._closed.is_set)))

    def wait(self, seconds: float) -> None:
        """Wait for a result, for at most so long."""
        with contextlib.suppress(Empty):
            self._collected.append(self._results.get(timeout=seconds))

    def collect(self) -> list[tuple[str, FetchResult]]:
        """Return the results that came since the last call, by step."""
        with contextlib.suppress(Empty):
            while True:
                self._collected.append(self._results.get_nowait())
        found, self._collected = self._collected, []
        self._running -= len(found)
        return found

    def close(self) -> None:
        """Abandon what is being fetched; its threads end by themselves and add nothing to the store."""
        self._closed.set()
        for _ in range(self._threads):
            self._tasks.put(None)
