"""The quote scene: its text without quotation marks, its round portrait, and its size."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.support import scene_samples
from tests.support.drawing import changed, drawn
from tests.support.pixels import pixel
from vidbuild.scenes.registry import SCENE_TYPES


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('""', '""'),
        ('"It works."', "It works."),
        ("“It works.”", "It works."),
        ("„Es läuft.“", "Es läuft."),
        ("« Ça marche. »", "Ça marche."),
        ("「動きます。」", "動きます。"),
        ('"Fast", they say, and "small"', '"Fast", they say, and "small"'),
        ("It “works”", "It “works”"),
        ('"', '"'),
    ],
)
def test_marks_around_the_whole_text_are_left_out(text: str, shown: str) -> None:
    """A pair of quotation marks around all of the text is left out; marks inside the text stay."""
    assert scene_samples.drawing("quote", text=text)["text"] == shown


def test_what_enters_is_what_there_is() -> None:
    """Name, role and portrait enter if the scene has them, and the portrait is a file of the draw step."""
    full, least = (scene_samples.scene("quote", **fields) for fields in (scene_samples.full("quote"), {"text": "A"}))
    kind = SCENE_TYPES["quote"]
    assert list(kind.entrances(full)) == ["heading", "mark", "quote", "portrait", "by", "role"]
    assert list(kind.entrances(least)) == ["mark", "quote"]
    assert kind.files(full) == {"image:portrait": Path(scene_samples.IMAGE)}
    assert kind.files(least) == {}


def test_a_portrait_is_the_middle_of_its_image_as_a_circle(tmp_path: Path) -> None:
    """The corners of the portrait are transparent, and its middle is that of the image, cropped to a square."""
    Image.new("RGB", (300, 100), "red").save(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        image.paste("blue", (100, 0, 200, 100))
        image.save(tmp_path / "a.png")
    made = drawn(tmp_path / "out", "quote", size=(1280, 720), files={"image:portrait": tmp_path / "a.png"})
    portrait = made.image("portrait")
    side = portrait.width
    assert portrait.size == (side, side)
    corners = ((0, 0), (side - 1, 0), (0, side - 1), (side - 1, side - 1))
    assert [pixel(portrait, at)[3] for at in corners] == [0] * 4
    assert portrait.getpixel((side // 2, side // 2)) == (0, 0, 255, 255)
    assert portrait.getpixel((2, side // 2)) == (0, 0, 255, 255)


def test_few_words_are_larger_than_many(tmp_path: Path) -> None:
    """A quotation of a few words is drawn as large as a title; a very long one is cut with a warning at its field."""
    short = drawn(tmp_path / "a", "quote", changed("quote", text="It works.", title=None), size=(1920, 1080))
    usual = drawn(tmp_path / "b", "quote", changed("quote", text="It works. " * 12, title=None), size=(1920, 1080))
    left, right = short.ink("quote"), usual.ink("quote")
    assert left[3] - left[1] > 80
    assert right[3] - right[1] > left[3] - left[1]
    cut = drawn(tmp_path / "c", "quote", changed("quote", text="It works. " * 400), size=(1920, 1080))
    assert [warning.field for warning in cut.warnings] == ["text"]


def test_a_short_quotation_has_no_word_alone_for_the_sake_of_larger_type(tmp_path: Path) -> None:
    """In an upright frame, three full lines are better than four, of which one has a single short word."""
    text = "Simplicity is prerequisite for reliability."
    made = drawn(tmp_path, "quote", scene_samples.drawing("quote", text=text), size=(540, 960))
    alpha = made.image("quote").getchannel("A").point([0] * 64 + [255] * 192)
    filled = [alpha.crop((0, y, alpha.width, y + 1)).getbbox() is not None for y in range(alpha.height)]
    assert sum(b and not a for a, b in zip([False, *filled], filled, strict=False)) == 3
