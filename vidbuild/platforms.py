"""What vidbuild uses of the operating system: file locks, syncs, process groups, limits and signals.

No other module imports what only POSIX systems have. Everything here can be imported without it: then specs can be
checked, but nothing can be built.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import sys
from collections.abc import Callable

from vidbuild.errors import UsageError

try:
    import fcntl
    import resource
except ImportError:
    POSIX = False
else:
    POSIX = True

# How much of a sandbox the user asks for: see `engine.sandbox.mode`, which a build with nothing to do does not import.
SANDBOX = "VIDBUILD_SANDBOX"

NO_POSIX = "building needs Linux or macOS: this Python has no module 'fcntl'"
USE_WSL = "on Windows, run vidbuild in WSL 2: wsl --install"

# Whether the kernel can kill a child when its parent dies.
_PARENT_DEATH = sys.platform == "linux"
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36

# Whether a child gets its own process group, so that its descendants can be killed with it. Without PR_SET_PDEATHSIG
# it stays in our group, so that a signal that kills our group kills it too.
OWN_PROCESS_GROUP = _PARENT_DEATH

# The ioctl of Linux that makes a file share all blocks of another one (a reflink).
_FICLONE = 0x40049409


def _number(name: str) -> int:
    """Return a signal's number, 0 if the system has no such signal."""
    return getattr(signal, name, 0)


SIGKILL, SIGSTOP, SIGCONT = _number("SIGKILL"), _number("SIGSTOP"), _number("SIGCONT")
SIGHUP, SIGTSTP, SIGXFSZ = _number("SIGHUP"), _number("SIGTSTP"), _number("SIGXFSZ")


def shell_command(*words: object) -> str:
    """Return words quoted for the shell of this system, so that a command in a hint can be pasted."""
    texts = [str(word) for word in words]
    if sys.platform != "win32":
        return shlex.join(texts)
    import subprocess

    return subprocess.list2cmdline(texts)


def require_posix() -> None:
    """Raise UsageError if this system cannot run steps."""
    if not POSIX:
        raise UsageError(NO_POSIX, hint=USE_WSL)


def sync(descriptor: int) -> None:
    """Wait until a file's bytes are on the disk."""
    whole = getattr(fcntl, "F_FULLFSYNC", None) if POSIX else None
    if whole is not None:  # macOS: fsync alone leaves the bytes in the disk's own memory
        with contextlib.suppress(OSError):  # the file system does not support it
            fcntl.fcntl(descriptor, whole)
            return
    os.fsync(descriptor)


def clone(source: int, target: int) -> bool:
    """Make a file share all blocks of another one; return whether the file system can."""
    if not POSIX:
        return False
    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError:
        return False
    return True


def signal_group(pid: int, number: int) -> None:
    """Send a signal to a process group, if it still exists; no signal that this system lacks."""
    if not number:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def signal_process(pid: int, number: int) -> None:
    """Send a signal to a process, if it still exists; no signal that this system lacks: Windows reads 0 as Ctrl-C."""
    if not number:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def at_death_of_parent(number: int) -> None:
    """Have the kernel send a signal to this process when its parent dies; each thread may ask for one. Linux only."""
    if _PARENT_DEATH:
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def before_exec() -> Callable[[], None] | None:
    """Return what a child calls before it executes a program, so that the kernel kills it when vidbuild dies.

    All that it needs is loaded here: after a fork, an import could wait for a lock that no thread will release.
    """
    if not _PARENT_DEATH:
        return None
    import ctypes

    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, SIGKILL)


def adopt_orphans(*, on: bool) -> bool:
    """Have this process become the parent of its descendants whose own parent ends; return whether it does. Linux."""
    if not _PARENT_DEATH:
        return False
    import ctypes

    try:
        return int(ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(on), 0, 0, 0)) == 0
    except (OSError, AttributeError):
        return False


def limit(name: str) -> int | None:
    """Return a limit of this process ("DATA", "FSIZE"), None if it is unlimited."""
    value: int = resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))[0]
    return None if value == resource.RLIM_INFINITY else value


def lower_limit(name: str, wanted: int) -> None:
    """Lower a limit of this process for good, as far as the system allows."""
    what = getattr(resource, f"RLIMIT_{name}")
    soft, hard = (wanted if have == resource.RLIM_INFINITY else min(wanted, have) for have in resource.getrlimit(what))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(what, (soft, hard))
