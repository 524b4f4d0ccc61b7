"""Runs ffmpeg and tells what went wrong; it knows nothing of what it is run for, nor where it is (program.py)."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from vidbuild.errors import StepError
from vidbuild.media.feed import Feed, Feeding, nothing
from vidbuild.media.program import VARIABLE, executable, identity, stat_paths
from vidbuild.record import dataclass

__all__ = ["VARIABLE", "Finished", "capture", "executable", "identity", "media", "run", "stat_paths"]

TAIL_LINES = 400
LINE_BYTES = 2000
SHOWN_LINES = 12

# Formats that hold their own media. Playlists (hls, concat, dash) are left out: they could read any other file.
FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,m4v,flv,live_flv,asf,ogg,mxf,nut,"
    "gif,apng,webp_anim,yuv4mpegpipe,"
    "wav,w64,mp3,flac,aac,aiff,caf,au,amr,ac3,eac3,wv,ape"
)

MEANINGS = (
    (r"No space left on device", "the disk is full"),
    (r"Failed to configure (input|output) pad on (\S+)", "its filter {1!r} cannot be set up"),
    (r"Cannot allocate memory", "there is not enough memory"),
    (r"Format not on whitelist", "the file is a playlist, or of a kind that is not read here"),
    (r"not in whitelist|not on whitelist|not whitelisted", "the file refers to other files or is a playlist"),
    (r"moov atom not found", "the file is cut short: its index is missing"),
    (r"Permission denied", "a file may not be read or written"),
    (r"No such file or directory", "a file is not there"),
    (r"Unknown encoder '(\S+)'", "this ffmpeg has no encoder {0!r}"),
    (r"No such filter: '(\S+)'", "this ffmpeg has no filter {0!r}"),
    (r"Unrecognized option '(\S+?)\.?'|Option '?(\S+?)'? not found", "this ffmpeg does not know an option"),
    (r"matches no streams|does not contain any stream", "there is no such picture or sound in the file"),
    (r"Invalid data found when processing input", "the file is damaged or of another kind than its name says"),
)


@dataclass(frozen=True, slots=True)
class Finished:
    """What a run left behind: the last lines of its log, what it wrote to stdout, its exit code."""

    log: tuple[str, ...]
    output: bytes = b""
    code: int = 0

    @property
    def text(self) -> str:
        """The log as one text."""
        return "\n".join(self.log)


def media(path: Path, *options: str) -> list[str]:
    """The arguments for a media file that a user named: nothing but the file itself is ever opened for it."""
    return [*_walls(), *options, "-i", f"file:{path}"]


def run(
    args: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    what: str,
    progress: Callable[[int], None] | None = None,
    feed: Feed = nothing,
) -> Finished:
    """Run ffmpeg to its end; StepError if it fails or takes longer than `timeout` seconds.

    args: everything but the binary and the standard flags; they never pass through a shell.
    what: what it is for, after "could not" ("film the scene").
    progress: called with the number of frames done, from another thread.
    feed: what is written into those inputs that are feeds (see feed.py), from other threads.
    """
    extra = ["-progress", "pipe:1", "-stats_period", "0.2"] if progress else []
    sink = _frames_to(progress) if progress else _kept([])
    command = [*_start("warning"), *extra, *args]
    return _checked(_execute(command, cwd, env, timeout, what, sink, feed), command, what)


def capture(
    args: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    what: str,
    loglevel: str = "info",
    check: bool = True,
) -> Finished:
    """Run ffmpeg and keep what it writes to stdout; with check=False a failure is told by the exit code alone."""
    kept: list[bytes] = []
    command = [*_start(loglevel), *args]
    finished = _execute(command, cwd, env, timeout, what, _kept(kept))
    if check:
        _checked(finished, command, what)
    return Finished(finished.log, b"".join(kept), finished.code)


def _walls() -> list[str]:
    return ["-protocol_whitelist", "file,pipe", "-format_whitelist", FORMATS]


def _start(loglevel: str) -> list[str]:
    return [str(executable()), "-nostdin", "-hide_banner", "-nostats", "-y", "-loglevel", loglevel]


def _execute(
    command: list[str],
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    what: str,
    sink: Callable[[IO[bytes]], None],
    feed: Feed = nothing,
) -> Finished:
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    with _explained(command), Feeding(command, feed) as fed, _process(fed.args, cwd, env, fed.ends) as process:
        fed.start()
        if process.stdout is None or process.stderr is None:  # pragma: no cover - both are pipes
            raise AssertionError
        readers = [
            threading.Thread(target=_keep_tail, args=(process.stderr, tail), daemon=True),
            threading.Thread(target=sink, args=(process.stdout,), daemon=True),
        ]
        for reader in readers:
            reader.start()
        code = _wait(process, readers, time.monotonic() + timeout)
        if code is None:
            message = f"ffmpeg could not {what} within {timeout:g} s and was stopped"
            raise StepError(message, command=tuple(command), log=_last(tail))
    for failure in fed.failures:
        raise failure
    return Finished(tuple(tail), code=code)


def _wait(process: subprocess.Popen[bytes], readers: list[threading.Thread], deadline: float) -> int | None:
    """Wait for the pipes first: a wait with a timeout polls, and would add its 50 ms to every short run."""
    for reader in readers:
        reader.join(max(0.0, deadline - time.monotonic()))
    try:
        return process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return None


@contextlib.contextmanager
def _process(
    command: list[str], cwd: Path, env: Mapping[str, str], ends: Sequence[int]
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in its own group that is gone when this block is left, however it is left."""
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=ends,
        start_new_session=True,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one system call, no locks
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


