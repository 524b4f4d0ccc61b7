"""Resource limits and capabilities of a process and its children.

The system reports each limit in its own way: memory cannot be allocated, a file is too large, a process cannot be
started.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

from vidbuild.platforms import lower_limit

UNITS = {"T": 40, "G": 30, "M": 20, "K": 10, "": 0}

_CAPABILITIES_VERSION = 0x20080522
_KEPT_CAPABILITIES = 1 << 1 | 1 << 2 | 1 << 3  # to read and write what belongs to others, in a container's root


def set_limits(*, memory: int, file_bytes: int, files: int, processes: int) -> None:
    """Lower this process's limits, for good; 0 leaves a limit as it is.

    memory: bytes that one process may allocate.
    file_bytes: size of one file.
    files: how many may be open at once.
    processes: how many more than now the user may have.
    """
    lower_limit("CORE", 0)
    if file_bytes:
        lower_limit("FSIZE", file_bytes)
    if files:
        lower_limit("NOFILE", files)
    if sys.platform == "linux":
        if memory:
            lower_limit("DATA", memory)
        if processes:
            lower_limit("NPROC", _tasks() + processes)


def size(number: int) -> str:
    """Return a number of bytes as users write it, such as "8G"."""
    unit = next(unit for unit, power in UNITS.items() if not power or (number and number % (1 << power) == 0))
    return f"{number >> UNITS[unit]}{unit}"


def _tasks() -> int:
    """Return the number of tasks in the whole system; the limit counts the user's tasks, which are at most as many."""
    try:
        return int(Path("/proc/loadavg").read_bytes().split()[3].partition(b"/")[2])
    except (OSError, ValueError, IndexError):
        return 1 << 16


def drop_rights() -> None:
    """Drop all rights of root except those on files; with them, the process could raise its limits again."""
    library = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; then the same for those above 31
    if library.capget(header, sets) != 0:
        return
    kept = sets[1] & _KEPT_CAPABILITIES
    library.capset(header, (ctypes.c_uint32 * 6)(kept, kept, 0, 0, 0, 0))
