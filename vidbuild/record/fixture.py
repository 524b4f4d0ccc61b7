"""Copies a fixture, so that commands can change the copy; its files are the same in every copy, times included."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from vidbuild.errors import os_error_text
from vidbuild.project import cache_of
from vidbuild.record.fault import RecordError
from vidbuild.spec.paths import PRIVATE, SECRETS

MAX_FILES = 5_000
MAX_BYTES = 200_000_000
MAX_DEPTH = 50
TIME = 1_704_067_200  # of every file of the copy: 2024-01-01 in UTC
FIELD = "record.fixture"


def copy(source: Path, target: Path, root: Path) -> None:
    """Copy a folder, symlinks resolved, without what is private. Raises RecordError.

    root: the project's root, outside which no symlink may lead.
    """
    _Copy(source, root, Path(os.path.realpath(cache_of(root)))).folder(source, target, 0)


class _Copy:
    """A copy that is being made, with what it has so far."""

    def __init__(self, source: Path, root: Path, cache: Path) -> None:
        self._source, self._root, self._cache = source, root, cache
        self._files = self._bytes = 0

    def folder(self, source: Path, target: Path, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise RecordError(FIELD, f"{self._name(source)} is nested more than {MAX_DEPTH} folders deep")
        target.mkdir(parents=True, exist_ok=True)
        try:
            for entry in sorted(source.iterdir()):
                if entry.name in PRIVATE or entry.name in SECRETS:
                    continue
                self._entry(entry, target / entry.name, depth)
        except OSError as error:
            message = f"cannot copy {self._name(source)}: {os_error_text(error)}"
            raise RecordError(FIELD, message) from error
        os.utime(target, (TIME, TIME))

    def _entry(self, entry: Path, target: Path, depth: int) -> None:
        real = self._resolved(entry) if entry.is_symlink() else entry
        if real == self._cache:
            return
        mode = real.stat().st_mode
        if stat.S_ISDIR(mode):
            if entry.is_symlink() and entry.parent.resolve().is_relative_to(real):
                raise RecordError(FIELD, f"{self._name(entry)} is a symlink to a folder around it")
            self.folder(real, target, depth + 1)
        elif stat.S_ISREG(mode):
            self._count(real.stat().st_size)
            shutil.copyfile(real, target)
            target.chmod(0o755 if mode & stat.S_IXUSR else 0o644)
            os.utime(target, (TIME, TIME))
        else:
            raise RecordError(FIELD, f"{self._name(entry)} is neither a file nor a folder", "remove it")

    def _resolved(self, entry: Path) -> Path:
        try:
            real = entry.resolve(strict=True)
        except (OSError, RuntimeError):
            raise RecordError(FIELD, f"{self._name(entry)} is a symlink without a target") from None
        if not real.is_relative_to(self._root):
            raise RecordError(FIELD, f"{self._name(entry)} is a symlink to a file outside the project", "copy the file")
        if {*real.relative_to(self._root).parts} & (PRIVATE | SECRETS):
            raise RecordError(FIELD, f"{self._name(entry)} is a symlink to a private file", "remove it")
        return real

    def _count(self, size: int) -> None:
        self._files += 1
        self._bytes += size
        if self._files > MAX_FILES or self._bytes > MAX_BYTES:
            limit = f"{MAX_FILES} files and {MAX_BYTES // 1_000_000} MB"
            raise RecordError(FIELD, f"the fixture is too large: the limits are {limit}", "name a smaller folder")

    def _name(self, path: Path) -> str:
        """Return a file's name from the fixture on, for messages."""
        return f"'{path.relative_to(self._source)}'" if path.is_relative_to(self._source) else f"'{path.name}'"
