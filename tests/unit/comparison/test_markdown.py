"""What has changed, as Markdown for a comment."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from tests.unit.comparison.test_compare import A, B, C, scene, side
from vidbuild.comparison.compare import compare
from vidbuild.comparison.markdown import LISTED, code, section
from vidbuild.comparison.side import Side


def rows(before: Side, after: Side) -> list[str]:
    """The cells of the table, each scene with what has changed, as a reader of Markdown has them."""
    parser = MarkdownIt("commonmark").enable("table")
    tokens = parser.parse(section(compare(before, after)))
    inline = [token.content for token in tokens if token.type == "inline"][2:]
    return [f"{name}: {what}" for name, what in zip(inline[2::2], inline[3::2], strict=True)]


def test_every_change_is_a_row() -> None:
    """Added, removed and renamed scenes, and what of the others has changed, with both durations."""
    changed = replace(A, text="Über a.", seconds=5.1)
    assert rows(side(A, B), side(changed, C)) == [
        "`a`: narration, duration 4.0 s → 5.1 s",
        "`b`: removed",
        "`c`: added",
    ]
    assert rows(side(A), side(replace(A, id="z"))) == ["`z`: renamed from `a`"]
    assert rows(side(A), side(replace(A, frames=None))) == ["`a`: picture not built"]


def test_the_first_lines() -> None:
    """A heading with the name of the newer version, and one sentence."""
    text = section(compare(side(A), side(A)))
    assert text == "#### `x`\n\nnothing has changed in 1 scene, against `x`."
    longer = section(compare(side(A), side(A, B)))
    assert longer.splitlines()[2] == "1 added of 2 scenes; 0:04.0 → 0:08.0, against `x`."


def test_many_changes_are_cut() -> None:
    """A table has at most so many scenes, and the number of the others."""
    found = rows(side(), side(*(scene(f"s{index}") for index in range(LISTED + 2))))
    assert len(found) == LISTED + 1
    assert found[-1] == "…: 2 more scenes"


@pytest.mark.parametrize("text", ["a`b", "``a", "a|b", "@team #1 <b>", "a\nb"])
def test_names_are_code(text: str) -> None:
    """Nothing in a name is Markdown: no mention, no link, no end of a cell."""
    parser = MarkdownIt("commonmark").enable("table")
    tokens = parser.parse(f"| a |\n|---|\n| {code(text)} |")
    (cell,) = [token for token in tokens if token.type == "inline"][1:]
    (child,) = cell.children or []
    assert child.type == "code_inline"
    assert child.content == text.replace("\n", "\ufffd")
