"""Runs a program to its end, however it behaves: limited in time and in what is kept; it knows nothing of which one.

Nothing it says can fill the memory, nothing it starts outlives it in its process group, and a pipe that somebody else
still holds open when it has ended is not waited for.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import resource
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

CHUNK = 1 << 16
LEFT = 1 << 20
"""Bytes that are read from a pipe at most once the program has ended: a pipe holds no more of what it wrote."""

LINE_BYTES = 2000
OWN_GROUP = sys.platform == "linux"
"""Whether a child gets a group of its own, so that all it starts can be ended with it. Where the kernel does not end it
with us, it stays in our group, so that whoever ends us ends it too."""

TURN = 0.2
"""Seconds until a thread that is to stop takes note of it: it can while it runs Python, not while it waits."""

KILLED = -signal.SIGKILL
NO_MEMORY = 256 - errno.ENOMEM
"""The exit code of ffmpeg for want of memory, which it does not always tell of."""

WANTING = "Cannot allocate memory|malloc of size [0-9]+ failed|[Oo]ut of memory|pthread_create.* failed"

Sink = Callable[[bytes], None]
"""Takes what a program writes, piece by piece; what it raises ends the program."""


class FloodError(Exception):
    """A program wrote more than it may."""


class Lines:
    """The first and the last lines of a text, each cut off after LINE_BYTES: a sink that stays small."""

    def __init__(self, first: int, last: int) -> None:
        self._room = first
        self._first: list[bytes] = []
        self._last: deque[bytes] = deque(maxlen=last)
        self._rest = b""

    def __call__(self, piece: bytes) -> None:
        """Take the next piece, wherever it begins and ends."""
        *lines, rest = (self._rest + piece).split(b"\n")
        self._rest = rest[:LINE_BYTES]
        taken = min(len(lines), self._room)
        self._room -= taken
        self._first += [line[:LINE_BYTES] for line in lines[:taken]]
        self._last.extend(line[:LINE_BYTES] for line in lines[max(taken, len(lines) - (self._last.maxlen or 0)) :])

    def texts(self) -> tuple[str, ...]:
        """The lines that say anything, as text without control characters."""
        return tuple(filter(None, map(_clean, (*self._first, *self._last, self._rest))))


class Whole:
    """All of what a program writes, as long as it is no more than `most` bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pieces: list[bytes] = []
        self._size = 0

    def __call__(self, piece: bytes) -> None:
        """Take the next piece."""
        self._size += len(piece)
        if self._size > self._most:
            raise FloodError(f"it wrote more than {self._most} bytes")
        self._pieces.append(piece)

    def bytes(self) -> bytes:
        """What there is."""
        return b"".join(self._pieces)


def nowhere(_piece: bytes) -> None:
    """A sink for what nobody reads."""


def ended(code: int) -> str:
    """How a program ended, after "it"."""
    if code >= 0:
        return f"ended with exit code {code}"
    with contextlib.suppress(ValueError):
        return f"was ended by {signal.Signals(-code).name}" + (", perhaps for want of memory" if code == KILLED else "")
    return f"was ended by signal {-code}"


def limit(code: int, said: str) -> tuple[str, str] | None:
    """The limit of the process that a program reached, and what raises it; None where it reached none."""
    if code == -signal.SIGXFSZ or "File too large" in said:
        return _limit(resource.RLIMIT_FSIZE, "a file became too large", "VIDBUILD_FILE_SIZE")
    if code == NO_MEMORY or re.search(WANTING, said):
        return _limit(resource.RLIMIT_DATA, "there is not enough memory", "VIDBUILD_MEMORY")
    return None


def _limit(what: int, told: str, variable: str) -> tuple[str, str] | None:
    most = resource.getrlimit(what)[0]
    size = f"{most >> 20}M" if most >= 1 << 20 else f"{most >> 10}K"
    none = most == resource.RLIM_INFINITY
    return None if none else (f"{told}: the most is {size}", f"set {variable} to more than {size}")


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    seconds: float,
    out: Sink = nowhere,
    err: Sink = nowhere,
    stdin: IO[bytes] | int = subprocess.DEVNULL,
    ends: Sequence[int] = (),
    started: Callable[[], None] = lambda: None,
) -> int | None:
    """The exit code, negative for a signal; None where it took too long. It and its process group are gone then.

    ends: file descriptors that it is given. started: called when it has them.
    """
    deadline = time.monotonic() + seconds
    with _process(command, cwd, env, stdin, ends) as process, _end_of(process) as gone:
        started()
        return process.wait() if _followed(process, gone, out, err, deadline) else None


@contextlib.contextmanager
def _process(
    command: Sequence[str], cwd: Path, env: Mapping[str, str], stdin: IO[bytes] | int, ends: Sequence[int]
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in its own group that is gone when this block is left, however it is left."""
    process = subprocess.Popen(
        list(command),
        cwd=cwd,
        env=dict(env),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=ends,
        start_new_session=OWN_GROUP,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one system call, no locks
    )
    try:
        yield process
    finally:
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the group; as long as nobody waited for its first process, no other has its number."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            (os.killpg if OWN_GROUP else os.kill)(process.pid, signal.SIGKILL)


def _followed(process: subprocess.Popen[bytes], gone: int, out: Sink, err: Sink, deadline: float) -> bool:
    """Read until the process has ended, which is not when its pipes are closed; whether it has, by the deadline."""
    with selectors.DefaultSelector() as waiting:
        for pipe, sink in ((process.stdout, out), (process.stderr, err)):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
                waiting.register(pipe, selectors.EVENT_READ, sink)
        waiting.register(gone, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            for key, _ in waiting.select(min(left, TURN)):
                if key.data is None:
                    _end_group(process)
                    _take_rest(waiting)
                    return True
                if not _take(key):
                    waiting.unregister(key.fileobj)
    return False


def _take(key: selectors.SelectorKey) -> int:
    """How many bytes a pipe had; 0 at its end."""
    piece = os.read(key.fd, CHUNK)
    if piece:
        key.data(piece)
    return len(piece)


def _take_rest(waiting: selectors.BaseSelector) -> None:
    for key in list(waiting.get_map().values()):
        left = LEFT if key.data else 0
        with contextlib.suppress(BlockingIOError):
            while left > 0 and (size := _take(key)):
                left -= size


@contextlib.contextmanager
def _end_of(process: subprocess.Popen[bytes]) -> Iterator[int]:
    """A file descriptor that can be read from when the process has ended, which it has when this block is left.

    To wait for a process with a time limit is to poll, which would add its 50 ms to every short run.
    """
    gone, alive = os.pipe()

    def wait() -> None:
        with contextlib.suppress(ChildProcessError):
            if hasattr(os, "waitid"):
                os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            else:
                process.wait()
        os.close(alive)

    watch = threading.Thread(target=wait, daemon=True)
    watch.start()
    try:
        yield gone
    finally:
        _end_group(process)
        process.wait()
        watch.join()
        os.close(gone)


def _clean(line: bytes) -> str:
    text = line.decode("utf-8", "replace").rstrip()
    return (
        text
        if text.isprintable()
        else "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in text.replace("\t", " "))
    )


if sys.platform == "linux":
    _prctl = ctypes.CDLL(None, use_errno=True).prctl
    _PR_SET_PDEATHSIG = 1

    def _die_with_parent() -> None:
        """Runs in the child before exec: when vidbuild dies by any signal at all, the kernel ends the child too."""
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

else:

    def _die_with_parent() -> None:
        """Only Linux can do this."""
