"""The terminal: typed lines, their cursor, and output."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.drawing import Drawn, changed, drawn
from tests.support.pixels import level_range, pixel


def test_output_that_is_too_long_is_cut_with_a_warning(tmp_path: Path) -> None:
    """Of a long output the beginning is shown, and the warning has the entry and the number of lines left out."""
    entries = [{"lines": ["ls"], "output": [f"file-{index}.txt" for index in range(200)]}]
    made = drawn(tmp_path, "command", changed("command", entries=entries))
    assert [warning.field for warning in made.warnings] == ["commands.0.output"]
    assert made.warnings[0].message.startswith("output is too long to fit: 1")
    assert made.ink("output-0")[3] < made["window"].y + made["window"].height


def lines_of(made: Drawn) -> list[str]:
    """The typed layers."""
    return [name for name in made.names() if name.startswith("line-")]


@pytest.mark.parametrize("size", [(1920, 1080), (320, 180)])
def test_typed_lines_have_an_advance_for_each_character(size: tuple[int, int], tmp_path: Path) -> None:
    """A typed line's box starts at its text and is as wide as all its advances, one per character."""
    made = drawn(tmp_path, "command", size=size)
    cell = made["line-0-0"].advances[0]
    for name, text in zip(lines_of(made), ["pip install httpx \\", "  --upgrade", "httpx --help"], strict=True):
        layer = made[name]
        assert len(layer.advances) == len(text)
        assert layer.advances == pytest.approx([cell] * len(text), abs=0.01)
        assert 0 <= layer.width - sum(layer.advances) < 1.001
    assert len({made[name].height for name in lines_of(made)}) == 1
    assert len({made[name].x for name in lines_of(made)}) == 1


def test_each_typed_character_is_at_its_advance(tmp_path: Path) -> None:
    """Cut after a character's advances, the line shows that character whole and nothing of the next."""
    made = drawn(tmp_path, "command", size=(1920, 1080))
    layer, image = made["line-0-0"], made.image("line-0-0").getchannel("A")
    for index, mark in enumerate("pip install"):
        left, right = sum(layer.advances[:index]), sum(layer.advances[: index + 1])
        ink = level_range(image.crop((round(left), 0, round(right), layer.height)))[1]
        assert (ink > 128) == (mark != " ")
        edge = image.crop((round(right) - 1, 0, round(right) + 1, layer.height))
        assert level_range(edge)[1] < 80


def test_marks_and_wide_characters_have_the_advances_they_are_drawn_with(tmp_path: Path) -> None:
    """A combining mark takes no room, and a character of a fallback face takes its own."""
    entries = [{"lines": ["e\u0301x", "aשb"], "output": []}]
    made = drawn(tmp_path, "command", changed("command", entries=entries), size=(1280, 720))
    letter, mark, other = made["line-0-0"].advances
    assert (mark, other) == pytest.approx((0, letter), abs=0.01)
    assert len(made["line-0-1"].advances) == 3
    assert min(made["line-0-1"].advances) > 0


def test_the_cursor_has_the_height_and_place_of_the_first_line(tmp_path: Path) -> None:
    """The cursor stands at the first typed line's origin, one character wide, and can be seen through."""
    made = drawn(tmp_path, "command", size=(1280, 720))
    cursor, line = made["cursor"], made["line-0-0"]
    assert (cursor.x, cursor.y, cursor.height) == (line.x, line.y, line.height)
    assert cursor.width == round(line.advances[0])
    assert pixel(made.image("cursor"), (cursor.width // 2, cursor.height // 2))[3] == pytest.approx(153, abs=2)


def test_an_output_alone_needs_no_cursor(tmp_path: Path) -> None:
    """Where nothing is typed there is neither prompt nor cursor."""
    made = drawn(tmp_path, "command", changed("command", entries=[{"lines": [], "output": ["ready"]}]))
    assert made.names() == ["background", "heading", "window", "output-0"]


def test_escape_sequences_of_a_recorded_output_are_not_shown(tmp_path: Path) -> None:
    """Output copied with its terminal colors is drawn as its text alone, without a warning."""
    plain = drawn(tmp_path / "a", "command", changed("command", entries=[{"lines": [], "output": ["ok done"]}]))
    coloured = [{"lines": [], "output": ["\x1b[32mok\x1b[0m done"]}]
    other = drawn(tmp_path / "b", "command", changed("command", entries=coloured))
    assert plain.files() == other.files()
