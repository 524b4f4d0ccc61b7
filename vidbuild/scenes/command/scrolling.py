"""Commands that fill their window: they are typed into a terminal of 17 rows, which scrolls."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from vidbuild import columns
from vidbuild.json_types import Json
from vidbuild.scenes.command import grid
from vidbuild.scenes.command.replay import Recorder, Replay, as_data, lines_of
from vidbuild.scenes.command.screen import Screen
from vidbuild.scenes.command.style import ACCENT, PLAIN, Style
from vidbuild.scenes.protocol import AFTER_TYPING, TYPING, Reveal, SceneProblem

ROWS = 17  # of the terminal, as many as a window shows that does not scroll; more are too small to read
# What a window shows that does not scroll, below a title: rows, columns of a row, and rows between two commands.
FITTING, FOLD, GAP = 16.5, 90, 0.5
NARROWEST, WIDEST = 40, 132  # columns
LINE, ALL_LINES = 0.08, 1.6  # seconds: from one line of output to the next, and all lines of one output at most


def is_full(commands: Sequence[Mapping[str, Any]], typed: Sequence[Sequence[str]]) -> bool:
    """Return whether commands and outputs have more lines than a window shows. typed: the lines of each command."""
    printed = [line for entry in commands for line in grid.lines(entry.get("output", ""))]
    rows = sum(map(len, typed)) + sum(max(math.ceil(columns.width(line) / FOLD), 1) for line in printed)
    return rows + GAP * (sum(map(bool, typed)) - 1) > FITTING


def replay(prompt: str, commands: Sequence[Mapping[str, Any]], typed: Sequence[Sequence[str]]) -> Replay:
    """Return what a terminal shows while the commands are typed and answer; a part for each."""
    entries = tuple(
        (tuple(lines), entry.get("output", ""), entry.get("exit")) for entry, lines in zip(commands, typed, strict=True)
    )
    return _replay(prompt, entries)


@lru_cache(maxsize=8)
def _replay(prompt: str, entries: tuple[tuple[tuple[str, ...], str, int | None], ...]) -> Replay:
    width = _width(prompt, entries)
    screen, made = Screen((width, ROWS)), Recorder()
    for index, (typed, output, status) in enumerate(entries):
        seconds = 0.0
        if typed:
            _new_line(screen)
            screen.set_style(Style(ink=ACCENT))
            screen.write(prompt)
            if not index:
                made.add(0.0, lines_of(screen))
        for nth, line in enumerate(typed):
            if nth:
                screen.write("\r\n" + " " * columns.width(prompt))
            screen.set_style(Style(bold=True))
            for character in columns.graphemes(line):
                screen.write(character)
                made.add(seconds, lines_of(screen))
                seconds += 1 / TYPING
        if typed:
            seconds += AFTER_TYPING
            _write_status(screen, status, width)
            screen.set_style(PLAIN)
            screen.write("\r\n")
            made.add(seconds, lines_of(screen))
        seconds = _print(screen, made, output, seconds)
        made.end_part("", seconds)
    return made.replay()


def _width(prompt: str, entries: Sequence[tuple[Sequence[str], str, int | None]]) -> int:
    commands = [columns.width(prompt) + columns.width(line) for lines, _, _ in entries for line in lines]
    outputs = [columns.width(line) for _, output, _ in entries for line in grid.lines(output)]
    return min(max(NARROWEST, *commands, *outputs, 0), WIDEST)


def _new_line(screen: Screen) -> None:
    if screen.cursor[1]:
        screen.write("\r\n")


def _write_status(screen: Screen, status: int | None, width: int) -> None:
    if status is None:
        return
    label = f"exit {status}"
    if screen.cursor[1] + len(label) < width:
        screen.set_style(Style(ink="1" if status else "2"))
        screen.write(" " * (width - screen.cursor[1] - len(label)) + label)


def _print(screen: Screen, made: Recorder, output: str, seconds: float) -> float:
    """Print an output line by line, and return when it ends."""
    lines = output.rstrip("\n").split("\n") if output.strip("\n") else []
    for line in lines:
        screen.write(line.replace("\r\n", "\n") + "\r\n")
        made.add(seconds, lines_of(screen))
        seconds += min(LINE, ALL_LINES / len(lines))
    screen.set_style(PLAIN)
    return seconds


def drawing(shown: Replay) -> dict[str, Any]:
    """Return the terminal as its template draws it."""
    hint = "write shorter lines, or divide the commands between scenes"
    return as_data(shown, {"ink": "panel_muted", "field": "commands", "hint": hint})


def reveals(shown: Replay, commands: Sequence[Mapping[str, Any]]) -> Iterator[Reveal]:
    """Yield a reveal for each command with its output, and for each output of its own."""
    for index, (entry, part) in enumerate(zip(commands, shown.parts, strict=True)):
        states = ("screen", tuple(round(state.seconds, 3) for state in part.states))
        follows = "run" not in entry
        seconds = round(part.seconds, 3)
        yield Reveal(f"commands.{index}", entry.get("at"), after_previous=follows, states=states, lasting=seconds)


def warnings(commands: Sequence[Mapping[str, Json]]) -> Iterator[SceneProblem]:
    """Yield a warning for each table whose rows are folded."""
    for index, entry in enumerate(commands):
        lines = grid.lines(str(entry.get("output", "")))
        width = max(map(columns.width, lines), default=0)
        if width > WIDEST and grid.is_table(lines):
            message = f"a table of {width} columns is too wide: its rows are folded at column {WIDEST}"
            hint = f"shorten its rows to {WIDEST} columns, or divide it"
            yield SceneProblem(f"commands.{index}.output", message, hint, code="VB323")
