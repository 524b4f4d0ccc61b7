"""Identifies the code of this vidbuild: two machines make the same bytes only if both have the same."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import vidbuild

_BETWEEN_LOOKS = 5.0  # s
_NO_CODE = frozenset({"schemas", "samples"})  # which a wheel has in the package, and a checkout beside it


def _root() -> Path:
    return Path(vidbuild.__file__).parent


def _files() -> Iterator[Path]:
    root = _root()
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if "__pycache__" not in parts and parts[0] not in _NO_CODE and path.is_file():
            yield path


def digest() -> str:
    """Return the version, and a digest of the package's files as they are on disk now."""
    root, whole = _root(), hashlib.sha256()
    for path in _files():
        name = path.relative_to(root).as_posix()
        whole.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return f"{vidbuild.__version__} ({whole.hexdigest()[:12]})"


class Watcher:
    """Notices that the package on disk was replaced, as by an update, with a look at most once in some seconds."""

    def __init__(self) -> None:
        self._seen = ""
        self._next = 0.0

    def begin(self) -> bool:
        """Take what is there now as the state that counts; return whether another one counted before."""
        before = self._seen
        self._seen, self._next = _stamp(), time.monotonic() + _BETWEEN_LOOKS
        return before != self._seen

    def has_changed(self) -> bool:
        """Return whether the files differ from those of the beginning; it stays so until `begin`."""
        if time.monotonic() < self._next:
            return not self._seen
        self._next = time.monotonic() + _BETWEEN_LOOKS
        if self._seen and _stamp() != self._seen:
            self._seen = ""
        return not self._seen


def _stamp() -> str:
    """Return what changes if a file of the package is written, from sizes and times alone."""
    whole = hashlib.sha256()
    for path in _files():
        with contextlib.suppress(OSError):
            status = path.stat()
            whole.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return whole.hexdigest()


@cache
def loaded() -> str:
    """Return the digest as it was when this process first called this, soon after it had imported the package."""
    return digest()
