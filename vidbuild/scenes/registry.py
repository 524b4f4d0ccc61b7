"""All scene types by name. A new scene type is a folder in this package and a name here, or in a plug-in."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.scenes.protocol import Reveal, SceneType

if TYPE_CHECKING:
    from vidbuild.extensions.installed import Plugin
    from vidbuild.model import Scene
    from vidbuild.scenes.plugin import PluginScene

NAMES = (
    "title",
    "list",
    "command",
    "code",
    "diff",
    "tree",
    "image",
    "slide",
    "clip",
    "quote",
    "table",
    "chart",
    "compare",
    "cards",
    "number",
    "keys",
    "steps",
    "diagram",
    "split",
    "typst",
    "outro",
)


WHOLE_SCENES = frozenset({"clip", "split", "typst"})  # cannot be a part of another scene


class _SceneTypes(Mapping[str, SceneType]):
    """The `SCENE` of each type's package, imported when it is first used: a build loads the types of its spec alone.

    The types of plug-ins follow, as soon as they are added.
    """

    def __init__(self) -> None:
        self.added: dict[str, PluginScene] = {}
        self._imported: dict[str, SceneType] = {}

    def __getitem__(self, name: str) -> SceneType:
        if name in self._imported:
            return self._imported[name]
        if name in self.added:
            return self.added[name].scene
        if name not in NAMES:
            raise KeyError(name)
        scene: SceneType = importlib.import_module(f"vidbuild.scenes.{name}").SCENE
        self._imported[name] = scene
        return scene

    def __contains__(self, name: object) -> bool:
        return name in NAMES or name in self.added

    def __iter__(self) -> Iterator[str]:
        return iter((*NAMES, *self.added))

    def __len__(self) -> int:
        return len(NAMES) + len(self.added)


_TYPES = _SceneTypes()
SCENE_TYPES: Mapping[str, SceneType] = _TYPES


# The reveals of scenes by their identity, each with its scene, so that no other scene can have the same identity.
_REVEALS: dict[int, tuple[Scene, tuple[Reveal, ...]]] = {}
_MOST_REVEALS = 4096  # scenes: more than a spec can have


def reveals_of(scene: Scene) -> tuple[Reveal, ...]:
    """Return the reveals of a scene, which its checks and its plan ask for several times."""
    if scene.type in _TYPES.added:
        return tuple(SCENE_TYPES[scene.type].reveals(scene))
    known = _REVEALS.get(id(scene))
    if known is None or known[0] is not scene:
        if len(_REVEALS) >= _MOST_REVEALS:
            _REVEALS.clear()
        known = _REVEALS[id(scene)] = scene, tuple(SCENE_TYPES[scene.type].reveals(scene))
    return known[1]


def add(name: str) -> bool:
    """Add the scene type that a plug-in has under a name; return whether one has. Raises PluginError."""
    if name in _TYPES:
        return True
    from vidbuild.extensions.installed import find

    plugin = find("scenes", name, NAMES)
    if plugin is not None:
        from vidbuild.scenes.plugin import load

        _TYPES.added[name] = load(plugin)
    return plugin is not None


def remove(name: str) -> None:
    """Remove a scene type that was added."""
    del _TYPES.added[name]


def plugin_names() -> list[str]:
    """Return the names of the scene types of all plug-ins that are installed; imports none of them."""
    from vidbuild.extensions.installed import names

    return names("scenes", NAMES)


def plugin_of(name: str) -> Plugin | None:
    """Return the plug-in of a scene type that was added; None for vidbuild's own types."""
    return _TYPES.added[name].plugin if name in _TYPES.added else None


def own_schema(name: str) -> Mapping[str, Any]:
    """Return the schema of a type's own fields."""
    if name in _TYPES.added:
        return _TYPES.added[name].schema
    if name not in NAMES:
        raise KeyError(name)
    file = Path(__file__).resolve().parent / name / "schema.json"  # of types that no scene has nothing is imported
    data: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return data
