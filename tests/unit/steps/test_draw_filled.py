"""Frames that are filled with intent: type as large as the frame lets it be, and no half of a frame left empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import ImageChops, ImageOps, ImageStat

from tests.support import scene_samples
from tests.support.drawing import Drawn, drawn

WORD = "Rindfleischetikettierungsgesetz"
WIDE, HIGH, SQUARE = (1280, 720), (720, 1280), (720, 720)


def steps(folder: Path, count: int, size: tuple[int, int], **first: Any) -> Drawn:
    """Draw as many steps; the first one has more fields."""
    entries: list[Any] = [{"text": "Step 1", **first}, *(f"Step {index + 1}" for index in range(1, count))]
    return drawn(folder, "steps", scene_samples.drawing("steps", steps=entries), size=size)


def test_a_long_word_is_divided_at_a_syllable_instead_of_small_type(tmp_path: Path) -> None:
    """A title of one long word has larger type in a language with syllables, and stays within the margins."""
    sizes = {}
    for language in ("de", "tlh"):
        made = drawn(tmp_path / language, "title", {"title": WORD}, size=HIGH, language=language)
        left, top, right, bottom = made.ink("title")
        assert HIGH[0] * 0.05 <= left < right <= HIGH[0] * 0.95
        assert not made.warnings
        sizes[language] = bottom - top
    assert sizes["de"] > 1.5 * sizes["tlh"]


def test_a_sign_stands_before_its_number_in_text_from_right_to_left(tmp_path: Path) -> None:
    """`+12%` is drawn in Hebrew as it is in English."""
    images = []
    for language in ("en", "he"):
        made = drawn(tmp_path / language, "title", {"title": "+12%"}, size=WIDE, language=language)
        image = made.image("title").getchannel("A")
        images.append(image.crop(image.getbbox()).resize((90, 30)))
    assert ImageStat.Stat(ImageChops.difference(*images)).mean[0] < 12
    assert ImageStat.Stat(ImageChops.difference(images[0], ImageOps.mirror(images[1]))).mean[0] > 24


def test_many_steps_are_in_two_columns_of_a_wide_frame(tmp_path: Path) -> None:
    """From six steps on, a wide frame has two columns; the steps of a vertical one stay in one."""
    for size, count, columns in ((WIDE, 5, 1), (WIDE, 6, 2), (WIDE, 9, 2), (HIGH, 9, 1)):
        made = steps(tmp_path / f"{size}-{count}", count, size)
        boxes = [made.ink(f"step-{index}") for index in range(count)]
        assert len({box[0] for box in boxes}) == columns
        assert all(box[2] <= size[0] * 0.95 and box[3] <= size[1] * 0.95 for box in boxes)


@pytest.mark.parametrize("size", [HIGH, SQUARE], ids=["vertical", "square"])
def test_what_is_below_few_steps_has_the_room_that_they_leave(size: tuple[int, int], tmp_path: Path) -> None:
    """Short code below two steps has larger type than below nine, and stands close below the last step."""
    heights = []
    for count in (2, 9):
        made = steps(tmp_path / str(count), count, size, code="one\ntwo\nthree\nfour\nfive\nsix\nseven\neight")
        last, window = made.ink(f"step-{count - 1}"), made.ink("window-0")
        assert 0 < window[1] - last[3] < size[1] * 0.09
        assert window[3] <= size[1] * 0.97
        heights.append(made.ink("code-0")[3] - made.ink("code-0")[1])
    assert heights[0] > 1.2 * heights[1]


def test_nine_cards_of_a_vertical_frame_are_rows(tmp_path: Path) -> None:
    """Nine cards with texts are one below the other in a vertical frame: beside each other their type would be tiny."""
    cards = [{"title": f"A card with a title {index}", "text": "And a text of several words"} for index in range(9)]
    made = drawn(tmp_path, "cards", scene_samples.drawing("cards", cards=cards), size=HIGH)
    boxes = [made.ink(f"card-{index}") for index in range(9)]
    assert all(box[2] - box[0] > HIGH[0] * 0.8 for box in boxes)
    assert len({box[1] for box in boxes}) == 9
    assert boxes[-1][3] < HIGH[1] * 0.97
