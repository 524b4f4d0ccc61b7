"""Step functions that misbehave: they fail for a while, hang, flood, send garbage, and edit what they read."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError

PR_SET_PDEATHSIG = 1


def _place(name: str) -> Path:
    return Path(os.environ["RAN"]).with_name(name)


def _attempt(context: Context) -> int:
    """Append a line for this run; return how many there are."""
    with _place("ran").open("a") as log:
        log.write(f"{context.step}\n")
    return _place("ran").read_text().split().count(context.step)


def _write(context: Context) -> None:
    content = [path.read_bytes() for _, path in sorted(context.inputs.items()) if path.is_file()]
    (context.out / "main.txt").write_bytes(repr(sorted(context.params.items())).encode() + b"".join(content))


def _wait_for(name: str) -> None:
    deadline = time.monotonic() + 60
    while not _place(name).exists() and time.monotonic() < deadline:
        time.sleep(0.005)


def _raise(error: Exception) -> Callable[[], None]:
    def raising() -> None:
        raise error

    return raising


def _kill(number: int) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


WAYS: dict[str, Callable[[], None]] = {
    "passing": _raise(StepError("no answer", transient=True)),
    "lasting": _raise(StepError("the tool gave up")),
    "bug": _raise(ZeroDivisionError("half-way")),
    "full": _raise(OSError(errno.ENOSPC, "No space left on device", "/some/file")),
    "full-named": _raise(OSError(errno.ENOSPC, "No space left on device", "some/file")),
    "full-tool": _raise(StepError("tool ended with code 1", log=("x: No space left on device",))),
    "full-unnamed": _raise(OSError(errno.ENOSPC, "No space left on device")),
    "files": _raise(OSError(errno.EMFILE, "Too many open files")),
    "forbidden": _raise(PermissionError(errno.EACCES, "Permission denied", "some/file")),
    "memory": _raise(MemoryError()),
    "killed": _kill(signal.SIGKILL),
    "crashed": _kill(signal.SIGSEGV),
    "left": lambda: sys.exit(0),
}


def flaky(context: Context) -> None:
    """Fail in the ways given, one with each attempt, and succeed after them; warn each time."""
    attempt = _attempt(context)
    context.warn("A1", f"attempt {attempt}")
    for way in context.params["ways"][attempt - 1 : attempt]:
        WAYS[way]()
    _write(context)


def gate(context: Context) -> None:
    """Report that it runs, and wait to be let through."""
    _attempt(context)
    _place(f"at-{context.step}").touch()
    _wait_for("go")
    _write(context)


def family(context: Context) -> None:
    """Start a child in its own group, and one in a session of its own as ffmpeg is started; write all ids; wait."""
    _attempt(context)
    prctl = ctypes.CDLL(None).prctl
    children = [
        subprocess.Popen(["/bin/sleep", "60"]),
        subprocess.Popen(
            ["/bin/sleep", "60"],
            start_new_session=True,
            preexec_fn=lambda: prctl(PR_SET_PDEATHSIG, signal.SIGKILL),  # noqa: PLW1509 - one call
        ),
    ]
    _place("family").write_text(" ".join(str(number) for number in (os.getpid(), *(one.pid for one in children))))
    if context.params.get("deaf"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _wait_for("go")
    for child in children:
        child.kill()
        child.wait()
    _write(context)


def flood(context: Context) -> None:
    """Print far more than anybody reads, by itself and through a child, with no end of a line for long."""
    _attempt(context)
    for _ in range(100):
        sys.stderr.write("x" * 100_000)
    subprocess.run(["/usr/bin/head", "-c", "10000000", "/dev/zero"], stdout=sys.stderr, check=True)
    sys.stderr.write("\nlast words\n")
    sys.stderr.flush()
    if context.params.get("fails"):
        os._exit(7)
    _write(context)


def babble(context: Context) -> None:
    """Report thousands of times how much is done."""
    _attempt(context)
    for _ in range(context.params["times"]):
        context.progress(context.params.get("done", 3), context.params.get("total", 3), "frames")
    _write(context)


def garble(context: Context) -> None:
    """Send the driver something that is no answer."""
    _attempt(context)
    sys.stderr.write("last words\n")
    sys.stderr.flush()
    descriptor = context.progress.__self__._descriptor  # type: ignore[attr-defined] # behind the worker's own back
    with contextlib.suppress(BrokenPipeError):
        for _ in range(context.params.get("times", 1)):
            os.write(descriptor, context.params["says"].encode())
    _write(context)


def edit(context: Context) -> None:
    """Change its own source after it was read, before or after reading what it was given of it."""
    _attempt(context)
    path, content = Path(context.params["path"]), context.params["content"]
    before = path.stat()
    read = context.inputs["source"].read_bytes() if context.params["read_first"] else b""
    if content is None:
        path.unlink()
    else:
        path.write_text(content)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    read = read or context.inputs["source"].read_bytes()
    (context.out / "main.txt").write_bytes(read)
