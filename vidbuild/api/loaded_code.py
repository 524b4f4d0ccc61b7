"""Whether the code that this process has loaded is still the one that is installed.

A process that runs for hours would otherwise build with the code that it has in memory under the keys of the code that
is on the disk: its results would be wrong, and found in the cache by every later build.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from vidbuild.api.plan_cache import CODE, PACKAGE
from vidbuild.errors import PluginError
from vidbuild.extensions import content
from vidbuild.extensions.installed import installed, search_path

_GROUPS = ("scenes", "voices")  # of plug-ins that take part in builds
_METADATA = (".dist-info", ".egg-info", ".egg-link", ".pth")

State = dict[str, object]


class LoadedCode:
    """The code as it is when this object is made: make it before specs are read, which imports plug-ins."""

    def __init__(self) -> None:
        self._folders = search_path()  # which needs a working folder; that may be removed
        self._plugins = [plugin for group in _GROUPS for plugin in installed(group)]
        self._loaded = self.state()

    def state(self) -> State:
        """Return what is installed now: name -> what changes whenever its code does."""
        found: State = {"vidbuild": _own(), "what is installed with pip": frozenset(_packages(self._folders))}
        for plugin in self._plugins:
            try:
                found[plugin.label] = content.identity(plugin)
            except (OSError, PluginError):  # it is being replaced
                found[plugin.label] = None
        return found

    def changed(self) -> str:
        """Return the first of what has changed, in words; "" if this process may go on."""
        now = self.state()
        return next((name for name, loaded in self._loaded.items() if now[name] != loaded), "")

    @property
    def whole(self) -> bool:
        """Whether nothing is in the middle of being replaced."""
        return None not in self.state().values()


def _own() -> object:
    try:
        return frozenset(_signatures(PACKAGE))
    except OSError:  # it is being replaced
        return None


def _signatures(folder: Path) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    yield from _signatures(Path(entry))
            elif entry.name.endswith(CODE):
                stat = entry.stat()
                yield entry.path, stat.st_mtime_ns, stat.st_size


def _packages(folders: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the names of what pip writes for each package that it installs; they have its version."""
    for folder in folders:
        try:
            names = os.listdir(folder)  # noqa: PTH208 - names alone, often
        except OSError:  # an archive, or none
            continue
        yield from ((folder, name) for name in names if name.endswith(_METADATA))
