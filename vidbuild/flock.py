"""Locks files by flock, for `platforms` and for what must start before that is imported. It imports almost nothing."""

from __future__ import annotations

import errno

try:
    import fcntl
except ImportError:
    POSIX = False
else:
    POSIX = True


def lock(descriptor: int, *, shared: bool) -> int:
    """Lock a file without waiting; return the errno, 0 if it is locked now.

    It is a lock of flock: the kernel drops a process's fcntl locks as soon as it closes any descriptor of the file.
    """
    if not POSIX:
        return errno.ENOTSUP
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno or errno.EIO
    return 0
