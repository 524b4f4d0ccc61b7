"""Whether there are the files that users and sources name, whatever these names are."""

from __future__ import annotations

from pathlib import Path
from stat import S_ISDIR, S_ISREG

from vidbuild.errors import os_error_text


def absence(path: Path) -> str:
    """Return why a path is no file that can be read, to follow its name; "" if it is one."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):  # a name with a null byte is no name
        return "does not exist"
    except OSError as error:  # such as a name that is too long, or a folder that may not be searched
        return f"cannot be read: {os_error_text(error)}"
    if S_ISDIR(mode):
        return "is a folder"
    return "" if S_ISREG(mode) else "is no regular file"


def exists(path: Path) -> bool:
    """Return whether there is a file or a folder; False also for a name that no file can have."""
    return absence(path) in {"", "is a folder", "is no regular file"}
