"""Copies of outputs that the cache keeps for others, beside the blobs: counted, trimmed and cleared with them.

::

    .vidbuild/pages/COPY/         outputs of builds for pages of documentation (embedding/library.py)
    .vidbuild/serve/VIDEO/COPY/   versions that the live page shows (serve/revisions.py)
    .vidbuild/*/in-use            the lock of an area

A copy is a folder whose name is 12 hexadecimal digits, without folders in it. Its last use is the folder's time of
change. All of them can be made again from blobs, so they go before any result. While a process holds the lock of an
area, only that process removes copies there.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vidbuild.engine.disk import durable
from vidbuild.engine.disk.lock import Lock
from vidbuild.errors import StoreError

PAGES, LIVE = "pages", "serve"
_FOLDERS_ABOVE = {PAGES: 0, LIVE: 1}  # how many folders are between an area and a copy
_LOCK = "in-use"
_NAME = re.compile(r"[0-9a-f]{12}").fullmatch
# Copies of specs that were renamed or removed are never used again.
_MAX_AGE_SECONDS = 30 * 86400


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy. used: its last use as Unix time."""

    folder: Path
    bytes: int
    used: float


def hold(root: Path, area: str) -> Lock | None:
    """Keep the copies of an area until the lock is released; None if they are being removed. Raises OSError.

    root: the cache's folder.
    """
    return Lock.attempt(root / area / _LOCK, shared=True)


def touch(folder: Path) -> None:
    """Record a use of a copy; a failure only makes it look older."""
    with contextlib.suppress(OSError):
        os.utime(folder)


def find(root: Path) -> list[Copy]:
    """Return the copies in a cache, the least recently used first; writes nothing."""
    found = (copy for area in _FOLDERS_ABOVE for copy in _copies(root, area))
    return sorted(found, key=lambda copy: copy.used)


def trim(root: Path, excess: int) -> int:
    """Remove copies that were not used for 30 days, and more of them until so many bytes are free; return the bytes.

    Copies that a process uses stay.
    """
    old = time.time() - _MAX_AGE_SECONDS
    freed = 0
    with _locked(root) as areas:
        for copy in [copy for copy in find(root) if copy.folder.relative_to(root).parts[0] in areas]:
            if freed >= excess and copy.used >= old:
                break
            _remove(copy)
            freed += copy.bytes
    return freed


def clear(root: Path) -> int:
    """Remove all copies, and return their bytes. Raises StoreError while a process uses some of them."""
    with _locked(root) as areas:
        copies = find(root)
        used = next((copy for copy in copies if copy.folder.relative_to(root).parts[0] not in areas), None)
        if used is not None:
            raise StoreError(
                f"'{used.folder}' is in use", hint="end 'vidbuild serve' or the build of the documentation"
            )
        for copy in copies:
            _remove(copy)
        return sum(copy.bytes for copy in copies)


@contextlib.contextmanager
def _locked(root: Path) -> Iterator[list[str]]:
    """Lock the areas that no process uses, and yield them."""
    locks: dict[str, Lock] = {}
    try:
        for area in _FOLDERS_ABOVE:
            with contextlib.suppress(OSError):  # what cannot be written cannot be removed either
                if (root / area).is_dir() and (lock := Lock.attempt(root / area / _LOCK)) is not None:
                    locks[area] = lock
        yield list(locks)
    finally:
        for lock in locks.values():
            lock.release()


def _copies(root: Path, area: str) -> Iterator[Copy]:
    folders = [root / area]
    for _ in range(_FOLDERS_ABOVE[area]):
        folders = [below for folder in folders for below in _below(folder)]
    for folder in folders:
        for copy in _below(folder):
            with contextlib.suppress(OSError):  # another process may remove it meanwhile
                sizes = [entry.stat(follow_symlinks=False).st_size for entry in os.scandir(copy) if _is_file(entry)]
                yield Copy(copy, sum(sizes), copy.stat().st_mtime)


def _below(folder: Path) -> list[Path]:
    """Return the folders in a folder that vidbuild may have made."""
    try:
        entries = [*os.scandir(folder)]
    except OSError:
        return []
    return [Path(entry) for entry in entries if _NAME(entry.name) and entry.is_dir(follow_symlinks=False)]


def _is_file(entry: os.DirEntry[str]) -> bool:
    return stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode)


def _remove(copy: Copy) -> None:
    durable.remove_folder(copy.folder)
    with contextlib.suppress(OSError):  # not empty, or an area
        if _NAME(copy.folder.parent.name):
            copy.folder.parent.rmdir()
