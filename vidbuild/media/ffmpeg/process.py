"""Run a program to its end, however it behaves, with limits on its time and on the output that is kept.

Its output cannot fill the memory, no process of its process group outlives it, and a pipe that another process still
holds open after it has exited does not block.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import selectors
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from vidbuild import platforms
from vidbuild.platforms import OWN_PROCESS_GROUP
from vidbuild.sanitize import single_line

CHUNK_BYTES = 1 << 16

# Bytes to read from a pipe after the program has exited: a pipe buffers no more than this.
DRAIN_BYTES = 1 << 20

LINE_BYTES = 2000

# Upper limit for each wait, so that Python can raise a pending exception in a thread that must stop.
POLL_SECONDS = 0.2

KILLED = -platforms.SIGKILL

# ffmpeg's exit code when it runs out of memory, which it does not always log.
ENOMEM_EXIT_CODE = 256 - errno.ENOMEM

OUT_OF_MEMORY = "Cannot allocate memory|malloc of size [0-9]+ failed|[Oo]ut of memory|pthread_create.* failed"

# Receives a program's output piece by piece. An exception raised here ends the program.
Sink = Callable[[bytes], None]


class OutputLimitError(Exception):
    """A program wrote more than the limit."""


class HeadTailLog:
    """A sink of constant size: it keeps the first and the last lines of a text, each truncated to LINE_BYTES."""

    def __init__(self, head: int, tail: int) -> None:
        self._free_head = head
        self._head: list[bytes] = []
        self._tail: deque[bytes] = deque(maxlen=tail)
        self._partial = b""

    def __call__(self, piece: bytes) -> None:
        """Receive the next piece, which may begin and end anywhere in a line."""
        *lines, partial = (self._partial + piece).split(b"\n")
        self._partial = partial[:LINE_BYTES]
        count = min(len(lines), self._free_head)
        self._free_head -= count
        self._head += [line[:LINE_BYTES] for line in lines[:count]]
        self._tail.extend(line[:LINE_BYTES] for line in lines[max(count, len(lines) - (self._tail.maxlen or 0)) :])

    def texts(self) -> tuple[str, ...]:
        """Return the lines that are not empty, without control characters."""
        lines = (line.decode("utf-8", "replace").rstrip() for line in (*self._head, *self._tail, self._partial))
        return tuple(single_line(line.replace("\t", " ")) for line in lines if line)


class BoundedBuffer:
    """A sink that keeps all output, and raises OutputLimitError beyond `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pieces: list[bytes] = []
        self._size = 0

    def __call__(self, piece: bytes) -> None:
        """Receive the next piece."""
        self._size += len(piece)
        if self._size > self._limit:
            raise OutputLimitError(f"it wrote more than {self._limit} bytes")
        self._pieces.append(piece)

    def bytes(self) -> bytes:
        """Return the output received so far."""
        return b"".join(self._pieces)


def discard(_piece: bytes) -> None:
    """A sink that drops all output."""


def describe_exit(code: int) -> str:
    """Describe how a program ended, to follow "it"."""
    if code >= 0:
        return f"ended with exit code {code}"
    with contextlib.suppress(ValueError):
        return f"was ended by {signal.Signals(-code).name}" + (", possibly out of memory" if code == KILLED else "")
    return f"was ended by signal {-code}"


def reached_limit(code: int, log: str) -> tuple[str, str] | None:
    """Return the process limit that a program reached, and a hint that raises it; None if it reached none."""
    if code == -platforms.SIGXFSZ or "File too large" in log:
        return _rlimit_message("FSIZE", "file too large", "VIDBUILD_FILE_SIZE")
    if code == ENOMEM_EXIT_CODE or re.search(OUT_OF_MEMORY, log):
        return _rlimit_message("DATA", "out of memory", "VIDBUILD_MEMORY")
    return None


def _rlimit_message(limit: str, problem: str, variable: str) -> tuple[str, str] | None:
    value = platforms.limit(limit)
    if value is None:
        return None
    size = f"{value >> 20}M" if value >= 1 << 20 else f"{value >> 10}K"
    return f"{problem}: the limit is {size}", f"set {variable} to more than {size}"


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    seconds: float,
    out: Sink = discard,
    err: Sink = discard,
    stdin: IO[bytes] | int = subprocess.DEVNULL,
    pass_fds: Sequence[int] = (),
    on_start: Callable[[], None] = lambda: None,
) -> int | None:
    """Run a program and return its exit code, negative for a signal; None if it took longer than `seconds`.

    It and its process group are gone afterwards.

    out, err: receive stdout and stderr.
    pass_fds: file descriptors that it inherits.
    on_start: called when it has inherited them.
    """
    if not platforms.POSIX:
        return _run_without_posix(command, cwd, env, seconds, out, err)
    deadline = time.monotonic() + seconds
    with _process(command, cwd, env, stdin, pass_fds) as process, _exit_signal(process) as exited:
        on_start()
        return process.wait() if _pump(process, exited, out, err, deadline) else None


def _run_without_posix(
    command: Sequence[str], cwd: Path, env: Mapping[str, str], seconds: float, out: Sink, err: Sink
) -> int | None:
    """Run a program that prints little, such as its version. Nothing else runs on such a system: it builds nothing."""
    try:
        done = subprocess.run(
            list(command), cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    for sink, text in ((out, done.stdout), (err, done.stderr)):
        sink(text)
    return done.returncode


@contextlib.contextmanager
def _process(
    command: Sequence[str], cwd: Path, env: Mapping[str, str], stdin: IO[bytes] | int, pass_fds: Sequence[int]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process in its own group, and close its pipes when the block is left."""
    process = subprocess.Popen(
        list(command),
        cwd=cwd,
        env=dict(env),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=pass_fds,
        start_new_session=OWN_PROCESS_GROUP,
        preexec_fn=platforms.before_exec(),  # noqa: PLW1509 - one system call, no locks
    )
    try:
        yield process
    finally:
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the rest of the process group. Until its leader is reaped, no other group can have its number."""
    if process.returncode is None:
        end = platforms.signal_group if OWN_PROCESS_GROUP else platforms.signal_process
        end(process.pid, platforms.SIGKILL)


def _pump(process: subprocess.Popen[bytes], exited: int, out: Sink, err: Sink, deadline: float) -> bool:
    """Pass output to the sinks until the process exits, which may be before its pipes close.

    Return whether it exited before the deadline. exited: a file descriptor from `_exit_signal`.
    """
    with selectors.DefaultSelector() as selector:
        for pipe, sink in ((process.stdout, out), (process.stderr, err)):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
                selector.register(pipe, selectors.EVENT_READ, sink)
        selector.register(exited, selectors.EVENT_READ)
        while (remaining := deadline - time.monotonic()) > 0:
            for key, _ in selector.select(min(remaining, POLL_SECONDS)):
                if key.data is None:
                    _kill_group(process)
                    _drain(selector)
                    return True
                if not _read_chunk(key):
                    selector.unregister(key.fileobj)
    return False


def _read_chunk(key: selectors.SelectorKey) -> int:
    """Pass one chunk from a pipe to its sink; return its size in bytes, 0 at the end."""
    piece = os.read(key.fd, CHUNK_BYTES)
    if piece:
        key.data(piece)
    return len(piece)


def _drain(selector: selectors.BaseSelector) -> None:
    """Read what the pipes still buffer."""
    for key in list(selector.get_map().values()):
        remaining = DRAIN_BYTES if key.data else 0
        with contextlib.suppress(BlockingIOError):
            while remaining > 0 and (size := _read_chunk(key)):
                remaining -= size


@contextlib.contextmanager
def _exit_signal(process: subprocess.Popen[bytes]) -> Iterator[int]:
    """Yield a file descriptor that becomes readable when the process exits. Kill the process when the block is left.

    `Popen.wait` with a timeout polls, which would add its 50 ms to every short run.
    """
    exited, alive = os.pipe()

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
        yield exited
    finally:
        _kill_group(process)
        process.wait()
        watch.join()
        os.close(exited)
