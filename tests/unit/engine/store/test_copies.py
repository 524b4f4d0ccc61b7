"""Copies of outputs beside the blobs: counted, trimmed before any result, and cleared."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.engine_lab import Lab, graph, step
from vidbuild.engine.store import copies, gc
from vidbuild.errors import StoreError

PAGE, OTHER, VIDEO, REVISION = ("0123456789ab", "abcdefabcdef", "111111111111", "222222222222")


def add(folder: Path, size: int, age: float = 0) -> Path:
    """A copy of so many bytes, last used so many seconds ago."""
    folder.mkdir(parents=True)
    (folder / "talk.mp4").write_bytes(b"x" * size)
    used = folder.stat().st_mtime - age
    os.utime(folder, (used, used))
    return folder


def test_copies_are_counted_and_foreign_files_are_not(lab: Lab) -> None:
    """A folder with another name, a file and a symlink are no copies."""
    root = lab.store.root
    add(root / "pages" / PAGE, 10)
    add(root / "serve" / VIDEO / REVISION, 7)
    foreign = add(root / "pages" / "mine", 100), add(root / "serve" / "notes", 100)
    (root / "pages" / OTHER).symlink_to(foreign[0])
    assert (gc.info(lab.store).copies, gc.info(lab.store).bytes) == (2, 17)
    assert copies.clear(root) == 17
    assert all((folder / "talk.mp4").is_file() for folder in foreign)
    assert not (root / "serve" / VIDEO).exists()
    assert (root / "pages" / OTHER).is_symlink()


def test_copies_go_before_results_the_oldest_first(lab: Lab) -> None:
    """P24: they can be made from results, so no step has to run again for their sake."""
    lab.build(graph(step("a", text="one")))
    own = gc.info(lab.store)
    old, new = (add(lab.store.root / "pages" / name, 10_000, age) for name, age in ((PAGE, 90), (OTHER, 5)))
    limit = own.bytes + 12_000
    trimmed = gc.trim(lab.store, limit)
    assert (old.exists(), new.exists()) == (False, True)
    assert trimmed.removed_bytes == 10_000
    assert trimmed.removed_traces == trimmed.removed_blobs == 0
    assert trimmed.bytes == gc.info(lab.store).bytes == own.bytes + 10_000


def test_copies_that_are_used_stay(lab: Lab) -> None:
    """A process that holds an area keeps it from trims, also those that end a build, and from being cleared."""
    lab.build(graph(step("a", text="one")))
    root = lab.store.root
    revision = add(root / "serve" / VIDEO / REVISION, 10_000, 40 * 86400)
    page = add(root / "pages" / PAGE, 10_000)
    lock = copies.hold(root, copies.LIVE)
    assert lock is not None
    gc.trim(lab.store, 0)
    assert (revision.exists(), page.exists()) == (True, False)
    with pytest.raises(StoreError, match=f"{REVISION}' is in use"):
        gc.clear(lab.store)
    assert revision.exists()
    lock.release()
    assert gc.clear(lab.store) >= 10_000
    assert not revision.exists()


def test_copies_unused_for_a_month_go_whatever_the_limit_is(lab: Lab) -> None:
    """Nothing uses the copy of a spec that was renamed."""
    lab.build(graph(step("a", text="one")))
    root = lab.store.root
    old, used = add(root / "pages" / PAGE, 10, 31 * 86400), add(root / "pages" / OTHER, 10, 31 * 86400)
    copies.touch(used)
    assert gc.trim(lab.store).removed_bytes == 10
    assert (old.exists(), used.exists()) == (False, True)
    copies.touch(old)  # is gone, and nothing happens
