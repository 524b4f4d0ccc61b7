"""Writes a page for each scene type, and one that shows them all, from the schema and examples/gallery.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.tables import Schema, nested, table
from vidbuild.spec import schema as schemas
from vidbuild.spec.describe import Describer

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "examples" / "gallery.yaml"
PICTURES = ROOT / "docs" / "pictures"  # `make pictures` draws them
MADE = "<!-- Generated from the schema and examples/gallery.yaml by `python -m tools.schema`: edit those instead. -->"
GUIDES = {
    "code": ("code",),
    "diff": ("code",),
    "tree": ("code",),
    "command": ("recordings", "record"),
    "table": ("data",),
    "chart": ("data",),
    "diagram": ("data",),
    "image": ("media",),
    "slide": ("media",),
    "clip": ("media",),
    "typst": ("typst",),
    "title": ("brands",),
    "outro": ("brands",),
}
COLUMNS = 3


def pages(schema: Schema) -> dict[str, str]:
    """Return the pages in Markdown, by their names in docs/scenes."""
    reader = Describer(schema, code="`{}`")
    types = schemas.scene_types()
    found = {name: "\n".join(_page(reader, name)) for name in types}
    return {"index.md": "\n".join(_index(schema, types)), **{f"{name}.md": text for name, text in found.items()}}


def samples() -> dict[str, list[tuple[str, str]]]:
    """Return the scenes of the gallery by their type, each with its id and its lines."""
    found: dict[str, list[tuple[str, str]]] = {}
    scenes = GALLERY.read_text(encoding="utf-8").partition("\nscenes:\n")[2]
    for block in re.split(r"\n+(?=  - id: )", scenes.strip("\n")):
        lines = [line.removeprefix("  ") for line in block.splitlines()]
        name, kind = (line.rpartition(": ")[2] for line in lines[:2])
        found.setdefault(kind, []).append((name, "\n".join(lines)))
    return found


def _page(reader: Describer, name: str) -> Iterator[str]:
    node: Mapping[str, Any] = reader.schema["$defs"][f"scene_{name}"]
    own = {key: value for key, value in node["properties"].items() if key not in schemas.SHARED}
    yield from (f"# The scene type `{name}`", "", MADE, "", node["description"], "")
    for scene, lines in samples()[name]:
        if (PICTURES / f"{scene}.jpg").is_file():
            yield from (f"![The scene `{scene}` of the gallery](../pictures/{scene}.jpg)", "")
        yield from ("```yaml", lines, "```", "")
    yield from ("## Fields", "")
    yield from table(reader, {**node, "properties": own})
    yield from nested(reader, own, [])
    yield "Its other fields are those of [every scene](../reference.md#every-scene)."
    if guides := GUIDES.get(name):
        links = " and ".join(f"[{_title(each)}](../{each}.md)" for each in guides)
        yield f"More about it: {links}."
    yield ""


def _title(guide: str) -> str:
    first = (ROOT / "docs" / f"{guide}.md").read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("# ")


def _index(schema: Schema, types: list[str]) -> Iterator[str]:
    yield from ("# Scene types", "", MADE, "")
    yield "Each scene has a `type`. All these pictures are of [one spec](../../examples/gallery.yaml), in one theme;"
    yield "`vidbuild gallery` draws them in yours. [Motion](../motion.md) and [overlays](../callouts.md) go with all."
    yield ""
    yield from ("| " * COLUMNS + "|", "|---" * COLUMNS + "|")
    for first in range(0, len(types), COLUMNS):
        yield f"| {' | '.join(_cell(schema, name) for name in types[first : first + COLUMNS])} |"
    yield ""


def _cell(schema: Schema, name: str) -> str:
    first = schema["$defs"][f"scene_{name}"]["description"].partition(". ")[0].removesuffix(".")
    return f"[![A scene of the type {name}](../pictures/{name}.jpg)]({name}.md)<br>[`{name}`]({name}.md): {first}."
