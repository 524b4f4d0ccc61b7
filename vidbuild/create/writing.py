"""The text of a spec: scenes as YAML that people like to edit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import yaml

from vidbuild.json_types import Json
from vidbuild.written_float import WrittenFloat

WIDTH = 100
FLOW = 78  # characters up to which a small mapping is written in one line
_TEMPLATE = re.compile(r"\{[{%#]")
_RAW_END = re.compile(r"\{%([-+]?\s*endraw\s*[-+]?%\})")
_SEPARATOR = re.compile("[\x85\u2028\u2029]")
_CUE = re.compile(r"(?<!\\)\[\[(?!step-\d+\]\]|pause )")
_CLOSING = re.compile(r"(\\?\[\[[^\[\]]*\]\])|(?<!\\)\]\]")  # a cue, or the end of none


class _Flow(dict[str, Any]):
    """A mapping in one line."""


class _Literal(str):
    """A text whose lines are kept as they are."""

    __slots__ = ()


class _Quoted(str):
    """A text with separators of lines that YAML folds unless they are escaped."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Lists are indented below their field."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - as PyYAML calls it
        super().increase_indent(flow, False)


_Dumper.add_representer(
    _Flow, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)
)
_Dumper.add_representer(
    _Literal, lambda dumper, data: dumper.represent_scalar("tag:yaml.org,2002:str", str(data), style="|")
)
_Dumper.add_representer(
    _Quoted, lambda dumper, data: dumper.represent_scalar("tag:yaml.org,2002:str", str(data), style='"')
)


_Dumper.add_representer(
    WrittenFloat, lambda dumper, data: dumper.represent_scalar("tag:yaml.org,2002:float", data.as_written())
)


def spec_text(head: Mapping[str, Json], scenes: Sequence[Mapping[str, Any]], schema: str = "") -> str:
    """Return a whole spec. schema: its path for editors; "" if there is none."""
    lines = [f"# yaml-language-server: $schema={schema}\n"] if schema else []
    body = "\n".join(scene_text(each) for each in scenes)
    return "".join(lines) + _dump(_styled(head)) + "\nscenes:\n" + body


def scene_text(scene: Mapping[str, Any]) -> str:
    """Return a scene as an entry of the list of scenes."""
    text = _dump([_styled(scene)])
    return "".join(f"  {line}" if line.strip() else line for line in text.splitlines(keepends=True))


def field_text(name: str, value: Json) -> str:
    """Return a field of a scene, as in the scene's text but for its indentation."""
    return _dump({name: _styled(value, name)})


def as_written(scene: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scene's fields as a reader of the text gets them: with the marks that keep braces as they are."""
    data: dict[str, Any] = yaml.safe_load(scene_text(scene))[0]
    return data


def _dump(data: object) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)


def _styled(data: Json, name: str = "") -> Json:
    """Return data with the style of each part: texts of several lines as they are, small mappings in one line."""
    if isinstance(data, Mapping):
        plain = {key: _styled(value, key) for key, value in data.items()}
        in_line = name in {"", "scenes"} or any(isinstance(value, dict | list | _Literal) for value in plain.values())
        width = sum(len(key) + len(str(value)) + 4 for key, value in plain.items())
        return plain if in_line or width > FLOW else _Flow(plain)
    if isinstance(data, list | tuple):
        return [_styled(each, name) for each in data]
    if isinstance(data, str):
        return _text(data, name)
    return data


def _text(text: str, name: str) -> str:
    if name not in _verbatim():
        if _TEMPLATE.search(text):
            text = _RAW_END.sub(r"{%{% endraw %}\1{% raw %}", text)
            text = f"{{% raw %}}{text}{{% endraw %}}"
        if name == "narration":
            text = _CUE.sub(r"\\[[", text)
            text = _CLOSING.sub(lambda match: match[1] or "\\]]", text)
    if _SEPARATOR.search(text):
        return _Quoted(text)
    # Neither a literal block nor its indentation can be right for these.
    can_be_literal = "\n" in text and not re.search(
        r"[\t ]\n|\A\s|[^\n\t\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text
    )
    return _Literal(text) if can_be_literal else text


@lru_cache(maxsize=1)
def _verbatim() -> frozenset[str]:
    """The names of fields in which vidbuild expands no templates."""
    from vidbuild.spec import schema

    found: set[str] = set()
    stack: list[Any] = [schema.load()]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            fields = node.get("properties", {})
            found.update(key for key, value in fields.items() if isinstance(value, Mapping) and value.get("x-verbatim"))
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    return frozenset(found)