@contextlib.contextmanager
def _explained(command: list[str]) -> Iterator[None]:
    try:
        yield
    except (OSError, subprocess.SubprocessError) as error:
        raise StepError(f"ffmpeg could not be started: {error}", command=tuple(command)) from error


def _checked(finished: Finished, command: list[str], what: str) -> Finished:
    if finished.code == 0:
        return finished
    meaning = _meaning(finished)
    raise StepError(f"ffmpeg could not {what}: {meaning}", command=tuple(command), log=_last(finished.log))


def _meaning(finished: Finished) -> str:
    for pattern, words in MEANINGS:
        match = re.search(pattern, finished.text)
        if match:
            return words.format(*(group for group in match.groups() if group))
    if finished.code < 0:
        name = signal.Signals(-finished.code).name
        return f"it was ended by {name}" + (", perhaps for want of memory" if name == "SIGKILL" else "")
    return f"it ended with exit code {finished.code}"


def _last(lines: Sequence[str] | deque[str]) -> tuple[str, ...]:
    return tuple(lines)[-SHOWN_LINES:]


def _keep_tail(pipe: IO[bytes], tail: deque[str]) -> None:
    with contextlib.suppress(ValueError):  # closed under us, after a timeout
        while line := pipe.readline(LINE_BYTES):
            text = re.sub(" @ 0x[0-9a-f]+", "", line.decode("utf-8", "replace").rstrip())
            if text:
                tail.append(text)


def _kept(chunks: list[bytes]) -> Callable[[IO[bytes]], None]:
    def read(pipe: IO[bytes]) -> None:
        with contextlib.suppress(ValueError):
            while chunk := pipe.read(1 << 16):
                chunks.append(chunk)

    return read


def _frames_to(progress: Callable[[int], None]) -> Callable[[IO[bytes]], None]:
    def read(pipe: IO[bytes]) -> None:
        with contextlib.suppress(ValueError):
            while line := pipe.readline(LINE_BYTES):
                if match := re.match(rb"frame=\s*(\d+)", line):
                    progress(int(match[1]))

    return read


if sys.platform == "linux":
    _prctl = ctypes.CDLL(None, use_errno=True).prctl
    _PR_SET_PDEATHSIG = 1

    def _die_with_parent() -> None:
        """Runs in the child before exec: when vidbuild dies by any signal at all, the kernel ends ffmpeg too."""
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

else:

    def _die_with_parent() -> None:
        """Only Linux can do this."""
