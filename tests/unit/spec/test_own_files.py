"""Reading a project's own files, and the reasons why one cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vidbuild.spec.own_files import own_content, why_unreadable
from vidbuild.spec.paths import InputError


def test_a_byte_more_than_the_limit_shows_that_a_file_is_too_large(tmp_path: Path) -> None:
    """Of a large file no more is read than shows that it is too large."""
    path = tmp_path / "v.yaml"
    path.write_bytes(b"12345")
    assert own_content(path, tmp_path, 5) == b"12345"
    assert own_content(path, tmp_path, 3) == b"1234"


def test_what_is_no_regular_file(tmp_path: Path) -> None:
    """A named pipe is refused at once: nothing waits for somebody to write to it."""
    os.mkfifo(tmp_path / "v.yaml")
    with pytest.raises(ValueError, match="not a regular file"):
        own_content(tmp_path / "v.yaml", tmp_path, 5)


def test_a_file_outside_the_project(tmp_path: Path) -> None:
    """A symlink that leads out of the project is not read."""
    (tmp_path / "secret").write_text("x")
    (tmp_path / "project").mkdir()
    link = tmp_path / "project" / "v.yaml"
    link.symlink_to("../secret")
    with pytest.raises(InputError) as caught:
        own_content(link, tmp_path / "project", 5)
    assert why_unreadable(caught.value) == "symlink to a file outside the project folder"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (FileNotFoundError(2, "No such file or directory"), "no such file or directory"),
        (ValueError("Not UTF"), "not UTF"),
    ],
)
def test_reasons_begin_in_lower_case(error: Exception, reason: str) -> None:
    """A reason follows a colon in a message; names in it keep their case."""
    assert why_unreadable(error) == reason
