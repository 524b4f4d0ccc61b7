"""Suggests what the author of an invalid value probably intended, from how it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from vidbuild.json_types import Json
from vidbuild.location import Location
from vidbuild.spec import schema
from vidbuild.spec.diagnostics import split_lines
from vidbuild.spec.document import Document, Path

BRACKETS = "put quotes around text that starts with '[['"
COLON = "put quotes around text with ': ' in it"
_COMMENT = re.compile(r"""["']?\s*:?\s*(#\S.*)""")
_NUMBER = re.compile(r"([-+]?[0-9]+(?:\.[0-9]+)?)\s*(s|sec|secs|seconds?|px|fps|%|)", re.IGNORECASE)


def hint(document: Document, path: Path) -> str | None:
    """Return a hint on how to write the value at a path, or None."""
    value = _value(document.data, path)
    if value is None:
        comment = _COMMENT.match(_after(document, document.keys.get(path)))
        return f"write {json.dumps(_uncommented(comment[1]))}, since '#' starts a comment" if comment else None
    if isinstance(value, list):
        return BRACKETS if _at(document, document.value(path)).startswith("[[") else None
    if is_colon(document, path):
        return COLON
    span = document.spans.get(path)
    if not isinstance(value, str) or (span and "{{" in document.text[span.start : span.end]):
        return None
    return _rewritten(value, path, list(schema.allowed(path, document.data)))


def location(document: Document, path: Path) -> Location:
    """Return the location of a value, or of its key if the value is empty."""
    value, key = document.value(path), document.keys.get(path)
    if key is None or not key.line or _value(document.data, path) is not None:
        return value
    return key if key.line < value.line or not _at(document, value)[:1].strip(" \t#") else value


def is_colon(document: Document, path: Path) -> bool:
    """Return whether an entry of a list is a mapping only because its text has a ': '."""
    value = _value(document.data, path)
    if not path or not isinstance(path[-1], int) or not isinstance(value, Mapping) or len(value) != 1:
        return False
    if _at(document, document.value(path))[:1] in {"{", ""}:
        return False
    allowed = list(schema.allowed(path, document.data))
    known = {name for node in allowed for name in node.get("properties", ())}
    return any(node.get("type") == "string" for node in allowed) and not known & set(value)


def _rewritten(value: str, path: Path, allowed: list[schema.Schema]) -> str | None:
    kinds = {node.get("type") for node in allowed}
    number = _NUMBER.fullmatch(value.strip())
    if number and (
        kinds & {"number", "integer"} or any(number[1] in map(str, node.get("enum", ())) for node in allowed)
    ):
        return f"write {number[1]}"
    if "array" in kinds:
        return f"write a list: [{_flow_text(value)}]"
    if "object" in kinds and "string" not in kinds and path and isinstance(path[-1], int):
        fields = next((node["properties"] for node in allowed if "properties" in node and "required" not in node), ())
        return f"write {{{next(iter(fields))}: {_flow_text(value)}}}" if fields else None
    return None


def _flow_text(text: str) -> str:
    """Return a text as YAML inside brackets or braces."""
    return text if re.fullmatch(r"[\w./][\w ./=+-]*", text) else json.dumps(text, ensure_ascii=False)


def _uncommented(text: str) -> str:
    """Return the intended value, without a comment after it."""
    return re.split(r"\s#", text)[0].strip()


def _value(data: object, path: Path) -> Json:
    """Return the value at a path, or an ellipsis if there is none."""
    for part in path:
        found: Json = ...
        if isinstance(data, Mapping):
            found = data.get(part, ...)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            found = data[part]
        data = found
    return data


def _at(document: Document, location: Location) -> str:
    """Return the rest of a line from a location on."""
    return _line(document, location)[location.column - 1 :] if location.line else ""


def _after(document: Document, location: Location | None) -> str:
    """Return the rest of a line after a location."""
    return _line(document, location)[location.end_column - 1 :] if location and location.line else ""


def _line(document: Document, location: Location) -> str:
    return split_lines(document.text)[location.line - 1]
