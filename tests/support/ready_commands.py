"""Commands in a copy of a process that has imported vidbuild already: each takes a tenth of a second of CPU less.

A command has a process of its own as ever, with the environment, folder and streams that the test gives it; the process
is forked instead of started. What it is forked from has run no command, so that nothing of one is left for the next.
What Python and its libraries read while they start cannot be set by forking: a command with other variables of these is
started as users start it. So is the first command of each name, since only a start notices an import that fails.
"""

from __future__ import annotations

import atexit
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.paths import ROOT

POSSIBLE = hasattr(os, "pidfd_open")
READ_AT_START = ("PYTHON", "LC_", "LANG", "LD_", "TZ", "MALLOC", "GLIBC", "OPENSSL", "SSL")
MEASURED = "COVERAGE_PROCESS_CONFIG"  # coverage measures processes that are started
BYTES = 1 << 16


class Ready:
    """What is forked, from when it is first needed until the tests of this process end."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.started: set[str] = set()  # the names of the commands that were started
        self.process: subprocess.Popen[bytes] | None = None
        self.address = ""
        self.variables: dict[str, str] = {}


ready = Ready()


def run(
    args: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float
) -> subprocess.CompletedProcess[bytes]:
    """Run `vidbuild ARGS` in a folder, with an empty stdin.

    Raises subprocess.TimeoutExpired after so many seconds, when the command has been killed.
    """
    command = [sys.executable, "-m", "vidbuild", *args]
    if _can_be_forked(args[0] if args else "", environment):
        return _forked(command, folder, environment, seconds)
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=seconds,
        check=False,
    )


def _can_be_forked(name: str, environment: Mapping[str, str]) -> bool:
    with ready.lock:
        first = name not in ready.started
        ready.started.add(name)
        if first or not POSSIBLE or MEASURED in environment:
            return False
        if ready.process is None:
            _start()
    return _read_at_start(environment) == _read_at_start(ready.variables)


def _read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(READ_AT_START)}


def _start() -> None:
    folder = tempfile.TemporaryDirectory(prefix="ready-", dir="/tmp")  # an address has at most 107 bytes
    ready.address, ready.variables = str(Path(folder.name) / "commands"), dict(os.environ)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(ready.address)
        listener.listen()
        ready.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.forked_commands", str(listener.fileno())],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
        )
    atexit.register(folder.cleanup)
    atexit.register(ready.process.communicate)  # which closes its stdin: it ends


def _forked(
    command: list[str], folder: Path, environment: Mapping[str, str], seconds: float
) -> subprocess.CompletedProcess[bytes]:
    """Run a command as a copy of the ready process; it sends the copy's number, and later how it ended."""
    request = json.dumps({"args": command[3:], "folder": str(folder), "environment": dict(environment)}).encode()
    found: dict[int, bytearray] = {}
    deadline = time.monotonic() + seconds
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as end, selectors.DefaultSelector() as selector:
        end.connect(ready.address)
        pipes = [os.pipe(), os.pipe()]
        socket.send_fds(end, [len(request).to_bytes(4)], [write for _, write in pipes])
        end.sendall(request)
        for read, write in pipes:
            os.close(write)
            selector.register(read, selectors.EVENT_READ)
            found[read] = bytearray()
        out, err = found.values()
        number = int.from_bytes(_answer(end))
        while found:
            events = selector.select(max(deadline - time.monotonic(), 0))
            if not events:
                os.kill(number, signal.SIGKILL)
                for read in found:
                    os.close(read)
                raise subprocess.TimeoutExpired(command, seconds, bytes(out), bytes(err))
            for key, _ in events:
                data = os.read(key.fd, BYTES)
                found[key.fd] += data
                if not data:
                    selector.unregister(key.fd)
                    os.close(key.fd)
                    del found[key.fd]
        code = int.from_bytes(_answer(end), signed=True)
    return subprocess.CompletedProcess(command, code, bytes(out), bytes(err))


def _answer(end: socket.socket) -> bytes:
    found = end.recv(4, socket.MSG_WAITALL)
    assert len(found) == 4, "the process that is forked for commands has ended"
    return found
