"""Whether what a process has loaded is still installed, and the start of what is."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support import plugin_lab
from vidbuild.api import loaded_code
from vidbuild.api.loaded_code import LoadedCode
from vidbuild.cli import restart
from vidbuild.extensions import installed


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an installed plug-in, and another one that stands for vidbuild's own."""
    plugin_lab.copied(tmp_path / "plugins")
    own = tmp_path / "own" / "steps"
    own.mkdir(parents=True)
    (own / "draw.py").write_text("")
    monkeypatch.setattr(loaded_code, "PACKAGE", own.parent)
    monkeypatch.syspath_prepend(str(tmp_path / "plugins"))
    monkeypatch.setattr(restart, "_SETTLE", 0.01)
    return tmp_path


def test_what_changes(place: Path) -> None:
    """Code of vidbuild's own and of plug-ins counts, and what pip installs; no cache of Python's, and no other file."""
    code = LoadedCode()
    (place / "own" / "__pycache__").mkdir()
    (place / "own" / "__pycache__" / "x.py").write_text("")
    (place / "own" / "page.css").write_text("")
    assert (code.changed(), code.whole) == ("", True)
    (place / "own" / "steps" / "new.py").write_text("")
    assert code.changed() == "vidbuild"
    template = place / "plugins" / "vidbuild_example" / "gauge" / "template.typ"
    code = LoadedCode()
    template.write_text("")
    assert code.changed() == "the scene type 'gauge' of the plug-in vidbuild-example 1.0"
    code = LoadedCode()
    plugin_lab.write(place / "plugins", "other", "2.0", "", {})
    assert code.changed() == "what is installed with pip"


def test_what_is_being_replaced(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that vanish while they are looked at are a change that is not complete."""
    code = LoadedCode()
    (place / "plugins" / "vidbuild_example").rename(place / "plugins" / "away")
    installed._all.cache_clear()
    assert not code.whole
    (place / "plugins" / "away").rename(place / "plugins" / "vidbuild_example")
    assert code.whole
    monkeypatch.setattr(loaded_code, "PACKAGE", place / "gone")
    assert (code.changed(), code.whole) == ("vidbuild", False)


def test_a_working_folder_that_is_removed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project may be deleted while it is served: that is no change of the code."""
    (place / "project").mkdir()
    monkeypatch.chdir(place / "project")
    code = LoadedCode()
    (place / "project").rmdir()
    assert (code.changed(), code.whole) == ("", True)


class Replaced(BaseException):
    """What the pretended replacement of the process raises: nothing after it may run."""


@pytest.mark.usefixtures("loopback")
def test_starting_again(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The process is replaced once what is installed can be started; its socket goes on to the new one."""
    found: list[Any] = []

    def replace(*given: Any) -> None:
        found.extend(given)
        raise Replaced

    monkeypatch.setattr("os.execve", replace)
    problems = ["ImportError: half", "ImportError: half", ""]
    monkeypatch.setattr(restart, "_problem", lambda: problems.pop(0))
    code = LoadedCode()
    (place / "own" / "steps" / "draw.py").write_text("1")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        with pytest.raises(Replaced):
            restart.start_again(code, lambda: False, listening)
        program, line, env = found
        assert (program, line) == (sys.executable, [sys.executable, *sys.orig_argv[1:]])
        assert os.get_inheritable(listening.fileno())
        monkeypatch.setenv(restart.INHERITED, str(os.dup(int(env[restart.INHERITED]))))
        with restart.inherited_socket() or pytest.fail("no socket") as again:
            assert again.getsockname() == listening.getsockname()
            assert not again.get_inheritable()
    assert restart.inherited_socket() is None
    assert capsys.readouterr().err.splitlines() == [
        "vidbuild has changed: starting again",
        "vidbuild cannot be started as it is installed now (ImportError: half): waiting for a change",
    ]
    restart.start_again(code, lambda: True)


@pytest.mark.parametrize("text", ["", "x", "-1", "99999"])
def test_a_socket_that_is_none(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """A variable that names no socket is ignored."""
    monkeypatch.setenv(restart.INHERITED, text)
    assert restart.inherited_socket() is None
    assert restart.INHERITED not in os.environ


@pytest.mark.parametrize("own", [["-m", "vidbuild"], ["-P", "-m", "vidbuild"]])
def test_whether_it_can_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: list[str]) -> None:
    """It is tried as this process was started; the last line of what Python prints says what is wrong."""
    monkeypatch.setattr(sys, "orig_argv", ["python", *own, "serve", "--no-open"])
    monkeypatch.setattr(sys, "argv", ["__main__.py", "serve", "--no-open"])
    assert restart._problem() == ""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vidbuild.py").write_text("raise ImportError('of the project')")
    assert restart._problem() == ("" if "-P" in own else "ImportError: of the project")
    (tmp_path / "installed").mkdir()
    (tmp_path / "installed" / "vidbuild.py").write_text("raise ImportError('half')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "installed"))
    assert restart._problem() == f"ImportError: {'half' if '-P' in own else 'of the project'}"
