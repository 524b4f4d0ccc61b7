"""Which errors mean that the cache's disk is full."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from vidbuild.engine.disk import disk_full
from vidbuild.errors import Failure

CACHE, FOLDER = Path("/media/disk/cache"), Path("/media/disk/cache/v1/tmp/step")
FULL = "the disk of the cache '/media/disk/cache' is full"


@pytest.mark.parametrize(
    ("code", "name", "message"),
    [
        (errno.ENOSPC, None, FULL),  # an error of writing has no name
        (errno.EDQUOT, "out/a.mp4", FULL),
        (errno.ENOSPC, "/media/disk/cache/cas/x", FULL),
        (errno.ENOSPC, "/media/usb/talk.mp4", None),
        (errno.EACCES, None, None),
        (errno.EACCES, "/media/disk/cache/cas/x", None),
    ],
)
def test_only_the_caches_own_disk_is_named(code: int, name: str | None, message: str | None) -> None:
    """A full disk or quota below the cache has its message; another error, or another disk, has not."""
    assert disk_full.message(OSError(code, os.strerror(code), name), CACHE, FOLDER) == message


def test_a_failure_has_a_way_out_or_the_errors_own_name() -> None:
    """A full cache is retried and has a hint; another error is reported with its file, and retried if it may pass."""
    assert disk_full.failure(OSError(errno.ENOSPC, "x"), CACHE, FOLDER) == Failure(FULL, disk_full.HINT, transient=True)
    denied = disk_full.failure(OSError(errno.EACCES, os.strerror(errno.EACCES), "/a"), CACHE, FOLDER)
    assert (denied.message, denied.hint, denied.transient) == ("permission denied: '/a'", None, False)
    busy = disk_full.failure(OSError(errno.EMFILE, os.strerror(errno.EMFILE)), CACHE, FOLDER)
    assert (busy.message, busy.transient) == ("too many open files", True)


def test_a_tools_log_shows_that_the_disk_is_full() -> None:
    """A tool that failed for a full disk is reported as that, without its command; any other stays as it is."""
    failed = Failure("ffmpeg stopped with code 1", command=("ffmpeg",), log=("a.mp4: No space left on device", "end"))
    assert disk_full.from_tool(failed, CACHE) == Failure(FULL, disk_full.HINT, transient=True)
    other = Failure("ffmpeg stopped with code 1", command=("ffmpeg",), log=("end",))
    assert disk_full.from_tool(other, CACHE) == other
