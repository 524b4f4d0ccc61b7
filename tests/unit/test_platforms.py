"""One module has everything that only POSIX systems have; without it, specs can still be written and checked."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tests.support.workspace import SMALL
from vidbuild import platforms
from vidbuild.spec import paths

MODULES = ("fcntl", "resource", "termios", "pty", "tty", "pwd", "grp", "curses", "readline", "syslog")
SIGNALS = ("SIGKILL", "SIGSTOP", "SIGCONT", "SIGTSTP", "SIGHUP", "SIGXFSZ", "SIGALRM", "SIGQUIT", "SIGPIPE", "SIGCHLD")
CALLS = (
    *("killpg", "fork", "forkpty", "setsid", "waitid", "getpgid", "getpriority", "nice", "uname", "sync"),
    *("getuid", "geteuid", "getgid", "getgroups", "chown", "fchmod", "mkfifo", "pread", "pwrite", "posix_fallocate"),
    *("sched_getaffinity", "sched_yield", "getloadavg", "sysconf", "confstr", "ctermid", "set_blocking"),
    *("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_DIRECTORY", "O_PATH", "O_TMPFILE", "O_SYNC", "P_PID", "WNOWAIT"),
)

# Runs the command line in a Python like that of Windows, as far as vidbuild and its libraries can tell.
WITHOUT = f"""
import os, signal, sys
for name in {MODULES!r}:
    sys.modules[name] = None
for name in {SIGNALS!r}:
    if hasattr(signal, name):
        delattr(signal, name)
import shutil, subprocess, tempfile
shutil._use_fd_functions = False
for name in {CALLS!r}:
    if hasattr(os, name):
        delattr(os, name)
def no_symlink(*args, **options):
    raise OSError(1314, "a required privilege is not held by the client")
os.symlink = no_symlink
real_open = os.open
def open_no_folder(path, *args, **options):
    if isinstance(path, (str, os.PathLike)) and os.path.isdir(path):
        raise PermissionError(13, "permission denied", path)
    return real_open(path, *args, **options)
os.open = open_no_folder
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
        ["runs", "--json"],
        ["cache", "info"],
        ["cache", "verify"],
        ["cache", "gc"],
        ["cache", "clear", "--yes"],
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


@pytest.mark.parametrize("name", ["theme", "clip", "image", "code", "recorded"])
def test_examples_are_checked_without_posix(tmp_path: Path, name: str) -> None:
    """Fonts, images, clips, code and recordings of a spec are checked on Windows too, with no link to any."""
    shutil.copytree(ROOT / "examples" / name, tmp_path / name)
    done = without_posix(tmp_path, "check", name)
    assert (done.returncode, done.stdout) == (0, f"{name}/video.yaml: ok\n"), done.stderr


def test_doctor_says_that_builds_need_another_system(tmp_path: Path) -> None:
    """Without POSIX `doctor` reports that this system builds nothing, and checks the rest."""
    done = without_posix(tmp_path, "doctor")
    assert done.returncode == 1, done.stderr
    assert re.search(r"missing +system +building needs Linux or macOS", done.stdout)
    assert "ok       ffmpeg" in done.stdout
    assert "locks" not in done.stdout


@pytest.mark.parametrize(
    ("system", "expected"),
    [("linux", "vidbuild build 'my talk/video.yaml' '$x'"), ("win32", 'vidbuild build "my talk/video.yaml" $x')],
)
def test_hints_are_quoted_for_the_shell(monkeypatch: pytest.MonkeyPatch, system: str, expected: str) -> None:
    """A command in a hint can be pasted into the shell of the system, also with blanks in its paths."""
    monkeypatch.setattr(sys, "platform", system)
    assert platforms.shell_command("vidbuild", "build", Path("my talk/video.yaml"), "$x") == expected


def test_a_signal_that_the_system_lacks_is_not_sent() -> None:
    """A signal without a number is sent to no process: 0 is Ctrl-C for all processes of a console on Windows."""
    platforms.signal_process(-1, 0)
    platforms.signal_group(-1, 0)


def test_json_is_ascii_if_stdout_cannot_have_every_character(tmp_path: Path) -> None:
    """If stdout is in an old code page, JSON escapes what it cannot have, and says the same."""
    (tmp_path / "video.yaml").write_text(SMALL.replace("title: One", "titel: One"), encoding="utf-8")
    name = "首先.yaml"
    (tmp_path / "video.yaml").rename(tmp_path / name)
    command = [sys.executable, "-m", "vidbuild", "check", "--json", name]
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert json.loads(done.stdout.decode("cp1252"))["specs"][0]["spec"] == name


def test_a_backslash_is_no_separator_on_windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On Windows, a path that other systems would not find is an error with the form that all find."""
    monkeypatch.setattr(os, "sep", "\\")
    with pytest.raises(paths.InputError) as caught:
        paths.resolve("img\\logo.png", tmp_path, tmp_path)
    assert (caught.value.message, caught.value.hint) == (
        "'img\\logo.png': expected '/' between folders, as on every system",
        "write img/logo.png",
    )


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
    """fcntl, resource, killpg and the signals of POSIX are used by vidbuild.platforms, and fcntl by vidbuild.flock."""
    forbidden = {*MODULES, *(f"signal.{name}" for name in SIGNALS), "os.killpg", "os.fork", "os.setsid"}
    for path in (ROOT / "vidbuild").rglob("*.py"):
        if path.name not in {"platforms.py", "flock.py"}:
            used = _names(ast.parse(path.read_text(encoding="utf-8"))) & forbidden
            assert not used, f"{path}: {used}"


def test_files_that_cannot_share_blocks_are_not_cloned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no file shares no blocks, and no file does without POSIX: the caller then copies."""
    source, target = os.pipe()
    with open(tmp_path / "file", "wb") as file:  # noqa: PTH123 - its descriptor is used
        assert not platforms.clone(source, file.fileno())
        monkeypatch.setattr(platforms, "POSIX", False)
        monkeypatch.setattr(platforms, "fcntl", None)
        assert not platforms.clone(source, file.fileno())
    os.close(source)
    os.close(target)
