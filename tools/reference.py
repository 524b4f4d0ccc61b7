"""Writes the reference page of the spec language from its schema: each field's type, default and an example."""

from __future__ import annotations

from collections.abc import Iterator

from tools.limits import section
from tools.tables import Schema, nested, table
from vidbuild.spec.describe import Describer
from vidbuild.spec.schema import SHARED, scene_types
from vidbuild.spec.template_sandbox import FILTERS

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
    yield from table(reader, schema)
    seen: list[Schema] = []
    yield from nested(reader, schema["properties"], seen)
    yield "## Every scene"
    yield ""
    first = schema["$defs"][f"scene_{scene_types()[0]}"]
    fields = {name: field for name, field in first["properties"].items() if name in SHARED}
    fields["type"] = reader.resolve(schema["$defs"]["scene"])["properties"]["type"]
    yield from table(reader, {**first, "properties": fields})
    yield from nested(reader, fields, seen)
    yield "## Scene types"
    yield ""
    for name in scene_types():
        yield f"- [`{name}`](scenes/{name}.md): {schema['$defs'][f'scene_{name}']['description']}"
    yield ""
    yield "## A brand"
    yield ""
    brand = schema["$defs"]["brand"]
    yield f"{brand['description']} [brands.md](brands.md) shows how."
    yield ""
    yield from table(reader, brand)
    yield from section()
