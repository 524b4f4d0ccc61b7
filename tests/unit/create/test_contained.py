"""Native code in a process of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import contained_functions as functions
from vidbuild.create.source import contained
from vidbuild.create.source.protocol import SourceError
from vidbuild.engine.sandbox import sandbox
from vidbuild.errors import UsageError
from vidbuild.json_types import Json


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file that is read."""
    (tmp_path / "other.txt").write_text("secret")
    path = tmp_path / "a file.txt"
    path.write_text("Größe", encoding="utf-8")
    return path


def test_it_reads_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function gets the path as it is written, also a relative one and one through a link."""
    assert contained.call(functions.text_of, path) == "Größe"
    monkeypatch.chdir(path.parent)
    Path("link").symlink_to(path.name)
    assert contained.call(functions.text_of, Path("link")) == "Größe"


def test_it_reaches_nothing_else(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other files, folders and sockets are out of reach, and so is the file itself for writing."""
    other = str(path.with_name("other.txt"))
    everything = ["read", "list", "write", "change", "connect"]
    assert contained.call(functions.reach, path, other) == ([] if not sandbox.missing() else everything)
    monkeypatch.setenv("VIDBUILD_SANDBOX", "off")
    assert contained.call(functions.reach, path, other) == everything


def test_it_reads_further_files_that_are_named(path: Path) -> None:
    """Of the files beside it, it can read those that the caller names, and change none."""
    other = path.with_name("other.txt")
    found = contained.call(functions.reach, path, str(other), others=[other])
    assert found == (["read"] if not sandbox.missing() else ["read", "list", "write", "change", "connect"])


def test_the_caller_sets_the_time(path: Path) -> None:
    """A time limit that the caller sets is the one that holds, and that the message states."""
    with pytest.raises(SourceError, match=r"took more than 0\.5 s to read"):
        contained.call(functions.hang, path, seconds=0.5)


def test_the_caller_adds_variables(path: Path) -> None:
    """The process gets the variables that the caller adds."""
    assert "VIDBUILD_FFMPEG" in contained.call(functions.variables, path, env={"VIDBUILD_FFMPEG": "x"})


def test_a_sandbox_that_is_required_and_missing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read if the user requires a sandbox that the system does not have."""
    monkeypatch.setenv("VIDBUILD_SANDBOX", "required")
    monkeypatch.setattr(sandbox, "missing", lambda: "this is no Linux")
    with pytest.raises(UsageError, match=r"no sandbox, which .* requires: this is no Linux"):
        contained.call(functions.text_of, path)


def test_it_gets_no_secrets(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment has what Python needs to start."""
    monkeypatch.setenv("API_TOKEN", "secret")
    assert set(contained.call(functions.variables, path)) <= {"PATH", "LC_ALL", "LC_CTYPE"}


def test_what_a_library_prints_is_no_part_of_the_answer(path: Path) -> None:
    """Native code can print to the standard output."""
    assert contained.call(functions.chat, path) == "answer"


def test_a_refusal_is_passed_on(path: Path) -> None:
    """A message and its hint are those of the function."""
    with pytest.raises(SourceError, match=r"a file\.txt' is green") as caught:
        contained.call(functions.refuse, path)
    assert caught.value.hint == "paint it"


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (functions.crash, (), "cannot be read: the process that read it was ended by SIGSEGV"),
        (functions.hang, (), "took more than 1 s to read"),
        (functions.fill, (str(900 << 20),), "takes more than 500 MB of memory to read"),
        (functions.write_much, (str(3 << 20),), "is too large: what it has takes more than 2 MB"),
        (functions.leave, (), "cannot be read: the process that read it did not answer"),
        (functions.fail, (), "cannot be read: the process that read it ended with exit code 1"),
    ],
)
def test_what_goes_wrong_names_the_file(
    path: Path,
    function: Callable[..., Json],
    arguments: tuple[str, ...],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A crash and each limit are errors about the file, and vidbuild goes on."""
    monkeypatch.setattr(contained, "SECONDS", 1.0 if function is functions.hang else 60.0)
    monkeypatch.setattr(contained, "MEMORY", 500 << 20)
    monkeypatch.setattr(contained, "MAX_OUTPUT", 2 << 20)
    with pytest.raises(SourceError, match=re.escape(f"'{path}' {message}")):
        contained.call(function, path, *arguments)
