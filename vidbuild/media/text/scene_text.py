"""The texts of a scene as they can be shown, and the words for what became of them; it knows no layout."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

TAB = 8
TAIL = 24  # characters of a cut text that a message shows
ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]+[0-~]|[0-~])?")
REMARKS: Mapping[str, str] = {
    "cut": "text is too long to fit: it is cut after '{tail}'",
    "hidden": "output is too long to fit: {count} lines are not shown",
    "lines": "code is too long to fit: only lines {from}-{to} are shown, {count} are not",
    "language": "no syntax colours for language '{language}'",
    "coarse": "image is only {size} pixels: it has too few for its place",
    "sliver": "image is {size} pixels: as a whole it is only seen {shown} pixels large",
    "crowded": "{count} {what} are too many to be read on one screen",
    "crammed": "{count} items are too many for one screen: some are cut",
}
# Drawn fields whose names are not those of the spec.
SPEC_FIELDS = (
    (re.compile(r"^entries\.(\d+)\.lines.*"), r"commands.\1.run"),
    (re.compile(r"^entries\.(\d+)\.output.*"), r"commands.\1.output"),
)


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


def texts(fields: Mapping[str, Any]) -> dict[str, str]:
    """Spec field (dotted) -> everything of it that is shown."""
    found: dict[str, str] = {}
    for path, text in _strings(fields):
        for pattern, name in SPEC_FIELDS:
            path = pattern.sub(name, path)  # noqa: PLW2901 - the same path under the name a user knows
        found[path] = found.get(path, "") + text
    return found


def remark(facts: Mapping[str, Any]) -> str:
    """What a template says of fitting a text, in words."""
    words = {"what": "items", "kept": "", **facts}
    words["tail"] = words["kept"].removesuffix("…")[-TAIL:]
    return REMARKS[words["kind"]].format_map(words)


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
