"""Writes the reference page of the spec language from its schema: each field's type, default and an example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.limits import section
from vidbuild.spec.describe import Describer, lines_of_scene, written
from vidbuild.spec.template_sandbox import FILTERS

Schema = Mapping[str, Any]

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"  # `make pictures` draws them

HEAD = """\
# The spec language

<!-- Generated from the schema by `python -m tools.schema`: edit the schema's parts, not this page. -->

A spec is one YAML file. An unknown field is an error, and its message suggests the nearest known field. Editors
complete and check a spec if its first line names the schema, which `vidbuild schema > video.schema.json` writes:

```yaml
# yaml-language-server: $schema=video.schema.json
```

`vidbuild init` writes both. A spec may also name it in a field `$schema`.

`{{ name }}` in any text is replaced by the value of a variable from `vars` or `--var`; `run`, `output` and `code` are
left as written unless the scene has `expand: true`. A template can use `{% if %}`, comparisons, arithmetic on numbers
and these filters: FILTERS. A value given by `--var` takes the type that `vars` declares; without a declaration `true`
and `false` are booleans, and all else is text. To show braces as they are, write
`{% raw %}{{ name }}{% endraw %}`; `{# #}` has no meaning.

`[[name]]` in a narration is a cue. To speak and show brackets, write a backslash before them: `\\[[ -f x ]]`, in double
quotes `\\\\[[ -f x ]]`.

Mappings can be reused: `&name` marks one, `<<: *name` adds its fields to another, whose own fields win, and
`<<: [*a, *b]` those of several. A top-level field that begins with `x-` is a place for them and has no effect.

Paths are relative to the file that names them and must stay inside the project: the nearest folder above the spec
with `vidbuild.toml` or `.git`, or else the spec's own folder.
"""


def page(schema: Schema) -> str:
    """Return the reference page, in Markdown."""
    head = HEAD.replace("FILTERS", ", ".join(f"`{name}`" for name in FILTERS))
    return "\n".join(_lines(Describer(schema, code="`{}`"), head))


def _lines(reader: Describer, head: str) -> Iterator[str]:
    schema = reader.schema
    yield head
    yield "## A spec"
    yield ""
    yield from _table(reader, schema)
    seen: list[Schema] = []
    for name, field in schema["properties"].items():
        for path, mapping in reader.mappings(field, name):
            if mapping not in seen:
                seen.append(mapping)
                yield f"### `{path}`"
                yield ""
                yield from _table(reader, mapping)
    types = reader.resolve(schema["$defs"]["scene"])["properties"]["type"]["enum"]
    own = {name: schema["$defs"][f"scene_{name}"] for name in types}
    shared = set.intersection(*({*node["properties"]} for node in own.values())) - {"title"}
    yield "## Every scene"
    yield ""
    first = own[types[0]]
    fields = {name: first["properties"][name] for name in _in(first, shared)}
    fields["type"] = reader.resolve(schema["$defs"]["scene"])["properties"]["type"]
    yield from _table(reader, {**first, "properties": fields})
    yield from _nested(reader, fields, seen)
    for name, node in own.items():
        fields = {key: value for key, value in node["properties"].items() if key not in shared}
        yield f"## `type: {name}`"
        yield ""
        yield node["description"]
        yield ""
        if (PICTURES / f"{name}.jpg").is_file():
            yield f"![A scene of the type {name}](pictures/{name}.jpg)"
            yield ""
        yield "```yaml"
        yield from lines_of_scene(node["examples"][0])
        yield "```"
        yield ""
        yield from _table(reader, {**node, "properties": fields})
        yield from _nested(reader, fields, seen)
    yield "## A brand"
    yield ""
    brand = schema["$defs"]["brand"]
    yield f"{brand['description']} [brands.md](brands.md) shows how."
    yield ""
    yield from _table(reader, brand)
    yield from section()


def _in(node: Schema, names: set[str]) -> list[str]:
    return [name for name in node["properties"] if name in names]


def _nested(reader: Describer, fields: Schema, seen: list[Schema]) -> Iterator[str]:
    for name, field in fields.items():
        for path, mapping in reader.mappings(field, name):
            if mapping not in seen:
                seen.append(mapping)
                yield f"### `{path}`"
                yield ""
                yield from _table(reader, mapping)


def _table(reader: Describer, node: Schema) -> Iterator[str]:
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


def _code(value: object) -> str:
    return f"`{written(value)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
