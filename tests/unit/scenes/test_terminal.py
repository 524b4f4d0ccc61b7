"""A terminal's styles, and a screen of a fixed size. The expected screens are what xterm shows for the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.drawing import Drawn, drawn
from tests.support.paths import ROOT
from tests.support.scene_samples import drawing, scene
from vidbuild.media.image import color
from vidbuild.media.image.palette import ANSI_DARK
from vidbuild.scenes import isolation
from vidbuild.scenes.command import cells, grid, style
from vidbuild.scenes.command.screen import Screen
from vidbuild.scenes.protocol import Reveal
from vidbuild.scenes.registry import SCENE_TYPES


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ("1;31", {"ink": 1, "bold": True}),
        ("97;44", {"ink": 15, "ground": 4}),
        ("38;5;9", {"ink": 9}),
        ("38;5;208;1", {"ink": 16 + 0xFF8700, "bold": True}),
        ("48;5;232", {"ground": 16 + 0x080808}),
        ("48;5;255", {"ground": 16 + 0xEEEEEE}),
        ("38;2;1;2;300;4", {"ink": 16 + 0x0102FF, "underline": True}),
        ("38:2::16:32:48", {"ink": 16 + 0x102030}),
        ("38:2:16:32:48", {"ink": 16 + 0x102030}),
        ("38:5:16", {"ink": 16}),
        ("38;5;256", {}),
        ("38", {}),
        ("38;7;1", {}),
        ("2;3;9;8", {"dim": True, "italic": True, "strike": True, "hidden": True}),
        ("4:3", {"underline": True}),
        ("4;4:0", {}),
        ("7", {"inverse": True}),
        ("1;2;22", {}),
        ("31;39;41;49", {}),
        ("31;0", {}),
        ("31;", {}),
        ("", {}),
        ("999", {}),
    ],
)
def test_parameters_set_colors_and_styles(params: str, expected: dict[str, Any]) -> None:
    """SGR parameters name colors of the palette, of xterm's cube or any other, and styles, which others undo."""
    assert style.after(style.PLAIN, params).to_data() == expected


def test_the_parts_of_a_line_keep_their_styles() -> None:
    """A line is cut where its style changes, and a style ends only where it is undone, in the next line too."""
    first, second = grid.styled("a \x1b[32mgreen\x1b[0m \x1b[1mbold\nstill\x1b[m no")
    assert [cells.styled(line, isolation.PROSE) for line in (first, second)] == [
        ["a ", {"parts": ["green"], "style": {"ink": 2}}, " ", {"parts": ["bold"], "style": {"bold": True}}],
        [{"parts": ["still"], "style": {"bold": True}}, " no"],
    ]


def test_blanks_that_can_be_seen_are_kept() -> None:
    """A blank on a ground, or underlined, is drawn; blanks at a line's end without any are not."""
    assert grid.styled("\x1b[41m  \x1b[0m  ") == [[("  ", style.Style(ground="1"))]]
    assert grid.styled("x\x1b[1m  ") == [[("x", style.PLAIN)]]


def test_an_overwritten_character_takes_its_new_style() -> None:
    """A progress bar that is drawn over itself ends in its last colors."""
    assert grid.styled("\x1b[31m 50%\r\x1b[32m100%") == [[("100%", style.Style(ink="2"))]]


def shown(output: str, size: tuple[int, int] = (8, 3)) -> list[str]:
    """Return the rows of a screen after some output, without blanks at their ends."""
    screen = Screen(size)
    screen.write(output)
    return ["".join(character for character, _ in row).rstrip() for row in screen.rows]


