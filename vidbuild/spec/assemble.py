"""Puts schemas/video.schema.json together from the base part and each scene type's part; it knows no field.

Run as `python -m vidbuild.spec.assemble` in a checkout: writes the schema and the reference page made from it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.scenes.registry import SCENE_TYPES

PACKAGE = Path(__file__).resolve().parent.parent


def assemble() -> dict[str, Any]:
    """The whole schema: every scene type a closed definition of its own, chosen by the scene's `type`."""
    schema = _read(Path(__file__).with_name("base.schema.json"))
    definitions = schema["$defs"]
    shared = definitions.pop("scene_fields")
    scene = definitions["scene"]
    scene["properties"] = {"id": {}, "type": {**shared["properties"]["type"], "enum": list(SCENE_TYPES)}}
    scene["properties"]["id"] = shared["properties"]["id"]
    scene["allOf"] = []
    for name in SCENE_TYPES:
        part = _read(PACKAGE / "scenes" / name / "schema.json")
        definitions[f"scene_{name}"] = _closed(name, part, shared)
        condition = {"properties": {"type": {"const": name}}, "required": ["type"]}
        scene["allOf"].append({"if": condition, "then": {"$ref": f"#/$defs/scene_{name}"}})
    return schema


def text_of(schema: Mapping[str, Any]) -> str:
    """The schema as it is written to its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def _closed(name: str, part: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """A scene type's own fields right after id and type, then the shared ones."""
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
    """Write what is generated from the schema's parts."""
    from vidbuild.spec.reference import page

    root = PACKAGE.parent
    schema = assemble()
    (root / "schemas" / "video.schema.json").write_text(text_of(schema), encoding="utf-8")
    (root / "docs" / "reference.md").write_text(page(schema), encoding="utf-8")


if __name__ == "__main__":
    main()
