"""Assembles the schema of specs from vidbuild/spec/base.schema.json and the schema.json of each scene type.

Run `python -m tools.schema` in a checkout: it writes vidbuild/spec/expanded.schema.json, for the reader, and from
it schemas/video.schema.json, for editors, and docs/reference.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.editor_schema import for_editors
from tools.reference import page
from vidbuild.scenes.registry import SCENE_TYPES, WHOLE_SCENES

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "vidbuild"
SCHEMA = ROOT / "schemas" / "video.schema.json"
EXPANDED = PACKAGE / "spec" / "expanded.schema.json"
REFERENCE = ROOT / "docs" / "reference.md"
COMMAND = "python -m tools.schema"


def assemble() -> dict[str, Any]:
    """Return the whole schema: a closed definition for each scene type, selected by the scene's `type`."""
    schema = _read(PACKAGE / "spec" / "base.schema.json")
    definitions = schema["$defs"]
    shared = definitions.pop("scene_fields")
    scene = definitions["scene"]
    scene["properties"] = {
        "id": shared["properties"]["id"],
        "type": {**shared["properties"]["type"], "enum": list(SCENE_TYPES)},
    }
    scene["allOf"] = []
    for name in SCENE_TYPES:
        part = _read(PACKAGE / "scenes" / name / "schema.json")
        definitions[f"scene_{name}"] = _definition(name, part, shared)
        condition = {"properties": {"type": {"const": name}}, "required": ["type"]}
        scene["allOf"].append({"if": condition, "then": {"$ref": f"#/$defs/scene_{name}"}})
        if name not in WHOLE_SCENES:
            definitions[f"part_{name}"] = _part(definitions[f"scene_{name}"], part)
            definitions["part"]["allOf"].append({"if": condition, "then": {"$ref": f"#/$defs/part_{name}"}})
            definitions["part"]["properties"]["type"]["enum"].append(name)
    return schema


def _part(scene: Mapping[str, Any], part: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scene type's definition inside another scene: its own fields and its title."""
    names = ["type", "title", *(name for name in part["properties"] if name not in {"type", "title"})]
    return {
        "title": scene["title"],
        "description": part["description"],
        "type": "object",
        "additionalProperties": False,
        "required": ["type", *part.get("required", ())],
        "properties": {name: scene["properties"][name] for name in names},
    }


def text_of(schema: Mapping[str, Any]) -> str:
    """Return the schema as the text of its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def _definition(name: str, part: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scene type's definition: id and type, its own fields, then the fields that all types share."""
    fields = shared["properties"]
    kind = {**fields["type"], "const": name, "examples": [name]}
    own = part["properties"]
    rest = {field: value for field, value in fields.items() if field not in {"id", "type", *own}}
    return {
        "title": f"{part['title']} scene",
        "description": part["description"],
        "type": "object",
        "additionalProperties": False,
        "required": [*shared["required"], *part.get("required", ())],
        "properties": {"id": fields["id"], "type": kind, **own, **rest},
        "examples": part["examples"],
    }


def main() -> None:
    """Write the schemas and the reference page."""
    schema = assemble()
    EXPANDED.write_text(text_of(schema), encoding="utf-8")
    SCHEMA.write_text(text_of(for_editors(schema)), encoding="utf-8")
    REFERENCE.write_text(page(schema), encoding="utf-8")


if __name__ == "__main__":
    main()
