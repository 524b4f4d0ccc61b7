"""The compare scene: its sides, their marks, and the order of its items."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import ImageChops

from tests.support import scene_samples
from tests.support.drawing import changed, drawn
from vidbuild.scenes.protocol import Reveal
from vidbuild.scenes.registry import SCENE_TYPES

LEFT = {"title": "Before", "tone": "bad", "items": ["a", {"text": "b", "at": "x"}, "c"]}
RIGHT = {"title": "After", "items": ["d"]}


def reveals(**fields: Any) -> list[Reveal]:
    """Return the reveals of a scene with these fields."""
    return SCENE_TYPES["compare"].reveals(scene_samples.scene("compare", left=LEFT, right=RIGHT, **fields))


def test_items_appear_side_by_side_or_row_by_row() -> None:
    """All items of the left side appear first, unless `order: rows` alternates between the sides."""
    assert [each.field for each in reveals()] == ["left.items.0", "left.items.1", "left.items.2", "right.items.0"]
    rows = reveals(order="rows")
    assert [each.field for each in rows] == ["left.items.0", "right.items.0", "left.items.1", "left.items.2"]
    assert rows[2] == Reveal("left.items.1", "x", "b", {"left-1": "rise", "left-1-past": "under"}, (), ("left-1",))


def test_panels_are_there_from_the_start() -> None:
    """Both panels with their titles enter at the start, as the items are to be compared under them."""
    scene = scene_samples.scene("compare", left=LEFT, right=RIGHT)
    assert list(SCENE_TYPES["compare"].entrances(scene)) == ["left-panel", "right-panel"]
    assert SCENE_TYPES["compare"].drawing(scene)["right"] == {"title": "After", "tone": "neutral", "items": ["d"]}


def test_good_and_bad_differ_without_color(tmp_path: Path) -> None:
    """A check, a cross and a dot differ in form: the marks of the same item differ in a picture without colors."""
    marks = []
    for tone in ("good", "bad", "neutral"):
        side = {"title": "A", "tone": tone, "items": ["word"]}
        made = drawn(tmp_path / tone, "compare", changed("compare", left=side, right=side), size=(1280, 720))
        marks.append(made.image("left-0-past").getchannel("A").point([0] * 128 + [255] * 128))
    for one, other in ((0, 1), (0, 2), (1, 2)):
        size = (60, 60)
        assert ImageChops.difference(marks[one].crop((0, 0, *size)), marks[other].crop((0, 0, *size))).getbbox()


def test_panels_have_one_size_and_stack_in_a_vertical_video(tmp_path: Path) -> None:
    """Both panels are equally large, beside each other, and one below the other in a vertical video."""
    side = {"title": "A", "tone": "good", "items": ["one", "two", "three"]}
    for size, axis in (((1920, 1080), 0), ((1080, 1920), 1), ((1080, 1080), 0)):
        made = drawn(tmp_path / str(size), "compare", changed("compare", left=side), size=size)
        left, right = made["left-panel"], made["right-panel"]
        assert (left.width, left.height) == (right.width, right.height)
        one, other = (left.x, left.y), (right.x, right.y)
        assert one[axis] < other[axis]
        assert one[1 - axis] == other[1 - axis]


def test_too_many_items_are_warned_of() -> None:
    """More items on a side than viewers can compare are a warning at the side's items."""
    many = {"title": "A", "items": list("abcdef")}
    scene = scene_samples.scene("compare", left=LEFT, right=many)
    assert [problem.field for problem in SCENE_TYPES["compare"].lint(scene)] == ["right.items"]


def test_panels_below_each_other_have_the_room_that_they_need(tmp_path: Path) -> None:
    """Of eight items and two, the panel of eight is higher in an upright frame; of three and three, they are equal."""
    for count, equal in ((8, False), (3, True)):
        sides = [{"title": "A", "items": ["Some words"] * number} for number in (count, min(count, 2) + (count == 3))]
        fields = scene_samples.drawing("compare", title="Two", left=sides[0], right=sides[1])
        made = drawn(tmp_path / str(count), "compare", fields, size=(540, 960))
        heights = [ink[3] - ink[1] for ink in (made.ink("left-panel"), made.ink("right-panel"))]
        assert (abs(heights[0] - heights[1]) <= 1) == equal
        assert heights[0] >= heights[1] - 1
        assert made.ink("left-panel")[3] < made.ink("right-panel")[1]
        assert not made.warnings


def test_titles_are_of_one_size_and_not_far_larger_than_items(tmp_path: Path) -> None:
    """A long title makes the other one smaller, too; above many items in small type, titles are smaller."""
    items = ["A sentence of many words, that goes on and on, until it is at its end"] * 8
    fields = scene_samples.drawing(
        "compare",
        left={"title": "A title of words that takes two lines", "items": items},
        right={"title": "Hxp", "items": ["Hxp"]},
    )
    made = drawn(tmp_path, "compare", fields, size=(1920, 1080))
    assert [warning.code for warning in made.warnings] == ["VB302"], "nothing is cut"
    panel, title = made.image("right-panel").crop((100, 60, 500, 160)), made["right-0"]
    ink = panel.convert("L").point([0] * 110 + [255] * 146).getbbox()
    assert ink is not None
    assert ink[3] - ink[1] < 1.7 * (made.ink("right-0")[3] - made.ink("right-0")[1]), title
