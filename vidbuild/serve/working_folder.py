"""The folder in which the server was started, which relative paths need: it may be removed, and made again."""

from __future__ import annotations

import os
from pathlib import Path


def is_gone() -> bool:
    """Return whether the working folder was removed, so that no relative path means anything."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def is_entered(folder: Path) -> bool:
    """Return whether the working folder exists; one that was removed and made again is entered again."""
    if is_gone():
        try:
            os.chdir(folder)
        except OSError:
            return False
    return True
