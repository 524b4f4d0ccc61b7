"""What a terminal shows of a program's whole output: its lines in their styles, and whether they are a table."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from vidbuild import columns
from vidbuild.scenes.command.screen import Screen
from vidbuild.scenes.command.style import Style, runs

_RULES = frozenset("|│┃║├┤┼╟╢╫╠╣╬+")
_GAP = 2  # blank columns between the columns of a table


def styled(text: str) -> list[list[tuple[str, Style]]]:
    """Return the lines that a terminal shows, each as parts of one style, without empty lines at the end."""
    return [list(line) for line in _shown(text)]


@lru_cache(maxsize=128)  # an output is checked, drawn and timed
def _shown(text: str) -> tuple[tuple[tuple[str, Style], ...], ...]:
    screen = Screen()
    screen.write(text)
    shown = [tuple(runs(row)) for row in screen.rows]
    while shown and not shown[-1]:
        shown.pop()
    return tuple(shown)


def lines(text: str) -> list[str]:
    """Return the lines that a terminal shows, without blanks at their ends or empty lines at the end."""
    shown = ["".join(part for part, _ in line).rstrip() for line in _shown(text)]
    while shown and not shown[-1]:
        shown.pop()
    return shown


def is_table(shown: list[str]) -> bool:
    """Return whether two lines in a row have a column that starts at the same place, after a gap or a rule."""
    starts = [_column_starts(line) for line in shown]
    return any(above & below for above, below in pairwise(starts))


def _column_starts(line: str) -> set[int]:
    cells: list[str] = []
    for character in columns.graphemes(line):
        cells += [character, *[""] * (columns.width(character) - 1)]
    return {
        at
        for at in range(1, len(cells))
        if cells[at] in _RULES
        or (
            cells[at] != " "
            and at >= _GAP
            and cells[at - _GAP : at] == [" "] * _GAP
            and any(cell not in {"", " "} for cell in cells[:at])
        )
    }