@pytest.mark.parametrize(
    ("output", "rows"),
    [
        ("12345678", ["12345678", "", ""]),
        ("123456789", ["12345678", "9", ""]),
        ("12345678\r\n9", ["12345678", "9", ""]),
        ("12345678\rX", ["X2345678", "", ""]),
        ("\x1b[?7l123456789", ["12345679", "", ""]),
        ("1234567日", ["1234567", "日", ""]),
        ("a\r\nb\r\nc\r\nd", ["b", "c", "d"]),
        ("a\nb", ["a", " b", ""]),
        ("a\r\nb\r\nc\x1b[1;2r\x1b[2;1H\nX", ["b", "X", "c"]),
        ("a\r\nb\r\nc\x1b[1;2r\x1b[1;1H\x1bMX", ["X", "a", "c"]),
        ("a\r\nb\r\nc\x1b[2;1H\x1b[L", ["a", "", "b"]),
        ("a\r\nb\r\nc\x1b[2;1H\x1b[M", ["a", "c", ""]),
        ("a\r\nb\r\nc\x1b[S", ["b", "c", ""]),
        ("a\r\nb\r\nc\x1b[2T", ["", "", "a"]),
        ("a\x1b[9;99Hb", ["a", "", "       b"]),
        ("abcdefgh\x1b[1;3H\x1b[2@XY", ["abXYcdef", "", ""]),
        ("shell\x1b[?1049h\x1b[2J\x1b[Hvim", ["vim", "", ""]),
        ("shell\x1b[?1049hvim\r\n\n\n\x1b[?1049l!", ["shell!", "", ""]),
        ("a\tb", ["a      b", "", ""]),
    ],
)
def test_a_screen_of_a_size_wraps_and_scrolls(output: str, rows: list[str]) -> None:
    """Lines wrap at the last column, the screen or its region scrolls at its last row, and programs can fill it."""
    assert shown(output) == rows


def test_a_new_size_keeps_the_rows_at_the_cursor() -> None:
    """A lower terminal loses rows at its top, and a narrower one cells at its right."""
    screen = Screen((8, 3))
    screen.write("one\r\ntwo\r\nlonger")
    screen.resize((5, 2))
    assert ["".join(character for character, _ in row) for row in screen.rows] == ["two", "longe"]
    assert screen.cursor == (1, 4)


def test_a_sequence_can_end_in_the_next_output() -> None:
    """Recordings divide a program's output at any byte."""
    screen = Screen((8, 1))
    for part in ("a\x1b", "[3", "1mb", "\x1b]0;title", " more\x07c"):
        screen.write(part)
    assert [cell[0] for cell in screen.rows[0]] == ["a", "b", "c"]
    assert screen.rows[0][1][1] == style.Style(ink="1")


@settings(deadline=None)
@given(
    st.lists(
        st.text(st.sampled_from("ab日\x1b[];?0123456789ABCDHJKLMPSTXhlmrsu\r\n\b\t\u0301"), max_size=40), max_size=9
    )
)
def test_any_output_fits_the_screen(outputs: list[str]) -> None:
    """Whatever a program prints, the screen keeps its size."""
    screen = Screen((8, 3))
    for output in outputs:
        screen.write(output)
        assert len(screen.rows) == 3
        assert all(len(row) <= 8 for row in screen.rows)
        assert all(0 <= at < limit for at, limit in zip(screen.cursor, (3, 8), strict=True))


def colors_in(drawn: Drawn, name: str) -> set[tuple[int, int, int]]:
    """Return the colors that a layer has at pixels that are as good as opaque."""
    pixels = np.asarray(drawn.image(name)).reshape(-1, 4)
    return {(int(red), int(green), int(blue)) for red, green, blue in pixels[pixels[:, 3] >= 250, :3]}


def test_output_is_drawn_in_its_colors(tmp_path: Path) -> None:
    """A color of the palette is the theme's, any other one itself, and a ground is behind its text."""
    output = "\x1b[31m█\x1b[0m \x1b[38;2;255;200;0m█\x1b[0m \x1b[42m  \x1b[0m \x1b[7m \x1b[0m"
    command = drawn(tmp_path / "drawn", "command", drawing("command", commands=[{"run": "x", "output": output}]))
    palette = [color.parse(each) for each in ANSI_DARK]
    assert {palette[1], (255, 200, 0), palette[2]} <= colors_in(command, "output-0")
    plain = drawn(tmp_path / "plain", "command", drawing("command", commands=[{"run": "x", "output": "█ █"}]))
    assert not {palette[1], palette[2]} & colors_in(plain, "output-0")


