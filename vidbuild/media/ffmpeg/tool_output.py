"""Read a file that a tool wrote, after checking that it is a regular file of a plausible size."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vidbuild.errors import StepError, os_error_text


def size(path: Path, max_bytes: int, what: str, tool: str = "ffmpeg") -> int:
    """Return the size of a file like `read`, which a tool wrote, without reading it."""
    with _opened(path, max_bytes, what, tool) as (_, found):
        return found


def read(path: Path, max_bytes: int, what: str, tool: str = "ffmpeg") -> bytes:
    """Return the bytes of a file that a tool wrote before it exited with 0.

    what: the expected content, to follow "wrote no" in messages ("audio").
    Raise StepError if the file is missing, not a regular file, or larger than `max_bytes`.
    """
    with _opened(path, max_bytes, what, tool) as (descriptor, found), open(descriptor, "rb", closefd=False) as file:
        return file.read(found)  # reading `max_bytes` would allocate as much at once


@contextmanager
def _opened(path: Path, max_bytes: int, what: str, tool: str) -> Iterator[tuple[int, int]]:
    """Open a tool's file and return its descriptor and size, after checking them."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # opening a FIFO must not block
    except OSError as error:
        raise StepError(f"{tool} exited with 0, but wrote no {what}: '{path.name}': {os_error_text(error)}") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise StepError(f"{tool} wrote no {what}: '{path.name}' is not a regular file")
        if status.st_size > max_bytes:
            raise StepError(
                f"{tool} wrote too much: '{path.name}': expected at most {max_bytes} bytes, got {status.st_size}"
            )
        yield descriptor, status.st_size
    finally:
        os.close(descriptor)
