"""Reads a project's own files, such as specs and brands, which must be inside the project."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from vidbuild.errors import os_error_text
from vidbuild.spec import paths


def own_content(path: Path, root: Path, limit: int) -> bytes:
    """Return the bytes of a project's own file: at most limit + 1 of them, so that a file that is too large shows.

    root: of the project. Raises OSError, ValueError or InputError, of which `why_unreadable` gives the reason.
    """
    with open(path, "rb", opener=_open_without_waiting) as file:
        paths.check_own(path, root)
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("not a regular file")
        return file.read(limit + 1)


def why_unreadable(error: Exception) -> str:
    """Return why `own_content` failed, for a message."""
    if isinstance(error, OSError):
        return os_error_text(error)
    return str(error)[:1].lower() + str(error)[1:]


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
