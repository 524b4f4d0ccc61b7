"""The cards scene: its grid, its signs, and its reveals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import scene_samples
from tests.support.drawing import Drawn, drawn, picture
from tests.support.pixels import level_range, pixel
from vidbuild.scenes.protocol import Reveal
from vidbuild.scenes.registry import SCENE_TYPES

CARDS = SCENE_TYPES["cards"]


def grid(folder: Path, count: int, size: tuple[int, int], **card: Any) -> Drawn:
    """Draw as many cards."""
    cards = [{"title": f"Card {index}", **card} for index in range(count)]
    return drawn(folder, "cards", scene_samples.drawing("cards", cards=cards), size=size)


@pytest.mark.parametrize(
    ("size", "columns"),
    [
        ((1280, 720), {2: 2, 3: 3, 4: 4, 5: 3, 6: 3, 7: 4, 8: 4, 9: 3}),
        ((720, 1280), {2: 1, 3: 1, 4: 1, 5: 1, 6: 2, 7: 2, 8: 2, 9: 2}),
        ((720, 720), {2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 3, 8: 3, 9: 3}),
    ],
)
def test_the_grid_fits_its_number_and_shape(size: tuple[int, int], columns: dict[int, int], tmp_path: Path) -> None:
    """Cards stand in as many columns as their number and the frame's shape need, all of one size, without overlaps."""
    for count, expected in columns.items():
        made = grid(tmp_path / str(count), count, size)
        boxes = [made.ink(f"card-{index}") for index in range(count)]
        assert len({box[0] for box in boxes}) == expected
        assert len({(box[2] - box[0], box[3] - box[1]) for box in boxes}) == 1
        for one in boxes:
            for other in boxes:
                if one is not other:
                    assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_each_card_appears_with_its_image() -> None:
    """Each card appears in both its looks by the words of its title, together with its image."""
    cards = [{"title": "Fast", "text": "as light", "image": "a.png", "at": 2}, "Small"]
    scene = scene_samples.scene("cards", cards=cards)
    assert CARDS.reveals(scene) == [
        Reveal(
            "cards.0", 2, "Fast", {"card-0": "rise", "card-0-past": "under", "card-0-image": "rise"}, (), ("card-0",)
        ),
        Reveal("cards.1", None, "Small", {"card-1": "rise", "card-1-past": "under"}, (), ("card-1",)),
    ]
    assert CARDS.files(scene) == {"image:cards.0.image": Path("a.png")}
    assert CARDS.drawing(scene)["cards"][1] == {"title": "Small", "text": None, "number": None, "image_size": None}


def test_a_card_has_an_image_or_a_number() -> None:
    """Both in one card are an error at the number."""
    scene = scene_samples.scene("cards", cards=["a", {"title": "b", "image": "a.png", "number": "1"}])
    assert [problem.field for problem in CARDS.check(scene.fields)] == ["cards.1.number"]


def test_a_square_image_is_an_icon_and_another_one_a_picture(tmp_path: Path) -> None:
    """An icon keeps its sides and is small; a wide image goes across its card and has round corners."""
    cards = [{"title": "Icon", "image": "a.png"}, {"title": "Picture", "image": "b.png"}]
    fields = scene_samples.drawing("cards", cards=cards)
    files = {
        "image:cards.0.image": picture(tmp_path / "a.png", (200, 200)),
        "image:cards.1.image": picture(tmp_path / "b.png", (400, 200)),
    }
    made = drawn(tmp_path / "out", "cards", fields, size=(1280, 720), files=files)
    icon, wide, card = made["card-0-image"], made["card-1-image"], made.ink("card-1")
    assert icon.width == icon.height
    assert wide.width > 2 * icon.width
    assert wide.width > (card[2] - card[0]) * 0.75
    assert pixel(made.image("card-0-image"), (0, 0))[3] == 255
    assert pixel(made.image("card-1-image"), (0, 0))[3] == 0


def test_too_much_text_is_warned_of(tmp_path: Path) -> None:
    """Texts that cannot be read on one screen are warned of at the field."""
    made = grid(tmp_path, 9, (1280, 720), text="A long explanation of what this card is about. " * 12)
    assert {warning.field for warning in made.warnings} <= {"cards", *(f"cards.{index}.text" for index in range(9))}
    assert made.warnings


def test_texts_of_nine_cards_are_readable(tmp_path: Path) -> None:
    """Lines of text in nine cards stand as far apart as type of 29 pixels at 1080p needs, and none is cut."""
    text = "That say what changed and who to ask, without a second dashboard"
    made = grid(tmp_path, 9, (1920, 1080), text=text)
    assert not made.warnings
    card = made.image("card-8").convert("L")
    inside = card.crop((card.width // 8, card.height // 6, card.width * 7 // 8, card.height * 5 // 6))
    written = [max(inside.crop((0, y, inside.width, y + 1)).tobytes()) > 200 for y in range(inside.height)]
    tops = [y for y in range(1, inside.height) if written[y] and not written[y - 1]]
    assert tops[-1] - tops[-2] >= 1.28 * 29


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (360, 360)])
def test_texts_without_room_are_cut_at_a_line(tmp_path: Path, size: tuple[int, int]) -> None:
    """Nine cards with far too much text show whole lines, and report each text that is cut."""
    cards = [{"title": f"Card {n}", "text": "many words about what is in this card " * 8} for n in range(9)]
    made = drawn(tmp_path, "cards", scene_samples.drawing("cards", title="A heading", cards=cards), size=size)
    cut = {each.field for each in made.warnings if each.message.startswith("text is too long to fit: cut after")}
    assert cut == {f"cards.{n}.text" for n in range(9)}
    for n in range(9):
        card = made[f"card-{n}"]
        inside = made.image(f"card-{n}-past").convert("L").crop((card.width // 4, 0, card.width * 3 // 4, card.height))
        rows = [level_range(inside.crop((0, y, inside.width, y + 1))) for y in range(inside.height)]
        lines = [y for y, (_, most) in enumerate(rows) if most > 110]  # letters
        edges = [y for y, (least, _) in enumerate(rows) if least > 40]  # the hairline goes all along the card
        assert min(edges) < min(lines) < max(lines) < max(edges)
