"""A throw-away cache over one that cannot be written: what is there is used, and what is made goes with it.

It knows nothing of builds.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from vidbuild.engine.disk import checksummed
from vidbuild.engine.store.store import Store

_IMMUTABLE = ("cas", "traces")


@contextlib.contextmanager
def usable(store: Store) -> Iterator[Store]:
    """The store itself; where it cannot be written, one in the temp folder that has all that is in it."""
    if can_be_written(store):
        yield store
        return
    import tempfile

    with tempfile.TemporaryDirectory(prefix="vidbuild-", ignore_cleanup_errors=True) as folder:
        yield _over(store, Path(folder))


def can_be_written(store: Store) -> bool:
    """Whether the store's folders, or where they would be, can be written; it asks and changes nothing."""
    there = next(folder for folder in (store.home, *store.home.parents) if folder.exists())
    if not there.is_dir():
        return True  # what is in the way is told by whoever tries
    inside = [store.home / name for name in ("cas", "traces", "locks", "tmp")] if there == store.home else []
    return all(os.access(each, os.W_OK | os.X_OK) for each in (there, *inside) if each == there or each.is_dir())


def _over(store: Store, folder: Path) -> Store:
    over = Store(folder / store.root.name, beneath=store.root)
    over.prepare()
    for name in _IMMUTABLE:
        _link_all(store.home / name, over.home / name)
    for path in [store.home / "placed", *(store.home / "index").glob("*")]:
        _copy(path, over.home / path.relative_to(store.home))
    _copy_table(store, over)
    return over


def _link_all(below: Path, above: Path) -> None:
    """Blobs and traces are never changed in place, so that a link to each is as good as a copy."""
    for parent, _, names in os.walk(below):
        folder = above / Path(parent).relative_to(below)
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            (folder / name).symlink_to(Path(parent, name).absolute())


def _copy(source: Path, target: Path) -> None:
    with contextlib.suppress(OSError):
        content = source.read_bytes()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _copy_table(store: Store, over: Store) -> None:
    """The digests of files are remembered by their places, and a blob's place is another now."""
    table = checksummed.read(store.home / "files")
    if isinstance(table, dict):
        below, above = f"{store.home}/", f"{over.home}/"
        moved = {
            above + name.removeprefix(below) if name.startswith(below) else name: row for name, row in table.items()
        }
        (over.home / "files").write_bytes(checksummed.seal(moved))
