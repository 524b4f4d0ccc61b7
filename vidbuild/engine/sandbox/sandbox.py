"""What a worker may access and consume, as plain data, and how the kernel enforces it.

A worker is restricted twice. The process as a whole reads programs, sources and the store, writes the build's folder
and adds blobs. A step runs in a thread of its own, so that it and its tools read only programs and the blobs whose
names they receive, and write only the step's folder. Landlock enforces both, for each thread; seccomp enforces network
access as well, because Landlock covers only TCP. Neither hides that a file exists, nor protects its mode and times.

Restrictions cannot be lifted, so a worker keeps its sandbox until it ends.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.frozen import dataclass, replaced, values

# Libraries and programs of the system, and what they read about the machine.
SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store", "/snap"),
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.preload", "/etc/localtime"),
    *("/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu", "/sys/devices/system/node"),
)

# What resolves names and verifies certificates.
NETWORK = (
    *("/etc/resolv.conf", "/run/systemd/resolve", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf"),
    *("/etc/gai.conf", "/etc/services", "/etc/protocols", "/etc/crypto-policies", "/etc/ca-certificates"),
    *("/etc/ssl/certs", "/etc/ssl/cert.pem", "/etc/ssl/openssl.cnf", "/etc/pki/tls/certs", "/etc/pki/ca-trust"),
)

_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_NO_THREAD = "can't start new thread"  # CPython's message if there is no memory for the stack
_STACK = 8 << 20  # as the main thread has it
_GRACE = 1.0  # seconds in which a thread may clean up
_REFER_SINCE = 2  # the first ABI under which a file can be moved from one folder to another


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What a worker may reach and use up. Paths are absolute, folders with their content; missing ones are skipped.

    programs: may be read and run; the worker adds what the interpreter needs.
    read: may be read.
    named: files in these folders may be read, by steps as well if they know the name.
    keep: as named, and finished files may be added or removed.
    write: anything may be done, except running it.
    network: whether sockets may be opened.
    online: may be read if sockets may be opened.
    memory, file_bytes: limits of one process; 0 is no limit.
    files: how many may be open at once.
    processes: how many more than now the user may have.
    more_memory, larger_files: hints on how to raise a limit.
    """

    programs: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    network: bool = False
    online: tuple[str, ...] = ()
    memory: int = 0
    file_bytes: int = 0
    files: int = 0
    processes: int = 0
    more_memory: str | None = None
    larger_files: str | None = None

    def with_source_dirs(self, files: Iterable[str]) -> Sandbox:
        """Return the sandbox with the folders of these files readable.

        Rights on the files themselves would be lost if an editor replaces one of them: the kernel ties them to inodes.
        """
        paths = [Path(file) for file in files]
        folders = {str(path.parent) for path in (*paths, *(path.resolve() for path in paths if path.is_symlink()))}
        return replaced(self, read=(*self.read, *sorted(folders)))

    def to_data(self) -> dict[str, Any]:
        """Return the sandbox as JSON values."""
        return values(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Sandbox:
        """Return the sandbox that `to_data` returned as JSON values."""
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        return cls(**fields)


def missing() -> str:
    """Return why steps cannot be sandboxed on this system; "" if they can."""
    from vidbuild.engine.sandbox import landlock

    return landlock.missing()


def describe() -> str:
    """Return what is restricted on this system, and by what; "" if nothing is."""
    from vidbuild.engine.sandbox import landlock, seccomp

    if missing():
        return ""
    restricted = ["files"]
    if seccomp.known():
        restricted.append("network")
    elif landlock.abi() >= landlock.TCP_SINCE:
        restricted.append("TCP")
    if landlock.abi() >= landlock.SCOPES_SINCE:
        restricted.append("signals")
    return f"Landlock {landlock.abi()}: {', '.join(restricted)}"


def enter(sandbox: Sandbox) -> ActiveSandbox:
    """Restrict this process, which must have no other thread yet; OSError if the kernel refuses what it offers."""
    from vidbuild.engine.sandbox import landlock, rlimits, seccomp

    network = (*NETWORK, *sandbox.online) if sandbox.network else ()
    active = ActiveSandbox(replaced(sandbox, programs=(*_interpreter(), *SYSTEM, *network, *sandbox.programs)))
    rlimits.set_limits(
        memory=sandbox.memory, file_bytes=sandbox.file_bytes, files=sandbox.files, processes=sandbox.processes
    )
    if sys.platform == "linux":
        rlimits.drop_rights()
    if seccomp.known():
        with contextlib.suppress(OSError):  # a kernel without it
            calls = {**seccomp.FOREIGN, **({} if sandbox.network else seccomp.SOCKETS)}
            seccomp.forbid(seccomp.numbers(calls))
    if landlock.abi() >= _REFER_SINCE:
        active.restrict(active.sandbox)
    return active


class ActiveSandbox:
    """The sandbox of the current process."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def run(self, action: Callable[[], None], folder: str) -> None:
        """Run an action in a thread that can read programs and blobs, and write the folder; raise what it raises.

        The thread cannot list the blobs, whose names are digests of their contents, so it reads only those that it
        receives. One rule covers all blobs, because a blob that is added again is another file to the kernel.
        """
        from vidbuild.engine.sandbox import landlock

        if not landlock.abi():
            action()
            return
        step_only = replaced(self.sandbox, read=(), named=(), keep=(), write=(folder,))
        _in_a_thread(lambda: self.restrict(step_only, named=(*self.sandbox.named, *self.sandbox.keep)), action)

    def limit(self, error: BaseException) -> tuple[str, str | None] | None:
        """Return the limit that caused an error, or its cause, and how to raise the limit; None for other errors."""
        if error.__cause__ is not None and (cause := self.limit(error.__cause__)):
            return cause
        from vidbuild.engine.sandbox.rlimits import size

        sandbox, code = self.sandbox, getattr(error, "errno", None)
        no_memory = isinstance(error, MemoryError) or code == errno.ENOMEM or str(error) == _NO_THREAD
        if sandbox.memory and no_memory:
            return f"out of memory: the limit is {size(sandbox.memory)}", sandbox.more_memory
        if sandbox.file_bytes and code == errno.EFBIG:
            return f"file too large: the limit is {size(sandbox.file_bytes)}", sandbox.larger_files
        return None

    def restrict(self, sandbox: Sandbox, named: Sequence[str] = ()) -> None:
        """Restrict this thread to what the sandbox allows; named: folders whose files can be read, but not listed."""
        from vidbuild.engine.sandbox.landlock import Access, restrict

        rules = {
            Access.RUN: sandbox.programs,
            Access.READ: (*sandbox.read, *sandbox.named),
            Access.READ_FILE: named,
            Access.KEEP: sandbox.keep,
            Access.WRITE: sandbox.write,
            Access.READ_FILE | Access.WRITE_FILE: _DEVICES,
        }
        restrict(rules, tcp=sandbox.network)


def _in_a_thread(first: Callable[[], None], action: Callable[[], None]) -> None:
    raised: list[BaseException] = []
    done = threading.Event()  # in Python 3.11 and 3.12 an interrupted `join` marks a running thread as ended

    def work() -> None:
        try:
            first()
            action()
        except BaseException as error:  # noqa: BLE001 - the waiting thread raises it again
            raised.append(error)
        finally:
            done.set()

    thread = threading.Thread(target=work, daemon=True)
    before = threading.stack_size(_STACK)
    try:
        thread.start()
        done.wait()
    except BaseException:
        _end(thread, done)
        raise
    finally:
        threading.stack_size(before)
    if raised:
        raise raised[0]


def _end(thread: threading.Thread, done: threading.Event) -> None:
    """Make the thread exit, so that it cleans up: what it started must not outlive it."""
    import ctypes

    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))
        done.wait(_GRACE)


def _interpreter() -> list[str]:
    """Return the folders of Python, its libraries and its packages."""
    program = os.path.realpath(sys.executable)
    places = [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, program, sys.executable]
    return [place for place in (*places, *sys.path) if Path(place).is_absolute()]
