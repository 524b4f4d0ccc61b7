"""Size and integrity of the store: count, verify, trim, clear.

Copies of outputs are removed first, then the least recently used traces, each before its blobs, so that what is left is
always complete. A trace is used when it is written, and when an index that holds it is saved. Foreign files are never
touched.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.engine.disk import checksummed, durable
from vidbuild.engine.disk.build_dir import BuildDir
from vidbuild.engine.disk.durable import TEMP_PREFIX
from vidbuild.engine.store import copies
from vidbuild.engine.store.store import DEFAULT_LIMIT, Store
from vidbuild.engine.store.trace import outputs_from_data
from vidbuild.errors import StoreError

# A trimmed cache is well below its limit, so that the next build does not have to trim it again.
_LOW_WATER = 0.9
# Another process may still be writing a younger temporary file.
_STALE_SECONDS = 3600
# The recorded size drifts, since builds that are killed record nothing: count again after so many builds.
_BUILDS_BETWEEN_COUNTS = 20
_MAX_MEMOS, _MAX_MEMO_BYTES = 200, 100_000_000
_MAX_INDEXES, _MAX_INDEX_BYTES = 500, 100_000_000
_DIGEST = re.compile(r"[0-9a-f]{64}").fullmatch
_RECORD = re.compile(r"[0-9a-f]{32}(?:[0-9a-f]{32})?").fullmatch  # names of memos and indexes


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """What the cache holds. blobs, traces, copies: how many; bytes: of all together."""

    root: Path
    blobs: int
    traces: int
    bytes: int
    copies: int = 0


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """What was verified. checked: how many files; corrupt: those that were removed."""

    checked: int
    corrupt: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrimResult:
    """What was removed. bytes: that are left; busy: nothing was removed, since a build is running."""

    removed_traces: int = 0
    removed_blobs: int = 0
    removed_bytes: int = 0
    bytes: int = 0
    busy: bool = False


@dataclass(slots=True)
class _TraceUse:
    """A trace, its last use as Unix time, and the digests of its blobs."""

    path: Path
    size: int
    used: float
    blobs: frozenset[str]


def info(store: Store) -> CacheInfo:
    """Count blobs, traces and copies of outputs; writes nothing."""
    blobs = [found.st_size for _, found in _named_by_digest(store.home / "cas")]
    traces = [found.st_size for _, found in _named_by_digest(store.home / "traces")]
    copied = [copy.bytes for copy in copies.find(store.root)]
    return CacheInfo(store.root, len(blobs), len(traces), sum(blobs) + sum(traces) + sum(copied), len(copied))


def verify(store: Store) -> VerifyResult:
    """Read every blob and trace, and remove those whose bytes do not match their names."""
    checked, corrupt = 0, []
    for path, _ in _named_by_digest(store.home / "cas"):
        checked += 1
        if not _is_intact(path):
            durable.remove_any(path)
            corrupt.append(f"cas/{path.name}")
    for path, _ in _named_by_digest(store.home / "traces"):
        checked += 1
        if not _is_valid(store, path):
            durable.remove_any(path)
            corrupt.append(f"traces/{path.name}")
    return VerifyResult(checked, tuple(corrupt))


def _is_intact(path: Path) -> bool:
    """Whether a blob can be read and matches its name; one that was just removed counts as intact."""
    try:
        return durable.hash_file(path) == path.name
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _is_valid(store: Store, path: Path) -> bool:
    """Whether a trace is valid; one that was just removed or replaced counts as valid."""
    return store.trace(path.name) is not None or not os.path.lexists(path) or store.trace(path.name) is not None


def clear(store: Store) -> int:
    """Remove the whole cache of this version; return its bytes. StoreError while it is used."""
    if not store.home.exists():
        return 0
    lock = store.lock_trim()
    if lock is None:
        raise StoreError(f"a build is using the cache '{store.root}'")
    try:
        freed = info(store).bytes
        copies.clear(store.root)
        store.clear()
    finally:
        lock.release()
    return freed


def trim(store: Store, limit: int = DEFAULT_LIMIT, pinned: Collection[str] = ()) -> TrimResult:
    """Trim the cache to so many bytes. pinned: keys that are kept whatever the limit is."""
    if not store.home.exists():
        return TrimResult()
    lock = store.lock_trim()
    if lock is None:
        return TrimResult(busy=True)
    try:
        _sweep(store)
        trimmed = _Trim(store, pinned).run(limit)
        _write_usage(store, trimmed.bytes, 0)
    finally:
        lock.release()
    return trimmed


def trim_after_build(store: Store, added: int, limit: int, pinned: Collection[str]) -> None:
    """Trim the cache if the build may have brought it over its limit; usually that is known without counting.

    added: bytes that the build added.
    """
    known: Any = checksummed.read(store.home / "usage")
    try:
        total, builds = known["bytes"] + added, known["builds"] + 1
        counted = total <= limit and builds <= _BUILDS_BETWEEN_COUNTS
    except (KeyError, TypeError):  # absent, or of another version
        counted = False
    if counted:
        _write_usage(store, total, builds)
    else:
        trim(store, limit, pinned)


def _write_usage(store: Store, total: int, builds: int) -> None:
    durable.try_write(store.home / "usage", checksummed.dumps({"bytes": total, "builds": builds}))


class _Trim:
    """One trimming, under the store's lock."""

    def __init__(self, store: Store, pinned: Collection[str]) -> None:
        self._pinned = pinned
        self._root = store.root
        self._sizes = {path.name: (path, found.st_size) for path, found in _named_by_digest(store.home / "cas")}
        self._traces = sorted(_read_traces(store), key=lambda trace: trace.used)
        self._users = Counter(blob for trace in self._traces for blob in trace.blobs)
        self._bytes = sum(size for _, size in self._sizes.values()) + sum(trace.size for trace in self._traces)
        self._bytes += sum(copy.bytes for copy in copies.find(store.root))
        self._before = self._bytes
        self._removed_traces = self._removed_blobs = 0

    def run(self, limit: int) -> TrimResult:
        goal = int(limit * _LOW_WATER) if self._bytes > limit else self._bytes
        self._bytes -= copies.trim(self._root, self._bytes - goal)
        if self._bytes > goal:
            self._shrink(goal)
        freed = self._before - self._bytes
        return TrimResult(self._removed_traces, self._removed_blobs, freed, self._bytes)

    def _shrink(self, goal: int) -> None:
        for blob in [name for name in self._sizes if not self._users[name]]:
            self._remove_blob(blob)
        for trace in self._traces:
            if self._bytes <= goal:
                return
            if trace.path.name not in self._pinned:
                self._remove_trace(trace)

    def _remove_trace(self, trace: _TraceUse) -> None:
        durable.remove(trace.path)
        self._removed_traces += 1
        self._bytes -= trace.size
        for blob in trace.blobs:
            self._users[blob] -= 1
            if not self._users[blob]:
                self._remove_blob(blob)

    def _remove_blob(self, blob: str) -> None:
        path, size = self._sizes.pop(blob, (None, 0))
        if path is not None:
            durable.remove(path)
            self._removed_blobs += 1
            self._bytes -= size


