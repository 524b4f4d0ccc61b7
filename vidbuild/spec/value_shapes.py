"""Suggests how to write a value that has another shape than the schema wants: a text for a list, a list for a text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from vidbuild.json_types import Json
from vidbuild.spec import schema, wording
from vidbuild.spec.document import Path

TEXTS = frozenset({"string", "number", "integer"})


def wrapped(value: str, path: Path, allowed: list[schema.Schema]) -> str | None:
    """Return how to write a text or number as the list or mapping that the schema wants instead."""
    kinds = _kinds_of(allowed)
    for node in allowed:
        if node.get("type") == "array" and "string" not in kinds:
            below = list(schema.branches(node["items"]))
            entries = [_entry(each.strip(), below) for each in value.split(",")]
            return f"write a list: [{', '.join(map(str, entries))}]" if all(entries) else None
    entry = _mapping(value, allowed, is_entry=bool(path) and isinstance(path[-1], int))
    return f"write {entry}" if path and entry else None


def hint(value: Mapping[str, Json] | Sequence[Json], path: Path, allowed: list[schema.Schema]) -> str | None:
    """Return how to write a list or mapping as the text of several lines or the list that the schema wants instead."""
    kinds = _kinds_of(allowed)
    if kinds == {"string"} and any("\n" in str(each) for node in allowed for each in node.get("examples", ())):
        return f"write '{path[-1]}: |', and below it the lines as they are shown"
    if kinds != {"array"} or not isinstance(value, Mapping):
        return None
    below = [each for node in allowed if "items" in node for each in schema.branches(node["items"])]
    known = {name for each in below for name in each.get("properties", ())}
    if known and value.keys() <= known:
        entry = wording.brief(value)
        return f"write a list: [{entry}]" if entry else "write a list: put '- ' before it"
    return _listed(value, below)


def _listed(value: Mapping[str, Json], below: list[schema.Schema]) -> str | None:
    """Return how to write a mapping from names as a list of mappings, each with its name and what it stands for."""
    needed = [name for each in below for name in each.get("required", ())]
    match [needed, *value.items()]:
        case [[named, meant], (name, each)]:
            entry = wording.brief({named: name, meant: each})
            return f"write a list: [{entry}]" if entry else None
    return None


def _entry(value: str, allowed: list[schema.Schema]) -> str | None:
    """Return a text or number as an entry of a list."""
    takes_text = any(node.get("type") == "string" for node in allowed)
    return flow_text(value) if takes_text else _mapping(value, allowed, is_entry=True)


def _mapping(value: str, allowed: list[schema.Schema], *, is_entry: bool) -> str | None:
    """Return a mapping with a text or number as its only field; None if it needs others.

    is_entry: whether it is in a list, of which an entry without required fields means the first one.
    """
    if any(node.get("type") == "string" for node in allowed):
        return None
    for node in allowed:
        fields, needed = node.get("properties", {}), node.get("required", ())
        if not fields or len(needed) > 1 or not (needed or is_entry):
            continue
        name = next(iter(needed or fields))
        if value.strip() in fields:
            return None  # the name of a field instead of its value
        if is_entry or _kinds_of(schema.branches(fields[name])) & TEXTS:
            return f"{{{name}: {flow_text(value)}}}"
    return None


def _kinds_of(nodes: Iterable[schema.Schema]) -> set[str]:
    kinds = [node.get("type", ()) for node in nodes]
    return {each for kind in kinds for each in ([kind] if isinstance(kind, str) else kind)}


def takes_text(node: schema.Schema) -> bool:
    """Return whether a node allows any text."""
    return node.get("type") == "string" and not {"enum", "x-path"} & node.keys() and node.get("pattern", r"\S") == r"\S"


def as_text(value: object, pattern: str = "") -> str | None:
    """Return a hint on how to write a number or boolean as text. pattern: which the text must have."""
    if not isinstance(value, int | float):
        return None
    if pattern.endswith("%$") and not isinstance(value, bool):
        return f"write {value:g}%"
    return f'write "{str(value).lower() if isinstance(value, bool) else value}"'


def flow_text(text: str) -> str:
    """Return a text as YAML inside brackets or braces."""
    return text if re.fullmatch(r"[\w./+][\w ./=+%-]*", text) else json.dumps(text, ensure_ascii=False)
