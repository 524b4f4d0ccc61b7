"""Scenes with little in them fill vertical frames: their type and their boxes grow with the room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import scene_samples
from tests.support.drawing import Drawn, drawn

SIZE = (540, 960)
LITTLE = [
    ("list", {"title": "New", "items": ["Alerts"]}, 0.045),
    ("list", {"title": "Rules", "items": ["Fail early", "Say why"]}, 0.175),
    ("compare", {"left": {"title": "Before", "items": ["Slow"]}, "right": {"title": "After", "items": ["Fast"]}}, 0.5),
    ("steps", {"steps": ["Install", "Run"]}, 0.24),
    ("cards", {"title": "New", "cards": ["Alerts", "Uptime"]}, 0.42),
    ("number", {"value": "7"}, 0.22),
    ("keys", {"keys": ["esc"], "platform": "mac"}, 0.14),
    ("quote", {"text": "Less, but better."}, 0.24),
    ("table", {"title": "Prices", "columns": ["Plan", "Price"], "rows": [["Team", "12.50"]]}, 0.22),
]


def share(made: Drawn, axis: int) -> float:
    """Return the share of the frame's width or height from the first to the last ink of what is below the heading."""
    boxes = [made.ink(name) for name in made.names() if name not in {"heading", "background"}]
    return (max(box[axis + 2] for box in boxes) - min(box[axis] for box in boxes)) / SIZE[axis]


@pytest.mark.parametrize(("kind", "fields", "least"), LITTLE, ids=lambda value: value if isinstance(value, str) else "")
def test_little_content_fills_a_vertical_frame(kind: str, fields: dict[str, Any], least: float, tmp_path: Path) -> None:
    """One or two entries reach over a part of the height that a viewer does not take for an accident."""
    made = drawn(tmp_path, kind, scene_samples.drawing(kind, **fields), size=SIZE)
    assert not made.warnings
    assert share(made, 1) >= least


def test_the_only_item_is_larger_than_its_heading(tmp_path: Path) -> None:
    """A list of one item is a statement, in the largest type of the frame; long ones are smaller, and whole."""
    one, long = (
        drawn(tmp_path / str(len(text)), "list", scene_samples.drawing("list", title="New", items=[text]), size=size)
        for text, size in (("Alerts", (960, 540)), ("Alerts that explain themselves to all who read them " * 3, SIZE))
    )
    item, heading = (one.ink(name) for name in ("item-0", "heading"))
    assert item[3] - item[1] > heading[3] - heading[1]
    assert not long.warnings


def test_a_closing_title_alone_is_as_large_as_one_that_opens(tmp_path: Path) -> None:
    """A word alone has one size in title and closing scenes; with lines below it, it leaves them room."""
    heights = []
    for kind, more in (("title", {}), ("outro", {}), ("outro", {"subtitle": "Soon"})):
        fields = scene_samples.drawing(kind, title="Hello", **more)
        ink = drawn(tmp_path / f"{kind}{len(more)}", kind, fields, size=(960, 540)).ink("title")
        heights.append(ink[3] - ink[1])
    assert heights[0] == heights[1] > heights[2]