def _read_traces(store: Store) -> Iterator[_TraceUse]:
    """Yield every trace with its last use; a corrupt one counts as never used."""
    last_used = _last_used(store)
    for path, found in _named_by_digest(store.home / "traces"):
        data = checksummed.read(path)
        try:
            blobs = frozenset(blob.digest for blob in outputs_from_data(data["outputs"]).values()) if data else None
        except (AttributeError, KeyError, TypeError, ValueError):
            blobs = None
        used = max(found.st_mtime, last_used.get(path.name, 0.0)) if blobs is not None else 0.0
        yield _TraceUse(path, found.st_size, used, blobs or frozenset())


def _last_used(store: Store) -> dict[str, float]:
    """Return key -> when an index that has it was last saved."""
    times: dict[str, float] = {}
    for path, found in _files(store.home / "index"):
        data = checksummed.read(path)
        with contextlib.suppress(AttributeError, KeyError, TypeError, IndexError):
            for row in data["steps"].values() if data else ():
                times[row[0]] = max(times.get(row[0], 0.0), found.st_mtime)
    return times


def _sweep(store: Store) -> None:
    """Remove what killed builds left; no build runs meanwhile."""
    BuildDir.sweep(store.home / "tmp")
    for path, _ in _files(store.home / "locks"):
        if _DIGEST(path.name):
            durable.remove(path)
    prune_memos(store)
    _prune_oldest(store.home / "index", _MAX_INDEXES, _MAX_INDEX_BYTES)
    old = time.time() - _STALE_SECONDS
    torn = [
        (path, found)
        for path, found in _files(store.home)
        if path.name.startswith(TEMP_PREFIX) and found.st_mtime < old
    ]
    for path, _ in torn:
        durable.remove(path)


def prune_memos(store: Store) -> None:
    """Remove the oldest memos, so that they stay few and small."""
    _prune_oldest(store.home / "memos", _MAX_MEMOS, _MAX_MEMO_BYTES)


def _prune_oldest(folder: Path, count: int, size: int) -> None:
    """Remove the oldest records below a folder, until at most `count` are left, of at most `size` bytes together."""
    records = [(found.st_mtime, found.st_size, path) for path, found in _files(folder) if _RECORD(path.name)]
    for _, own, path in sorted(records, reverse=True):
        count, size = count - 1, size - own
        if count < 0 or size < 0:
            with contextlib.suppress(OSError):
                durable.remove(path)


def _named_by_digest(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield the files that vidbuild may have written: folder/aa/<64 hex digits beginning with aa>."""
    for path, found in _files(folder):
        if _DIGEST(path.name) and path.parent.name == path.name[:2]:
            yield path, found


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield all regular files below a folder; one that vanishes meanwhile is left out."""
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            with contextlib.suppress(OSError):
                found = path.lstat()
                if stat.S_ISREG(found.st_mode):
                    yield path, found
