"""Describes fields of the schema in words: values, limits and defaults, for the reference page and the commands."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from vidbuild.frozen import dataclass

Schema = Mapping[str, Any]

KINDS = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "true or false",
    "array": "list",
    "object": "mapping",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a mapping.

    path: its name, or for a field of a nested mapping "items[].at".
    values: the values that it allows.
    default: as it is written in YAML; None without a default.
    example: as it is written in YAML; None without one.
    """

    path: str
    description: str
    required: bool
    values: str
    default: str | None
    example: str | None


class Describer:
    """Describes the fields of a schema.

    code: writes a value, such as `text`.
    """

    def __init__(self, schema: Schema, code: str = "{}") -> None:
        self.schema = schema
        self._code = code

    def resolve(self, node: Schema) -> Schema:
        """Follow a node's reference; keys beside the reference override those of its target."""
        while "$ref" in node:
            target: Any = self.schema
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
        return node

    def alternatives(self, node: Schema) -> Iterator[Schema]:
        """Yield the alternatives of a node, references followed."""
        node = self.resolve(node)
        if "anyOf" in node:
            for branch in node["anyOf"]:
                yield from self.alternatives(branch)
        else:
            yield node

    def kind(self, node: Schema) -> str:
        """Describe the values that a node allows, in a few words."""
        return " or ".join(dict.fromkeys(self._kind(branch) for branch in self.alternatives(node)))

    def _kind(self, node: Schema) -> str:
        if "const" in node:
            return self._code.format(node["const"])
        if "enum" in node:
            return ", ".join(self._code.format(written(value)) for value in node["enum"])
        if node.get("format") == "color" or "x-path" in node:
            kind = node.get("x-path", {}).get("kind")
            return "name or path" if kind == "theme" else "path" if kind else "color"
        kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
        return " or ".join(KINDS[kind] for kind in kinds) + _limits(node)

    def mappings(self, node: Schema, path: str) -> Iterator[tuple[str, Schema]]:
        """Yield the closed mappings that a field can hold, each with its path ("items[]")."""
        for branch in self.alternatives(node):
            if "items" in branch:
                yield from self.mappings(branch["items"], f"{path}[]")
            elif "properties" in branch and "allOf" not in branch:
                yield path, branch
                for name, field in branch["properties"].items():
                    yield from self.mappings(field, f"{path}.{name}")

    def fields(self, node: Schema, names: Collection[str] | None = None) -> Iterator[Field]:
        """Yield the fields of a mapping, and behind each the fields of the mappings that it can hold.

        names: of the mapping's own fields to describe; None for all.
        """
        for name, raw in node["properties"].items():
            if names is None or name in names:
                yield self._field(node, name, name)
                for path, mapping in self.mappings(raw, name):
                    for inside in mapping["properties"]:
                        yield self._field(mapping, inside, f"{path}.{inside}")

    def _field(self, mapping: Schema, name: str, path: str) -> Field:
        raw = mapping["properties"][name]
        field = self.resolve(raw)
        default = written(field["default"]) if "default" in field else None
        example = written(field["examples"][0]) if field.get("examples") else None
        required = name in mapping.get("required", ())
        return Field(path, field["description"], required, self.kind(raw), default, example)


def written(value: object) -> str:
    """Return a value as it can be written in one line of YAML."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{written(name)}: {written(each)}' for name, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return value if isinstance(value, str) and _is_plain(value, in_list=True) else json.dumps(value, ensure_ascii=False)


def lines_of_scene(scene: Schema) -> Iterator[str]:
    """Yield the lines of a scene as an entry of `scenes`."""
    for nth, (name, value) in enumerate(scene.items()):
        start = f"{'- ' if nth == 0 else '  '}{name}:"
        if isinstance(value, str) and "\n" in value.strip():
            yield f"{start} |"
            yield from (f"    {line}".rstrip() for line in value.rstrip().split("\n"))
        elif isinstance(value, list) and any(isinstance(each, Mapping | list) for each in value):
            yield start
            yield from (f"    - {written(each)}" for each in value)
        else:
            plain = isinstance(value, str) and _is_plain(value, in_list=False)
            yield f"{start} {value if plain else written(value)}"


@lru_cache(maxsize=4096)  # types share most of their fields
def _is_plain(text: str, *, in_list: bool) -> bool:
    """Return whether YAML reads a text without quotes as the same: in a list in brackets, or in a line of its own."""
    import yaml

    try:
        return bool(yaml.safe_load(f"[{text}]" if in_list else f"- {text}") == [text])
    except yaml.YAMLError:
        return False


def _limits(node: Schema) -> str:
    low, high = node.get("minimum", node.get("exclusiveMinimum")), node.get("maximum", node.get("exclusiveMaximum"))
    if low is None or high is None:
        return ""
    return f" over {low} up to {high}" if "exclusiveMinimum" in node else f" from {low} to {high}"
