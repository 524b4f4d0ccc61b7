"""Kernel locks."""

from __future__ import annotations

import errno
import fcntl
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.engine_lab import names
from vidbuild.engine.disk import durable
from vidbuild.engine.disk.lock import Lock, is_held

HOLDER = """
import sys, time
from pathlib import Path
from vidbuild.engine.disk.lock import Lock
lock = Lock.attempt(Path(sys.argv[1]))
print("held" if lock else "refused", flush=True)
time.sleep(60)
"""


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    """A second holder is refused at once, and gets the lock when it is free."""
    first = Lock.attempt(tmp_path / "lock")
    assert first is not None
    assert Lock.attempt(tmp_path / "lock") is None
    assert is_held(tmp_path / "lock")
    first.release()
    assert not is_held(tmp_path / "lock")
    second = Lock.attempt(tmp_path / "lock")
    assert second is not None
    second.release()


def test_shared_holders_exclude_only_exclusive_ones(tmp_path: Path) -> None:
    """Many may share a lock; an exclusive holder excludes them all, and the reverse."""
    shared = [Lock.attempt(tmp_path / "lock", shared=True) for _ in range(3)]
    assert Lock.attempt(tmp_path / "lock") is None
    for lock in shared:
        assert lock is not None
        lock.release()
    alone = Lock.attempt(tmp_path / "lock")
    assert alone is not None
    assert Lock.attempt(tmp_path / "lock", shared=True) is None
    alone.release()


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    """P18: after SIGKILL of the holder the lock is free within a second, with no hand needed."""
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path / "lock")], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    with holder.stdout:
        assert holder.stdout.readline() == b"held\n"
        assert Lock.attempt(tmp_path / "lock") is None
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    started = time.monotonic()
    lock = Lock.attempt(tmp_path / "lock")
    assert lock is not None
    assert time.monotonic() - started < 1
    lock.release()


def test_a_removed_lock_file_guards_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A holder whose lock file was removed meanwhile tries again on the new one, so that two never hold it."""
    path = tmp_path / "lock"
    flock = fcntl.flock
    tried: list[int] = []

    def flock_after_removal(descriptor: int, operation: int) -> None:
        if not tried:
            path.unlink()
        tried.append(operation)
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock_after_removal)
    lock = Lock.attempt(path)
    assert lock is not None
    assert len(tried) == 2
    assert Lock.attempt(path) is None
    lock.release(remove=True)
    assert not path.exists()


def test_a_lock_is_held_until_its_name_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the moment of removal the lock still excludes others: else a second holder could lose its own lock's name."""
    path = tmp_path / "lock"
    at_removal: list[bool] = []

    def observed(operation: str, file: Path) -> None:
        if operation == "remove":
            at_removal.append(file == path and is_held(path))

    lock = Lock.attempt(path)
    assert lock is not None
    monkeypatch.setattr(durable, "fault_point", observed)
    lock.release(remove=True)
    assert at_removal == [True]
    assert not path.exists()


def test_a_file_system_without_locks_never_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the kernel cannot lock, builds continue without."""

    def unsupported(*_: int) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    first, second = Lock.attempt(tmp_path / "lock"), Lock.attempt(tmp_path / "lock")
    assert first is not None
    assert second is not None
    assert not is_held(tmp_path / "lock")
    first.release()
    second.release()


def test_asking_writes_nothing(tmp_path: Path) -> None:
    """Whether a lock is held can be asked where there is none, and none is made."""
    assert not is_held(tmp_path / "lock")
    assert names(tmp_path) == []


@pytest.mark.parametrize("taken_by", ["folder", "symlink", "loop"])
def test_what_has_a_locks_name_makes_way(tmp_path: Path, taken_by: str) -> None:
    """A folder, or a symlink that leads nowhere, at a lock's name is no reason to fail; files it leads to stay."""
    path, other = tmp_path / "lock", tmp_path / "other"
    other.write_text("kept")
    if taken_by == "folder":
        (path / "inner").mkdir(parents=True)
    else:
        path.symlink_to(other if taken_by == "symlink" else path)
    lock = Lock.attempt(path)
    assert lock is not None
    assert Lock.attempt(path) is None
    lock.release(remove=True)
    assert other.read_text() == "kept"
