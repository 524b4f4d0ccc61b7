"""Restricts what recorded commands can reach and use up, as far as the system can: see SECURITY.md."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from vidbuild import platforms
from vidbuild.engine.sandbox import landlock, rlimits, seccomp
from vidbuild.engine.sandbox.landlock import Access

MEMORY = 4 << 30  # bytes of one process
FILE = 1 << 30  # bytes of one file
FILES = 1024  # open at once
PROCESSES = 256  # more than there are now
_UMASK = 0o022
_REFER_SINCE = 2  # the first version of Landlock under which files can be moved between folders
# Without `socketpair`, which event loops need to wake themselves up and which reaches no network.
_NETWORK = {"socket": seccomp.SOCKETS["socket"], "io_uring_setup": seccomp.FOREIGN["io_uring_setup"]}


def forbids_files() -> bool:
    """Return whether this system can forbid writing outside the scratch folder."""
    return landlock.abi() >= _REFER_SINCE


def forbids_network() -> bool:
    """Return whether this system can forbid the network."""
    return seccomp.known()


def entering(scratch: Path, *, network: bool, sandboxed: bool) -> Callable[[], None]:
    """Return what a child calls before it executes the shell.

    scratch: the only folder that it may write to.
    network: whether it may open sockets.
    sandboxed: whether to restrict files and network; limits and rights are restricted in any case.
    """
    calls = seccomp.numbers(_NETWORK) if sandboxed and not network and seccomp.known() else []
    has_landlock = sandboxed and forbids_files()
    rules = {
        Access.RUN: ("/",),
        Access.WRITE: (str(scratch),),
        Access.READ_FILE | Access.WRITE_FILE | Access.IOCTL_DEV: ("/dev",),
    }
    die_with_parent = platforms.before_exec()

    def enter() -> None:
        if die_with_parent is not None:
            die_with_parent()
        os.umask(_UMASK)
        rlimits.set_limits(memory=MEMORY, file_bytes=FILE, files=FILES, processes=PROCESSES)
        if has_landlock:
            rlimits.drop_rights()
            landlock.restrict(rules, tcp=network)
        if calls:
            with contextlib.suppress(OSError):  # a kernel without it
                seccomp.forbid(calls)

    return enter
