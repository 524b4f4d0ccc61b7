"""Writes that survive a crash: temporary name, fsync, rename, fsync of the folder.

Every write of the store, the runs and the outputs goes through here, in this order, and calls `fault_point` right
before each operation.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from vidbuild import platforms
from vidbuild.errors import os_error_text

TEMP_PREFIX = ".tmp-"
_CHUNK = 1 << 20

# What a machine runs out of for a moment.
_TRANSIENT = frozenset({errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EAGAIN})


def fault_point(operation: str, path: Path | str, source: Path | str | None = None) -> None:
    """Do nothing, right before each operation on a file: folder, write, sync, rename, link, remove or lock.

    Tests replace this function: to kill the process there, to let the operation fail as on a full disk, or to record
    the order.

    source: the name that is renamed or linked to.
    """


def is_transient(error: OSError) -> bool:
    """Whether the operation may succeed a moment later."""
    return error.errno in _TRANSIENT


def temp_beside(target: Path) -> Path:
    """Return a unique name in the target's folder."""
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
    """Wait until the folder's names are on the disk, if the file system can do that."""
    with contextlib.suppress(OSError):
        sync_file(path)


def _sync(descriptor: int, path: Path) -> None:
    fault_point("sync", path)
    platforms.sync(descriptor)


def make_folder(path: Path, *, synced: bool = True) -> None:
    """Make the folder and its parents.

    synced: wait until each name is on the disk before anything is put inside.
    """
    if path.is_dir():
        return
    make_folder(path.parent, synced=synced)
    fault_point("folder", path)
    try:
        path.mkdir()
    except FileExistsError:
        return
    if synced:
        sync_folder(path.parent)


def write(target: Path, data: bytes, *, synced: bool = True) -> None:
    """Put the bytes at the target: afterwards it is the old file or the new one, never part of either.

    synced: False if the file may be empty after a power cut.
    """
    make_folder(target.parent, synced=synced)
    temp = temp_beside(target)
    try:
        fault_point("write", temp)
        with _named(temp), temp.open("xb") as file:
            file.write(data)
            file.flush()
            if synced:
                _sync(file.fileno(), temp)
        if target.is_dir():
            remove_any(target)
        rename(temp, target)
    except BaseException:
        with contextlib.suppress(OSError):
            remove(temp)
        raise
    if synced:
        sync_folder(target.parent)


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Add the file's name to errors of writing, which lack it, so that messages can name the disk."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def try_write(target: Path, data: bytes) -> str:
    """Write a file that is only a convenience and must not end a build; return the error message, "" for none."""
    try:
        write(target, data)
    except OSError as error:
        return f"cannot write '{target}': {os_error_text(error)}"
    return ""


def rename_all(moves: Iterable[tuple[Path, Path]]) -> None:
    """Rename files whose bytes are on the disk already, then make all their new names durable."""
    folders: dict[Path, None] = {}
    for temp, target in moves:
        make_folder(target.parent)
        rename(temp, target)
        folders[target.parent] = None
    for folder in folders:
        sync_folder(folder)


def rename(source: Path, target: Path) -> None:
    """Rename a file or folder; a file with the new name is replaced, but a device or pipe never is: an OSError."""
    if _is_device(target):  # a superuser's `-o /dev/null` would take it from all others
        raise OSError(errno.EINVAL, "not a file but a device or pipe", str(target))
    fault_point("rename", target, source)
    source.replace(target)


def _is_device(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:  # there is nothing, or a link that leads nowhere or in a circle
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def link(source: Path, target: Path) -> None:
    """Add a hard link to a file, or to a symlink itself; the new name must be free."""
    fault_point("link", target, source)
    os.link(source, target, follow_symlinks=False)


def remove(path: Path) -> None:
    """Remove a file if it exists."""
    fault_point("remove", path)
    path.unlink(missing_ok=True)


def remove_any(path: Path) -> None:
    """Remove a file, a folder or a symlink; the symlink's target stays."""
    if path.is_dir() and not path.is_symlink():
        remove_folder(path)
    else:
        remove(path)


def copy(source: Path, target: Path) -> str:
    """Copy a file to a new name, as a reflink if the file system supports it; return the digest of the copy.

    The copy is on the disk when this returns.
    """
    fault_point("write", target)
    with _named(target), source.open("rb") as reader, target.open("xb") as writer:
        digest = _clone(reader, writer, target) or _copy_and_hash(reader, writer)
        writer.flush()
        _sync(writer.fileno(), target)
    return digest


def _clone(reader: BinaryIO, writer: BinaryIO, target: Path) -> str:
    return hash_file(target) if platforms.clone(reader.fileno(), writer.fileno()) else ""


def _copy_and_hash(reader: BinaryIO, writer: BinaryIO) -> str:
    state = hashlib.sha256()
    while chunk := reader.read(_CHUNK):
        state.update(chunk)
        writer.write(chunk)
    return state.hexdigest()


def hash_file(path: Path | str) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    with open(path, "rb") as file:  # noqa: PTH123 - also called with plain text paths
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_folder(path: Path) -> None:
    """Remove a folder and everything in it, or a file, as far as possible."""
    import shutil

    fault_point("remove", path)
    shutil.rmtree(path, ignore_errors=True)
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


class AppendLog:
    """A new file that lines are added to, and that others can read as it grows.

    An error ends the writing and is not raised.

    write_error: the error message, "" for none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.write_error = ""
        fault_point("write", path)
        self._file = path.open("w", encoding="utf-8", errors="surrogatepass")

    def add(self, line: str, *, at_once: bool = True) -> None:
        """Add a line, its newline included; at_once: False if it may be written together with the next one."""
        if self.write_error:
            return
        try:
            self._file.write(line)
            if at_once:
                fault_point("write", self._path)
                self._file.flush()
        except OSError as error:
            self._give_up(error)

    def close(self) -> None:
        """Write what is buffered, and close the file."""
        try:
            if not self.write_error:
                fault_point("write", self._path)
                self._file.flush()
        except OSError as error:
            self._give_up(error)
        with contextlib.suppress(OSError):  # what could not be written is lost
            self._file.close()

    def _give_up(self, error: OSError) -> None:
        self.write_error = f"cannot write '{self._path}': {os_error_text(error)}"
