"""The list scene fills its frame: few items are larger and farther apart than many."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.drawing import changed, drawn
from tests.support.pixels import pixel


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


def test_a_square_has_two_columns_of_words_but_not_of_sentences(tmp_path: Path) -> None:
    """Twelve words are beside each other in a square frame, in larger type; sentences are below each other."""
    for text, columns in (("Alpha", 2), ("A sentence of a few words more", 1)):
        fields = changed("list", items=[{"text": text, "detail": None}] * 12)
        made = drawn(tmp_path / text, "list", fields, size=(720, 720))
        assert len({made[f"item-{index}"].x for index in range(12)}) == columns


def test_items_that_fill_a_column_are_in_two(tmp_path: Path) -> None:
    """Eight items that would fill a column from top to bottom are in two, in type that is a little smaller."""
    fields = changed("list", title="Services", items=[{"text": "Dashboards from a file", "detail": None}] * 8)
    made = drawn(tmp_path, "list", fields, size=(960, 540))
    assert len({made[f"item-{index}"].x for index in range(8)}) == 2


def test_numbers_are_in_circles_and_checks_in_squares(tmp_path: Path) -> None:
    """The corner of a number's mark is empty, as in the steps scene; that of a check's is not."""
    for style, filled in (("numbers", False), ("checks", True)):
        made = drawn(tmp_path / style, "list", changed("list", style=style), size=(960, 540))
        left, top, _, _ = made.ink("item-1")
        corner = made.image("item-1").crop((left - made["item-1"].x, top - made["item-1"].y, made["item-1"].width, 999))
        assert (pixel(corner, (3, 3))[3] > 128) == filled


def test_an_option_is_not_parted_from_its_dashes(tmp_path: Path) -> None:
    """The dashes of an option are in its line, not at the end of the line before."""
    text = f"{'m' * 20} --{'m' * 24}"
    made = drawn(tmp_path, "list", changed("list", title=None, items=[{"text": text, "detail": None}]), size=(480, 480))
    image = made.image("item-0").getchannel("A").point([0] * 64 + [255] * 192)
    upper = image.crop((0, 0, image.width, image.height // 2))
    box = upper.getbbox()
    assert box is not None
    last = upper.crop((box[2] - 3, box[1], box[2], upper.height)).getbbox()
    assert last is not None
    assert last[3] - last[1] > 6, "the line ends with a dash"
