"""Kernel locks on files, gone with whoever held them; it knows nothing of what they guard, nor of process ids."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from pathlib import Path

from vidbuild.engine.disk import durable

_TAKEN = {errno.EWOULDBLOCK, errno.EACCES, errno.EAGAIN}
_NO_FILE = {errno.EISDIR, errno.ELOOP}  # something else has the name, which can guard nothing


class Lock:
    """A lock that is held until released or until this process is gone."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def attempt(cls, path: Path, *, shared: bool = False) -> Lock | None:
        """Take the lock, or None where somebody holds it; a file system without locks never says no."""
        while True:
            descriptor = _open(path)
            try:
                fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno in _TAKEN:
                    os.close(descriptor)
                    return None
            if _same_file(path, descriptor):
                return cls(path, descriptor)
            os.close(descriptor)  # the holder before us took the name away: what we locked guards nothing

    def release(self, *, remove: bool = False) -> None:
        """Let go; with remove the name goes first, while nobody else can hold it."""
        if remove:
            with contextlib.suppress(OSError):  # a name that stays guards nothing
                durable.remove(self._path)
        os.close(self._descriptor)


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock; writes nothing."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    return _trouble(descriptor) in _TAKEN


def are_kept(folder: Path) -> bool:
    """Whether the folder's file system keeps locks, as some that are shared over a network do not; writes nothing."""
    return _trouble(os.open(folder, os.O_RDONLY)) in {0, *_TAKEN}


def _trouble(descriptor: int) -> int:
    """Try to lock together with others, and close the file; the error's number, 0 for none."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno or errno.EIO
    finally:
        os.close(descriptor)
    return 0


def _open(path: Path) -> int:
    durable.reached("lock", path)
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except FileNotFoundError:
        durable.make_folder(path.parent, synced=False)
    except OSError as error:
        if error.errno not in _NO_FILE:
            raise
        durable.clear_away(path)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)


def _same_file(path: Path, descriptor: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        there, here = path.stat(), os.fstat(descriptor)
        return (there.st_ino, there.st_dev) == (here.st_ino, here.st_dev)
    return False
