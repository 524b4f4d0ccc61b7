"""Restricts the files, TCP ports and processes that a thread and all it starts can reach, with Linux's Landlock.

Landlock takes three system calls, needs no rights, and cannot be undone. It does not control UDP, sockets in the file
system, or calls that change no content (`stat`, `chmod`, `utime`): seccomp.py closes sockets of all kinds.
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
_QUERY_VERSION = 1
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38
_TCP = 3  # to bind and to connect
_SCOPES = 3  # abstract unix sockets, signals

TCP_SINCE, SCOPES_SINCE = 4, 6
_SINCE = ((2, 13), (3, 14), (5, 15))  # ABI, and the access that it introduced: REFER, TRUNCATE, IOCTL_DEV
_FIRST = (1 << 13) - 1


class Access(IntFlag):
    """What may be done with a file, or with the content of a folder; the bits are the kernel's."""

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
    KEEP = READ | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER  # to add and remove finished files, without writing any
    WRITE = KEEP | WRITE_FILE | TRUNCATE | REMOVE_DIR | MAKE_FIFO | MAKE_SYM


_OF_A_FILE = Access.EXECUTE | Access.WRITE_FILE | Access.READ_FILE | Access.TRUNCATE | Access.IOCTL_DEV

# Access -> the paths that it is allowed for; missing paths are skipped.
Rules = Mapping[Access, Sequence[str]]


@cache
def abi() -> int:
    """Return the kernel's version of Landlock; 0 if it has none, or if it may not be used."""
    return max(0, _query()[0])


@cache
def missing() -> str:
    """Return why Landlock cannot be used; "" if it can."""
    version, code = _query()
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
    """Restrict this thread, and what it starts from now on, to the rules; OSError if the kernel refuses.

    tcp: whether it may use TCP.
    version: the ABI to use, for tests; 0 for the kernel's.
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
    """Create a ruleset without rules, of this version's size; what it handles and no rule allows is forbidden."""
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
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # a missing path needs no rule
    try:
        rule = _PathBeneath(access, descriptor)
        try:
            _system(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
        except OSError as error:
            if error.errno != errno.EINVAL:  # a file, to which only some of the rights apply
                raise
            rule.allowed = access & _OF_A_FILE
            _system(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(descriptor)


def _query() -> tuple[int, int]:
    """Return Landlock's version, and the error code if there is none."""
    if sys.platform != "linux":
        return 0, errno.ENOSYS
    try:
        return _system(_CREATE, None, 0, _QUERY_VERSION), 0
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
