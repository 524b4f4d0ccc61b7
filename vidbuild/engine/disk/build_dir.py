"""Private folders of running builds, on the store's file system."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from vidbuild.engine.disk import durable
from vidbuild.engine.disk.lock import Lock, has_locks
from vidbuild.frozen import dataclass

_LOCK = "lock"
# Without file locks nothing shows whether a build is alive; none runs for a day.
_OLD_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class BuildDir:
    """A folder that belongs to one build for as long as it runs."""

    folder: Path
    _lock: Lock

    @classmethod
    def begin(cls, parent: Path) -> BuildDir:
        """Make a new folder and lock it."""
        while True:
            folder = parent / os.urandom(8).hex()
            lock = Lock.attempt(folder / _LOCK)
            if lock is not None:
                return cls(folder, lock)

    def end(self) -> None:
        """Remove the folder and release the lock.

        The lock file goes last: if this is interrupted, it shows the next build that the folder is abandoned.
        """
        with contextlib.suppress(OSError):
            for path in self.folder.iterdir():
                if path.name != _LOCK:
                    durable.remove_folder(path)
        durable.remove_folder(self.folder)
        self._lock.release()

    @staticmethod
    def sweep(parent: Path) -> None:
        """Remove the folders of builds that were killed; a running build holds its lock.

        On a file system without locks, only folders that are a day old are removed.
        """
        try:
            folders = list(parent.iterdir())
        except OSError:
            return
        for folder in folders:
            with contextlib.suppress(OSError):
                _remove_if_abandoned(folder, folder / _LOCK)


def _remove_if_abandoned(folder: Path, path: Path) -> None:
    """Remove the folder while holding its lock, so that no build that is just beginning can use it."""
    if path.exists() and has_locks(path):
        lock = Lock.attempt(path)
        if lock is not None:
            durable.remove_folder(folder)
            lock.release()
    elif folder.is_dir() and time.time() - folder.stat().st_mtime > _OLD_SECONDS:
        durable.remove_folder(folder)
