"""How a value of the wrong shape was probably meant, from how it is written; it knows no field."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from vidbuild.location import Location
from vidbuild.spec import schema
from vidbuild.spec.diagnostics import split_lines
from vidbuild.spec.document import Document, Path

BRACKETS = "text that starts with '[[' needs quotes"
COLON = "text with ': ' in it needs quotes"
_COMMENT = re.compile(r"""["']?\s*:?\s*(#\S.*)""")
_NUMBER = re.compile(r"([-+]?[0-9]+(?:\.[0-9]+)?)\s*(s|sec|secs|seconds?|px|fps|%|)", re.IGNORECASE)


def hint(document: Document, path: Path) -> str | None:
    """What to write in place of the value at a path, where that is likely."""
    value = _value(document.data, path)
    if value is None:
        comment = _COMMENT.match(_after(document, document.keys.get(path)))
        return f"# begins a comment: write {json.dumps(_uncommented(comment[1]))}" if comment else None
    if isinstance(value, list):
        return BRACKETS if _at(document, document.value(path)).startswith("[[") else None
    if is_colon(document, path):
        return COLON
    span = document.spans.get(path)
    if not isinstance(value, str) or (span and "{{" in document.text[span.start : span.end]):
        return None
    return _rewritten(value, path, list(schema.allowed(path, document.data)))


def place(document: Document, path: Path) -> Location:
    """The place of a value; of its key, where nothing is written."""
    value, key = document.value(path), document.keys.get(path)
    if key is None or not key.line or _value(document.data, path) is not None:
        return value
    return key if key.line < value.line or not _at(document, value)[:1].strip(" \t#") else value


def is_colon(document: Document, path: Path) -> bool:
    """Whether an entry of a list is a mapping only because of a ': ' in its text."""
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
        return f"write a list: [{_plain(value)}]"
    if "object" in kinds and "string" not in kinds and path and isinstance(path[-1], int):
        fields = next((node["properties"] for node in allowed if "properties" in node and "required" not in node), ())
        return f"write {{{next(iter(fields))}: {_plain(value)}}}" if fields else None
    return None


def _plain(text: str) -> str:
    """A text as it stands in a list or mapping in brackets."""
    return text if re.fullmatch(r"[\w./][\w ./=+-]*", text) else json.dumps(text, ensure_ascii=False)


def _uncommented(text: str) -> str:
    """What was meant as the value, without a comment after it."""
    return re.split(r"\s#", text)[0].strip()


def _value(data: object, path: Path) -> Any:  # noqa: ANN401 - any value of a document
    """What stands at a path; an ellipsis where nothing does."""
    for part in path:
        found: Any = ...
        if isinstance(data, Mapping):
            found = data.get(part, ...)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            found = data[part]
        data = found
    return data


def _at(document: Document, place: Location) -> str:
    """The rest of a line from a place on."""
    return _line(document, place)[place.column - 1 :] if place.line else ""


def _after(document: Document, place: Location | None) -> str:
    """The rest of a line after a place."""
    return _line(document, place)[place.end_column - 1 :] if place and place.line else ""


def _line(document: Document, place: Location) -> str:
    return split_lines(document.text)[place.line - 1]
