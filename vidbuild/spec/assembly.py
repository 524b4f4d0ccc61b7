"""Assembles the schema of the spec language from base.schema.json and the schema.json of each scene type."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from vidbuild.scenes.registry import SCENE_TYPES, WHOLE_SCENES, own_schema, plugin_of

_SPEC = Path(__file__).resolve().parent


# Fields of a brand that are those of a spec.
BRAND_FIELDS = (
    *("theme", "language", "voice", "voices", "pronounce", "music", "defaults", "overlays", "motion", "progress"),
    *("output", "vars", "captions", "also", "stock"),
)
OUTPUT_FIELDS = ("captions", "also")  # fields of a spec that an entry of `outputs` can have too
WHOLE_FIELDS = {"record"}  # fields that need a scene of its own: its id is the recording's name


def assemble() -> dict[str, Any]:
    """Return the whole schema: a closed definition for each scene type, selected by the scene's `type`."""
    schema = _read(_SPEC / "base.schema.json")
    definitions = schema["$defs"]
    shared = definitions.pop("scene_fields")
    scene = definitions["scene"]
    scene["properties"] = {
        "id": shared["properties"]["id"],
        "type": {**shared["properties"]["type"], "enum": list(SCENE_TYPES)},
    }
    scene["allOf"] = []
    for name in SCENE_TYPES:
        own = own_schema(name)
        definitions[f"scene_{name}"] = _scene(name, own, shared)
        condition = {"properties": {"type": {"const": name}}, "required": ["type"]}
        scene["allOf"].append({"if": condition, "then": {"$ref": f"#/$defs/scene_{name}"}})
        if name not in WHOLE_SCENES and plugin_of(name) is None:
            definitions[f"part_{name}"] = _part(definitions[f"scene_{name}"], own)
            definitions["part"]["allOf"].append({"if": condition, "then": {"$ref": f"#/$defs/part_{name}"}})
            definitions["part"]["properties"]["type"]["enum"].append(name)
    definitions["named_output"]["properties"] |= _settings(schema["properties"]["output"])
    definitions["named_output"]["properties"] |= _without_defaults(schema["properties"], OUTPUT_FIELDS)
    definitions["brand"] = _brand(schema["properties"])
    definitions["brand_without"] = _without(definitions["brand"])
    batch = _read(_SPEC / "batch.schema.json")
    definitions |= {**batch.pop("$defs"), "batch": batch}
    return schema


def _settings(output: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that an entry of `outputs` can have in place of those of `output`."""
    return _without_defaults(output["properties"], output["properties"])


def _without_defaults(fields: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: {key: value for key, value in fields[name].items() if key != "default"} for name in names}


def _brand(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the definition of a brand's file: its own fields, and those of specs without their defaults."""
    brand = _read(_SPEC / "brand.schema.json")
    shared = _without_defaults(fields, BRAND_FIELDS)
    first = ("$schema", "name", "extends")
    own = brand["properties"]
    rest = {name: node for name, node in own.items() if name not in first}
    return {**brand, "properties": {**{name: own[name] for name in first}, **shared, **rest}}


def _without(brand: Mapping[str, Any]) -> dict[str, Any]:
    """Return the definition of a spec's `brand` that leaves out some of the brand's fields."""
    kept = {"$schema", "name", "extends", "publish", "topics"}
    droppable = [name for name in brand["properties"] if name not in kept]
    name = {"title": "name", "description": "Name of the brand.", "$ref": "#/$defs/brand_name", "examples": ["acme"]}
    return {
        "title": "brand",
        "type": "object",
        "additionalProperties": False,
        "required": ["name"],
        "properties": {
            "name": name,
            **{
                each: {
                    "title": brand["properties"][each]["title"],
                    "description": f"`none` leaves out the brand's `{each}`.",
                    "enum": ["none"],
                    "examples": ["none"],
                }
                for each in droppable
            },
        },
    }


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def _scene(name: str, own: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scene type's definition: id and type, its own fields, then the fields that all types share."""
    fields = shared["properties"]
    kind = {**fields["type"], "const": name, "examples": [name]}
    rest = {field: value for field, value in fields.items() if field not in {"id", "type", *own["properties"]}}
    return {
        "title": f"{own['title']} scene",
        "description": own["description"],
        "type": "object",
        "additionalProperties": False,
        "required": [*shared["required"], *own.get("required", ())],
        "properties": {"id": fields["id"], "type": kind, **own["properties"], **rest},
        "examples": own["examples"],
    }


def _part(scene: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scene type's definition inside another scene: its own fields and its title."""
    names = ["type", "title", *(name for name in own["properties"] if name not in {"type", "title", *WHOLE_FIELDS})]
    return {
        "title": scene["title"],
        "description": own["description"],
        "type": "object",
        "additionalProperties": False,
        "required": ["type", *own.get("required", ())],
        "properties": {name: scene["properties"][name] for name in names},
    }
