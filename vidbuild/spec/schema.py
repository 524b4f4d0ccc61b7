"""The JSON Schema of the spec language: finds it, resolves its references, checks data, and fills in its defaults."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

from vidbuild.json_types import Json
from vidbuild.spec.assembly import assemble
from vidbuild.spec.document import Path

# Of the schemas for editors and other tools: files as written, with their templates.
NAMES = ("video", "brand", "batch")
NAME = "video.schema.json"
# The fields that every scene has and that are not given to its type. `title` is given to it, since most types draw it.
SHARED = frozenset(
    {
        *("id", "type", "narration", "voice", "duration", "pause_before", "pause_after", "min_duration"),
        *("max_duration", "transition", "background", "captions", "alt", "expand", "notes", "music"),
        *("sounds", "section", "callouts", "regions", "overlays", "enter", "exit", "made_from"),
        *("only", "on", "lint"),
    }
)

Schema = Mapping[str, Any]
Validator = Any  # jsonschema is imported when it is needed


def schema_path(name: str = "video") -> FilePath:
    """Return the file of a schema for editors: in the installed package, or beside the package in a checkout."""
    package, file = FilePath(__file__).resolve().parent.parent, f"{name}.schema.json"
    installed = package / "schemas" / file
    return installed if installed.is_file() else package.parent / "schemas" / file


@lru_cache(maxsize=1)
def load() -> Schema:
    """Return the schema of specs whose templates are expanded. Callers must not change it."""
    return assemble()


def is_language_tag(value: object) -> bool:
    """Return whether a value has the form of a language's tag, such as "en" or "pt-BR"."""
    return isinstance(value, str) and re.fullmatch(load()["properties"]["language"]["pattern"], value) is not None


def forget() -> None:
    """Forget the schema, as the scene types have changed."""
    load.cache_clear()
    validator.cache_clear()


@lru_cache(maxsize=8)
def validator(definition: str) -> Validator:
    """Return a validator for a definition of the schema; "" is the whole schema."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    root = load()
    if definition:
        root = {"$ref": f"#/$defs/{definition}", "$defs": root["$defs"]}
    of_types = extend(Draft202012Validator, {"if": _of_type})  # type: ignore[no-untyped-call] # has no annotations
    return of_types(root)


def _of_type(of_types: Validator, rule: Schema, instance: object, node: Schema) -> Iterator[Any]:
    """Check a scene against the rule of its type: all `if` ask for a type, and most are about other types."""
    if not isinstance(instance, Mapping) or instance.get("type") == rule["properties"]["type"]["const"]:
        yield from of_types.descend(instance, node["then"], schema_path="then")


def resolve(node: Schema) -> Schema:
    """Follow a node's reference; keys beside the reference override those of its target."""
    while "$ref" in node:
        target: Any = load()
        for part in str(node["$ref"]).removeprefix("#/").split("/"):
            target = target[part]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node


def definition(name: str) -> Schema:
    """Return a definition of the schema by its name."""
    return resolve({"$ref": f"#/$defs/{name}"})


def scene_types() -> list[str]:
    """Return the names of the scene types."""
    types: list[str] = definition("scene")["properties"]["type"]["enum"]
    return types


def branches(node: Schema, data: object = None) -> Iterator[Schema]:
    """Yield the alternatives of a node, references followed; for a scene or part in `data`, only that of its type."""
    node = resolve(node)
    if "anyOf" in node:
        for branch in node["anyOf"]:
            yield from branches(branch, data)
    elif "allOf" in node and isinstance(data, Mapping) and data.get("type") in scene_types():
        found = (rule["then"] for rule in node["allOf"] if rule["if"]["properties"]["type"]["const"] == data["type"])
        yield from (resolve(then) for then in found)
    else:
        yield node


def complete(data: Json, node: Schema) -> Json:
    """Return a copy of valid data with all defaults filled in."""
    branch = fitting(data, node)
    if isinstance(data, list):
        return [complete(item, branch.get("items", {})) for item in data]
    if not isinstance(data, Mapping):
        return data
    fields: Mapping[str, Schema] = branch.get("properties", {})
    others = branch.get("additionalProperties")
    others = others if isinstance(others, Mapping) else {}
    completed = {key: complete(value, fields.get(key, others)) for key, value in data.items()}
    for key, field in fields.items():
        if key not in completed and "default" in resolve(field):
            completed[key] = complete(copy.deepcopy(resolve(field)["default"]), field)
    return completed


def fitting(data: object, node: Schema) -> Schema:
    """Return the alternative that the data is an instance of, judged by its outermost mapping or list, or {}."""
    alternatives = list(branches(node, data))
    for branch in alternatives:
        if isinstance(data, Mapping) and branch.get("type") == "object":
            required = set(branch.get("required", ()))
            closed = branch.get("additionalProperties") is False
            if required <= data.keys() and (not closed or data.keys() <= branch["properties"].keys()):
                return branch
        elif isinstance(data, list) and branch.get("type") == "array":
            return branch
    return alternatives[0] if len(alternatives) == 1 else {}


def allowed(path: Path, data: object) -> Iterator[Schema]:
    """Yield every alternative that the schema allows at a path of the data."""
    found = list(branches(load(), data))
    for part in path:
        below: list[Schema] = []
        data = _step(data, part)
        for node in found:
            child = _below(node, part)
            if child is not None:
                below.extend(branches(child, data))
        found = below
    yield from found


def _step(data: object, part: str | int) -> object:
    if isinstance(part, int):
        return data[part] if isinstance(data, list) else None
    return data.get(part) if isinstance(data, Mapping) else None


def _below(node: Schema, part: str | int) -> Schema | None:
    if isinstance(part, int):
        items: Schema | None = node.get("items")
        return items
    others = node.get("additionalProperties")
    child: Schema | None = node.get("properties", {}).get(part, others if isinstance(others, Mapping) else None)
    return child
