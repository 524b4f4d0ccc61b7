"""Checks the schema of a plug-in's scene type, so that every message about a scene of it can be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild.json_types import Json
from vidbuild.spec import schema

# The keywords that messages, references and editors know, and those that are about files and templates.
KEYWORDS = frozenset(
    {
        *("$ref", "additionalProperties", "anyOf", "default", "description", "enum", "errorMessage", "examples"),
        *("exclusiveMaximum", "exclusiveMinimum", "items", "maxItems", "maxLength", "maximum", "minItems", "minLength"),
        *("minimum", "pattern", "patternErrorMessage", "properties", "propertyNames", "required", "title", "type"),
        *("x-lines", "x-path", "x-suggest", "x-text", "x-verbatim"),
    }
)
USES = frozenset({"image", "text", "pdf", "video", "folder"})  # of files, in "x-path"


def problem(name: str, own: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the schema of a type that was added; None if nothing is.

    own: its file.
    """
    return next(_problems(name, own), None)


def _problems(name: str, own: Mapping[str, Any]) -> Iterator[str]:
    from jsonschema import Draft202012Validator, SchemaError

    if taken := sorted((schema.SHARED - {"title"}) & own["properties"].keys()):
        yield f"has fields that every scene has: {', '.join(taken)}"
    for field, node in own["properties"].items():
        yield from _of_node(node, field)
        if not isinstance(node.get("description"), str):
            yield f"describes no field '{field}'"
    whole = {**schema.definition(f"scene_{name}"), "$defs": schema.load()["$defs"]}
    try:
        Draft202012Validator.check_schema(whole)
        validator = Draft202012Validator(whole)
        for example in own["examples"]:
            for error in validator.iter_errors({**example, "type": name} if isinstance(example, dict) else example):
                yield f"has an example that it does not allow: {error.message}"
    except SchemaError as error:
        yield f"is no JSON Schema: {error.message}"


def _of_node(node: Json, field: str) -> Iterator[str]:
    if not isinstance(node, dict):
        if not isinstance(node, bool):
            yield f"has at '{field}' what is no schema"
        return
    if unknown := sorted(node.keys() - KEYWORDS):
        yield f"uses at '{field}' the keyword '{unknown[0]}': expected one of {', '.join(sorted(KEYWORDS))}"
    if "$ref" in node and str(node["$ref"]).removeprefix("#/$defs/") not in schema.load()["$defs"]:
        yield f"refers at '{field}' to '{node['$ref']}', which vidbuild's schema does not have"
    if "pattern" in node and not isinstance(node.get("patternErrorMessage"), str):
        yield f"has at '{field}' a 'pattern' without 'patternErrorMessage', which says what to write instead"
    if "properties" in node and node.get("additionalProperties") is not False:
        yield f"has at '{field}' a mapping that takes unknown fields: expected 'additionalProperties: false'"
    if "x-path" in node and (not isinstance(node["x-path"], dict) or node["x-path"].get("kind") not in USES):
        yield f"has at '{field}' an 'x-path' of no kind that is known: expected one of {', '.join(sorted(USES))}"
    for inner, each in _children(node, field):
        yield from _of_node(each, inner)


def _children(node: Mapping[str, Any], field: str) -> Iterator[tuple[str, Json]]:
    """Yield the schemas in a schema, and the field that each is about."""
    if isinstance(node.get("properties"), dict):
        yield from ((f"{field}.{inner}", each) for inner, each in node["properties"].items())
    if isinstance(node.get("anyOf"), list):
        yield from ((field, each) for each in node["anyOf"])
    yield from ((field, node[key]) for key in ("items", "additionalProperties") if key in node)
