"""Lists a folder of the project for a scene that shows it: names only, in an order that no file system changes."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from vidbuild.errors import os_error_text
from vidbuild.frozen import dataclass, field
from vidbuild.spec import paths
from vidbuild.spec.files import similar_folder
from vidbuild.spec.paths import InputError

MAX_NAMES = 500  # listed names: a scene shows fewer, and says so
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Listing:
    """The names in a folder.

    names: paths from the folder on, folders with a "/" at their end, each followed by what is in it.
    folders: the folders that were read, from which the names come.
    """

    names: list[str] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)


def listing(path: Path, name: str, fields: Mapping[str, Any]) -> Listing:
    """Return what is in a folder: folders first, numbers by their value. Raises InputError.

    name: the path as written in the spec, for messages.
    fields: the scene's `depth`, `exclude` and `hidden`.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise InputError(f"folder '{name}' does not exist", similar_folder(path, name)) from None
    except OSError as error:
        raise InputError(f"folder '{name}' cannot be read: {os_error_text(error)}") from None
    if not stat.S_ISDIR(mode):
        raise InputError(f"'{name}' is a file, not a folder")
    found = Listing()
    left_out = [*fields.get("exclude", ())]
    if not fields.get("hidden"):
        left_out.append(".*")
    _read(path, "", fields.get("depth", 1), left_out, found, name)
    return found


def _read(folder: Path, prefix: str, depth: int, left_out: Sequence[str], found: Listing, name: str) -> None:
    found.folders.append(folder)
    for entry, is_folder in _entries(folder, left_out, f"{name}/{prefix}".rstrip("/")):
        if len(found.names) >= MAX_NAMES:
            return
        shown = f"{prefix}{os.fsencode(entry).decode('utf-8', 'replace')}{'/' * is_folder}"
        found.names.append(shown)
        if is_folder and depth > 1:
            _read(folder / entry, shown, depth - 1, left_out, found, name)


def _entries(folder: Path, left_out: Sequence[str], shown: str) -> Iterator[tuple[str, bool]]:
    """Yield the names in a folder, and whether each is a folder; a symlink is none."""
    try:
        with os.scandir(folder) as entries:
            named = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    except OSError as error:
        raise InputError(f"folder '{shown}' cannot be read: {os_error_text(error)}") from None
    for entry, is_folder in sorted(named, key=lambda item: (not item[1], _natural(item[0]))):
        private = is_folder and entry.casefold() in paths.PRIVATE
        if not private and not any(fnmatchcase(entry, pattern) for pattern in left_out):
            yield entry, is_folder


def _natural(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """Return a key that sorts "a2" before "a10", whatever the case."""
    parts = _DIGITS.split(name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts], name
