"""Frames that are filled with intent: type as large as the frame lets it be, and no half of a frame left empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import ImageChops, ImageOps, ImageStat

from tests.support import scene_samples
from tests.support.drawing import Drawn, drawn, picture

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


def test_a_phone_in_a_wide_frame_stands_beside_its_texts(tmp_path: Path) -> None:
    """A phone in portrait is nearly as high as the frame, after its texts; without any, it is in the middle."""
    for language, before in (("en", True), ("he", False)):
        made = phone(tmp_path / language, WIDE, language, title="In your pocket", caption="And on your watch")
        frame = made.ink("window")
        assert frame[3] - frame[1] > 0.84 * WIDE[1]
        for name in ("heading", "caption"):
            text = made.ink(name)
            assert (text[2] < frame[0] - 20) if before else (text[0] > frame[2] + 20)
    alone = phone(tmp_path / "alone", WIDE, "en").ink("picture")
    assert abs(alone[0] + alone[2] - WIDE[0]) <= 2
    high = phone(tmp_path / "high", HIGH, "en", title="In your pocket")
    assert high.ink("heading")[3] < high.ink("window")[1]


def phone(folder: Path, size: tuple[int, int], language: str, **texts: str) -> Drawn:
    """Draw a screenshot of 9 x 19.5 in a phone."""
    folder.mkdir()
    fields = scene_samples.drawing("image", src="a.png", frame="phone", image_size=[360, 780], **texts)
    files = {"image": picture(folder / "a.png", (360, 780))}
    return drawn(folder / "drawn", "image", fields, size=size, language=language, files=files)


def test_steps_close_to_each_other_are_joined_by_a_line(tmp_path: Path) -> None:
    """Between the chips of steps that leave little room, each line is long enough to be seen as one."""
    made = steps(tmp_path, 7, (960, 540), detail="first of all", code="one\ntwo\n")
    for index in range(1, 7):
        chip, before = made.ink(f"step-{index}"), made.ink(f"step-{index - 1}")
        left = made[f"step-{index}"].x
        column = made.image(f"step-{index}").getchannel("A").crop((chip[0] - left, 0, chip[0] - left + 40, 400))
        rows = [y for y in range(column.height) if column.crop((0, y, 40, y + 1)).getbbox()]
        gap = rows[0] + made[f"step-{index}"].y - before[3]
        assert gap < 8


def test_code_that_is_folded_anyway_is_in_larger_type(tmp_path: Path) -> None:
    """A line that no type fits does not make others small; a line that only larger type would fold stays whole."""
    heights = {}
    for name, others in (("short", "x = 1\n" * 3), ("close", f"x = '{'a' * 31}'\n" * 3)):
        code = f"y = '{'long words ' * 12}'\n{others}"
        made = drawn(tmp_path / name, "code", scene_samples.drawing("code", code=code, language="python"), size=HIGH)
        assert not made.warnings
        heights[name] = made.ink("code")[3] - made.ink("code")[1]
    assert heights["short"] > 1.1 * heights["close"]


def test_long_names_of_lying_bars_are_above_them_in_a_high_frame(tmp_path: Path) -> None:
    """Bars begin at the margin, below their names; short names, and all names in a wide frame, are beside them."""
    for name, size, above in (
        ("Customer relationship management", HIGH, True),
        ("Rome", HIGH, False),
        ("Customer relationship management", WIDE, False),
    ):
        fields = {"kind": "bar", "horizontal": True, "labels": [name, name], "values": [45, 90]}
        made = drawn(tmp_path / f"{name}{size[0]}", "chart", scene_samples.drawing("chart", **fields), size=size)
        bars = [made.ink(layer) for layer in made.names() if layer.startswith("part-")]
        assert (min(box[0] for box in bars) <= size[0] * 128 / 1920 + 4) is above


def test_many_keys_fill_a_square_frame(tmp_path: Path) -> None:
    """Labels of five combinations are beside their caps in a square frame, and above them in a high one."""
    keys = [{"keys": combination, "text": "Do it"} for combination in ("mod+shift+p", "mod+k", "esc", "alt+up", "f1")]
    for size, wide in ((SQUARE, True), (HIGH, False)):
        fields = scene_samples.drawing("keys", keys=keys, platform="mac")
        made = drawn(tmp_path / str(size[1]), "keys", fields, size=size)
        first = made.ink("keys-0")
        assert (first[2] > 0.6 * size[0]) is wide
        assert made.ink("keys-4")[3] > 0.8 * size[1] or not wide
