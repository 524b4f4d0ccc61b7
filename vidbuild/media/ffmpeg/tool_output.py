"""Takes what a tool made, if it is a file and no larger than it can be; it knows nothing of what is in it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from vidbuild.errors import StepError


def read(path: Path, most: int, what: str, tool: str = "ffmpeg") -> bytes:
    """The bytes of a file that a tool ended well over. StepError where there is none, or one that cannot be it.

    what: what should be in it, after "made no" ("sound").
    """
    try:
        end = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # a pipe would be waited for
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StepError(f"{tool} ended without an error, but made no {what}: '{path.name}': {reason}") from error
    try:
        found = os.fstat(end)
        if not stat.S_ISREG(found.st_mode):
            raise StepError(f"{tool} made no {what}: '{path.name}' is not a regular file")
        if found.st_size > most:
            raise StepError(f"{tool} made too much: '{path.name}' has {found.st_size} bytes where {most} are the most")
        with open(end, "rb", closefd=False) as file:
            return file.read(found.st_size)  # not `most`: room for as much would be taken at once
    finally:
        os.close(end)
