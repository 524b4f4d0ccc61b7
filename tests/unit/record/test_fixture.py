"""Copies of fixtures: complete, the same each time, and of nothing outside the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vidbuild.record import fixture
from vidbuild.record.fault import RecordError


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """A fixture in a project."""
    folder = tmp_path / "project" / "demo"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    return folder


def copied(demo: Path) -> Path:
    """The copy of a fixture."""
    target = demo.parent.parent / "copy"
    fixture.copy(demo, target, demo.parent.resolve())
    return target


def test_a_copy_has_the_same_times_and_rights_everywhere(demo: Path) -> None:
    """What `ls -l` shows depends on no clock, checkout or umask."""
    (demo / "run").write_text("#!/bin/sh\n")
    (demo / "run").chmod(0o700)
    (demo / "a.txt").chmod(0o600)
    copy = copied(demo)
    assert [(copy / name).stat().st_mode & 0o777 for name in ("run", "a.txt")] == [0o755, 0o644]
    assert {(copy / name).stat().st_mtime for name in ("run", "a.txt", ".")} == {fixture.TIME}


def test_private_files_are_left_out(demo: Path) -> None:
    """Tokens in `.git` and `.env` do not reach the commands."""
    (demo / ".git").mkdir()
    (demo / ".git" / "config").write_text("token")
    (demo / ".env").write_text("token")
    assert sorted(path.name for path in copied(demo).iterdir()) == ["a.txt"]


def test_a_symlink_within_the_project_is_resolved(demo: Path) -> None:
    """A link to a file of the project is that file in the copy."""
    (demo.parent / "data.csv").write_text("1,2")
    (demo / "data.csv").symlink_to("../data.csv")
    copy = copied(demo)
    assert not (copy / "data.csv").is_symlink()
    assert (copy / "data.csv").read_text() == "1,2"


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("/etc/hostname", "'link' is a symlink to a file outside the project"),
        ("../../..", "'link' is a symlink to a file outside the project"),
        ("missing", "'link' is a symlink without a target"),
        ("link", "'link' is a symlink without a target"),
        (".", "'link' is a symlink to a folder around it"),
        ("../.git", "'link' is a symlink to a private file"),
    ],
)
def test_other_symlinks_are_refused(demo: Path, target: str, problem: str) -> None:
    """A link out of the project, to a private file, to nothing or in a circle is an error that names it."""
    (demo.parent / ".git").mkdir()
    (demo / "link").symlink_to(target)
    with pytest.raises(RecordError, match=problem):
        copied(demo)


def test_what_is_no_file_is_refused(demo: Path) -> None:
    """A pipe would block the copy for ever."""
    os.mkfifo(demo / "pipe")
    with pytest.raises(RecordError, match="'pipe' is neither a file nor a folder"):
        copied(demo)


@pytest.mark.parametrize(("limit", "value"), [("MAX_FILES", 2), ("MAX_BYTES", 2), ("MAX_DEPTH", 1)])
def test_the_limits_of_a_fixture(demo: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    """Too many files, bytes or levels are an error."""
    monkeypatch.setattr(fixture, limit, value)
    inner = demo / "b" / "c"
    inner.mkdir(parents=True)
    for name in ("d", "e"):
        (inner / name).write_text("text")
    with pytest.raises(RecordError, match=r"too large|deep"):
        copied(demo)


def test_what_is_no_file_is_named_from_the_fixture_on(demo: Path) -> None:
    """A pipe in a folder of the fixture, and one in a folder that a symlink leads to, which has its name alone."""
    (demo / "sub").mkdir()
    os.mkfifo(demo / "sub" / "pipe")
    with pytest.raises(RecordError, match="'sub/pipe' is neither a file nor a folder"):
        copied(demo)
    (demo / "sub").rename(demo.parent / "other")
    (demo / "link").symlink_to("../other")
    with pytest.raises(RecordError, match="'pipe' is neither a file nor a folder"):
        copied(demo)
