"""Lists the scene types and their fields."""

from __future__ import annotations

from dataclasses import dataclass

from vidbuild.frozen import replaced
from vidbuild.spec.describe import Field

__all__ = ["Field", "SceneInfo", "scenes"]


@dataclass(frozen=True, slots=True)
class SceneInfo:
    """A scene type.

    fields: its own fields, and those of the mappings in them.
    common: the fields that all types share; their defaults are those of the spec's `defaults`, unless it changes them.
    example: lines of a scene as an entry of `scenes`.
    """

    name: str
    summary: str
    fields: tuple[Field, ...]
    common: tuple[Field, ...]
    example: tuple[str, ...]


def scenes() -> list[SceneInfo]:
    """Return every scene type with all of its fields."""
    from vidbuild.scenes.registry import SCENE_TYPES
    from vidbuild.spec import plugins, schema
    from vidbuild.spec.describe import Describer, lines_of_scene

    plugins.add_all_types()  # those that cannot be used are in no list; `vidbuild doctor` says why
    describer = Describer(schema.load())
    inherited = {each.path: each.default for each in describer.fields(schema.load()["properties"]["defaults"])}
    found = []
    for name, kind in SCENE_TYPES.items():
        node = schema.definition(f"scene_{name}")
        own = tuple(describer.fields(node, [field for field in node["properties"] if field not in schema.SHARED]))
        common = tuple(
            replaced(each, default=each.default if each.default is not None else inherited.get(each.path))
            for each in describer.fields(node, schema.SHARED)
        )
        example = tuple(lines_of_scene(node["examples"][0]))
        found.append(SceneInfo(name, kind.summary, own, common, example))
    return found
