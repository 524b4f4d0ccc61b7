"""The schema as the reader uses it: where it is, what it defaults, what it allows somewhere. It reads no spec."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

from vidbuild.spec.document import Path

NAME = "video.schema.json"
SHARED = frozenset(
    {
        *("id", "type", "narration", "voice", "duration", "pause_before", "pause_after", "min_duration"),
        *("max_duration", "transition", "background", "captions", "alt", "expand", "notes"),
    }
)  # what every scene has and no scene type is given; `title` is, since types draw it

Schema = Mapping[str, Any]


def schema_path() -> FilePath:
    """The schema's file: in the package where it is installed, beside the package in a checkout."""
    package = FilePath(__file__).resolve().parent.parent
    installed = package / "schemas" / NAME
    return installed if installed.is_file() else package.parent / "schemas" / NAME


@lru_cache(maxsize=1)
def load() -> Schema:
    """The schema; not to be changed."""
    data: Schema = json.loads(schema_path().read_text(encoding="utf-8"))
    return data


def resolve(node: Schema) -> Schema:
    """The node with its reference followed; what stands beside the reference wins."""
    while "$ref" in node:
        target: Any = load()
        for part in str(node["$ref"]).removeprefix("#/").split("/"):
            target = target[part]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node


def definition(name: str) -> Schema:
    """A named part of the schema."""
    return resolve({"$ref": f"#/$defs/{name}"})


def scene_types() -> list[str]:
    """The scene types that the schema knows."""
    types: list[str] = definition("scene")["properties"]["type"]["enum"]
    return types


def branches(node: Schema, data: object = None) -> Iterator[Schema]:
    """The alternatives that a node stands for, references followed; for a scene, the one of its type."""
    node = resolve(node)
    if "anyOf" in node:
        for branch in node["anyOf"]:
            yield from branches(branch, data)
    elif "allOf" in node and isinstance(data, Mapping) and data.get("type") in scene_types():
        yield definition(f"scene_{data['type']}")
    else:
        yield node


def complete(data: Any, node: Schema) -> Any:  # noqa: ANN401 - any value of a spec
    """A copy of valid data in which every field that has a default has a value."""
    branch = _fitting(data, node)
    if isinstance(data, list):
        return [complete(item, branch.get("items", {})) for item in data]
    if not isinstance(data, Mapping):
        return data
    fields: Mapping[str, Schema] = branch.get("properties", {})
    others = branch.get("additionalProperties")
    others = others if isinstance(others, Mapping) else {}
    whole = {key: complete(value, fields.get(key, others)) for key, value in data.items()}
    for key, field in fields.items():
        if key not in whole and "default" in resolve(field):
            whole[key] = complete(copy.deepcopy(resolve(field)["default"]), field)
    return whole


def _fitting(data: object, node: Schema) -> Schema:
    """The alternative that the data is an instance of, as far as its outermost shape tells."""
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
    """Every alternative that the schema allows at a path of this data."""
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
