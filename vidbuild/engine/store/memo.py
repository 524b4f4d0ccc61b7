"""Small records kept by digest for the caller, such as a compiled plan; it knows nothing of what they hold."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from vidbuild.engine.disk import checksummed, durable
from vidbuild.engine.store.newest import MEMO_BYTES, MEMOS, keep_newest
from vidbuild.engine.store.store import Store
from vidbuild.errors import StoreError


class Memos:
    """Digest of what something follows from -> that something, as JSON values; any of them may be gone tomorrow."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._folder = store.home / "memos"

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def get(self, digest: str) -> Any | None:  # noqa: ANN401 - whatever JSON was put
        """What was put, or None."""
        return checksummed.read(self._path(digest))

    def put(self, digest: str, data: object) -> None:
        """Keep the data; where that cannot be, nothing is lost but time."""
        with contextlib.suppress(OSError, StoreError):
            self._store.prepare()
            durable.write(self._path(digest), checksummed.dumps(data))
            keep_newest(self._folder, MEMOS, MEMO_BYTES)
