"""Private folders of running builds, on the store's file system; it knows nothing of what is done in them."""

from __future__ import annotations

import os
from pathlib import Path

from vidbuild.engine import durable
from vidbuild.engine.lock import Lock, is_held
from vidbuild.record import dataclass


@dataclass(frozen=True, slots=True)
class Session:
    """A folder that belongs to one build for as long as it lives."""

    folder: Path
    _lock: Lock

    @classmethod
    def begin(cls, parent: Path) -> Session:
        """A new folder, locked."""
        while True:
            folder = parent / os.urandom(8).hex()
            lock = Lock.attempt(folder / "lock")
            if lock is not None:
                return cls(folder, lock)

    def end(self) -> None:
        """Remove the folder and let go."""
        durable.remove_folder(self.folder)
        self._lock.release()

    @staticmethod
    def sweep(parent: Path) -> None:
        """Remove the folders of builds that died; a live one holds its lock."""
        try:
            folders = list(parent.iterdir())
        except OSError:
            return
        for folder in folders:
            lock = folder / "lock"
            if lock.exists() and not is_held(lock):
                durable.remove_folder(folder)
