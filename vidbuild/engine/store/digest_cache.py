"""Digests of files by path and stat, in a table that can be thrown away.

A file that changed so recently that one more edit could leave its stat as it is ("racily clean" in git) is not
remembered. On file systems with fine timestamps, `digest` waits a few milliseconds until that cannot happen.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from vidbuild.engine.disk import checksummed, durable
from vidbuild.engine.store.blobs import Blobs, Signature, signature

# Linux stamps files with a clock that advances at most every 10 ms; twice that is safe.
_TICK_NS = 20_000_000
# File systems such as FAT and older NFS store whole seconds.
_SECOND_NS = 1_000_000_000
# Rows of other projects that share the cache are kept up to this number.
_UNUSED_ROWS = 20_000


class DigestCache:
    """Path -> (signature, digest), and the same for other values that follow from a file's bytes.

    read_only: nothing on disk is changed; corrupt blobs stay as well.
    hashed: bytes that were read to be hashed, for tests and measurements.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        self._read_only = read_only
        self._known: dict[str, tuple[Signature, str]] = _load(path)
        self._new: dict[str, tuple[Signature, str]] = {}
        self._used: set[str] = set()
        self.hashed = 0

    def digest(self, path: str) -> str:
        """Return the digest of a source file's present bytes; OSError if it cannot be read."""
        now = signature(path)
        if known := self.lookup(path, now):
            return known
        settled = not self._read_only and _wait_until_settled(now)
        digest = self._hash(path, now)
        if settled and signature(path) == now:
            self.record(path, now, digest)
        return digest

    def lookup(self, name: str, now: Signature) -> str | None:
        """Return the value recorded under this name, if the file's signature was the same then."""
        known = self._known.get(name)
        if known is None or known[0] != now:
            return None
        self._used.add(name)
        return known[1]

    def record(self, name: str, now: Signature, value: str) -> None:
        """Remember a value that holds as long as the file's signature stays the same."""
        self._known[name] = self._new[name] = (now, value)
        self._used.add(name)

    def has_intact(self, blobs: Blobs, digest: str) -> bool:
        """Whether the blob exists and is intact; one with an unknown signature is hashed, a corrupt one removed."""
        location = blobs.location(digest)
        try:
            now = signature(location)
        except OSError:
            if os.path.lexists(location):  # a folder, or a broken symlink: it must not be in a new blob's way
                self._remove(blobs, digest)
            return False
        known = self._known.get(location)
        if known is not None and known[0] == now:
            self._used.add(location)
            return known[1] == digest
        return self._recheck(blobs, digest, location, now)

    def _recheck(self, blobs: Blobs, digest: str, location: str, now: Signature) -> bool:
        try:
            intact = self._hash(location, now) == digest
        except OSError:
            return False
        if intact:
            self.record(location, now, digest)
        else:
            self._remove(blobs, digest)
        return intact

    def _remove(self, blobs: Blobs, digest: str) -> None:
        if not self._read_only:
            with contextlib.suppress(OSError):
                blobs.remove(digest)

    def _hash(self, path: str, now: Signature) -> str:
        self.hashed += now.size
        return durable.hash_file(path)

    def save(self) -> str:
        """Add new rows to the table on disk, beside those of other builds; return the error message, "" for none."""
        if self._read_only or not self._new:
            return ""
        merged = {**_load(self._path), **self._new}
        if len(merged) > 2 * len(self._used) + _UNUSED_ROWS:
            merged = {name: item for name, item in merged.items() if name in self._used}
        data = {name: [*now, value] for name, (now, value) in merged.items()}
        self._new.clear()
        return durable.try_write(self._path, checksummed.dumps(data))


def _load(path: Path) -> dict[str, tuple[Signature, str]]:
    data = checksummed.read(path)
    try:
        return {name: (Signature(*item[:4]), item[4]) for name, item in data.items()} if data else {}
    except (AttributeError, TypeError, IndexError):
        return {}


def _wait_until_settled(now: Signature) -> bool:
    """Whether any later edit is sure to change the signature; wait until then if that takes milliseconds.

    Only ctime counts: the kernel sets it, while programs can set mtime.
    """
    if now.ctime_ns % _SECOND_NS == 0:
        return time.time_ns() - now.ctime_ns > 2 * _SECOND_NS
    age = time.time_ns() - now.ctime_ns
    if age < 0:
        return False
    if age < _TICK_NS:
        time.sleep((_TICK_NS - age) / _SECOND_NS)
    return True
