"""Which files a spec may name: those inside its project, and none on a network; it opens none of them."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

_PROTOCOL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_DRIVE = re.compile(r"[A-Za-z]:|\\\\|//")


class PathProblemError(Exception):
    """A path that a spec may not name, and why."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def written(value: str, folder: Path) -> Path:
    """Where `value` leads by its name, symlinks as they are: they may lead elsewhere tomorrow."""
    return folder.absolute() / value


def resolve(value: str, folder: Path, root: Path) -> Path:
    """The file that `value` names in a file of this folder, symlinks resolved. Raises PathProblemError.

    It is inside the project's root, which must be resolved; whether it exists is another question.
    """
    _refuse_form(value)
    nowhere = PathProblemError(f"'{value}' is a symlink that leads nowhere")
    try:
        real = (folder.absolute() / value).resolve()
        if real.is_relative_to(root):
            dangling = (folder / value).is_symlink() and not real.exists()
    except RuntimeError:  # what Python 3.11 and 3.12 raise for symlinks in a circle
        raise nowhere from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise nowhere from None
        raise PathProblemError(f"'{value}' cannot be a path: {(error.strerror or str(error)).lower()}") from None
    if real.is_relative_to(root):
        if dangling:
            raise nowhere
        return real
    written = Path(os.path.normpath(folder.resolve() / value))
    how = "is a symlink that leaves" if written.is_relative_to(root) else "leaves"
    raise PathProblemError(f"'{value}' {how} the project, which is in '{os.path.relpath(root, folder)}'")


def _refuse_form(value: str) -> None:
    if not value.strip():
        raise PathProblemError("a path must not be empty")
    if "\0" in value:
        raise PathProblemError("a path must not contain U+0000")
    if _DRIVE.match(value) or value.startswith(("/", "~")):
        raise PathProblemError(f"'{value}' is not relative; a path starts at the file that names it")
    protocol = _PROTOCOL.match(value)
    if protocol:
        raise PathProblemError(f"'{value}' is not a path: nothing is read through '{protocol[0]}'")
