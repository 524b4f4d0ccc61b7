"""Vertical and square frames: headings stay in place, groups are above the center, and the width is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.drawing import Drawn, changed, drawn
from tests.support.scene_samples import drawing

TALL = {"vertical": (540, 960), "square": (540, 540)}
LONG_TITLE = (
    "How we moved four hundred services from one database to another in a weekend "
    "without anyone noticing, and what we learned"
)
SHORT: dict[str, dict[str, Any]] = {
    "command": {
        "entries": drawing(
            "command", commands=[{"run": "pip install httpx", "output": "Successfully installed httpx-0.28.1"}]
        )["entries"]
    },
    "code": {"code": "import httpx\n\nprint(httpx.get(url))", "highlights": [{"from": 3, "to": 3}]},
    "image": {"frame": "window"},
    "clip": {"clip_size": [1920, 1080]},
}


def span(made: Drawn) -> tuple[int, int]:
    """The top and the bottom of everything in front of the background, shadows left out."""
    inks = [made.ink(layer.name) for layer in made.layers.layers if layer.file and layer.name != "background"]
    return min(ink[1] for ink in inks), max(ink[3] for ink in inks)


@pytest.mark.parametrize("shape", TALL)
@pytest.mark.parametrize("kind", SHORT)
def test_a_short_group_is_above_the_center(kind: str, shape: str, tmp_path: Path) -> None:
    """The window of a short scene is in the upper half, not far below its heading."""
    made = drawn(tmp_path, kind, changed(kind, **SHORT[kind]), size=TALL[shape])
    top, bottom = span(made)
    assert 0.2 < (top + bottom) / 2 / made.layers.height < 0.52
    assert 0 < made.ink("window")[1] - made.ink("heading")[3] < 0.25 * made.layers.height


@pytest.mark.parametrize("size", [(960, 540), *TALL.values()])
@pytest.mark.parametrize("kind", SHORT)
def test_a_heading_keeps_its_place(kind: str, size: tuple[int, int], tmp_path: Path) -> None:
    """From scene to scene of a video, headings stand on the same line."""
    made = drawn(tmp_path, kind, changed(kind, **SHORT[kind]), size=size)
    other = drawn(tmp_path / "list", "list", size=size)
    assert made["heading"].y == other["heading"].y


def test_a_short_command_is_set_as_large_as_its_width_allows(tmp_path: Path) -> None:
    """In a vertical frame a short command takes most of the window's width."""
    fields = changed("command", entries=drawing("command", commands=[{"run": "pip install httpx"}])["entries"])
    made = drawn(tmp_path, "command", fields, size=(1080, 1920))
    assert made["line-0-0"].x + made["line-0-0"].width > 0.75 * 1080


def test_a_last_word_of_output_is_not_torn_off_for_larger_type(tmp_path: Path) -> None:
    """Output that fits in one row at a good size is not wrapped."""
    made = drawn(tmp_path, "command", changed("command", **SHORT["command"]), size=(1080, 1920))
    assert made["output-0"].height < 2 * made["line-0-0"].height


@pytest.mark.parametrize("shape", TALL)
@pytest.mark.parametrize("kind", ["title", "list", "command", "code", "clip"])
def test_a_long_title_is_seen_whole_where_there_is_room(kind: str, shape: str, tmp_path: Path) -> None:
    """More than 120 characters take more lines rather than an ellipsis."""
    made = drawn(tmp_path, kind, changed(kind, title=LONG_TITLE), size=TALL[shape])
    assert made.warnings == []


@pytest.mark.parametrize("shape", TALL)
def test_the_cursor_comes_down_with_its_line(shape: str, tmp_path: Path) -> None:
    """Moving the group keeps the cursor on the first typed line."""
    made = drawn(tmp_path, "command", size=TALL[shape])
    assert (made["cursor"].x, made["cursor"].y) == (made["line-0-0"].x, made["line-0-0"].y)
    assert made["window"].y < made["cursor"].y < made["window"].y + made["window"].height
