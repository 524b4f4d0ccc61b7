"""One worker process: its pipes, what it says, how it is ended; it knows nothing of steps but which it has.

Nothing that a worker says can take more memory than is set here, and nothing of it is written to the disk.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from math import inf
from pathlib import Path
from typing import Any

from vidbuild.engine.sandbox.sandbox import Sandbox
from vidbuild.engine.worker import protocol
from vidbuild.engine.worker.protocol import MEANWHILE, Answer, ProtocolError
from vidbuild.errors import Failure

_LAST_WORDS = 4000
_GRACE = 2.0
_POLL = 0.002
_CHUNK = 1 << 16
_LONGEST_LINE = 8 << 20
_LAST_CHUNKS = 64

# Progress beyond this many, and so many more a second, is not told on.
_PROGRESS_AT_ONCE = 50
_PROGRESS_A_SECOND = 20

# A worker must be of the very package that planned the step, wherever that one was imported from.
_HOME = str(Path(__file__).resolve().parents[3])
# Until it can clean up, nothing that it is in the middle of may outlive us, not even if it stands still by then.
_BOOT = """\
import sys
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
home = sys.argv.pop(1)
sites = [place for place, path in enumerate(sys.path) if path.endswith(("site-packages", "dist-packages"))]
sys.path.insert(sites[0] if sites else len(sys.path), home)
from vidbuild.engine.worker.main import main
main()
"""


Profile = tuple[bool, Mapping[str, str]]
"""What a worker's steps may use: whether they may open sockets, and their environment."""


class Process:
    """One process and the step it has.

    doom: why it has to be ended, once it has to. profile: what all of its steps have in common.
    """

    def __init__(
        self, folder: Path, env: Mapping[str, str], sandbox: Sandbox | None = None, profile: Profile = (False, {})
    ) -> None:
        self.profile = profile
        self.step: str | None = None
        self.doom: Failure | None = None
        self._rest = b""
        self._words = b""
        self._began, self._deadline = 0.0, inf
        self._seconds = inf
        self._progress = 0
        self._halted, self._below = 0.0, list[int]()
        shut_in = [json.dumps(sandbox.to_data())] if sandbox else []
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-c", _BOOT, _HOME, str(os.getpid()), *shut_in],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(env),
            cwd=folder,
            start_new_session=True,
        )
        assert self._child.stdin and self._child.stdout and self._child.stderr  # noqa: S101, PT018 - three pipes
        self._input, self.output, self.errors = self._child.stdin, self._child.stdout, self._child.stderr
        os.set_blocking(self.errors.fileno(), False)

    def send(self, step: str, request: Mapping[str, Any], seconds: float) -> None:
        """Give it a step, which may take so many seconds."""
        self.drain()
        self._words = b""
        self.step, self._progress = step, 0
        self._began, self._seconds = time.monotonic(), seconds
        self._deadline = self._began + seconds
        # A worker that died meanwhile is told by its closed output.
        with contextlib.suppress(BrokenPipeError):
            self._input.write(json.dumps(request).encode() + b"\n")
            self._input.flush()

    def read(self) -> list[Answer] | None:
        """What it said; None where that was the end, or where it has to be ended for what it said."""
        chunk = os.read(self.output.fileno(), _CHUNK)
        if not chunk:
            return None
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        try:
            found = [said for said in map(protocol.read, lines) if self._worth_telling(said)]
        except ProtocolError:
            self._doom("the worker said what is no answer", "bug")
            return None
        if len(self._rest) > _LONGEST_LINE:
            self._doom(f"the worker said more than {_LONGEST_LINE >> 20} MB in one line", "bug")
            return None
        return found

    def _doom(self, message: str, fault: str) -> None:
        self.doom = Failure(message, log=self.last_words(), fault=fault)

    def _worth_telling(self, said: Answer) -> bool:
        if not isinstance(said, MEANWHILE):
            return True
        self._progress += 1
        return self._progress <= _PROGRESS_AT_ONCE + _PROGRESS_A_SECOND * (time.monotonic() - self._began)

    def rest(self) -> None:
        """Its step has ended; it waits for the next."""
        self.step, self._deadline = None, inf

    def late(self) -> bool:
        """Whether its step takes longer than it may; then it has to be ended."""
        if time.monotonic() < self._deadline:
            return False
        self._doom(f"took longer than {self._seconds:g} s and was stopped", "step")
        return True

    def drain(self) -> bool:
        """Take what it and its children printed, of which the end is kept; False once nobody can print any more."""
        for _ in range(0 if self.errors.closed else _LAST_CHUNKS):
            try:
                chunk = os.read(self.errors.fileno(), _CHUNK)
            except BlockingIOError:
                return True
            if not chunk:
                return False
            self._words = (self._words + chunk)[-_LAST_WORDS:]
        return True

    def last_words(self) -> tuple[str, ...]:
        """The end of what was printed since the step began."""
        self.drain()
        return tuple(self._words.decode(errors="replace").splitlines())

    def halt(self) -> None:
        """Stop it, and whatever it started, in the middle of what they do."""
        self._halted = time.monotonic()
        self._signal_all(signal.SIGSTOP)
        self._below = _below(self._child.pid)
        _signal(self._below, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on; the time in between is not counted."""
        _signal(self._below, signal.SIGCONT)
        self._signal_all(signal.SIGCONT)
        stood = time.monotonic() - self._halted
        self._began += stood
        self._deadline += stood

    def stop(self) -> None:
        """Ask the worker, and whatever it started in its process group, to clean up and end."""
        self._signal_all(signal.SIGTERM)

    def _signal_all(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, number)

    def hang_up(self) -> None:
        """Ask it for nothing more; it ends when it has nothing to do."""
        with contextlib.suppress(BrokenPipeError):
            self._input.close()

    def bury(self) -> int:
        """Wait until it has ended, kill what is left of its group, and only then give its number back; its exit code.

        What it prints meanwhile is drained, or it might never come to its end.
        """
        deadline = time.monotonic() + _GRACE
        while not self._has_ended() and time.monotonic() < deadline:
            self.drain()
            time.sleep(_POLL)
        self._signal_all(signal.SIGKILL)
        code = self._child.wait()
        self.drain()
        for pipe in (self.output, self.errors):
            pipe.close()
        return code

    def _has_ended(self) -> bool:
        """Whether it has ended, its number still being its own."""
        if hasattr(os, "waitid"):
            return os.waitid(os.P_PID, self._child.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
        # macOS has that from Python 3.13 on; nobody else has the other end of its output.
        os.set_blocking(self.output.fileno(), False)
        with contextlib.suppress(BlockingIOError):
            while os.read(self.output.fileno(), _CHUNK):
                pass
            return True
        return False


def _below(pid: int) -> list[int]:
    """The processes that one started and those that these did, in whichever sessions, where the system tells."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = stat.read_text(errors="replace").rpartition(")")[2].split()[1]
            children.setdefault(int(parent), []).append(int(stat.parent.name))
    found = [pid]
    for each in found:
        found += children.get(each, ())
    return found[1:]


def _signal(pids: Iterable[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
