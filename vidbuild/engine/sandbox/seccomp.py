"""Forbids system calls to a thread and all it starts, with Linux's seccomp.

A forbidden call fails with "permission denied", as if the user had no right to it. Programs for another instruction
set than the interpreter's, such as 32-bit ones, cannot run: their calls have other numbers.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable, Mapping

# The numbers of x86_64 and aarch64.
SOCKETS: Mapping[str, tuple[int, int]] = {"socket": (41, 198), "socketpair": (53, 199)}
# Calls that reach into other processes or into the kernel's keys; steps need none of them.
FOREIGN: Mapping[str, tuple[int, int]] = {
    "io_uring_setup": (425, 425),  # opens sockets without the call of that name
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
}

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_X32 = 0x40000000
_NUMBER, _ARCHITECTURE = 0, 4  # their offsets in the data of a filter
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def known() -> bool:
    """Return whether the numbers of this machine's system calls are known."""
    return sys.platform == "linux" and os.uname().machine in _MACHINES and ctypes.sizeof(ctypes.c_void_p) == 8  # noqa: PLR2004 - bytes


def numbers(calls: Mapping[str, tuple[int, int]]) -> list[int]:
    """Return the calls' numbers on this machine."""
    column, _ = _MACHINES[os.uname().machine]
    return [row[column] for row in calls.values()]


def forbid(calls: Iterable[int], code: int = errno.EACCES) -> None:
    """Make these system calls fail with an error code, in this thread and what it starts; OSError if refused."""
    _, architecture = _MACHINES[os.uname().machine]
    forbidden = list(calls)
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IF_EQUAL, 0, len(forbidden) + 3, architecture),  # otherwise jump to the second last line
        (_LOAD, 0, 0, _NUMBER),
        (_IF_AT_LEAST, len(forbidden) + 1, 0, _X32),
        *((_IF_EQUAL, len(forbidden) - place + 1, 0, call) for place, call in enumerate(forbidden)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _FAIL | errno.ENOSYS),
        (_RETURN, 0, 0, _FAIL | code),
    ]
    code_of_filter = b"".join(struct.pack("=HBBI", *line) for line in lines)
    program = _Program(len(lines), code_of_filter)
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    for args in ((_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0)):
        if prctl(*args) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
