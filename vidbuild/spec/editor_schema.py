"""Turns the schema of expanded specs into the one that editors use for specs as they are written.

It allows a template where the expanded value may be no text, says defaults in descriptions, since editors do not show
`default`, and has only keywords of JSON Schema, so that strict validators compile it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from vidbuild.json_types import Json
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.spec.expand import VERBATIM
from vidbuild.spec.schema import load

Schema = dict[str, Any]

DROPPED = (
    *("format", "errorMessage", "patternErrorMessage"),
    *("x-path", "x-text", "x-verbatim", "x-lines", "x-suggest", "x-stock"),
)
ANNOTATIONS = ("title", "description", "default", "examples")
NO_TEMPLATE = frozenset({"expand"})  # fields that are read before templates are expanded
IN_TEXT = r"\{[{%]"  # the pattern of a text with a template
BY_LANGUAGE: Schema = {"$ref": "#/$defs/by_language"}
TEXT_BY_LANGUAGE: Schema = {
    "title": "text by language",
    "type": "object",
    "minProperties": 1,
    "propertyNames": {"type": "string", "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"},
    "additionalProperties": {
        "title": "text",
        "description": "Text of the video in this language, one of `languages`.",
        "type": "string",
        "examples": ["Willkommen"],
    },
}
TEMPLATE: Schema = {"type": "string", "pattern": IN_TEXT}
# The names of languages that editors offer for code; there are more, and other names for these.
CODE_LANGUAGES = [
    *(
        "bash",
        "bat",
        "c",
        "clojure",
        "cmake",
        "cpp",
        "cs",
        "css",
        "dart",
        "diff",
        "dockerfile",
        "elixir",
        "erlang",
        "fish",
    ),
    *("go", "graphql", "groovy", "haskell", "hcl", "html", "http", "ini", "java", "javascript", "json", "jsx", "julia"),
    *(
        "kotlin",
        "latex",
        "lua",
        "makefile",
        "markdown",
        "matlab",
        "nginx",
        "nix",
        "objective-c",
        "ocaml",
        "perl",
        "php",
    ),
    *("properties", "protobuf", "python", "r", "ruby", "rust", "scala", "scss", "sql", "svelte", "swift", "terraform"),
    *("text", "toml", "tsx", "typescript", "typst", "vim", "vue", "xml", "yaml", "zig", "zsh"),
]
SUGGESTED = {"code languages": CODE_LANGUAGES}


def text_for_editors(name: str = "video") -> str:
    """Return the text of a schema for editors, with the scene types of plug-ins that were added.

    name: "video" for specs, "brand" or "batch".
    """
    specs = load()
    of_batch = {each: node for each, node in specs["$defs"].items() if each.startswith("batch_")}
    definitions = {each: node for each, node in specs["$defs"].items() if each not in {"brand", "batch", *of_batch}}
    whole = specs if name == "video" else {"$schema": specs["$schema"], **specs["$defs"][name]}
    if name == "batch":
        made = _for_batches({**whole, "$defs": of_batch})
    else:
        made = for_editors({**whole, "$defs": definitions})
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _for_batches(schema: Mapping[str, Any]) -> Schema:
    """Return the schema of batches, whose values have no templates but in their names."""
    schema = _with_expectations(schema, schema["$defs"])
    return _written(schema, templates=False) | {
        "$defs": {name: _written(node, templates=False) for name, node in schema["$defs"].items()}
    }


def for_editors(schema: Mapping[str, Any]) -> Schema:
    """Return the schema for specs as they are written."""
    schema = _with_expectations(schema, schema["$defs"])
    made_below = {"scene", *(f"scene_{name}" for name in SCENE_TYPES)}
    definitions = {name: _node(node) for name, node in schema["$defs"].items() if name not in made_below}
    for name in SCENE_TYPES:
        made = _node({key: value for key, value in schema["$defs"][f"scene_{name}"].items() if key != "examples"})
        made["properties"]["type"] = {"const": name, "type": "string", "default": name}
        definitions[f"scene_{name}"] = made
    definitions["by_language"] = TEXT_BY_LANGUAGE
    definitions["scene"] = _scene(schema["$defs"]["scene"])
    properties = {
        name: _written(node, templates=False) if name in VERBATIM else _node(node)
        for name, node in schema["properties"].items()
    }
    return {**schema, "properties": properties, "$defs": definitions}


def _with_expectations(node: Json, definitions: Mapping[str, Any]) -> Json:
    """Add to each description what the pattern of a text wants, since editors show only the pattern when it fails."""
    if isinstance(node, list):
        return [_with_expectations(item, definitions) for item in node]
    if not isinstance(node, Mapping):
        return node
    made = {key: _with_expectations(value, definitions) for key, value in node.items()}
    target = definitions.get(str(node.get("$ref", "")).removeprefix("#/$defs/"), node)
    if isinstance(node.get("description"), str) and target.get("pattern", r"\S") != r"\S":
        made["description"] += f" Write {target['patternErrorMessage']}."
    return made


def _scene(node: Mapping[str, Any]) -> Schema:
    """Return the scene of any type. The definitions of the types describe its fields, so that nothing is said twice."""
    kinds = node["properties"]["type"]["enum"]
    meanings = " ".join(f"`{name}`: {SCENE_TYPES[name].summary}." for name in kinds)
    kind = {
        "title": "type",
        "description": f"Type of the scene; it determines the other fields. {meanings}",
        **_alternatives([{"type": "string", "enum": kinds}, TEMPLATE]),
    }
    branches = [
        {
            "if": {"type": "object", "properties": {"type": {"const": name}}, "required": ["type"]},
            "then": {"$ref": f"#/$defs/scene_{name}"},
        }
        for name in kinds
    ]
    properties = {"id": {"title": "id", "type": "string"}, "type": kind}
    return {**node, "properties": properties, "allOf": branches}


def _node(node: Mapping[str, Any], name: str = "") -> Schema:
    """Return a node that takes a template as well; a name is that of a field."""
    made = _written(node, templates=name not in NO_TEMPLATE)
    branches = made.get("anyOf") or made.get("oneOf") or [made]
    only_text = any(branch.get("type") == "string" and "enum" not in branch for branch in branches)
    named = any("$ref" in branch for branch in branches)  # one of these takes text
    containers = branches == [made] and made.get("type") in {"object", "array"}
    if name in NO_TEMPLATE or only_text or named or containers:
        return made
    outer = {key: made[key] for key in ANNOTATIONS if key in made}
    if branches == [made]:
        branches = [{key: value for key, value in made.items() if key not in outer}]
    return {**outer, **_alternatives([*branches, TEMPLATE])}


def _alternatives(branches: list[Schema]) -> Schema:
    """Return a node with alternatives, in the form in which editors show and insert them best.

    They repeat a field's title for each branch of `anyOf` without one, and insert no value for a required field with
    `oneOf`, unless it has a type.
    """
    kinds = [branch.get("type", branch.get("$ref")) for branch in branches]
    if TEMPLATE not in branches and len(set(kinds)) == len(kinds):
        return {"anyOf": branches}
    return {"type": "string", "oneOf": branches} if set(kinds) == {"string"} else {"oneOf": branches}


def _written(node: Mapping[str, Any], *, templates: bool) -> Schema:
    """Return a node with one type and standard keywords alone; patterns of texts allow templates, if those are."""
    made = {key: value for key, value in node.items() if key not in DROPPED}
    values = made.get("enum", [made["const"]] if "const" in made else [])
    if values and "type" not in made:
        made["type"] = "string" if isinstance(values[0], str) else "integer"
    if isinstance(made.get("type"), list):
        made["anyOf"] = [{"type": kind} for kind in made.pop("type")]
    if made.get("type") == "string" and templates:
        _allow_templates(made)
    _write_children(made, templates=templates)
    if "x-suggest" in node:
        known = {"enum": SUGGESTED[node["x-suggest"]]}
        made |= _alternatives([{"type": made["type"], **known}, {"type": made["type"], "not": known}])
    _describe(made)
    return _by_language(made) if node.get("x-text") else made


def _by_language(text: Schema) -> Schema:
    """Return the node of a text that can be a mapping from language to text."""
    outer = {key: text.pop(key) for key in ANNOTATIONS if key in text}
    return {**outer, **_alternatives([text, BY_LANGUAGE])}


def _write_children(made: Schema, *, templates: bool) -> None:
    for key in ("properties", "patternProperties"):
        if key in made:
            made[key] = {name: _node(child, name) for name, child in made[key].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(made.get(key), Mapping):
            made[key] = _node(made[key]) if templates else _written(made[key], templates=False)
    if "propertyNames" in made:
        made["propertyNames"] = {"type": "string", **_written(made["propertyNames"], templates=False)}
    if "anyOf" in made:
        branches = made.pop("anyOf")
        plain = [{key: value for key, value in branch.items() if key != "x-text"} for branch in branches]
        by_language = [BY_LANGUAGE] if any("x-text" in branch for branch in branches) else []
        made |= _alternatives([*(_written(branch, templates=templates) for branch in plain), *by_language])


def _allow_templates(node: Schema) -> None:
    longest = node.pop("maxLength", None)
    if longest:
        node["pattern"] = f"(?=^.{{0,{longest}}}$){node.get('pattern', '')}"
    if node.get("pattern", r"\S") != r"\S":
        node["pattern"] = f"{node['pattern']}|{IN_TEXT}"


def _describe(node: Schema) -> None:
    """Add the default to the description, and keep only what editors can offer."""
    default = node.get("default")
    if default in ("", {}, []):
        del node["default"]
    elif "description" in node and "default" in node and "const" not in node:
        shown = str(default).lower() if isinstance(default, bool) else default
        node["description"] += f" Default: `{shown}`."
    if node.keys() & {"anyOf", "oneOf", "$ref"}:  # editors insert "[object Object]" for a mapping
        examples = [each for each in node.pop("examples", ()) if not isinstance(each, dict | list)]
        if examples:
            node["examples"] = examples
