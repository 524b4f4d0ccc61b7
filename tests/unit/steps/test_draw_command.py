"""The terminal: typed lines, their cursor, and output."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.drawing import Drawn, changed, drawn
from tests.support.pixels import level_range, pixel
from tests.support.scene_samples import drawing


def entries(**entry: str) -> list[dict[str, Any]]:
    """The drawn entries of a scene with one command or output."""
    found: list[dict[str, Any]] = drawing("command", commands=[entry])["entries"]
    return found


def test_output_that_is_too_long_is_cut_with_a_warning(tmp_path: Path) -> None:
    """Of lines that fold into too many, the beginning is shown; the warning has the entry and how many are hidden."""
    [entry] = entries(run="ls", output="file.txt " * 40)
    made = drawn(tmp_path, "command", changed("command", entries=[{**entry, "output": 18 * entry["output"]}]))
    assert [warning.field for warning in made.warnings] == ["commands.0.output"]
    assert made.warnings[0].message.startswith("output is too long to fit: ")
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


def test_marks_and_other_scripts_keep_to_the_grid(tmp_path: Path) -> None:
    """A combining mark takes no room, a right-to-left word its columns, and a wide character two."""
    made = drawn(tmp_path, "command", changed("command", entries=entries(run="xe\u0301x\naשלb日c")), size=(1280, 720))
    cell = made["line-0-0"].advances[0]
    assert made["line-0-0"].advances == pytest.approx((cell, 0, cell, cell), abs=0.01)
    assert sum(made["line-0-1"].advances) == pytest.approx(7 * cell, abs=0.05)


def test_the_cursor_has_the_height_and_place_of_the_first_line(tmp_path: Path) -> None:
    """The cursor stands at the first typed line's origin, one character wide, and can be seen through."""
    made = drawn(tmp_path, "command", size=(1280, 720))
    cursor, line = made["cursor"], made["line-0-0"]
    assert (cursor.x, cursor.y, cursor.height) == (line.x, line.y, line.height)
    assert cursor.width == round(line.advances[0])
    assert pixel(made.image("cursor"), (cursor.width // 2, cursor.height // 2))[3] == pytest.approx(153, abs=2)


def test_an_output_alone_needs_no_cursor(tmp_path: Path) -> None:
    """Where nothing is typed there is neither prompt nor cursor."""
    made = drawn(tmp_path, "command", changed("command", entries=entries(output="ready")))
    assert made.names() == ["background", "heading", "window", "output-0"]


def test_escape_sequences_of_a_recorded_output_are_not_shown(tmp_path: Path) -> None:
    """Sequences that neither color nor move anything are not drawn: titles of windows, resets, key modes."""
    plain = drawn(tmp_path / "a", "command", changed("command", entries=entries(output="ok done")))
    copied = entries(output="\x1b]0;shell\x07\x1b[?1hok\x1b[0m done")
    other = drawn(tmp_path / "b", "command", changed("command", entries=copied))
    assert plain.files() == other.files()


def test_a_progress_bar_is_one_row(tmp_path: Path) -> None:
    """Each carriage return overwrites the row, so that only the last state of a progress bar is shown."""
    output = " 10%|█         |\r 50%|█████     |\r100%|██████████|\nDone"
    made = drawn(tmp_path / "a", "command", changed("command", entries=entries(output=output)))
    last = drawn(tmp_path / "b", "command", changed("command", entries=entries(output="100%|██████████|\nDone")))
    assert made.files() == last.files()


def test_wide_characters_take_two_cells(tmp_path: Path) -> None:
    """The right edge of a table is straight, whatever the width of the face that has a cell's characters."""
    rows = ["│ abcd │", "│ 一二 │", "│ ok👍 │", "│ नमस्  │", "│ שלום │"]
    edges = set()
    for index, row in enumerate(rows):
        made = drawn(
            tmp_path / str(index), "command", changed("command", entries=entries(output=row)), size=(1280, 720)
        )
        edges.add(made.ink("output-0")[2])
    assert len(edges) == 1


def test_arguments_keep_their_places(tmp_path: Path) -> None:
    """Of two right-to-left arguments, the first is drawn at the left, at the same cells as without the second."""
    made = drawn(tmp_path / "a", "command", changed("command", entries=entries(run="cp אבגד וזחט x")), size=(1280, 720))
    first = drawn(
        tmp_path / "b", "command", changed("command", entries=entries(run="cp אבגד abcd x")), size=(1280, 720)
    )
    cell = made["line-0-0"].width / len("cp abcd abcd x")
    assert cell > 10
    for start, end, equal in ((0, 7.5, True), (8, 12, False), (12.5, 14, True)):
        box = (round(start * cell), 0, round(end * cell), made["line-0-0"].height)
        parts = [image.crop(box).tobytes() for image in (made.image("line-0-0"), first.image("line-0-0"))]
        assert (parts[0] == parts[1]) == equal


SMALL = "VB333"  # the type is small


def test_a_table_is_made_smaller_before_it_is_folded(tmp_path: Path) -> None:
    """A table that fits in smaller type is not folded; one that does not is a warning, and text is folded without."""
    table = "\n".join(f"{'column':50}{'second':50}{index}" for index in range(3))
    made = drawn(tmp_path / "a", "command", changed("command", entries=entries(output=table)), size=(1280, 720))
    one = drawn(tmp_path / "b", "command", changed("command", entries=entries(output="x\ny\nz")), size=(1280, 720))
    assert {each.code for each in made.warnings} <= {SMALL}
    assert made["output-0"].height < one["output-0"].height
    table = "\n".join(f"{'column':100}{'second':100}{index}" for index in range(3))
    made = drawn(tmp_path / "c", "command", changed("command", entries=entries(output=table)), size=(1280, 720))
    [warning] = made.warnings
    assert warning.field == "commands.0.output"
    assert warning.message.startswith("a table of 201 columns is too wide: its rows are folded at column ")
    most = int((warning.hint or "").removeprefix("shorten its rows to ").split()[0])
    fits = "\n".join(f"{'column':50}{'second':{most - 51}}{index}" for index in range(3))
    whole = drawn(tmp_path / "e", "command", changed("command", entries=entries(output=fits)), size=(1280, 720))
    assert {each.code for each in whole.warnings} <= {SMALL}
    text = "A sentence that is much longer than any terminal is wide. " * 4
    assert drawn(tmp_path / "d", "command", changed("command", entries=entries(output=text))).warnings == []


def test_without_a_prompt_lines_start_at_the_edge(tmp_path: Path) -> None:
    """An empty prompt takes no room and has no layer."""
    bare = drawing("command", commands=[{"run": "SELECT 1;"}], prompt="")
    made = drawn(tmp_path / "a", "command", bare)
    other = drawn(tmp_path / "b", "command", drawing("command", commands=[{"run": "SELECT 1;"}], prompt="$"))
    assert "prompt-0" not in made.names()
    assert made["line-0-0"].x == other["prompt-0"].x
