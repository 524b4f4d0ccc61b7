"""One module has everything that only POSIX systems have; without it, specs can still be written and checked."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tests.support.workspace import SMALL

MODULES = ("fcntl", "resource", "termios", "pty", "tty", "pwd", "grp", "curses", "readline", "syslog")
SIGNALS = ("SIGKILL", "SIGSTOP", "SIGCONT", "SIGTSTP", "SIGHUP", "SIGXFSZ", "SIGALRM", "SIGQUIT", "SIGPIPE", "SIGCHLD")
CALLS = ("killpg", "fork", "getuid", "geteuid", "setsid", "waitid", "getppid", "O_NOFOLLOW", "O_NONBLOCK", "uname")

# Runs the command line in a Python like that of Windows, as far as vidbuild and its libraries can tell.
WITHOUT = f"""
import os, signal, sys
for name in {MODULES!r}:
    sys.modules[name] = None
for name in {SIGNALS!r}:
    if hasattr(signal, name):
        delattr(signal, name)
for name in {CALLS!r}:
    if hasattr(os, name):
        delattr(os, name)
from vidbuild.cli.app import run
sys.exit(run(sys.argv[1:]))
"""


def without_posix(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run the command line without what only POSIX systems have."""
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, *args], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "args",
    [
        ["--version"],
        ["--help"],
        ["check", "video.yaml"],
        ["schema"],
        ["scenes"],
        ["scenes", "code"],
        ["themes"],
        ["voices"],
        ["init", "talk", "--yes"],
        ["graph", "video.yaml"],
        ["explain", "video.yaml"],
        ["build", "-n", "video.yaml"],
        ["runs"],
        ["cache", "info"],
    ],
    ids=" ".join,
)
def test_specs_can_be_written_and_checked_without_posix(tmp_path: Path, args: list[str]) -> None:
    """Commands that run no step work without the modules, signals and calls that Windows lacks."""
    (tmp_path / "video.yaml").write_text(SMALL, encoding="utf-8")
    done = without_posix(tmp_path, *args)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_errors_are_found_without_posix(tmp_path: Path) -> None:
    """Without POSIX `check` finds errors of a spec, and reports that it could not check speech and layout."""
    (tmp_path / "video.yaml").write_text(SMALL.replace("title: One", "titel: One"), encoding="utf-8")
    done = without_posix(tmp_path, "check", "--json")
    data = json.loads(done.stdout)
    assert (done.returncode, data["complete"], data["specs"][0]["errors"][0]["line"]) == (2, False, 5)
    assert "did you mean 'title'?" in data["specs"][0]["errors"][0]["hint"]
    assert "speech and layout are not checked" in without_posix(tmp_path, "check").stderr


@pytest.mark.parametrize("args", [["build", "video.yaml"], ["still", "video.yaml", "one"], ["build", "--strict"]])
def test_a_build_without_posix_says_what_it_needs(tmp_path: Path, args: list[str]) -> None:
    """Without POSIX a build ends with one line about what it needs, a hint, and the code for wrong usage."""
    (tmp_path / "video.yaml").write_text(SMALL, encoding="utf-8")
    done = without_posix(tmp_path, *args)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "vidbuild: building needs Linux or macOS: this Python has no module 'fcntl'",
        "      hint: on Windows, run vidbuild in WSL 2: wsl --install",
    ]
    assert {path.name for path in tmp_path.iterdir()} == {"video.yaml"}


def _names(tree: ast.AST) -> set[str]:
    """Return the modules that code imports, and the attributes of `os` and `signal` that it uses."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names.add(f"{node.value.id}.{node.attr}")
    return names


def test_only_one_module_imports_what_posix_alone_has() -> None:
    """fcntl, resource, killpg and the signals of POSIX are used by vidbuild.platforms and no other module."""
    forbidden = {*MODULES, *(f"signal.{name}" for name in SIGNALS), "os.killpg", "os.fork", "os.setsid"}
    for path in (ROOT / "vidbuild").rglob("*.py"):
        if path.name != "platforms.py":
            used = _names(ast.parse(path.read_text(encoding="utf-8"))) & forbidden
            assert not used, f"{path}: {used}"
