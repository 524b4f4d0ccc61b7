"""One worker process: its pipes, the step it runs, and how it is ended.

Whatever a worker sends or prints, it cannot take more memory here than the limits below, and nothing of it is written
to disk.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from math import inf
from pathlib import Path
from signal import SIGTERM
from types import MappingProxyType
from typing import Any, NamedTuple

from vidbuild import platforms
from vidbuild.engine.sandbox.sandbox import Sandbox
from vidbuild.engine.worker import protocol
from vidbuild.engine.worker.protocol import INTERIM, Answer, ProtocolError
from vidbuild.errors import Failure

_STDERR_TAIL = 4000  # bytes
_GRACE = 2.0
_POLL = 0.002
_CHUNK = 1 << 16
_LONGEST_LINE = 8 << 20
_MOST_CHUNKS = 64  # that are drained at once

# Interim messages of one step beyond these are dropped.
_INTERIM_AT_ONCE = 50
_INTERIM_PER_SECOND = 20

# A worker must run the very package that planned the step, wherever that was imported from.
_HOME = str(Path(__file__).resolve().parents[3])
# Until it can clean up, nothing that it is in the middle of may outlive its parent, even if it is suspended then.
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
import os
for stream in (sys.stdout, sys.stderr):
    stream.flush()
os._exit(0)  # nothing is left to clean up, and to take the interpreter down costs as much as to start it
"""


class Profile(NamedTuple):
    """What all steps of a worker have in common.

    network: whether they may open sockets.
    env: their environment.
    name: the name of the workers that may run them; "" for those without a name.
    programs: what they may read and run beside the sandbox's programs.
    """

    network: bool = False
    env: Mapping[str, str] = MappingProxyType({})
    name: str = ""
    programs: tuple[str, ...] = ()


_ANY = Profile()


