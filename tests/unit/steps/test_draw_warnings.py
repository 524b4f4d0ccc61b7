"""Warnings of the draw step: their codes by kind, and type that is too small to read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import scene_samples
from tests.support.drawing import TYPES, drawn, theme
from vidbuild.engine.graph.context import Context
from vidbuild.media.text import small_text
from vidbuild.media.text.small_text import Small
from vidbuild.steps import draw

WIDE = {"columns": [f"Column {index}" for index in range(12)], "rows": [["some text here"] * 12] * 9}


def warned(
    tmp_path: Path, kind: str, fields: dict[str, Any], size: tuple[int, int]
) -> list[tuple[str, str | None, str]]:
    """Return (code, field, message) of each warning of a drawing."""
    made = drawn(tmp_path / "out", kind, scene_samples.drawing(kind, **fields), size=size)
    return [(each.code, each.field, each.message) for each in made.warnings]


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((1280, 720), "15 px"),
        ((1920, 1080), "23 px, which is 15 px in a video of 720p"),
        ((640, 360), "8 px, which is 15"),
    ],
)
def test_a_table_in_small_type(tmp_path: Path, size: tuple[int, int], shown: str) -> None:
    """A table that has small type is warned of once, with its size in this video and in one of 720p."""
    [(code, field, message)] = warned(tmp_path, "table", WIDE, size)
    assert (code, field) == ("VB333", "columns.0.name")
    assert message.startswith(f"text is too small to read: its type has {shown}")


@pytest.mark.parametrize("name", ["midnight", "phosphor"])
@pytest.mark.parametrize("size", [(1280, 720), (720, 1280)], ids=str)
def test_typical_scenes_have_no_small_type(tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    """No sample of a scene type is warned of in any theme and shape: the sizes of templates are no fault of a spec."""
    found = {kind: drawn(tmp_path / kind, kind, theme_values=theme(name), size=size).warnings for kind in TYPES}
    assert {kind: warnings for kind, warnings in found.items() if warnings} == {}


def test_an_unknown_kind_of_warning(tmp_path: Path) -> None:
    """A template of a plug-in need not name a kind: something is cut, then."""
    found: list[str] = []

    class Given(Context):
        def warn(self, code: str, *_: str, **__: Any) -> None:
            found.append(code)

    context = Given("draw:a", {}, {}, tmp_path, tmp_path, {})
    for kind in ("cut", "crowded", "image", "folded", "small-text", "other"):
        draw.warn_of_layout(context, {"kind": kind, "field": "x", "message": "image is too small to read"})
    draw.warn_of_layout(context, {"field": "x", "message": "image is too small to read"})
    assert found == ["VB301", "VB302", "VB303", "VB323", "VB333", "VB301", "VB301"]


def test_a_small_text_belongs_to_the_field_that_has_it() -> None:
    """A text is found by its beginning, without what templates add; code in parts belongs to the longest text."""
    fields = {"title": "A title", "items": ["one", {"text": "Second entry"}], "code": "long code " * 9}
    found = small_text.warnings(
        [Small("SEC\u200bOND ENTRY", 9, 9), Small("one", 7, 7), Small("", 5.2, 10.4), Small("Second", 8, 8)], fields
    )
    assert [(each["field"], each["message"].partition("has ")[2]) for each in found] == [
        ("items.0", "7 px"),
        ("code", "5 px, which is 10 px in a video of 720p"),
    ]
    assert {each["kind"] for each in found} == {small_text.SMALL_TEXT}
    assert small_text.warnings([Small("x", 1, 1)], {})[0]["field"] == ""
