"""The plug-ins that are installed, by their entry points; none of their code is imported here."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from vidbuild.errors import PluginError
from vidbuild.frozen import dataclass

PREFIX = "vidbuild."


class Group(NamedTuple):
    """What the entry points of a group add. interface: the version of its interface that this vidbuild has."""

    noun: str
    interface: int


# The names of the groups of entry points, below PREFIX.
GROUPS = {
    "scenes": Group("scene type", 1),
    "voices": Group("voice engine", 1),
    "importers": Group("importer", 1),
    "writers": Group("writer", 1),
    "stock": Group("stock provider", 1),
}

NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Plugin:
    """One entry point of a distribution.

    group: see GROUPS.
    module, attribute: where the object is that it adds; attribute is "" if the module is that object.
    distribution: the normalized name of what is installed with pip.
    """

    group: str
    name: str
    module: str
    attribute: str
    distribution: str
    version: str

    @property
    def noun(self) -> str:
        """What it is."""
        return GROUPS[self.group].noun

    @property
    def origin(self) -> str:
        """The distribution and its version, for messages."""
        return f"{self.distribution} {self.version}"

    @property
    def label(self) -> str:
        """What a message calls it."""
        return f"the {self.noun} '{self.name}' of the plug-in {self.origin}"


def search_path() -> tuple[str, ...]:
    """Return the folders in which distributions are searched for: Python's, without the current one.

    What a stranger's project has in its folder is no plug-in, even if Python was started to import from there.
    """
    here = os.path.realpath(".")
    return tuple(path for path in sys.path if path and os.path.realpath(path) != here)


def find(group: str, spelled: str, own: Collection[str]) -> Plugin | None:
    """Return the plug-in that a name means; None if no distribution has it.

    spelled: NAME, or DISTRIBUTION.NAME.
    own: the names that vidbuild itself has in this group, which no plug-in can take.
    Raises PluginError if several distributions have the name, or if it is one of vidbuild's own.
    """
    distribution, _, name = spelled.rpartition(".")
    if not NAME.fullmatch(name):
        return None
    found = [each for each in installed(group) if each.name == name and distribution in {"", each.distribution}]
    if not found:
        return None
    if name in own:
        raise PluginError(shadowing(found[0]), hint=f"use '{name}', which is vidbuild's own")
    if len(found) > 1:
        message, hint = _ambiguous(found)
        raise PluginError(message, hint=hint)
    return found[0]


def shadowing(plugin: Plugin) -> str:
    """Return the message about a plug-in with a name that vidbuild itself has."""
    return f"{plugin.label} has the name of vidbuild's own {plugin.noun} and cannot be used"


def names(group: str, own: Collection[str]) -> list[str]:
    """Return the names that can be used for the plug-ins of a group; of several with one name each with its prefix."""
    every = [each for each in installed(group) if each.name not in own and NAME.fullmatch(each.name)]
    single = [each.name for each in every]
    spelled = (each.name if single.count(each.name) == 1 else f"{each.distribution}.{each.name}" for each in every)
    return list(dict.fromkeys(spelled))


def installed(group: str) -> list[Plugin]:
    """Return the plug-ins of a group, in the order of their names and distributions."""
    return [each for each in _all(search_path()) if each.group == group]


def normalized(distribution: str) -> str:
    """Return the name of a distribution as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _ambiguous(found: list[Plugin]) -> tuple[str, str]:
    """Return the message and the hint about several plug-ins with one name."""
    first = found[0]
    origins = [each.origin for each in found]
    message = f"the {first.noun} '{first.name}' is in several plug-ins: {', '.join(origins)}"
    if len({each.distribution for each in found}) == 1:
        return f"{first.label} is declared twice", f"install a version of '{first.distribution}' that declares it once"
    return message, f"write '{first.distribution}.{first.name}', or uninstall all but one"


@lru_cache(maxsize=4)
def _all(path: tuple[str, ...]) -> list[Plugin]:
    return sorted(_read(path), key=lambda each: (each.group, each.name, each.distribution))


def _read(path: tuple[str, ...]) -> Iterator[Plugin]:
    from importlib.metadata import distributions

    seen: set[str] = set()
    for distribution in distributions(path=list(path)):
        try:
            # Most distributions have no entry points, and reading their names takes longer than looking for the file.
            if PREFIX not in (distribution.read_text("entry_points.txt") or ""):
                continue
            name, version = normalized(distribution.metadata["Name"] or ""), distribution.version
        except (OSError, ValueError):  # what is installed is damaged, and mostly none of vidbuild's
            continue
        if name in seen:  # Python imports the first of two
            continue
        seen.add(name)
        for point in distribution.entry_points:
            group = point.group.removeprefix(PREFIX)
            if point.group.startswith(PREFIX) and group in GROUPS:
                module, _, attribute = point.value.partition(":")
                yield Plugin(group, point.name, module.strip(), attribute.partition("[")[0].strip(), name, version)
