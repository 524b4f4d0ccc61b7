"""Linux's seccomp: system calls that a thread and all it starts can no longer make; it knows nothing of why.

What is forbidden fails with "permission denied", as if the user had no right to it. Programs for another instruction
set than the interpreter's (32-bit ones) cannot run under it: their calls have other numbers.
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
"""What reaches into other processes or into the kernel's keys, none of which a step has a use for."""

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_X32 = 0x40000000
_NUMBER, _ARCHITECTURE = 0, 4  # where the kernel puts them for the filter
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def known() -> bool:
    """Whether this machine's system calls are known here."""
    return sys.platform == "linux" and os.uname().machine in _MACHINES and ctypes.sizeof(ctypes.c_void_p) == 8  # noqa: PLR2004 - bytes


def numbers(calls: Mapping[str, tuple[int, int]]) -> list[int]:
    """The calls' numbers on this machine."""
    place, _ = _MACHINES[os.uname().machine]
    return [both[place] for both in calls.values()]


def forbid(calls: Iterable[int], code: int = errno.EACCES) -> None:
    """Have these system calls fail, with that error, in this thread and what it starts; OSError where it cannot be."""
    _, architecture = _MACHINES[os.uname().machine]
    wanted = list(calls)
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IF_EQUAL, 0, len(wanted) + 3, architecture),  # else to the line but two
        (_LOAD, 0, 0, _NUMBER),
        (_IF_AT_LEAST, len(wanted) + 1, 0, _X32),
        *((_IF_EQUAL, len(wanted) - place + 1, 0, call) for place, call in enumerate(wanted)),
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
