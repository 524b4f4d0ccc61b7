"""Which files a spec may name: those of its project, and none on a network; it opens none of them."""

from __future__ import annotations

import errno
import os
import re
import unicodedata
from pathlib import Path

from vidbuild.project import cache_of

PRIVATE = frozenset({".git", ".hg", ".svn", ".jj", ".bzr", ".vidbuild", ".ssh", ".aws", ".gnupg", ".docker", ".kube"})
"""Folders, in a project's root or below, in which tools keep what is not the project's: a checkout writes its token
into `.git/config`."""

SECRETS = frozenset({".env", ".netrc", ".npmrc", ".pypirc", ".git-credentials", ".pgpass", ".htpasswd"})
"""Files of which it is known that they hold passwords."""

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
        _refuse_private(value, real, root)
        return real
    written = Path(os.path.normpath(folder.resolve() / value))
    how = "is a symlink that leaves" if written.is_relative_to(root) else "leaves"
    raise PathProblemError(f"'{value}' {how} the project, which is in '{os.path.relpath(root, folder)}'")


def check_own(spec: Path, root: Path) -> None:
    """Raise PathProblemError where a spec's own file is a symlink to what is not in its project."""
    real = Path(os.path.realpath(spec))
    if not real.is_relative_to(root):
        raise PathProblemError("it is a symlink that leaves the project")
    _refuse_private(spec.name, real, root)


def _refuse_private(value: str, real: Path, root: Path) -> None:
    """Refuse what is in the project's folder and not of the project, however its name is written."""
    cache = Path(os.path.realpath(cache_of(root)))
    for place in (real, *real.parents):
        if place == root:
            return
        name = _folded(place.name)
        if name in PRIVATE or place == cache:
            raise PathProblemError(f"'{value}' is in '{place.name}', of which a spec can show nothing")
        if name in SECRETS or (name.startswith(".env.") and not name.endswith((".example", ".sample", ".template"))):
            raise PathProblemError(f"'{value}' is where secrets are kept, of which a spec can show nothing")


def _folded(name: str) -> str:
    """A file's name as the file systems have it that take `.GIT`, `.git.` and `.g\u200cit` for the same folder."""
    seen = "".join(letter for letter in unicodedata.normalize("NFKC", name) if unicodedata.category(letter) != "Cf")
    folded = seen.casefold().rstrip(". ").partition(":")[0]
    return ".git" if folded == "git~1" else folded


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
