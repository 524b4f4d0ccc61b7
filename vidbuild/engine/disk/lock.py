"""Kernel locks on files; the kernel releases them when their process ends."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from vidbuild import flock
from vidbuild.engine.disk import durable

_LOCKED = {errno.EWOULDBLOCK, errno.EACCES, errno.EAGAIN}
_NO_FILE = {errno.EISDIR, errno.ELOOP}  # a folder or a symlink has the name


class Lock:
    """A lock that is held until it is released or this process ends."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def attempt(cls, path: Path, *, shared: bool = False) -> Lock | None:
        """Take the lock, or return None if another process holds it; without file locking it is always taken.

        shared: several processes can hold it, if all of them share it.
        """
        while True:
            descriptor = _open(path)
            if flock.lock(descriptor, shared=shared) in _LOCKED:
                os.close(descriptor)
                return None
            if _same_file(path, descriptor):
                return cls(path, descriptor)
            os.close(descriptor)  # the previous holder removed the name, so this lock guards nothing

    def release(self, *, remove: bool = False) -> None:
        """Release the lock; remove: remove its file first, while no other process can hold it."""
        if remove:
            with contextlib.suppress(OSError):  # a file that stays is harmless
                durable.remove(self._path)
        os.close(self._descriptor)


def is_held(path: Path) -> bool:
    """Whether a process holds the lock; writes nothing."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    return _lock_error(descriptor) in _LOCKED


def has_locks(folder: Path) -> bool:
    """Whether the path's file system has file locking, which some network file systems lack; writes nothing."""
    if not flock.POSIX:  # Windows opens no folder
        return False
    return _lock_error(os.open(folder, os.O_RDONLY)) in {0, *_LOCKED}


def _lock_error(descriptor: int) -> int:
    """Try to lock the file shared, then close it; return the errno, 0 if locked."""
    try:
        return flock.lock(descriptor, shared=True)
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    durable.fault_point("lock", path)
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except FileNotFoundError:
        durable.make_folder(path.parent, synced=False)
    except OSError as error:
        if error.errno not in _NO_FILE:
            raise
        durable.remove_any(path)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)


def _same_file(path: Path, descriptor: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        there, here = path.stat(), os.fstat(descriptor)
        return (there.st_ino, there.st_dev) == (here.st_ino, here.st_dev)
    return False
