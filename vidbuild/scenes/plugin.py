"""Scene types of plug-ins: loads them, and checks the results of their methods, which nothing else would."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from vidbuild.extensions.guard import Guarded, error_of
from vidbuild.extensions.installed import Plugin
from vidbuild.extensions.loading import load as load_plugin
from vidbuild.model import Scene
from vidbuild.scenes.protocol import Clip, DocumentPage, Layout, Light, Reveal, SceneProblem, SceneType

TEMPLATE, SCHEMA = "template.typ", "schema.json"
EFFECTS = frozenset({"cut", "fade", "rise", "slide", "wipe", "scale", "type", "draw", "under", "follow"})
# The attributes of a scene type, and the type of each.
ATTRIBUTES: Mapping[str, type] = {
    "summary": str,
    "needs_duration": bool,
    "lights": tuple,
    "spec_fields": Mapping,
    "points_at": str,
    "enlarges": tuple,
    "modules": tuple,
}
# What the schema of a type's own fields needs, and the type of each part.
PARTS: Mapping[str, type] = {"title": str, "description": str, "properties": dict, "examples": list}


class PluginScene(NamedTuple):
    """A scene type of a plug-in, and the schema of its own fields."""

    scene: SceneType
    schema: Mapping[str, Any]
    plugin: Plugin


def load(plugin: Plugin) -> PluginScene:
    """Load a scene type and its schema. Raises PluginError."""
    made = load_plugin(plugin, SceneType)
    _check_attributes(made, plugin)
    folder = made.folder or Path(str(sys.modules[type(made).__module__].__file__)).parent
    for name in (TEMPLATE, SCHEMA, *(f"{each}.typ" for each in made.modules)):
        if not (folder / name).is_file():
            raise error_of(plugin, f"has no file '{name}' in '{folder}'")
    scene: Any = _Scene(made, plugin, _wrong)
    scene.folder = folder
    return PluginScene(scene, _schema(plugin, folder / SCHEMA), plugin)


def _check_attributes(made: SceneType, plugin: Plugin) -> None:
    for name, kind in ATTRIBUTES.items():
        value = getattr(made, name)
        lights = value if name == "lights" and isinstance(value, tuple) else ()
        if not isinstance(value, kind) or not all(isinstance(each, Light) for each in lights):
            raise error_of(plugin, f"has an attribute '{name}' of another kind than that of SceneDefaults: {value!r}")


class _Scene(Guarded):
    """A plug-in's scene type, with the folder of its files. Its methods get copies, so that they change no spec."""

    folder: Path

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as the protocol has it
        found = super().__getattr__(name)
        return (lambda *args: found(*map(_copied, args))) if callable(found) else found


def _copied(value: object) -> object:
    return replace(value, fields=deepcopy(value.fields)) if isinstance(value, Scene) else deepcopy(value)


def _schema(plugin: Plugin, path: Path) -> Mapping[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise error_of(plugin, f"has a '{SCHEMA}' that cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise error_of(plugin, f"has a '{SCHEMA}' without fields: expected a mapping")
    for name, kind in PARTS.items():
        if not isinstance(data.get(name), kind) or not data[name]:
            raise error_of(plugin, f"has a '{SCHEMA}' without '{name}'")
    return data


def _is_json(value: object) -> bool:
    return isinstance(value, dict) and _is_json_value(value)


def _is_json_value(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json_value(each) for key, each in value.items())
    if isinstance(value, list | tuple):
        return all(map(_is_json_value, value))
    return value is None or isinstance(value, bool | int | str) or (isinstance(value, float) and isfinite(value))


def _is_drifts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, tuple) and len(each) == _ENDS for each in value.values())


def _is_effects(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(key, str) and each in EFFECTS for key, each in value.items())


def _is_reveals(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, Reveal) and _is_effects(each.enter) for each in value)


def _is_files(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, Path) and each.is_absolute() for each in value.values())


def _all(kind: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and all(isinstance(each, kind) for each in value)


def _optional(kind: type) -> Callable[[object], bool]:
    return lambda value: value is None or isinstance(value, kind)


_ENDS = 2  # of a drift: its places at the start and at the end

# What each method must return, in words, and whether a value is that.
_RESULTS: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "check": ("problems", _all(SceneProblem)),
    "lint": ("problems", _all(SceneProblem)),
    "files": ("absolute paths by role", _is_files),
    "pages": ("pages by role", lambda value: isinstance(value, dict) and _all(DocumentPage)([*value.values()])),
    "layout": ("a layout or None", _optional(Layout)),
    "drawing": ("a mapping of JSON values", _is_json),
    "entrances": (f"an effect for each layer, one of {', '.join(sorted(EFFECTS))}", _is_effects),
    "reveals": ("a list of reveals with known effects", _is_reveals),
    "drifts": ("two places by layer", _is_drifts),
    "clip": ("a clip or None", _optional(Clip)),
    "moving": ("the name of a field", lambda value: isinstance(value, str)),
    "redacted": ("a mapping of JSON values", _is_json),
}


def _wrong(name: str, result: object) -> str | None:
    """Return what is wrong with a method's result; None if nothing is."""
    if name not in _RESULTS:
        return None
    expected, is_right = _RESULTS[name]
    return None if is_right(result) else f"expected {expected}, got {type(result).__name__} {str(result)[:80]}"
