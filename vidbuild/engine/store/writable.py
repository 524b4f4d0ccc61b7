"""A throw-away store over one that cannot be written: results below are used, and new ones are discarded with it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from vidbuild.engine.store.store import Store

# What a build remembers of earlier builds. It is small, and it is replaced while blobs and traces are only added.
_MEMORY = ("placed", "files", "index/*")


@contextlib.contextmanager
def writable(store: Store) -> Iterator[Store]:
    """Yield the store itself, or one in the temporary folder that lies over it if it cannot be written."""
    if can_be_written(store):
        yield store
        return
    import tempfile

    with tempfile.TemporaryDirectory(prefix="vidbuild-", ignore_cleanup_errors=True) as folder:
        yield _over(store, Path(folder))


def can_be_written(store: Store) -> bool:
    """Whether the store's folders, or the nearest parent that exists, can be written; changes nothing."""
    there = next(folder for folder in (store.home, *store.home.parents) if folder.exists())
    if not there.is_dir():
        return True  # the first write reports what is in the way
    # A cache that another user has begun can have folders that are writable, and others that are not.
    inside = [store.home / name for name in ("cas", "traces", "locks", "tmp")] if there == store.home else []
    return all(os.access(each, os.W_OK | os.X_OK) for each in (there, *inside) if each == there or each.is_dir())


def _over(store: Store, folder: Path) -> Store:
    over = Store(folder / store.root.name, lower=(Store(store.root, read_only=True),))
    over.prepare()
    for path in (path for pattern in _MEMORY for path in store.home.glob(pattern)):
        target = over.home / path.relative_to(store.home)
        with contextlib.suppress(OSError):  # an unreadable file is one that is not there
            content = path.read_bytes()
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(content)
    return over
