"""Copies of outputs in the cache: kept while they are used, removed with the rest of the cache otherwise."""

from __future__ import annotations

import time
from pathlib import Path

from vidbuild.api.plan import store_of
from vidbuild.engine.disk.lock import Lock
from vidbuild.engine.store import copies
from vidbuild.engine.store.copies import LIVE, PAGES, touch

__all__ = ["LIVE", "PAGES", "Hold", "Kept", "lock_file", "touch", "trim_copies"]

_WAIT_FOR_TRIM = 0.05  # seconds


class Hold:
    """Keeps all copies of an area of a cache until `close`, or until this process ends.

    root: the cache's folder. area: PAGES or LIVE. Waits while another process removes copies, which takes moments; if
    the cache cannot be written, nothing is kept.
    """

    def __init__(self, root: Path, area: str) -> None:
        self._lock: Lock | None = None
        while self._lock is None:
            try:
                self._lock = copies.hold(root, area)
            except OSError:
                return
            if self._lock is None:
                time.sleep(_WAIT_FOR_TRIM)

    def close(self) -> None:
        """Let other processes remove copies."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None


class Kept:
    """Finds outputs in the cache of a spec, where no build replaces them."""

    def __init__(self, spec: Path, cache: Path | None) -> None:
        self._blobs = store_of(spec, cache).blobs

    def __call__(self, digest: str) -> Path | None:
        """Return the file whose SHA-256 this is; None without one."""
        path = self._blobs.find(digest) if digest else None
        return path if path is not None and path.is_file() else None


def trim_copies(root: Path) -> int:
    """Remove the copies that no process uses, and that were not used for 30 days; return their bytes."""
    return copies.trim(root, 0)


def lock_file(path: Path) -> Lock | None:
    """Lock a file of an area for this process; None while another one has it, or if it cannot be written."""
    try:
        return Lock.attempt(path)
    except OSError:
        return None
