"""Where the code of a plug-in is, and what identifies it in the keys of steps; none of it is imported here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from vidbuild.extensions.guard import error_of
from vidbuild.extensions.installed import Plugin

MAX_HASHED = 4 << 20  # bytes of a file; of a larger one, such as a model, the size counts
_SKIPPED = frozenset({"__pycache__", ".git", ".mypy_cache", ".ruff_cache", ".pytest_cache"})
_REQUIRED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Code(NamedTuple):
    """Where a plug-in's code is.

    package: the dotted name of its outermost package with code, or of its module.
    path: that package's folder, or the module's file.
    """

    package: str
    path: Path


def code_of(plugin: Plugin) -> Code:
    """Return where a plug-in's code is. Raises PluginError if it is nowhere."""
    first, *others = plugin.module.split(".")
    package = first
    try:
        found = find_spec(first)  # imports nothing, unlike that of a package inside of another one
    except (ValueError, ImportError):  # an empty name, or one that only a running program has
        found = None
    for part in others:
        if found is None or found.origin is not None:
            break
        package = f"{package}.{part}"
        found = PathFinder.find_spec(package, list(found.submodule_search_locations or ()))
    if found is None or found.origin is None:
        hint = f"pip install --force-reinstall {plugin.distribution}"
        raise error_of(plugin, f"cannot be imported: there is no module '{plugin.module}'", hint)
    path = Path(found.origin)
    return Code(package, path.parent if found.submodule_search_locations else path)


def files(plugin: Plugin) -> list[Path]:
    """Return the files of a plug-in's code and data."""
    path = code_of(plugin).path
    return sorted(_below(path)) if path.is_dir() else [path]


def evidence(plugin: Plugin) -> list[Path]:
    """Return the files that change whenever `identity` does, and the folders, which get and lose files."""
    records = (_record(name) for name in (plugin.distribution, *_requirements(plugin)))
    found, code = files(plugin), code_of(plugin).path
    folders = {code, *(each.parent for each in found)} if code.is_dir() else set()
    return [*found, *sorted(folders), *(path for path in records if path is not None)]


def identity(plugin: Plugin) -> str:
    """Return what is in the keys of a plug-in's steps: its version, and a digest of its code and of what it requires.

    The code changes without a new version while its author works on it.
    """
    required = tuple(f"{name} {_version(name)}" for name in _requirements(plugin))
    stats = tuple((path, each.st_size, each.st_mtime_ns) for path in files(plugin) if (each := path.stat()))
    return f"{plugin.version} ({_digest(code_of(plugin).path.parent, required, stats)})"


@lru_cache(maxsize=64)
def _digest(root: Path, required: tuple[str, ...], stats: tuple[tuple[Path, int, int], ...]) -> str:
    content = hashlib.sha256("\n".join(required).encode())
    for path, size, _ in stats:
        data = path.read_bytes() if size <= MAX_HASHED else b""
        content.update(f"{path.relative_to(root).as_posix()} {size} {hashlib.sha256(data).hexdigest()}\n".encode())
    return content.hexdigest()[:12]


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir():
            if path.name not in _SKIPPED:
                yield from _below(path)
        elif path.suffix != ".pyc" and path.is_file():
            yield path


def _requirements(plugin: Plugin) -> list[str]:
    """Return the distributions that a plug-in's own declares to require and that are installed, without vidbuild."""
    from importlib.metadata import requires

    declared = (each for each in requires(plugin.distribution) or () if "extra ==" not in each)
    names = sorted({found[0] for found in map(_REQUIRED.match, declared) if found} - {"vidbuild"})
    return [name for name in names if _version(name)]


def _version(distribution: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def _record(distribution: str) -> Path | None:
    """Return the file with a distribution's metadata: an update replaces it."""
    from importlib.metadata import files as files_of

    found = next((each for each in files_of(distribution) or () if each.name in {"METADATA", "PKG-INFO"}), None)
    return None if found is None else Path(str(found.locate()))
