"""Private folders of running builds, on the store's file system; it knows nothing of what is done in them."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from vidbuild.engine.disk import durable
from vidbuild.engine.disk.lock import Lock, are_kept
from vidbuild.frozen import dataclass

_LOCK = "lock"
_OLD = 24 * 3600


@dataclass(frozen=True, slots=True)
class BuildDir:
    """A folder that belongs to one build for as long as it lives."""

    folder: Path
    _lock: Lock

    @classmethod
    def begin(cls, parent: Path) -> BuildDir:
        """A new folder, locked."""
        while True:
            folder = parent / os.urandom(8).hex()
            lock = Lock.attempt(folder / _LOCK)
            if lock is not None:
                return cls(folder, lock)

    def end(self) -> None:
        """Remove the folder and let go; the lock's name goes last, for it tells the next build what this one left."""
        with contextlib.suppress(OSError):
            for path in self.folder.iterdir():
                if path.name != _LOCK:
                    durable.remove_folder(path)
        durable.remove_folder(self.folder)
        self._lock.release()

    @staticmethod
    def sweep(parent: Path) -> None:
        """Remove the folders of builds that died; a live one holds its lock, where the file system keeps locks."""
        try:
            folders = list(parent.iterdir())
        except OSError:
            return
        for folder in folders:
            with contextlib.suppress(OSError):
                _remove_if_left(folder, folder / _LOCK)


def _remove_if_left(folder: Path, path: Path) -> None:
    """Remove the folder of somebody who is gone, its lock in hand: whoever is just beginning there begins elsewhere."""
    if path.exists() and are_kept(path):
        lock = Lock.attempt(path)
        if lock is not None:
            durable.remove_folder(folder)
            lock.release()
    elif folder.is_dir() and time.time() - folder.stat().st_mtime > _OLD:
        durable.remove_folder(folder)
