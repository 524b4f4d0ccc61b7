"""Read-only files named by the digest of their bytes.

This is all of the store that a worker receives; workers read no traces and write none.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from vidbuild.engine.disk import durable
from vidbuild.frozen import dataclass

READ_ONLY = 0o444
_SMALL = 1 << 16  # bytes of a file that is read sooner than written


class Signature(NamedTuple):
    """The part of a file's stat that shows, without reading the file, that it is unchanged."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of the store. digest: the SHA-256 of its bytes, in hex; size: in bytes."""

    digest: str
    size: int


class CorruptBlobError(Exception):
    """The bytes of a blob do not match its digest."""


class SourceChangedError(Exception):
    """A source file changed since the build was planned."""


def signature(path: Path | str) -> Signature:
    """Return the signature of a regular file; OSError if it is absent, or something else such as a pipe."""
    found = os.stat(path)  # noqa: PTH116 - the null build calls this for every blob
    if not stat.S_ISREG(found.st_mode):
        raise FileNotFoundError(errno.ENOENT, "not a regular file", str(path))
    return Signature(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


class Blobs:
    """The folder of blobs: root/aa/<sha256>.

    lower: further such folders, which are only read. read_only: nothing is removed from this one either.
    corrupt: the digests of blobs whose bytes did not match their names; they are removed, unless read-only.
    """

    def __init__(self, root: Path, lower: Sequence[Path] = (), *, read_only: bool = False) -> None:
        self.root = root
        self.lower = tuple(lower)
        self._text = str(root)
        self._read_only = read_only
        self.corrupt: set[str] = set()

    def location(self, digest: str) -> str:
        """Return where the blob is or would be, as plain text, which is faster than a Path."""
        return f"{self._text}/{digest[:2]}/{digest}"

    def path(self, digest: str) -> Path:
        """Return where the blob is or would be."""
        return self.root / digest[:2] / digest

    def find(self, digest: str) -> Path:
        """Return where the blob is, in this folder or a lower one; where it would be in this one if absent."""
        own = self.path(digest)
        if not self.lower or own.exists():  # most stores have no lower one, and need no stat here
            return own
        below = (root / digest[:2] / digest for root in self.lower)
        return next((path for path in below if path.exists()), own)

    def move_in(
        self, files: Mapping[str, Path], digests: Mapping[str, str] | None = None
    ) -> dict[str, tuple[Blob, Signature]]:
        """Move in finished files of the same file system; all their bytes reach the disk before their names.

        digests: name -> expected digest; if one differs, CorruptBlobError is raised and no file is moved.
        """
        # Every file is hashed and synced before the first is renamed, so a failure leaves no part of a product.
        moves: list[tuple[Path, Path]] = []
        found: dict[str, str] = {}
        kept: list[Path] = []
        for name, path in files.items():
            digest = found[name] = durable.hash_file(path)
            if digests is not None and digest != digests[name]:
                raise CorruptBlobError(digests[name])
            if self._has(digest):
                kept.append(path)
            else:
                _harden(path)
                moves.append((path, self.path(digest)))
        self._rename_all(moves)
        for path in kept:
            durable.remove(path)
        return {name: self._added(digest) for name, digest in found.items()}

    def copy_in(self, source: Path, planned: str, scratch: Path) -> tuple[Blob, Signature]:
        """Copy a source in and hash the copy; SourceChangedError if its digest is not the planned one."""
        temp = scratch / f"source-{planned}"
        try:
            signature(source)
            if durable.copy(source, temp) != planned:
                raise SourceChangedError(str(source))
            temp.chmod(READ_ONLY)
            self._rename_all([(temp, self.path(planned))])
        finally:
            durable.remove(temp)
        return self._added(planned)

    def _has(self, digest: str) -> bool:
        """Return whether a small blob is here and intact: to read it takes less time than to sync it again."""
        location = self.location(digest)
        try:
            found = os.lstat(location)
            if not stat.S_ISREG(found.st_mode) or stat.S_IMODE(found.st_mode) != READ_ONLY or found.st_size > _SMALL:
                return False
            return durable.hash_file(location) == digest
        except OSError:
            return False

    @staticmethod
    def _rename_all(moves: Sequence[tuple[Path, Path]]) -> None:
        """Give blobs their names; a foreign folder with such a name is removed."""
        for _, target in moves:
            if target.is_dir():
                durable.remove_any(target)
        durable.rename_all(moves)

    def _added(self, digest: str) -> tuple[Blob, Signature]:
        found = signature(self.location(digest))
        return Blob(digest, found.size), found

    def remove(self, digest: str) -> None:
        """Count a corrupt blob, and remove it if this folder has it and is not read-only."""
        self.corrupt.add(digest)
        if not self._read_only:
            durable.remove_any(self.path(digest))


def _harden(path: Path) -> None:
    path.chmod(READ_ONLY)
    durable.sync_file(path)


def product_files(folder: Path) -> Iterable[tuple[str, Path]]:
    """Yield the regular files of a folder by relative name, sorted; ValueError naming anything else."""
    for path in sorted(folder.rglob("*")):
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode):
            yield path.relative_to(folder).as_posix(), path
        elif not stat.S_ISDIR(mode):
            raise ValueError(path.relative_to(folder).as_posix())
