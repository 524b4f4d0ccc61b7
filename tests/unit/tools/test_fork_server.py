"""The fork server of the mutation campaign: each request runs the code as it is then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tools import fork_server

TESTS = f"""\
import subprocess, sys, time
from project_code import LIMIT
def test_limit():
    assert LIMIT == 3
def test_endless():
    while True:
        pass
def test_starts():
    pipe = open("pipe", "wb", buffering=0)
    code = "print('started', end='', flush=True); import time; time.sleep(60)"
    subprocess.Popen([sys.executable, "-c", code], stdout=pipe)
    time.sleep(60)
def test_memory():
    bytearray({fork_server.MEMORY})
"""


class Server:
    """A fork server in a project of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        (root / "project_code.py").write_text("LIMIT = 3\n", encoding="utf-8")
        (root / "test_code.py").write_text(TESTS, encoding="utf-8")
        (root / "modules.json").write_text('["decimal", "no_such_library"]', encoding="utf-8")
        path = os.pathsep.join([str(root), str(ROOT)])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.fork_server", str(root / "modules.json"), str(root)],
            cwd=root,
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, *names: str, seconds: float = 60.0) -> str:
        """Return the verdict of tests."""
        assert self._process.stdin
        assert self._process.stdout
        tests = [f"test_code.py::test_{name}" for name in names]
        self._process.stdin.write(json.dumps([tests, seconds]) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def end(self) -> int:
        """Leave no more requests and return the exit status."""
        self._process.communicate()
        return self._process.returncode


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that waits for requests."""
    own = Server(tmp_path)
    yield own
    assert own.end() == 0


def test_each_fork_imports_the_code_as_it_is_then(server: Server) -> None:
    """A change of the code between two requests reaches the second, and its end reaches the third."""
    assert server.ask("limit") == "survived"
    (server.root / "project_code.py").write_text("LIMIT = 44\n", encoding="utf-8")
    assert server.ask("limit") == "killed"
    assert "assert 44 == 3" in (server.root / "output").read_text(encoding="utf-8")
    (server.root / "project_code.py").write_text("LIMIT = 3\n", encoding="utf-8")
    assert server.ask("limit") == "survived"


def test_no_fork_runs_forever_or_takes_all_memory(server: Server) -> None:
    """A test that does not end, and one that takes more than the limit of memory, end; the next request is answered."""
    assert server.ask("endless", seconds=1.0) == "endless"
    assert server.ask("memory") == "killed"
    assert "MemoryError" in (server.root / "output").read_text(encoding="utf-8")
    assert server.ask("limit") == "survived"


def test_a_process_that_a_test_started_ends_with_its_fork(server: Server) -> None:
    """The pipe that such a process holds open is closed as soon as the fork took too long."""
    os.mkfifo(server.root / "pipe")
    reader = os.open(server.root / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    assert server.ask("starts", seconds=5.0) == "endless"
    os.set_blocking(reader, True)
    assert os.read(reader, 9) == b"started"
    assert os.read(reader, 9) == b""
    os.close(reader)
