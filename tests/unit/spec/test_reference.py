"""The reference page: every field of the language is on it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tools import limits, scene_pages
from tools.reference import page
from vidbuild.media.ffmpeg import limits as media
from vidbuild.spec import schema
from vidbuild.spec.describe import lines_of_scene
from vidbuild.spec.load import try_parse
from vidbuild.spec.template_sandbox import FILTERS

SCENES = scene_pages.pages(schema.load())
PAGE = page(schema.load())
RATES = schema.load()["properties"]["output"]["properties"]["fps"]["enum"]


def section(heading: str, text: str = PAGE) -> str:
    """The text between a heading and the next of any level."""
    return text.split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]


def row(heading: str, field: str, text: str = PAGE) -> list[str]:
    """The cells of a field's row."""
    (line,) = [line for line in section(heading, text).splitlines() if line.startswith(f"| `{field}` |")]
    return [cell.strip() for cell in line.strip("|").split(" | ")]


@pytest.mark.parametrize(
    ("heading", "field", "value", "default"),
    [
        ("## A spec", "title", "text", "required"),
        ("## A spec", "language", "text", "`en`"),
        ("### `output`", "fps", ", ".join(f"`{rate}`" for rate in RATES), "`30`"),
        ("### `output`", "loudness", "`web`, `broadcast` or number from -40 to -8", "`-16`"),
        ("### `output`", "peak", "number from -20 to 0", "`-1.5`"),
        ("### `theme`", "muted", "color", ""),
        ("### `voice`", "rate", "whole number from 50 to 200", "`100`"),
        ("### `theme.transition`", "duration", "number from 0 to 10", "`0.4`"),
        ("## Every scene", "duration", "number over 0 up to 3600", ""),
        ("## Every scene", "narration", "text or mapping or list", ""),
        ("### `narration`", "audio", "path", "required"),
    ],
)
def test_rows(heading: str, field: str, value: str, default: str) -> None:
    """A field's row has its kind, its default and its description with an example."""
    cells = row(heading, field)
    assert (cells[1], cells[2]) == (value, default)
    assert "." in cells[3]


@pytest.mark.parametrize(
    ("kind", "heading", "field", "value", "default"),
    [
        ("list", "## Fields", "style", "`bullets`, `numbers`, `checks`", "`bullets`"),
        ("list", "### `items[]`", "at", "text or number from 0 to 3600", ""),
        ("command", "### `commands[]`", "run", "text", ""),
        ("command", "## Fields", "prompt", "text", '`"$ "`'),
        ("code", "### `highlight[]`", "lines", "text or whole number from 1 to 9999999", "required"),
    ],
)
def test_rows_of_scene_types(kind: str, heading: str, field: str, value: str, default: str) -> None:
    """The page of a scene type has rows like those of the reference."""
    cells = row(heading, field, SCENES[f"{kind}.md"])
    assert (cells[1], cells[2]) == (value, default)
    assert "." in cells[3]


def test_every_field_of_every_type_is_there() -> None:
    """No field of the schema is left out, and none that all scenes share is repeated in a type's table."""
    for name in schema.load()["properties"]:
        assert row("## A spec", name)
    for kind in schema.scene_types():
        for name in schema.definition(f"scene_{kind}")["properties"]:
            assert (
                row("## Every scene", name) if name in schema.SHARED else row("## Fields", name, SCENES[f"{kind}.md"])
            )


def test_the_types_are_listed() -> None:
    """The row of `type` lists every type there is."""
    assert row("## Every scene", "type")[1] == ", ".join(f"`{kind}`" for kind in schema.scene_types())


@pytest.mark.parametrize("kind", schema.scene_types())
def test_every_type_is_shown(kind: str) -> None:
    """A type's page has its scenes of the gallery, with their pictures, and the index leads to it."""
    text = SCENES[f"{kind}.md"]
    shown = [yaml.safe_load(block)[0] for block in re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)]
    gallery = yaml.safe_load(scene_pages.GALLERY.read_text(encoding="utf-8"))["scenes"]
    assert shown == [scene for scene in gallery if scene["type"] == kind]
    assert [scene["id"] for scene in shown] == re.findall(r"\(\.\./pictures/([\w-]+)\.jpg\)", text)
    assert f"({kind}.md)" in SCENES["index.md"]
    assert f"(scenes/{kind}.md)" in PAGE


@pytest.mark.parametrize("kind", schema.scene_types())
def test_the_example_of_the_schema_is_a_scene(kind: str) -> None:
    """What `vidbuild scenes` prints for a type is a scene; only its files may be missing."""
    scenes: list[dict[str, Any]] = yaml.safe_load(
        "\n".join(lines_of_scene(schema.definition(f"scene_{kind}")["examples"][0]))
    )
    found = try_parse({"vidbuild": 1, "title": "A", "scenes": scenes}, "v.yaml").diagnostics
    assert [item.message for item in found if "does not exist" not in item.message] == []


def test_filters_are_listed() -> None:
    """The filters of templates are those that there are."""
    assert all(f"`{name}`" in PAGE for name in FILTERS)


def test_every_limit_is_on_the_page() -> None:
    """The page has a row for every limit of specs, templates and files, with its value."""
    text = page(schema.load())
    assert "| text | 50,000 characters |" in text
    assert "| image | 250,000,000 pixels |" in text
    assert "| nesting | 50 levels |" in text
    assert "| operand of arithmetic | 1,000,000,000,000,000 |" in text
    rows = re.findall(r"^\| [^|]+ \| [0-9,]+(?: [\w ]+)? \|$", text.partition("## Limits")[2], re.MULTILINE)
    assert len(rows) == sum(len(group) for _, group in limits.all_limits())
    named = {value for name, value in vars(media).items() if name.isupper() and isinstance(value, int | float)}
    shown = {limit.most for _, group in limits.all_limits() for limit in group}
    hours = {media.CLIP_SECONDS / media.HOUR, media.RECORDING_SECONDS / media.HOUR}
    assert named - shown - {media.MILLION, media.HOUR, media.CLIP_SECONDS, media.RECORDING_SECONDS} == set()
    assert hours <= shown
