"""Resolves the paths in a spec: only files of the project are allowed, and nothing private in it."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import unicodedata
from pathlib import Path

from vidbuild.errors import os_error_text
from vidbuild.platforms import shell_command
from vidbuild.project import ROOT_MARKERS, SETTINGS, cache_of

# Folders of tools, which can hold secrets: a CI checkout writes its token into `.git/config`.
PRIVATE = frozenset({".git", ".hg", ".svn", ".jj", ".bzr", ".vidbuild", ".ssh", ".aws", ".gnupg", ".docker", ".kube"})
# Files in which tools keep passwords.
SECRETS = frozenset({".env", ".netrc", ".npmrc", ".pypirc", ".git-credentials", ".pgpass", ".htpasswd"})

_MIN_PARTS = 3  # of the path of a folder for one user's files: not /tmp or /srv
_INTO_PROJECT = "put the file into the project"
_PROTOCOL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_DRIVE = re.compile(r"[A-Za-z]:|\\\\|//")


class InputError(Exception):
    """A path or file that a spec cannot use."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def as_written(value: str, folder: Path) -> Path:
    """Return the absolute path with its symlinks unresolved, since they can have other targets in the next build."""
    return folder.absolute() / in_own_form(value, folder)


def in_own_form(value: str, folder: Path) -> str:
    """Return a path with each name as the file system has it: "é" can be one character in a spec and two on disk."""
    if value.isascii():
        return value
    found = Path()
    for part in Path(value).parts:
        name = part
        if not part.isascii() and not os.path.lexists(folder / found / part):
            form = unicodedata.normalize("NFC", part)
            with contextlib.suppress(OSError):
                names = sorted(names_in(folder / found))
                name = next((each for each in names if unicodedata.normalize("NFC", each) == form), part)
        found /= name
    return str(found)


def other_spelling(value: str, folder: Path) -> tuple[str, str] | None:
    """Return a message and a hint about a file that is found only because its file system ignores case."""
    found = Path()
    for part in Path(value).parts:
        name = part
        swapped = "".join(letter.swapcase() if letter.isascii() else letter for letter in part)
        if swapped != part and os.path.lexists(folder / found / swapped):  # seldom, if case counts here
            name = _entry(part, folder / found)
        found /= name
    if str(found) == str(Path(value)):
        return None
    real = found.as_posix()
    return f"'{value}' is '{real}' on disk: file systems that distinguish case do not find it", f"write {real}"


def _entry(name: str, folder: Path) -> str:
    """Return the name that a folder lists for a file: the same one if it is there, or else one that differs in case."""
    try:
        names = sorted(names_in(folder))
    except OSError:
        return name
    form = unicodedata.normalize("NFC", name)
    forms = [unicodedata.normalize("NFC", each) for each in names]
    if form in forms:
        return name
    return next((each for each in forms if each.casefold() == form.casefold()), name)


def names_in(folder: Path) -> list[str]:
    """Return the names of a folder's files and folders, as its file system has them."""
    return os.listdir(folder)  # noqa: PTH208 - names, not paths


def resolve(value: str, folder: Path, root: Path) -> Path:
    """Return the file that a path names, symlinks resolved; it need not exist. Raises InputError.

    folder: the folder of the file with the path in it.
    root: the project's root, symlinks resolved.
    """
    _refuse_form(value)
    value = in_own_form(value, folder)
    dangling_link = InputError(f"'{value}' is a symlink without a target")
    try:
        real = (folder.absolute() / value).resolve()
        if real.is_relative_to(root):
            dangling = (folder / value).is_symlink() and not real.exists()
    except RuntimeError:  # Python 3.11 and 3.12 raise it for a cycle of symlinks
        raise dangling_link from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise dangling_link from None
        raise InputError(f"'{value}' is not a path: {os_error_text(error)}") from None
    if real.is_relative_to(root):
        if dangling:
            raise dangling_link
        _refuse_private(value, real, root)
        return real
    target = Path(os.path.normpath(folder.resolve() / value))
    place = f"outside the project folder '{os.path.relpath(root, folder)}'"
    if target.is_relative_to(root):
        raise InputError(f"'{value}' is a symlink to a file {place}", _INTO_PROJECT)
    raise InputError(f"'{value}' is {place}", _into_project(real, root))


def _into_project(file: Path, root: Path) -> str:
    """Return the hint about a file outside the project: what makes a folder that has both the project, if any can be.

    That is no folder in which other people's files are, nor one above a repository.
    """
    folder = Path(os.path.commonpath((file, root)))
    home = Path(os.path.expanduser("~")).resolve()  # noqa: PTH111 - Path.home raises if there is none
    if not file.exists() or home.is_relative_to(folder) or len(folder.parts) < _MIN_PARTS:
        return _INTO_PROJECT
    marker = root / SETTINGS
    if marker.is_file():
        command = ["mv", os.path.relpath(marker), os.path.relpath(folder / SETTINGS)]
    elif any(os.path.lexists(root / each) for each in ROOT_MARKERS):
        return _INTO_PROJECT
    else:
        command = ["touch", os.path.relpath(folder / SETTINGS)]
    return f"{_INTO_PROJECT}, or make '{os.path.relpath(folder)}' the project: {shell_command(*command)}"


def check_own(spec: Path, root: Path) -> None:
    """Raise InputError if a spec's own file is a symlink to a file outside the project."""
    real = Path(os.path.realpath(spec))
    if not real.is_relative_to(root):
        raise InputError("symlink to a file outside the project folder")
    _refuse_private(spec.name, real, root)


def _refuse_private(value: str, real: Path, root: Path) -> None:
    """Raise InputError for files of tools in the project's folder, and for files that hold secrets."""
    cache = Path(os.path.realpath(cache_of(root)))
    for path in (real, *real.parents):
        if path == root:
            return
        name = _folded(path.name)
        if name in PRIVATE or path == cache:
            raise InputError(f"'{value}': specs may not read files in '{path.name}'")
        if name in SECRETS or (name.startswith(".env.") and not name.endswith((".example", ".sample", ".template"))):
            raise InputError(f"'{value}': specs may not read files that hold secrets")


def _folded(name: str) -> str:
    """Return the common form of a file name: some file systems take `.GIT`, `.git.` and `.g\u200cit` for one folder."""
    visible = "".join(letter for letter in unicodedata.normalize("NFKC", name) if unicodedata.category(letter) != "Cf")
    folded = visible.casefold().rstrip(". ").partition(":")[0]
    return ".git" if folded == "git~1" else folded


def _refuse_form(value: str) -> None:
    if not value.strip():
        raise InputError("a path must not be empty")
    if "\0" in value:
        raise InputError("a path must not contain U+0000")
    if _DRIVE.match(value) or value.startswith(("/", "~")):
        raise InputError(f"'{value}' is not a relative path", "write the path relative to the file that names it")
    if os.sep == "\\" and os.sep in value:  # Windows; on other systems it may be part of a name
        slashes = value.replace(os.sep, "/")
        raise InputError(f"'{value}': expected '/' between folders, as on every system", f"write {slashes}")
    protocol = _PROTOCOL.match(value)
    if protocol:
        hint = _INTO_PROJECT if value[len(protocol[0]) :].startswith("//") else None
        raise InputError(f"'{value}' is not a path: '{protocol[0]}' is a protocol", hint)
