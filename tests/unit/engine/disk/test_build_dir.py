"""Private folders of builds, and how those of dead builds are removed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from vidbuild.engine.disk import build_dir, durable
from vidbuild.engine.disk.build_dir import BuildDir
from vidbuild.engine.disk.lock import Lock


def test_only_folders_of_dead_builds_are_removed(tmp_path: Path) -> None:
    """P10: the folder of a build that died is removed, that of a living one stays."""
    left, lives = BuildDir.begin(tmp_path), BuildDir.begin(tmp_path)
    left._lock.release()  # as the kernel does when a process dies
    BuildDir.sweep(tmp_path)
    assert [folder.name for folder in tmp_path.iterdir()] == [lives.folder.name]
    lives.end()
    assert list(tmp_path.iterdir()) == []


def test_no_build_begins_in_a_folder_that_is_being_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P10: a folder is removed with its lock held, so that a build that is just taking it does not lose it."""
    (tmp_path / "beginning").mkdir()
    (tmp_path / "beginning" / "lock").touch()
    taken: list[Lock | None] = []

    def reached(operation: str, path: Path | str, _source: object = None) -> None:
        if operation == "remove" and Path(path).name == "beginning":
            monkeypatch.undo()
            taken.append(Lock.attempt(tmp_path / "beginning" / "lock"))

    monkeypatch.setattr(durable, "fault_point", reached)
    BuildDir.sweep(tmp_path)
    assert taken == [None]
    assert list(tmp_path.iterdir()) == []


def test_without_locks_only_old_folders_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing shows whether a build is alive, a folder older than a day is abandoned, a younger one is not."""
    for name, hours in (("young", 23), ("old", 25)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lock").touch()
        past = time.time() - hours * 3600
        os.utime(tmp_path / name, (past, past))
    (tmp_path / "file").touch()
    os.utime(tmp_path / "file", (0, 0))
    monkeypatch.setattr(build_dir, "has_locks", lambda _: False)
    BuildDir.sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "young"]


def test_nothing_to_sweep_is_no_trouble(tmp_path: Path) -> None:
    """A store in which no build has run yet has no folder of builds."""
    BuildDir.sweep(tmp_path / "nothing")


def test_the_lock_goes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that is interrupted as it removes its folder leaves a lock that shows that the folder is abandoned."""
    build = BuildDir.begin(tmp_path)
    (build.folder / "scratch").mkdir()
    removed: list[str] = []
    monkeypatch.setattr(durable, "remove_folder", lambda path: removed.append(path.name))
    build.end()
    assert removed == ["scratch", build.folder.name]
