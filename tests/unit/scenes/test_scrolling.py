"""Commands that fill their window scroll, as in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support.drawing import drawn
from tests.support.scene_samples import scene
from vidbuild.scenes.command import scrolling, wrap
from vidbuild.scenes.command.replay import Replay
from vidbuild.scenes.protocol import AFTER_TYPING, TYPING
from vidbuild.scenes.registry import SCENE_TYPES

COMMAND = SCENE_TYPES["command"]
COUNT = scrolling.ROWS + 4  # so many that all of them take as long as an output can
LONG = "\n".join(f"line {number}" for number in range(COUNT))


def shown(*commands: dict[str, Any]) -> Replay:
    """Return what the terminal of some commands shows."""
    return scrolling.replay("$ ", commands, [wrap(entry.get("run", "")) for entry in commands])


def texts(replayed: Replay, state: int) -> list[str]:
    """Return the rows of a state as text."""
    lines = ["".join(text for text, _ in line).rstrip() for line in replayed.lines]
    return [lines[row] for row in replayed.states[state].rows]


@pytest.mark.parametrize(
    ("commands", "scrolls"),
    [
        (("x\n" * 15,), False),
        (("x\n" * 16,), True),
        (("x\n" * 4, "x\n" * 4, "x\n" * 4), False),
        (("x\n" * 4, "x\n" * 4, "x\n" * 5), True),
        (("x" * 85 + "\n" + "x\n" * 14,), False),
        (("x" * 185 + "\n" + "x\n" * 14,), True),
    ],
)
def test_a_window_scrolls_once_it_is_full(commands: Sequence[str], scrolls: bool, tmp_path: Path) -> None:
    """As many rows as fit are drawn as they are, with no line hidden; one more makes the window scroll."""
    made = scene("command", title="Title", commands=[{"run": "make", "output": each} for each in commands])
    assert ("scrolled" in COMMAND.drawing(made)) == scrolls
    assert (COMMAND.entrances(made).get("screen") == "rise") == scrolls
    warnings = drawn(tmp_path, "command", COMMAND.drawing(made), size=(1920, 1080)).warnings
    assert {warning.code for warning in warnings} <= {"VB333"}, "nothing is hidden; rows of 132 columns are small"


def test_the_last_lines_stay_in_sight() -> None:
    """All of the output is shown at some time, and the last of it at the end."""
    replayed = shown({"run": "make", "output": LONG}, {"run": "ls", "output": "done"})
    assert replayed.size[1] == scrolling.ROWS
    seen = {line for state in range(len(replayed.states)) for line in texts(replayed, state)}
    assert {f"line {number}" for number in range(COUNT)} <= seen
    assert [line for line in texts(replayed, -1) if line][-3:] == [f"line {COUNT - 1}", "$ ls", "done"]


def test_commands_are_typed_key_by_key() -> None:
    """Each key is a state at the speed of typing; the output follows a moment after the last one."""
    [part, _] = shown({"run": "make", "output": LONG}, {"run": "ls"}).parts
    keys = [state.seconds for state in part.states if state.seconds < 4 / TYPING]
    assert keys == pytest.approx([0, 0, *(number / TYPING for number in (1, 2, 3))])
    answered = next(state.seconds for state in part.states if state.seconds > 3.5 / TYPING)
    assert answered == pytest.approx(4 / TYPING + AFTER_TYPING)
    assert part.seconds - answered == pytest.approx(scrolling.ALL_LINES)


def test_the_times_of_commands_are_kept() -> None:
    """A command begins at its own time or cue; an output of its own follows what is before it."""
    commands = [{"run": "make", "output": LONG}, {"run": "ls", "at": "list"}, {"output": "x"}]
    reveals = COMMAND.reveals(scene("command", commands=commands))
    assert [(reveal.field, reveal.at, reveal.after_previous) for reveal in reveals] == [
        ("commands.0", None, False),
        ("commands.1", "list", False),
        ("commands.2", None, True),
    ]
    assert [reveal.states[0] for reveal in reveals] == ["screen"] * 3


def test_an_exit_status_ends_the_line_of_its_command() -> None:
    """It is at the right edge, green or red, as in a window that does not scroll."""
    replayed = shown({"run": "make", "output": LONG, "exit": 1}, {"run": "ls", "exit": 0})
    found = {text.strip(): style.ink for line in replayed.lines for text, style in line if "exit" in text}
    assert found == {"exit 1": "1", "exit 0": "2"}
    assert max(len("".join(text for text, _ in line)) for line in replayed.lines) == scrolling.NARROWEST


def test_a_table_that_is_too_wide_is_a_warning() -> None:
    """Its rows are folded, and the warning names the width that fits."""
    table = "\n".join(f"{number:<{scrolling.WIDEST}}x" for number in range(30))
    [warning] = COMMAND.lint(scene("command", commands=[{"run": "ps", "output": table}]))
    assert warning.field == "commands.0.output"
    assert (
        warning.message == f"a table of {scrolling.WIDEST + 1} columns is too wide: its rows are folded at column 132"
    )


def test_a_full_window_is_drawn_as_rows(tmp_path: Path) -> None:
    """The screen is one layer with its lines in sheets, and its states name lines of them."""
    commands = [{"run": "make", "output": LONG}]
    made = drawn(tmp_path / "drawn", "command", COMMAND.drawing(scene("command", commands=commands)))
    rows = made["screen"].rows
    assert rows is not None
    assert made["screen"].height == rows.height * scrolling.ROWS
    assert all((made.folder / file).exists() for file in rows.files)
    heights = []
    for file in rows.files:
        with Image.open(made.folder / file) as sheet:
            heights.append(sheet.height)
    lines = sum(heights) // rows.height
    assert max(max(state) for state in rows.states) == lines - 1
