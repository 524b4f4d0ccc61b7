"""The reference page: every field of the language is on it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tools import limits
from tools.reference import page
from vidbuild.media.ffmpeg import limits as media
from vidbuild.spec import schema
from vidbuild.spec.load import try_parse
from vidbuild.spec.template_sandbox import FILTERS

PAGE = page(schema.load())
RATES = schema.load()["properties"]["output"]["properties"]["fps"]["enum"]


def section(heading: str) -> str:
    """The text between a heading and the next of any level."""
    return PAGE.split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]


def row(heading: str, field: str) -> list[str]:
    """The cells of a field's row."""
    (line,) = [line for line in section(heading).splitlines() if line.startswith(f"| `{field}` |")]
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
        ("## `type: list`", "style", "`bullets`, `numbers`, `checks`", "`bullets`"),
        ("### `items[]`", "at", "text or number from 0 to 3600", ""),
        ("### `commands[]`", "run", "text", ""),
        ("## `type: command`", "prompt", "text", '`"$ "`'),
        ("### `highlight[]`", "lines", "text or whole number from 1 to 9999999", "required"),
    ],
)
def test_rows(heading: str, field: str, value: str, default: str) -> None:
    """A field's row has its kind, its default and its description with an example."""
    cells = row(heading, field)
    assert (cells[1], cells[2]) == (value, default)
    assert "." in cells[3]


def test_every_field_of_every_type_is_there() -> None:
    """No field of the schema is left out, and none that all scenes share is repeated in a type's table."""
    for name in schema.load()["properties"]:
        assert row("## A spec", name)
    for kind in schema.scene_types():
        for name in schema.definition(f"scene_{kind}")["properties"]:
            assert row("## Every scene" if name in schema.SHARED else f"## `type: {kind}`", name)


def test_the_types_are_listed() -> None:
    """The row of `type` lists every type there is."""
    assert row("## Every scene", "type")[1] == ", ".join(f"`{kind}`" for kind in schema.scene_types())


@pytest.mark.parametrize("kind", schema.scene_types())
def test_the_examples_are_yaml_that_the_schema_takes(kind: str) -> None:
    """What a reader copies from the page is a scene; only its files may be missing."""
    text = section(f"## `type: {kind}`").split("```yaml\n", 1)[1].split("```", 1)[0]
    scenes: list[dict[str, Any]] = yaml.safe_load(text)
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
