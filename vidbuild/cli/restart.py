"""Starts a command that runs for hours again once the code that it has loaded is not the installed one any more."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable

from vidbuild.api.loaded_code import LoadedCode
from vidbuild.cli import console

INHERITED = "VIDBUILD_LISTENING"  # the descriptor of a socket that the command before listened on
POLL = 2.0  # seconds between two looks at the installed code while nothing is built
_SETTLE = 1.0  # seconds without a change, after which an update is taken to be complete


def start_again(code: LoadedCode, stop_requested: Callable[[], bool], listening: socket.socket | None = None) -> None:
    """Replace this process by the same command, as it is installed now; return only if that is to stop.

    It waits until the update is complete, and can be started.
    listening: a socket that the new process goes on with, so that no connection is refused meanwhile.
    """
    console.message(f"{code.changed() or 'the code'} has changed: starting again")
    reported = ""
    while not stop_requested():
        before = code.state()
        time.sleep(_SETTLE)
        if code.state() != before or not code.whole or stop_requested():
            continue
        problem = _problem()
        if not problem:
            _execute(listening)
        if problem != reported:
            console.message(f"vidbuild cannot be started as it is installed now ({problem}): waiting for a change")
            reported = problem
        time.sleep(_SETTLE)


def inherited_socket() -> socket.socket | None:
    """Return the socket of the command before, if there was one."""
    text = os.environ.pop(INHERITED, "")
    if not text.isdecimal():
        return None
    try:
        found = socket.socket(fileno=int(text))
        os.set_inheritable(found.fileno(), False)
        found.setblocking(False)
    except OSError:
        return None
    return found


def _problem() -> str:
    """Return why the installed vidbuild cannot be started, as this process was; "" if it can."""
    own = sys.orig_argv[1 : len(sys.orig_argv) - len(sys.argv) + 1]
    line = [sys.executable, *own, "--version"]
    done = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    lines = done.stderr.decode(errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "no message") if done.returncode else ""


def _execute(listening: socket.socket | None) -> None:
    env = dict(os.environ)
    if listening is not None:
        os.set_inheritable(listening.fileno(), True)
        env[INHERITED] = str(listening.fileno())
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], env)  # noqa: S606 - itself
