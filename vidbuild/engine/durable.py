"""Writes that survive a crash: temp name, fsync, rename, fsync of the folder; it knows nothing of what is written.

Every write of the store, the runs and the outputs goes through here, in this order and no other.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

TEMP_PREFIX = ".tmp-"
_FICLONE = 0x40049409
_CHUNK = 1 << 20


def told(error: OSError) -> str:
    """What went wrong, as our messages have it: lower case, without numbers and names."""
    return (error.strerror or str(error)).lower()


def temp_beside(target: Path) -> Path:
    """A name in the target's folder that nobody else has."""
    return target.with_name(TEMP_PREFIX + os.urandom(8).hex())


def sync_file(path: Path) -> None:
    """Wait until the file's bytes are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Wait until the folder's names are on the disk, where the file system can tell."""
    with contextlib.suppress(OSError):
        sync_file(path)


def make_folder(path: Path) -> None:
    """Make the folder and its parents, each name durable before anything is put inside."""
    if path.is_dir():
        return
    make_folder(path.parent)
    with contextlib.suppress(FileExistsError):
        path.mkdir()
        sync_folder(path.parent)


def write(target: Path, data: bytes) -> None:
    """Put the bytes at the target: afterwards it is the old file or the new one, never part of either."""
    make_folder(target.parent)
    temp = temp_beside(target)
    try:
        with temp.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temp.replace(target)
    except BaseException:
        temp.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def settle(moves: Iterable[tuple[Path, Path]]) -> None:
    """Rename files that are already on the disk, then make all their new names durable."""
    folders: dict[Path, None] = {}
    for temp, target in moves:
        make_folder(target.parent)
        temp.replace(target)
        folders[target.parent] = None
    for folder in folders:
        sync_folder(folder)


def copy(source: Path, target: Path) -> str:
    """Copy a file to a name that is free, sharing its blocks where the file system can; the digest of the copy.

    The copy is on the disk when this returns.
    """
    with source.open("rb") as reader, target.open("xb") as writer:
        digest = _clone(reader, writer, target) or _copy_and_hash(reader, writer)
        writer.flush()
        os.fsync(writer.fileno())
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
    """Remove a folder and all in it, as far as that can be done."""
    import shutil

    shutil.rmtree(path, ignore_errors=True)
