"""OpenAPI 3: the endpoints of each tag, and an example request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vidbuild.create.importers.data import requests
from vidbuild.create.importers.markdown import outline_of
from vidbuild.create.source import json_text, phrases, yaml_text
from vidbuild.create.source.outline import Block, Command, Commands, Omission, Outline, Prose, Section, Table
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.json_types import Json, listed, mapping, mappings
from vidbuild.location import Location

METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
MAX_OPERATIONS = 2000


@dataclass(frozen=True, slots=True)
class _Operation:
    method: str
    path: str
    tag: str
    fields: Mapping[str, Any]
    shared: tuple[Any, ...]  # parameters of all operations of the path


def load(source: Source) -> Json:
    """Return the value of a JSON or YAML file."""
    text = source.text()
    is_json = source.path.suffix.lower() == ".json"
    return json_text.parse(text, source.address) if is_json else yaml_text.load(text, source.address)


def is_one(data: Mapping[str, Any]) -> bool:
    """Return whether a mapping is an OpenAPI document, of any version."""
    return ("openapi" in data or "swagger" in data) and isinstance(data.get("info"), Mapping)


def read(source: Source) -> Outline:
    """Return a section for each tag. Raises SourceError if the document is of another version."""
    data = load(source)
    at = Location(source.address, 1, 1, 1)
    if not isinstance(data, Mapping) or not is_one(data):
        raise SourceError("no OpenAPI document: expected the fields 'openapi' and 'info'", at)
    version = str(data.get("openapi") or data.get("swagger"))
    if not version.startswith("3."):
        raise SourceError(
            f"OpenAPI {version[:20]} is not read: expected version 3", at, "convert the document to OpenAPI 3"
        )
    operations = list(_operations(data))
    if not operations:
        raise SourceError("the document has no operations: expected a method below a path of 'paths'", at)
    title = _line(data["info"].get("title")) or phrases.title_of(source.path.stem)
    about = _prose(data["info"].get("description") or data["info"].get("summary"), source)
    tags = dict.fromkeys(each.tag for each in operations)
    count = f"There are {len(operations)} operations on {len({each.path for each in operations})} paths."
    first = Section(title, (*about, Prose(count)), line=1, source_text=f"{title}\n{about}\n{list(tags)}", name="info")
    described = {_line(each.get("name")): each.get("description") for each in mappings(data.get("tags"))}
    order = [*(name for name in described if name in tags), *(name for name in tags if name not in described)]
    sections = [
        _section(
            name, [each for each in operations if each.tag == name], _prose(described.get(name), source), data, title
        )
        for name in order
    ]
    hidden = sum(bool(each.fields.get("deprecated")) for each in operations)
    omissions = (Omission(f"the mark of {hidden} deprecated operations"),) if hidden else ()
    return Outline(title, (first, *sections), omissions=omissions).named()


def _operations(data: Mapping[str, Any]) -> Iterator[_Operation]:
    count = 0
    for path, referred in mapping(data.get("paths")).items():
        item = requests.resolved(referred, data)
        if not isinstance(item, Mapping):
            continue
        for method in METHODS:
            fields = item.get(method)
            if isinstance(fields, Mapping) and count < MAX_OPERATIONS:
                count += 1
                tags = listed(fields.get("tags"))
                tag = _line(tags[0]) if tags else ""
                tag = tag or "Operations"
                yield _Operation(method.upper(), _line(path), tag, fields, tuple(listed(item.get("parameters"))))


def _section(
    name: str, operations: list[_Operation], about: tuple[Prose, ...], data: Mapping[str, Any], title: str
) -> Section:
    rows: list[tuple[str, ...]] = [(each.method, f"`{each.path}`", _summary(each)) for each in operations]
    columns: tuple[str, ...] = ("Method", "Path", "Summary")
    if not any(row[2] for row in rows):
        rows, columns = [row[:2] for row in rows], columns[:2]
    heading = re.sub(r"[-_]+", " ", name)
    number = f"{len(rows)} operation{'s' if len(rows) > 1 else ''}"
    said = about or (Prose(f"There {'are' if len(rows) > 1 else 'is'} {number} for {heading}."),)
    blocks: list[Block] = [*said, Table(columns, tuple(rows))]
    example = next((each for each in operations if each.method == "POST"), operations[0])
    blocks.append(Prose(_sentence(example)))
    command = requests.curl(example.method, example.path, example.fields, example.shared, data)
    blocks.append(Commands((Command(run=command),), "bash"))
    text = "\n".join(f"{row}" for row in rows) + f"\n{about}\n{command}"
    return Section(heading[:1].upper() + heading[1:], tuple(blocks), (title,), source_text=text, name=f"tag {name}")


def _summary(operation: _Operation) -> str:
    return _line(operation.fields.get("summary"))


def _sentence(operation: _Operation) -> str:
    """Return what the document says of an operation: its description's first paragraph, or its summary."""
    described = _line(str(operation.fields.get("description") or "").strip().partition("\n\n")[0])
    return described or f"An example request: {_summary(operation) or operation.path}."


def _prose(text: Json, source: Source) -> tuple[Prose, ...]:
    """Return the paragraphs of a description, which is Markdown, before its first heading."""
    if not isinstance(text, str) or not text.strip():
        return ()
    sections = outline_of(re.sub(r"\A\s*---", "", text), source).sections
    return tuple(block for block in sections[0].blocks if isinstance(block, Prose)) if sections else ()


def _line(text: Json) -> str:
    if not isinstance(text, str | int | float) or isinstance(text, bool):
        return ""
    plain = str(text).replace("`", "'").replace("**", "")
    return " ".join("".join(each if each.isprintable() else " " for each in plain).split())
