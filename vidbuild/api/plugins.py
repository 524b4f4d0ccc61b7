"""Lists the plug-ins that are installed, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidbuild.errors import PluginError

if TYPE_CHECKING:
    from vidbuild.extensions.installed import Plugin


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """What one distribution adds.

    adds: what each of its entry points is, such as "scene type gauge"; with those that cannot be used.
    problems: why some cannot be used.
    """

    distribution: str
    version: str
    adds: tuple[str, ...]
    problems: tuple[PluginError, ...]


def plugins() -> list[PluginInfo]:
    """Return all plug-ins that are installed. Their code is imported, to find out whether it can be used."""
    from vidbuild.extensions.installed import GROUPS, installed

    found: dict[tuple[str, str], list[Plugin]] = {}
    for group in GROUPS:
        for plugin in installed(group):
            found.setdefault((plugin.distribution, plugin.version), []).append(plugin)
    return [
        PluginInfo(
            distribution,
            version,
            tuple(f"{each.noun} {each.name}" for each in those),
            tuple(error for each in those if (error := problem(each)) is not None),
        )
        for (distribution, version), those in sorted(found.items())
    ]


def problem(plugin: Plugin) -> PluginError | None:
    """Return why a plug-in cannot be used; None if it can."""
    from vidbuild.extensions.installed import NAME, shadowing

    own, load = _loaders()[plugin.group]
    if not NAME.fullmatch(plugin.name):
        hint = "names consist of a-z, 0-9 and '-'"
        return PluginError(f"{plugin.label} has a name that specs cannot use", hint=hint)
    if plugin.name in own():
        return PluginError(shadowing(plugin), hint=f"uninstall it, or a version of '{plugin.distribution}' without it")
    try:
        load(plugin)
    except PluginError as error:
        return error
    return None


def _loaders() -> Mapping[str, tuple[Callable[[], list[str]], Callable[[Plugin], object]]]:
    """Return for each group the names that vidbuild itself has, and what loads a plug-in."""
    from vidbuild.create import plugin as importers
    from vidbuild.create.registry import own_kinds
    from vidbuild.create.writers import plugin as writers
    from vidbuild.create.writers.registry import own_names
    from vidbuild.scenes.registry import NAMES
    from vidbuild.spec.plugins import try_type
    from vidbuild.stock import plugin as stock
    from vidbuild.stock.registry import PROVIDERS
    from vidbuild.voices.registry import OWN
    from vidbuild.voices.registry import plugins as engines

    return {
        "scenes": (lambda: list(NAMES), lambda plugin: try_type(_spelled(plugin))),
        "voices": (lambda: list(OWN), lambda plugin: engines().load(_spelled(plugin))),
        "writers": (own_names, lambda plugin: writers.find(_spelled(plugin), own_names())),
        "stock": (lambda: list(PROVIDERS), stock.checked),
        "importers": (own_kinds, lambda plugin: importers.of_kind(_spelled(plugin), own_kinds())),
    }


def _spelled(plugin: Plugin) -> str:
    """Return the name that means no other plug-in."""
    return f"{plugin.distribution}.{plugin.name}"
