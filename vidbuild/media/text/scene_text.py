"""The texts of a scene as they can be shown, under the names that the spec gives them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

TAB = 8
ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]+[0-~]|[0-~])?")


def cleaned(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Fields without what can't be shown: terminal escapes and control characters go, tabs become spaces."""
    if isinstance(value, str):
        lines = ESCAPES.sub("", value).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return "\n".join(_visible(line) for line in lines).rstrip("\n")
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if isinstance(value, dict):
        return {key: cleaned(item) for key, item in value.items()}
    return value


def texts(fields: Mapping[str, Any], spec_fields: Mapping[str, str]) -> dict[str, str]:
    """Map each spec field (dotted) to all of its text that is drawn.

    spec_fields: drawn field -> spec field, if the names differ; `*` stands for an index.
    """
    found: dict[str, str] = {}
    for path, text in _strings(fields):
        name = _spec_field(path, spec_fields)
        found[name] = found.get(name, "") + text
    return found


def _spec_field(path: str, spec_fields: Mapping[str, str]) -> str:
    """Return the spec's name for a drawn field; one text of the spec can be several drawn lines."""
    parts = path.split(".")
    for drawn, named in spec_fields.items():
        pattern = drawn.split(".")
        if len(pattern) <= len(parts) and all(mark in {"*", part} for mark, part in zip(pattern, parts, strict=False)):
            indexes = (part for mark, part in zip(pattern, parts, strict=False) if mark == "*")
            return ".".join(next(indexes) if mark == "*" else mark for mark in named.split("."))
    return path


def _visible(line: str) -> str:
    return "".join(mark for mark in line.expandtabs(TAB) if unicodedata.category(mark) != "Cc")


def _strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _strings(item, f"{path}.{index}")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(item, f"{path}.{key}" if path else key)
