"""Lists: hierarchy, columns, and items that are too many."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.drawing import Drawn, changed, drawn

SHAPES = {"landscape": (960, 540), "vertical": (540, 960), "square": (540, 540)}
LONG = "A long text that goes on and on because its author could not decide what to leave out of it " * 3
DETAIL = "and a longer line that explains what this item is good for in practice"


def items(count: int, text: str = "Hxd", detail: str | None = None) -> list[dict[str, Any]]:
    """That many items alike."""
    return [{"text": text, "detail": detail}] * count


def listed(out: Path, entries: list[dict[str, Any]], size: tuple[int, int] = (1920, 1080)) -> Drawn:
    """A list under a heading whose letters can be compared with its items'."""
    return drawn(out, "list", changed("list", title="Hxd", items=entries), size=size)


def letters(made: Drawn, name: str) -> int:
    """How high a text's capitals are; an item's marker, as high as its type, left out."""
    layer = made[name]
    alpha = made.image(name).getchannel("A").point([0] * 128 + [255] * 128)
    skipped = 0 if name == "heading" else round(layer.height * 0.9)
    box = alpha.crop((skipped, 0, layer.width, layer.height)).getbbox()
    assert box is not None
    return int(box[3] - box[1])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("count", [2, 3, 5, 8])
def test_no_item_is_larger_than_its_heading(count: int, shape: str, tmp_path: Path) -> None:
    """However few the items are, and though they are nearly as large, the heading of several is the largest type."""
    width, height = SHAPES[shape]
    made = listed(tmp_path, items(count), (2 * width, 2 * height))
    assert letters(made, "item-0") < letters(made, "heading")


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_few_items_are_centered(count: int, tmp_path: Path) -> None:
    """Space rather than size fills the screen: a short list is centered, a little high, below its heading."""
    made = listed(tmp_path, items(count))
    top, bottom = made.ink("item-0")[1], made.ink(f"item-{count - 1}")[3]
    below_heading = made.ink("heading")[3]
    assert 0.42 < ((top + bottom) / 2 - below_heading) / (1080 * 0.915 - below_heading) < 0.56


@pytest.mark.parametrize("count", [9, 10, 12])
def test_many_short_items_are_in_two_columns_before_they_are_small(count: int, tmp_path: Path) -> None:
    """Nine to twelve short items use the width of the frame, in type of at least 46 pixels."""
    made = listed(tmp_path, items(count, "Checks before building"))
    second = made[f"item-{(count + 1) // 2}"]
    assert second.x > 960
    assert second.y == made["item-0"].y
    assert made["item-0"].height >= 46 * 1.4
    assert made.warnings == []


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("detail", [None, DETAIL, LONG], ids=["plain", "detail", "long"])
@pytest.mark.parametrize("text", ["Hxd", "Only what changed is built again", LONG], ids=["word", "line", "long"])
def test_twelve_items_never_leave_the_frame(text: str, detail: str | None, shape: str, tmp_path: Path) -> None:
    """Twelve items of any length stay inside the margins; if one is cut, there is one warning."""
    width, height = SHAPES[shape]
    made = listed(tmp_path, items(12, text, detail), (width, height))
    boxes = [made.ink(f"item-{index}") for index in range(12)]
    assert max(box[3] for box in boxes) <= height * 0.95
    assert max(box[2] for box in boxes) <= width * 0.955
    assert min(box[1] for box in boxes) > made.ink("heading")[3]
    assert len(made.warnings) == (1 if LONG in {text, detail} else 0)


def test_too_many_items_are_one_warning(tmp_path: Path) -> None:
    """If items are cut because there are many, there is one warning about the list, not one for each."""
    made = listed(tmp_path, items(12, LONG, LONG), (960, 540))
    message = "too many items for one screen: some of the 12 items are cut"
    assert [(w.field, w.message) for w in made.warnings] == [("items", message)]


def test_small_type_is_a_warning(tmp_path: Path) -> None:
    """Items that fit only in small type are a warning about the list."""
    made = listed(tmp_path, items(5, LONG[:180], LONG[:160]), (960, 540))
    message = "too many items to read on one screen: 5"
    assert [(w.field, w.message) for w in made.warnings] == [("items", message)]
