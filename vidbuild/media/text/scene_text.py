"""The texts of a scene as they can be drawn, by the names that the spec gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from vidbuild import inline
from vidbuild.sanitize import replace_controls, strip_escapes

TAB = 8  # columns

# Any JSON value.
Json = Any


def clean(value: Json) -> Json:
    """Remove from all texts what cannot be drawn, escape sequences and control characters, and expand tabs."""
    return mapped(value, _clean)


def _clean(text: str) -> str:
    lines = strip_escapes(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(replace_controls(line.expandtabs(TAB)) for line in lines).rstrip("\n")


def mapped(value: Json, change: Callable[[str], str]) -> Json:
    """Return the value with each of its texts changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [mapped(item, change) for item in value]
    if isinstance(value, dict):
        return {key: mapped(item, change) for key, item in value.items()}
    return value


def texts(fields: Mapping[str, Any], spec_fields: Mapping[str, str]) -> dict[str, str]:
    """Map each spec field (dotted) to all of its text that is drawn.

    spec_fields: drawn field -> spec field, if the names differ; `*` stands for an index.
    """
    drawn: dict[str, str] = {}
    for path, text in strings(fields):
        name = _spec_field(path, spec_fields)
        drawn[name] = drawn.get(name, "") + inline.unmarked(text)
    return drawn


def _spec_field(path: str, spec_fields: Mapping[str, str]) -> str:
    """Return the spec's name for a drawn field; one text of the spec can be several drawn lines."""
    parts = path.split(".")
    for drawn, named in spec_fields.items():
        pattern = drawn.split(".")
        if len(pattern) <= len(parts) and all(mark in {"*", part} for mark, part in zip(pattern, parts, strict=False)):
            indexes = (part for mark, part in zip(pattern, parts, strict=False) if mark == "*")
            return ".".join(next(indexes) if mark == "*" else mark for mark in named.split("."))
    return path


def strings(value: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text with its dotted path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from strings(item, f"{path}.{index}")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings(item, f"{path}.{key}" if path else key)
