"""Tables of fields, in Markdown, for the reference page and the pages of scene types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild.spec.describe import Describer, written

Schema = Mapping[str, Any]


def table(reader: Describer, node: Schema) -> Iterator[str]:
    """Yield the lines of a table with the fields of a mapping."""
    yield "| field | value | default | description |"
    yield "|---|---|---|---|"
    required = node.get("required", ())
    for name, raw in node["properties"].items():
        field = reader.resolve(raw)
        default = "required" if name in required else _code(field["default"]) if "default" in field else ""
        examples = ", ".join(_code(example) for example in field.get("examples", ())[:2])
        words = f"{field['description']} {f'Example: {examples}' if examples else ''}".strip()
        yield f"| `{name}` | {_cell(reader.kind(raw))} | {_cell(default)} | {_cell(words)} |"
    yield ""


def nested(reader: Describer, fields: Schema, seen: list[Schema]) -> Iterator[str]:
    """Yield a table for each mapping that fields can hold and that is not in `seen`, and add it there."""
    for name, field in fields.items():
        for path, mapping in reader.mappings(field, name):
            if mapping not in seen:
                seen.append(mapping)
                yield f"### `{path}`"
                yield ""
                yield from table(reader, mapping)


def _code(value: object) -> str:
    return f"`{written(value)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