@pytest.mark.parametrize(("ground", "ink"), [("48;2;255;200;0", "97"), ("40", "30"), ("107", "38;2;250;250;250")])
def test_text_on_a_ground_is_readable(tmp_path: Path, ground: str, ink: str) -> None:
    """A program's text keeps a contrast of 4.5 on the ground that it sets, in themes that the program does not know."""
    commands = [{"run": "x", "output": f"\x1b[{ground};{ink}m█ \x1b[0m"}]
    output = drawn(tmp_path / "drawn", "command", drawing("command", commands=commands))
    pixels = np.asarray(output.image("output-0"))
    row = [color.parse("#{:02x}{:02x}{:02x}".format(*each[:3])) for each in pixels[len(pixels) // 2]]
    assert color.contrast(row[len(row) // 4], row[len(row) * 3 // 4]) >= 4.4


@pytest.mark.parametrize(("status", "shade"), [(0, 2), (1, 1), (130, 1)])
def test_an_exit_status_stands_beside_its_command(tmp_path: Path, status: int, shade: int) -> None:
    """It appears with the output, at the right of the command's last line, green for success and red for failure."""
    commands = [{"run": "make", "output": "ok", "exit": status}]
    assert reveals(commands)[-1].enter == {"output-0": "fade", "status-0": "fade"}
    made = drawn(tmp_path / "drawn", "command", drawing("command", commands=commands), size=(1920, 1080))
    line, label = made["line-0-0"], made["status-0"]
    assert label.x > line.x + line.width
    assert abs((label.y + label.height / 2) - (line.y + line.height / 2)) < line.height / 4
    assert color.parse(ANSI_DARK[shade]) in colors_in(made, "status-0")


def test_an_exit_status_needs_a_command() -> None:
    """A status without a command is an error; one without an output still appears after the command."""
    kind = SCENE_TYPES["command"]
    [problem] = kind.check({"commands": [{"output": "x", "exit": 1}]})
    assert problem.field == "commands.0.exit"
    assert reveals([{"run": "true", "exit": 0}])[-1].enter == {"status-0": "fade"}
    assert reveals([{"run": "true", "exit": 0}])[-1].after_previous


def reveals(commands: list[dict[str, Any]]) -> list[Reveal]:
    """Return the reveals of a command scene."""
    return SCENE_TYPES["command"].reveals(scene("command", commands=commands))


def test_the_template_finds_the_inks_that_themes_have(tmp_path: Path) -> None:
    """The contrasts and inks that the template computes for programs' own colors are those that themes have."""
    template = (ROOT / "vidbuild/scenes/command/template.typ").read_text(encoding="utf-8")
    functions = template[template.index("#let luminance(") : template.index("#let ansi(")]
    shades = ["#000000", "#ffffff", "#0b1020", "#7f7f7f", "#c01c28", "#ffd000", "#26a269", "#e0e8ff", "#5b2a86"]
    pairs = [(ink, ground) for ink in shades for ground in shades]
    colors = [f'(rgb("{ink}"), rgb("{ground}"))' for ink, ground in pairs]
    found = [f"(contrast(..{each}), readable(..{each}).to-hex())" for each in colors]
    (tmp_path / "colors.typ").write_text(f"{functions}\n#metadata(({', '.join(found)})) <found>", encoding="utf-8")
    [values] = json.loads(typst.query(str(tmp_path / "colors.typ"), "<found>", field="value"))
    for (ink, ground), (ratio, chosen) in zip(pairs, values, strict=True):
        first, second = color.parse(ink), color.parse(ground)
        assert ratio == pytest.approx(color.contrast(first, second), abs=0.001)
        assert color.parse(chosen) == pytest.approx(color.readable(first, (second,)), abs=1), (ink, ground)
