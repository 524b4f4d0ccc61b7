"""Which output was last installed where, in a table shared by all builds.

An output is recorded before it is installed as well, so that a build that is killed in between does not leave files
that the next build takes for the user's own.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from vidbuild.engine.disk import checksummed, durable
from vidbuild.engine.disk.lock import Lock
from vidbuild.engine.store.blobs import Signature
from vidbuild.engine.store.store import Store

_NEXT = "next:"  # prefix of a path that an output is about to be installed at; no path begins so
_UNKNOWN = Signature(0, 0, 0, 0)
# With more rows, and with each time as many more, those whose files are gone are dropped.
_MAX_ROWS = 1000
# Another build holds the locks for milliseconds, unless it is suspended; then waiting for it would never end.
_SAVE_SECONDS = 2.0
_INSTALL_SECONDS = 30.0
_POLL_SECONDS = 0.02

Row = tuple[str, Signature]


class OutputManifest:
    """Path -> the digest of the output that was last installed there, and the file's signature then."""

    def __init__(self, store: Store) -> None:
        self._path = store.home / "placed"
        self._lock = store.home / "locks" / "placed"
        self._rows = _load(self._path)
        self._new: dict[str, Row] = {}  # not yet saved

    def row(self, path: Path) -> Row | None:
        """Return what was last installed there."""
        return self._row(str(path))

    def has(self, digest: str) -> bool:
        """Whether an output with this digest was last installed anywhere, or was about to be.

        Paths do not count: a project is moved, and one folder has several paths.
        """
        return any(row[0] == digest for rows in (self._new, self._rows) for row in rows.values())

    def expect(self, path: Path, digest: str) -> None:
        """Remember that an output is about to be installed."""
        self._remember(_NEXT + str(path), (digest, _UNKNOWN))

    def record(self, path: Path, digest: str, now: Signature) -> None:
        """Remember that an output is installed."""
        self._remember(str(path), (digest, now))

    def _remember(self, name: str, row: Row) -> None:
        if self._row(name) != row:
            self._new[name] = row

    def _row(self, name: str) -> Row | None:
        return self._new.get(name) or self._rows.get(name)

    def save(self) -> str:
        """Write the table, with the rows of other builds; return the error message, "" for none.

        If it is lost, the next build hashes each output again, and sets it aside before it installs another version.
        """
        if not self._new:
            return ""
        with _exclusive(self._lock, _SAVE_SECONDS):
            before = _load(self._path)
            rows = {**before, **self._new}
            done = [_NEXT + name for name, row in self._new.items() if rows.get(_NEXT + name, ("",))[0] == row[0]]
            rows = {name: row for name, row in rows.items() if name not in done}
            if len(rows) > _MAX_ROWS and (len(rows) - 1) // _MAX_ROWS > (len(before) - 1) // _MAX_ROWS:
                # not each time that there are many; what is about to be installed is not there yet
                there = (name for name in rows if name in self._new or os.path.lexists(name.removeprefix(_NEXT)))
                rows = {name: rows[name] for name in there}
            content = checksummed.dumps({name: [digest, *now] for name, (digest, now) in rows.items()})
            self._rows, self._new = rows, {}
            _keep(self._path, content, rows)
            return durable.try_write(self._path, content)


def installing(store: Store) -> AbstractContextManager[None]:
    """Wait until no other build installs outputs, but not forever: that build may be suspended."""
    return _exclusive(store.home / "locks" / "placing", _INSTALL_SECONDS)


@contextlib.contextmanager
def _exclusive(path: Path, seconds: float) -> Iterator[None]:
    """Hold a lock; continue without it after so many seconds."""
    lock, until = None, time.monotonic() + seconds
    with contextlib.suppress(OSError):
        while (lock := Lock.attempt(path)) is None and time.monotonic() < until:
            time.sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        if lock is not None:
            lock.release(remove=True)


# The table as it was last read or written: a run of many targets reads it several times for each, and all of them hold
# it. It is known by its checksum; its rows are never changed.
_REMEMBERED: dict[Path, tuple[bytes, Mapping[str, Row]]] = {}


def _load(path: Path) -> Mapping[str, Row]:
    checksum, rows = _REMEMBERED.get(path, (b"", {}))
    if checksum and checksum == checksummed.checksum_of(path):
        return rows
    try:
        raw = path.read_bytes()
    except OSError:
        return {}
    data = checksummed.loads(raw)
    try:
        rows = {name: (item[0], Signature(*item[1:5])) for name, item in data.items()} if data else {}
    except (AttributeError, TypeError, IndexError):
        return {}
    _keep(path, raw, rows)
    return rows


def _keep(path: Path, raw: bytes, rows: Mapping[str, Row]) -> None:
    _REMEMBERED.clear()  # that of one store at a time
    _REMEMBERED[path] = checksummed.checksum(raw), rows
