"""Private folders of builds, and how those of dead builds are removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild.engine.disk import durable
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
