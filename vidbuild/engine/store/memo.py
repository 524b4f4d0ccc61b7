"""Small records of the caller by digest, such as a compiled plan."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from vidbuild.engine.disk import checksummed, durable
from vidbuild.engine.store.store import Store
from vidbuild.errors import StoreError


class Memos:
    """Digest of what a value follows from -> the value, as JSON; any of them can be gone in the next build."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._folder = store.home / "memos"

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def get(self, digest: str) -> Any | None:  # noqa: ANN401 - any JSON value
        """Return the value, or None if absent."""
        return checksummed.read(self._path(digest))

    def put(self, digest: str, data: object) -> None:
        """Write a value; if that fails, only time is lost."""
        from vidbuild.engine.store.gc import prune_memos  # a null build puts no memo

        with contextlib.suppress(OSError, StoreError):
            self._store.prepare()
            durable.write(self._path(digest), checksummed.dumps(data))
            prune_memos(self._store)
