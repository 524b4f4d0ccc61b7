"""What was last put where, and what is about to be, in a table shared by all builds; it knows nothing of blobs.

What is about to be put somewhere is written down before anything is put there, so that a build that is killed in
between does not forget whose files these are.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from vidbuild.engine.disk import checksummed, durable
from vidbuild.engine.disk.lock import Lock
from vidbuild.engine.store.blobs import Signature
from vidbuild.engine.store.store import Store

_NEXT = "next:"  # before a path, which begins otherwise: what is about to be put there
_NOWHERE = Signature(0, 0, 0, 0)
_MANY = 1000
_PATIENCE = 2.0
_PATIENCE_PLACING = 30.0
_TURN = 0.02

Row = tuple[str, Signature]


class OutputManifest:
    """Path -> the digest of what was last put there, and the signature it had then; kept by `save`."""

    def __init__(self, store: Store) -> None:
        self._path = store.home / "placed"
        self._lock = store.home / "locks" / "placed"
        self._rows = _load(self._path)
        self._new: dict[str, Row] = {}

    def row(self, path: Path) -> Row | None:
        """What was last put there."""
        return self._rows.get(str(path))

    def is_ours(self, path: Path, digest: str) -> bool:
        """Whether a file with this digest is what was last put there, or was about to be."""
        rows = (self._rows.get(name) for name in (str(path), _NEXT + str(path)))
        return any(row is not None and row[0] == digest for row in rows)

    def expect(self, path: Path, digest: str) -> None:
        """This is about to be put there."""
        self._remember(_NEXT + str(path), (digest, _NOWHERE))

    def note(self, path: Path, digest: str, now: Signature) -> None:
        """This is there now, and was put there by us, or might as well have been."""
        self._remember(str(path), (digest, now))

    def _remember(self, name: str, row: Row) -> None:
        if self._rows.get(name) != row:
            self._rows[name] = self._new[name] = row

    def save(self) -> str:
        """Write it down, beside what other builds did; what went wrong, "" for nothing.

        Where it is lost, each output is read once more, and set aside before the next version takes its place.
        """
        if not self._new:
            return ""
        with _alone(self._lock, _PATIENCE):
            rows = {**_load(self._path), **self._new}
            done = [_NEXT + name for name, row in self._new.items() if rows.get(_NEXT + name, ("",))[0] == row[0]]
            rows = {name: row for name, row in rows.items() if name not in done}
            if len(rows) > _MANY:
                rows = {name: row for name, row in rows.items() if os.path.lexists(name.removeprefix(_NEXT))}
            data = {name: [digest, *now] for name, (digest, now) in rows.items()}
            self._new.clear()
            return durable.try_write(self._path, checksummed.dumps(data))


def placing(store: Store) -> AbstractContextManager[None]:
    """While no other build places anything; not for ever, since that one may stand still."""
    return _alone(store.home / "locks" / "placing", _PATIENCE_PLACING)


@contextlib.contextmanager
def _alone(path: Path, patience: float) -> Iterator[None]:
    """Hold a lock, or have waited so many seconds for it in vain."""
    lock, until = None, time.monotonic() + patience
    with contextlib.suppress(OSError):
        while (lock := Lock.attempt(path)) is None and time.monotonic() < until:
            time.sleep(_TURN)
    try:
        yield
    finally:
        if lock is not None:
            lock.release(remove=True)


def _load(path: Path) -> dict[str, Row]:
    data = checksummed.read(path)
    try:
        return {name: (item[0], Signature(*item[1:5])) for name, item in data.items()} if data else {}
    except (AttributeError, TypeError, IndexError):
        return {}
