"""A row of a terminal's cells. A wide character takes two cells, and is gone once one of them is overwritten."""

from __future__ import annotations

from vidbuild.scenes.command.style import PLAIN, Style

Cell = tuple[str, Style]  # the character is "" in the second cell of a wide one
Row = list[Cell]
EMPTY: Cell = (" ", PLAIN)


def put(row: Row, start: int, character: str, width: int, style: Style) -> None:
    """Write a character of so many columns; the row grows as needed."""
    end = start + width
    row += [EMPTY] * (end - len(row))
    if row[start][0] == "":
        row[start - 1] = EMPTY
    if end < len(row) and row[end][0] == "":
        row[end] = EMPTY
    row[start:end] = [(character, style), *[("", style)] * (width - 1)]


def append(row: Row, at: int, mark: str) -> None:
    """Add a mark of no width to the character at a column."""
    while 0 < at < len(row) and row[at][0] == "":
        at -= 1
    if 0 <= at < len(row):
        row[at] = (row[at][0] + mark, row[at][1])


def erase(row: Row, start: int, end: int | None, style: Style) -> None:
    """Make the cells [start, end) blank in a style; end None: to the row's end."""
    end = len(row) if end is None else min(end, len(row))
    if 0 < start < len(row) and row[start][0] == "":
        row[start - 1] = row[start] = EMPTY
    if end < len(row) and row[end][0] == "":
        row[end] = EMPTY
    row[start:end] = [(" ", style)] * max(0, end - start)