class WorkerProcess:
    """One process and the step that it runs.

    profile: what all of its steps have in common.
    step: the id of the step; None while it is idle.
    kill_reason: why it must be ended; None unless it must.
    """

    def __init__(
        self, folder: Path, env: Mapping[str, str], sandbox: Sandbox | None = None, profile: Profile = _ANY
    ) -> None:
        self.profile = profile
        self.step: str | None = None
        self.kill_reason: Failure | None = None
        self._partial_line = b""
        self._stderr = b""
        self._began, self._deadline = 0.0, inf
        self._seconds = inf
        self._interim = 0
        self._suspended_at, self._descendants = 0.0, list[int]()
        restrictions = [json.dumps(sandbox.to_data())] if sandbox else []
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-c", _BOOT, _HOME, str(os.getpid()), *restrictions],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(env),
            cwd=folder,
            start_new_session=True,
        )
        assert self._child.stdin and self._child.stdout and self._child.stderr  # noqa: S101, PT018 - three pipes
        self._stdin, self.stdout, self.stderr = self._child.stdin, self._child.stdout, self._child.stderr
        os.set_blocking(self.stderr.fileno(), False)

    def send(self, step: str, request: Mapping[str, Any], seconds: float) -> None:
        """Send it a step, which may take so many seconds."""
        if self._began:  # what it printed before its first step says why it could not start
            self.drain()
            self._stderr = b""
        self.step, self._interim = step, 0
        self._began, self._seconds = time.monotonic(), seconds
        self._deadline = self._began + seconds
        with contextlib.suppress(BrokenPipeError):  # it died meanwhile, as its closed stdout will show
            self._stdin.write(json.dumps(request).encode() + b"\n")
            self._stdin.flush()

    def read(self) -> list[Answer] | None:
        """Return its next messages; None if it closed its stdout, or must be ended for what it sent."""
        chunk = os.read(self.stdout.fileno(), _CHUNK)
        if not chunk:
            return None
        *lines, self._partial_line = (self._partial_line + chunk).split(b"\n")
        try:
            answers = [answer for answer in map(protocol.read, lines) if self._within_rate(answer)]
        except ProtocolError:
            self._must_end("invalid message from worker", "bug")
            return None
        if len(self._partial_line) > _LONGEST_LINE:
            self._must_end(f"invalid message from worker: a line of more than {_LONGEST_LINE >> 20} MiB", "bug")
            return None
        return answers

    def _must_end(self, message: str, fault: str) -> None:
        self.kill_reason = Failure(message, log=self.stderr_tail(), fault=fault)

    def _within_rate(self, answer: Answer) -> bool:
        if not isinstance(answer, INTERIM):
            return True
        self._interim += 1
        return self._interim <= _INTERIM_AT_ONCE + _INTERIM_PER_SECOND * (time.monotonic() - self._began)

    def mark_idle(self) -> None:
        """Record that its step has ended."""
        self.step, self._deadline = None, inf

    def timed_out(self) -> bool:
        """Whether its step takes longer than it may; the process must be ended then."""
        if time.monotonic() < self._deadline:
            return False
        self._must_end(f"took longer than {self._seconds:g} s and was stopped", "step")
        return True

    def drain(self) -> bool:
        """Read what it and its children printed, and keep the tail; False once no process can print any more."""
        for _ in range(0 if self.stderr.closed else _MOST_CHUNKS):
            try:
                chunk = os.read(self.stderr.fileno(), _CHUNK)
            except BlockingIOError:
                return True
            if not chunk:
                return False
            self._stderr = (self._stderr + chunk)[-_STDERR_TAIL:]
        return True

    def stderr_tail(self) -> tuple[str, ...]:
        """Return the last lines printed since the step began."""
        self.drain()
        return tuple(self._stderr.decode(errors="replace").splitlines())

    def suspend(self) -> None:
        """Stop it, and all its descendants, until `resume`."""
        self._suspended_at = time.monotonic()
        self._signal_group(platforms.SIGSTOP)
        self._descendants = _descendants(self._child.pid)
        _signal(self._descendants, platforms.SIGSTOP)

    def resume(self) -> None:
        """Continue it; the time in between does not count for its step."""
        _signal(self._descendants, platforms.SIGCONT)
        self._signal_group(platforms.SIGCONT)
        seconds = time.monotonic() - self._suspended_at
        self._began += seconds
        self._deadline += seconds

    def terminate(self) -> None:
        """Ask the worker, and whatever it started in its process group, to clean up and end."""
        self._signal_group(SIGTERM)

    def _signal_group(self, number: int) -> None:
        platforms.signal_group(self._child.pid, number)

    def close_stdin(self) -> None:
        """Send no further steps; it ends once it is idle."""
        with contextlib.suppress(BrokenPipeError):
            self._stdin.close()

    def reap(self) -> int:
        """Wait until it has ended, kill the rest of its group, and only then free its pid; return its exit code.

        Its stderr is drained meanwhile, since a full pipe could keep it from ending.
        """
        deadline = time.monotonic() + _GRACE
        while not self._has_ended() and time.monotonic() < deadline:
            self.drain()
            time.sleep(_POLL)
        self._signal_group(platforms.SIGKILL)
        code = self._child.wait()
        self.drain()
        for pipe in (self.stdout, self.stderr):
            pipe.close()
        return code

    def _has_ended(self) -> bool:
        """Whether it has ended; its pid still belongs to it."""
        if hasattr(os, "waitid"):
            return os.waitid(os.P_PID, self._child.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
        # macOS has waitid from Python 3.13 on; before, the end of stdout tells it, whose other end only the worker has.
        os.set_blocking(self.stdout.fileno(), False)
        with contextlib.suppress(BlockingIOError):
            while os.read(self.stdout.fileno(), _CHUNK):
                pass
            return True
        return False


def _descendants(pid: int) -> list[int]:
    """Return the processes that one started, directly or not, in whichever session; none without /proc."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = stat.read_text(errors="replace").rpartition(")")[2].split()[1]
            children.setdefault(int(parent), []).append(int(stat.parent.name))
    found: list[int] = []
    queue = [pid]
    while queue:
        below = children.get(queue.pop(), ())
        found += below
        queue += below
    return found


def _signal(pids: Iterable[int], number: int) -> None:
    for pid in pids:
        platforms.signal_process(pid, number)
