"""Writes that survive a crash: temp name, fsync, rename, fsync of the folder; it knows nothing of what is written.

Every write of the store, the runs and the outputs goes through here, in this order and no other, and each tells of
itself through `reached` right before it happens.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

TEMP_PREFIX = ".tmp-"
_FICLONE = 0x40049409
_CHUNK = 1 << 20

# What a machine runs out of, and may have again a moment later.
_SHORT_OF = frozenset({errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EAGAIN})


def reached(operation: str, path: Path | str, source: Path | str | None = None) -> None:
    """Is called right before each operation on a file: folder, write, sync, rename, link, remove or lock.

    It does nothing. Tests put something else in its place: to end the process there, to let the operation fail as
    on a full disk, or to note the order. source: the name that is renamed or linked to.
    """


def told(error: OSError) -> str:
    """What went wrong, as our messages have it: lower case, without numbers and names."""
    return (error.strerror or str(error)).lower()


def may_pass(error: OSError) -> bool:
    """Whether the same may succeed a moment later, nothing else having changed."""
    return error.errno in _SHORT_OF


def temp_beside(target: Path) -> Path:
    """A name in the target's folder that nobody else has."""
    return target.with_name(TEMP_PREFIX + os.urandom(8).hex())


def sync_file(path: Path) -> None:
    """Wait until the file's bytes are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with _named(path):
            _sync(descriptor, path)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Wait until the folder's names are on the disk, where the file system can tell."""
    with contextlib.suppress(OSError):
        sync_file(path)


def _sync(descriptor: int, path: Path) -> None:
    reached("sync", path)
    whole = getattr(fcntl, "F_FULLFSYNC", None)
    if whole is not None:  # where fsync alone leaves the bytes in the disk's own memory (macOS)
        with contextlib.suppress(OSError):  # a file system that does not know it
            fcntl.fcntl(descriptor, whole)
            return
    os.fsync(descriptor)


def make_folder(path: Path, *, synced: bool = True) -> None:
    """Make the folder and its parents, each name durable before anything is put inside, if that matters."""
    if path.is_dir():
        return
    make_folder(path.parent, synced=synced)
    reached("folder", path)
    try:
        path.mkdir()
    except FileExistsError:
        return
    if synced:
        sync_folder(path.parent)


def write(target: Path, data: bytes, *, synced: bool = True) -> None:
    """Put the bytes at the target: afterwards it is the old file or the new one, never part of either.

    synced: False where it may be the empty file after a power cut.
    """
    make_folder(target.parent, synced=synced)
    temp = temp_beside(target)
    try:
        reached("write", temp)
        with _named(temp), temp.open("xb") as file:
            file.write(data)
            file.flush()
            if synced:
                _sync(file.fileno(), temp)
        if target.is_dir():
            clear_away(target)
        rename(temp, target)
    except BaseException:
        with contextlib.suppress(OSError):
            remove(temp)
        raise
    if synced:
        sync_folder(target.parent)


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Errors of writing name no file by themselves, and nobody could tell which disk is full."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def write_lightly(target: Path, data: bytes) -> str:
    """As `write`, for what is only a convenience and must not end a build: what went wrong is told, not raised."""
    try:
        write(target, data)
    except OSError as error:
        return f"cannot write '{target}': {told(error)}"
    return ""


def settle(moves: Iterable[tuple[Path, Path]]) -> None:
    """Rename files that are already on the disk, then make all their new names durable."""
    folders: dict[Path, None] = {}
    for temp, target in moves:
        make_folder(target.parent)
        rename(temp, target)
        folders[target.parent] = None
    for folder in folders:
        sync_folder(folder)


def rename(source: Path, target: Path) -> None:
    """Give a file or folder another name; a file that has the name already is replaced."""
    reached("rename", target, source)
    source.replace(target)


def link(source: Path, target: Path) -> None:
    """Give a file, or a symlink as such, a second name, which must be free."""
    reached("link", target, source)
    os.link(source, target, follow_symlinks=False)


def remove(path: Path) -> None:
    """Remove a file, which may be gone already."""
    reached("remove", path)
    path.unlink(missing_ok=True)


def clear_away(path: Path) -> None:
    """Remove what is in the place of a file of ours, a folder as well; a link goes, and what it leads to stays."""
    if path.is_dir() and not path.is_symlink():
        remove_folder(path)
    else:
        remove(path)


def copy(source: Path, target: Path) -> str:
    """Copy a file to a name that is free, sharing its blocks where the file system can; the digest of the copy.

    The copy is on the disk when this returns.
    """
    reached("write", target)
    with _named(target), source.open("rb") as reader, target.open("xb") as writer:
        digest = _clone(reader, writer, target) or _copy_and_hash(reader, writer)
        writer.flush()
        _sync(writer.fileno(), target)
    return digest


def _clone(reader: BinaryIO, writer: BinaryIO, target: Path) -> str:
    try:
        fcntl.ioctl(writer.fileno(), _FICLONE, reader.fileno())
    except OSError:
        return ""
    return hash_file(target)


def _copy_and_hash(reader: BinaryIO, writer: BinaryIO) -> str:
    state = hashlib.sha256()
    while chunk := reader.read(_CHUNK):
        state.update(chunk)
        writer.write(chunk)
    return state.hexdigest()


def hash_file(path: Path | str) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with open(path, "rb") as file:  # noqa: PTH123 - also called with plain text paths
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_folder(path: Path) -> None:
    """Remove a folder, or a file, and all in it, as far as that can be done."""
    import shutil

    reached("remove", path)
    shutil.rmtree(path, ignore_errors=True)
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


class Lines:
    """Lines added to a new file, which others may read as it grows; what goes wrong ends it and is told, not raised.

    trouble: what went wrong, "" for nothing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.trouble = ""
        reached("write", path)
        self._file = path.open("w", encoding="utf-8", errors="surrogatepass")

    def add(self, line: str, *, at_once: bool = True) -> None:
        """Add a line, its newline included; at_once: False where it may be written with the one that follows."""
        if self.trouble:
            return
        try:
            self._file.write(line)
            if at_once:
                reached("write", self._path)
                self._file.flush()
        except OSError as error:
            self._give_up(error)

    def close(self) -> None:
        """Write what is left."""
        try:
            if not self.trouble:
                reached("write", self._path)
                self._file.flush()
        except OSError as error:
            self._give_up(error)
        with contextlib.suppress(OSError):  # what was not written is not tried again
            self._file.close()

    def _give_up(self, error: OSError) -> None:
        self.trouble = f"cannot write '{self._path}': {told(error)}"
