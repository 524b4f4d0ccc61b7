"""The importers of plug-ins, which are loaded for a source that none of vidbuild's own reads."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from vidbuild.create.source.outline import Outline
from vidbuild.create.source.protocol import Importer
from vidbuild.errors import PluginError
from vidbuild.extensions import installed, loading
from vidbuild.extensions.guard import Guarded, error_of
from vidbuild.extensions.shapes import misfit


def of_kind(kind: str, own: Collection[str]) -> list[Importer]:
    """Return the importer that a plug-in has for a kind, if one has. Raises PluginError.

    kind: NAME or DISTRIBUTION.NAME. own: the kinds of vidbuild's own importers.
    """
    plugin = installed.find("importers", kind, own)
    return [] if plugin is None else [_loaded(plugin, kind)]


def of_ending(ending: str, own: Collection[str]) -> list[Importer]:
    """Return the importers of plug-ins that read files with an ending.

    Raises PluginError if there is none, and one of them cannot be loaded: that may be it.
    """
    found: list[Importer] = []
    errors: list[PluginError] = []
    for name in installed.names("importers", own):
        try:
            importers = of_kind(name, own)
        except PluginError as error:
            errors.append(error)
        else:
            found.extend(each for each in importers if ending in each.endings)
    if errors and not found:
        raise errors[0]
    return found


def _loaded(plugin: installed.Plugin, kind: str) -> Importer:
    importer: Any = Guarded(loading.load(plugin, Importer), plugin, _wrong)
    if problem := misfit(importer.endings, tuple[str, ...], "endings"):
        raise error_of(plugin, f"cannot be used: {problem}")
    importer.name = kind
    found: Importer = importer  # it has the methods of one
    return found


def _wrong(name: str, result: object) -> str | None:
    """Return what is wrong with the result of an importer's method; None if nothing is."""
    return misfit(result, Outline) if name == "read" else None
