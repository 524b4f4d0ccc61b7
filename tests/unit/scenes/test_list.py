"""The list scene fills its frame: few items are larger and farther apart than many."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.drawing import changed, drawn


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (720, 720)])
def test_few_items_fill_the_frame(size: tuple[int, int], tmp_path: Path) -> None:
    """Three items reach into the lower half of every frame, in larger type than eight."""
    few, many = (
        drawn(
            tmp_path / str(count),
            "list",
            changed("list", items=[{"text": "Some words", "detail": None}] * count),
            size=size,
        )
        for count in (3, 8)
    )
    assert few.ink("item-2")[3] > size[1] * 0.55
    heights = [made.ink("item-0")[3] - made.ink("item-0")[1] for made in (few, many)]
    assert heights[0] > heights[1]
