"""Plug-ins that a spec uses: adds their scene types, and locates what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from vidbuild.diagnostic import Diagnostic
from vidbuild.errors import PluginError
from vidbuild.scenes import registry
from vidbuild.spec import plugin_schema, schema
from vidbuild.spec.document import Document, Path
from vidbuild.suggest import did_you_mean

if TYPE_CHECKING:
    from vidbuild.extensions.installed import Plugin
    from vidbuild.model import Scene, Spec, Voice
    from vidbuild.spec.collector import DiagnosticCollector

LIKE_A_TYPE = 0.65  # similarity: 'gauge' of a plug-in that is not installed is no misspelt 'image'


def add_types(document: Document) -> dict[Path, list[Diagnostic]]:
    """Add the scene types of plug-ins that a document uses; return path -> errors about those that cannot be used."""
    problems: dict[Path, list[Diagnostic]] = {}
    for path, name in _unknown_types(document):
        try:
            check_type(name)
        except PluginError as error:
            problems[path] = [Diagnostic("error", error.message, document.name, document.value(path), hint=error.hint)]
    return problems


def add_all_types() -> list[PluginError]:
    """Add the scene types of all plug-ins that are installed; return the errors about those that cannot be used."""
    problems = []
    for name in registry.plugin_names():
        try:
            check_type(name)
        except PluginError as error:
            problems.append(error)
    return problems


def used(scenes: Iterable[Scene], voices: Iterable[Voice]) -> list[Plugin]:
    """Return the plug-ins whose scene types and voices are used."""
    types = (registry.plugin_of(scene.type) for scene in scenes)
    engines = {each.engine for voice in voices for each in (voice, voice.fallback) if each}
    return list(dict.fromkeys(each for each in (*types, *map(_voice_plugin, sorted(engines))) if each is not None))


def files(plugins: Iterable[Plugin]) -> Iterator[FilePath]:
    """Yield the files and folders that must stay as they are for a plan with these plug-ins to be valid."""
    from vidbuild.extensions import content, installed

    for plugin in plugins:
        yield from content.evidence(plugin)
    # A distribution that is installed or removed can take the names of another one.
    yield from (folder for folder in map(FilePath, installed.search_path()) if folder.is_dir())


def type_hint(name: str, known: Iterable[str]) -> str:
    """Return a hint about an unknown scene type. known: the types that there are, without those of unused plug-ins."""
    from vidbuild.extensions.hints import install_hint

    similar = did_you_mean(name, dict.fromkeys((*known, *registry.plugin_names())), cutoff=LIKE_A_TYPE)
    return install_hint(name) or similar or "if a plug-in has it: 'vidbuild doctor' lists those that are installed"


def provider_problem(name: str) -> tuple[str, str] | None:
    """Return the message and the hint about a provider of stock media that is none; None if it may be one.

    The code of plug-ins is not imported: a build only reads what is locked.
    """
    own = next(each["enum"] for each in schema.definition("stock")["properties"]["provider"]["anyOf"] if "enum" in each)
    if name in own:
        return None
    from vidbuild.extensions import hints, installed

    try:
        if installed.find("stock", name, own):
            return None
    except PluginError as error:
        return error.message, error.hint or ""
    return f"unknown provider '{name}'", hints.unknown_hint("stock", name, own)


def search_path() -> tuple[str, ...]:
    """Return the folders in which plug-ins are searched for."""
    from vidbuild.extensions.installed import search_path

    return search_path()


def reporting(build: Callable[[], Spec | None], collector: DiagnosticCollector) -> Spec | None:
    """Return the spec that a function builds, or None after adding an error where a plug-in that failed is used."""
    try:
        return build()
    except PluginError as error:
        uses = _uses(collector.document, error.group)
        place = next((path for path, name in uses if _means(name, error.name)), ())
        collector.error(place, error.message, error.hint)
        return None


def _means(used: str, name: str) -> bool:
    return used == name or used.endswith(f".{name}")


def _uses(document: Document, group: str) -> Iterator[tuple[Path, str]]:
    """Yield where a document names a scene type or the engine of a voice."""
    data = document.data if isinstance(document.data, Mapping) else {}
    scenes = data.get("scenes")
    listed = [(("scenes", index), scene) for index, scene in enumerate(scenes if isinstance(scenes, list) else ())]
    for path, each in [((), data), *listed]:
        if not isinstance(each, Mapping):
            continue
        if group == "scenes" and path and isinstance(each.get("type"), str):
            yield (*path, "type"), each["type"]
        if group == "voices" and "voice" in each:
            value = each["voice"]
            engine = value.get("engine") if isinstance(value, Mapping) else str(value).partition(":")[0]
            yield (*path, "voice"), str(engine)


def _voice_plugin(engine: str) -> Plugin | None:
    from vidbuild.voices import registry as voices

    return voices.plugin_of(engine)


def _unknown_types(document: Document) -> Iterator[tuple[Path, str]]:
    scenes = document.data.get("scenes") if isinstance(document.data, Mapping) else None
    for index, scene in enumerate(scenes if isinstance(scenes, list) else ()):
        name = scene.get("type") if isinstance(scene, Mapping) else None
        if isinstance(name, str) and name not in registry.SCENE_TYPES:
            yield ("scenes", index, "type"), name


def try_type(name: str) -> None:
    """Raise PluginError if a scene type of a plug-in cannot be used; it is not added."""
    if name not in registry.SCENE_TYPES:
        check_type(name)
        registry.remove(name)
        schema.forget()


def check_type(name: str) -> None:
    """Add the scene type that a plug-in has under a name, if one has. Raises PluginError."""
    if not registry.add(name):
        return
    schema.forget()
    wrong = plugin_schema.problem(name, registry.own_schema(name))
    if wrong is not None:
        plugin = registry.plugin_of(name)
        registry.remove(name)
        schema.forget()
        raise PluginError(f"{plugin.label if plugin else name} has a 'schema.json' that {wrong}")
