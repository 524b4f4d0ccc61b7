"""Linux's Landlock: files, TCP and signals that a thread and all it starts can no longer reach; it knows no steps.

Landlock is asked for by three system calls, needs no rights, and can never be taken back. It does not know UDP, sockets
in the file system, or what changes no content (`stat`, `chmod`, `utime`): seccomp.py closes sockets of all kinds.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Mapping, Sequence
from enum import IntFlag
from functools import cache

_CREATE, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture of today
_ASK_VERSION = 1
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38
_TCP = 3  # to bind and to connect
_SCOPES = 3  # abstract unix sockets, signals

TCP_SINCE, SCOPES_SINCE = 4, 6
_SINCE = ((2, 13), (3, 14), (5, 15))  # ABI, and the access that it was the first to know: REFER, TRUNCATE, IOCTL_DEV
_FIRST = (1 << 13) - 1


class Access(IntFlag):
    """What may be done with a file, or with all that is in a folder: bits as the kernel has them."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_FIFO = 1 << 10
    MAKE_SYM = 1 << 12
    REFER = 1 << 13  # to rename from one folder to another
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15

    READ = READ_FILE | READ_DIR
    RUN = READ | EXECUTE
    KEEP = READ | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER  # finished files are put there, none is written
    WRITE = KEEP | WRITE_FILE | TRUNCATE | REMOVE_DIR | MAKE_FIFO | MAKE_SYM


_OF_A_FILE = Access.EXECUTE | Access.WRITE_FILE | Access.READ_FILE | Access.TRUNCATE | Access.IOCTL_DEV

Rules = Mapping[Access, Sequence[str]]
"""What may be done where. Paths that are not there are left out."""


@cache
def abi() -> int:
    """The kernel's version of Landlock; 0 where there is none, or where it may not be used."""
    return max(0, _asked()[0])


@cache
def missing() -> str:
    """Why there is no Landlock; "" where there is."""
    version, code = _asked()
    if version > 0:
        return ""
    if sys.platform != "linux":
        return f"{sys.platform} has no Landlock"
    release = os.uname().release
    if code == errno.EOPNOTSUPP:
        return f"Landlock is turned off in this kernel ({release})"
    if code == errno.ENOSYS:
        return f"this kernel ({release}) has no Landlock"
    return f"Landlock may not be used here: {os.strerror(code).lower()}"


def restrict(rules: Rules, *, tcp: bool, version: int = 0) -> None:
    """Allow this thread, and what it starts from now on, nothing but the rules; OSError where that cannot be done.

    tcp: whether it may speak TCP. version: the ABI to make do with, for tests; the kernel's by default.
    """
    version = version or abi()
    handled = _FIRST | sum(1 << bit for since, bit in _SINCE if version >= since)
    ruleset = _ruleset(handled, version, tcp=tcp)
    try:
        for access, paths in rules.items():
            for path in dict.fromkeys(paths):
                _allow(ruleset, path, access & handled)
        _call(ctypes.CDLL(None, use_errno=True).prctl, _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _system(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _ruleset(handled: int, version: int, *, tcp: bool) -> int:
    """An empty ruleset of the size that this version knows: what it handles and no rule allows is forbidden."""
    words = [handled]
    if version >= TCP_SINCE:
        words.append(0 if tcp else _TCP)
    if version >= SCOPES_SINCE:
        words.append(_SCOPES)
    attributes = (ctypes.c_uint64 * len(words))(*words)
    return _system(_CREATE, ctypes.byref(attributes), ctypes.sizeof(attributes), 0)


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no right
    try:
        rule = _PathBeneath(access, place)
        try:
            _system(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
        except OSError as error:
            if error.errno != errno.EINVAL:  # a file, to which only some of the rights apply
                raise
            rule.allowed = access & _OF_A_FILE
            _system(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(place)


def _asked() -> tuple[int, int]:
    if sys.platform != "linux":
        return 0, errno.ENOSYS
    try:
        return _system(_CREATE, None, 0, _ASK_VERSION), 0
    except OSError as error:
        return 0, error.errno or errno.ENOSYS


def _system(number: int, *args: object) -> int:
    return _call(ctypes.CDLL(None, use_errno=True).syscall, ctypes.c_long(number), *args)


def _call(function: object, *args: object) -> int:
    assert callable(function)  # noqa: S101 - it comes from ctypes
    result: int = function(*args)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
