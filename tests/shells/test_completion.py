"""Completion in real shells: bash, zsh and fish, each interactive on a terminal, in a project with two specs."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.workspace import SMALL, Workspace

SECONDS = 30.0
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[()][0-9A-B]|\x1b[=>]|\x1b\][^\x07]*\x07|[\r\x07\x08\x00]")
START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "--private", "-i"],
}
SETUP = {
    "bash": "PS1='ready> '; bind 'set show-all-if-ambiguous on'; bind 'set enable-bracketed-paste off'; "
    'eval "$(_VIDBUILD_COMPLETE=bash_source vidbuild)"',
    "zsh": "PS1='ready> '; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -d $HOME/.zcompdump; "
    'eval "$(_VIDBUILD_COMPLETE=zsh_source vidbuild)"',
}

# What is typed before the tab key -> what the line must become, or what must be listed.
COMPLETED = {
    "vidbuild stil": "vidbuild still ",
    "vidbuild check tal": "vidbuild check talk.yaml ",
    "vidbuild still video.yaml tw": "vidbuild still video.yaml two ",
    "vidbuild still thr": "vidbuild still three ",
    "vidbuild build --only thr": "vidbuild build --only three ",
    "vidbuild explain render:thr": "vidbuild explain render:three ",
    "vidbuild build --fresh draw:on": "vidbuild build --fresh draw:one ",
    "vidbuild runs show la": "vidbuild runs show last ",
    "vidbuild build --resume la": "vidbuild build --resume last ",
    "vidbuild scenes out": "vidbuild scenes outro ",
    "vidbuild themes mid": "vidbuild themes midnight ",
    "vidbuild init --theme pap": "vidbuild init --theme paper ",
    "vidbuild voices esp": "vidbuild voices espeak ",
    "vidbuild build --keep": "vidbuild build --keep-going ",
}


@pytest.fixture
def project(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A project that was built, with `vidbuild` on PATH."""
    workspace.write("video.yaml", f"{SMALL}  - {{id: three, type: title, title: Three, duration: 0.5}}\n")
    workspace.write("talk.yaml", SMALL)
    workspace.write("notes.yaml", "a: list of things\n")
    workspace.build()
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(workspace.root / "home"))
    (workspace.root / "home").mkdir()
    monkeypatch.setenv("TERM", "xterm")
    return workspace


class Terminal:
    """A shell on a terminal of its own."""

    def __init__(self, shell: str, folder: Path) -> None:
        master, slave = pty.openpty()
        self._master = master
        self._shown = b""
        self.process = subprocess.Popen(
            START[shell], stdin=slave, stdout=slave, stderr=slave, cwd=folder, start_new_session=True
        )
        os.close(slave)
        self.type(f"{SETUP[shell]}; echo set-$((40 + 2))\n")
        self.read_until("set-42")
        self.read_until("ready> ")

    def type(self, text: str) -> None:
        """Type a text."""
        os.write(self._master, text.encode())

    def read_until(self, text: str) -> str:
        """Return what the terminal shows until a text and with it, without escape codes."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            plain = ESCAPES.sub("", self._shown.decode(errors="replace"))
            before, found, after = plain.partition(text)
            if found:
                self._shown = after.encode()
                return before + found
            if select.select([self._master], [], [], 0.2)[0]:
                self._shown += os.read(self._master, 1 << 16)
        raise AssertionError(f"the terminal never showed {text!r}:\n{self._shown!r}")

    def close(self) -> None:
        """End the shell."""
        self.process.kill()
        self.process.wait()
        os.close(self._master)


@pytest.fixture(params=["bash", "zsh"])
def terminal(request: pytest.FixtureRequest, project: Workspace) -> Iterator[Terminal]:
    """An interactive shell with vidbuild's completion in the project."""
    assert shutil.which(request.param), f"apt-get install {request.param}"
    shell = Terminal(request.param, project.root)
    yield shell
    shell.close()


def test_a_tab_completes_the_line(terminal: Terminal) -> None:
    """In bash and zsh a tab completes commands, specs, scenes, steps, runs, types, themes, voices and options."""
    for typed, expected in COMPLETED.items():
        terminal.type(f"{typed}\t")
        terminal.read_until(expected)
        terminal.type("\x15")  # Ctrl-U: an empty line


def test_a_tab_lists_what_there_is(terminal: Terminal) -> None:
    """In bash and zsh tabs list what is possible: a spec is known by its content."""
    terminal.type("vidbuild check \t\t")
    shown = terminal.read_until("video.yaml")
    assert "notes.yaml" not in shown


def fish(project: Workspace, line: str) -> list[str]:
    """Return what fish completes a line with."""
    assert shutil.which("fish"), "apt-get install fish"
    script = f"_VIDBUILD_COMPLETE=fish_source vidbuild | source; complete -C {line!r}"
    done = subprocess.run(
        [shutil.which("fish") or "fish", "--no-config", "--private", "-c", script],
        cwd=project.root,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return [completion.partition("\t")[0] for completion in done.stdout.splitlines()]


@pytest.mark.parametrize(("typed", "expected"), COMPLETED.items())
def test_fish_completes(project: Workspace, typed: str, expected: str) -> None:
    """In fish the same words are completed."""
    assert fish(project, typed) == [expected.rsplit(maxsplit=1)[-1]]


def test_fish_lists_what_there_is(project: Workspace) -> None:
    """In fish a spec is known by its content, and completions have descriptions."""
    assert fish(project, "vidbuild check ") == ["talk.yaml", "video.yaml"]
    assert {"one", "two", "three"} <= set(fish(project, "vidbuild still "))
