"""What a terminal shows of a program's output: a grid of cells, in which later characters overwrite earlier ones.

The grid is as wide and as high as the text needs; the size of a usual terminal limits only where a cursor can be moved.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from itertools import pairwise

from vidbuild import columns
from vidbuild.scenes.isolation import without_controls

TAB = 8
COLUMNS, ROWS = 80, 24  # how far a cursor moves beyond the text

Row = list[str]  # each cell's character; "" in the second cell of a wide one

# Text, a control sequence (CSI), other escape sequences, and single control characters. Strings (OSC, DCS, APC, PM,
# SOS) end at BEL or ST, or with the line.
_PART = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|(?:\x1b\[|\x9b)(?P<private>[<-?]*)(?P<params>[0-9:;]*)[ -/]*(?P<final>[@-~])"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b(?P<set>[()])(?P<charset>.)"
    r"|\x1b[ -/]+[0-~]?"
    r"|\x1b(?P<escape>[0-~])"
    r"|(?P<control>[\x00-\x1f\x7f-\x9f])",
)
_C1 = {"\x84": "D", "\x85": "E", "\x8d": "M"}  # control characters that are short for escape sequences
_ALTERNATE = {"47", "1047", "1049"}  # modes of the alternate screen, as editors and pagers use it
_LINE_DRAWING = str.maketrans("`afgjklmnopqrstuvwxyz{|}~", "◆▒°±┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·")
_RULES = frozenset("|│┃║├┤┼╟╢╫╠╣╬+")
_GAP = 2  # blank columns between the columns of a table


def lines(text: str) -> list[str]:
    """Return the lines that a terminal shows, without blanks at their ends or empty lines at the end."""
    screen = _Screen()
    text = without_controls(text)
    for part in _PART.finditer(text):
        screen.obey(part)
    shown = ["".join(row).rstrip() for row in screen.rows]
    while shown and not shown[-1]:
        shown.pop()
    return shown


def is_table(shown: list[str]) -> bool:
    """Return whether two lines in a row have a column that starts at the same place, after a gap or a rule."""
    starts = [_column_starts(line) for line in shown]
    return any(above & below for above, below in pairwise(starts))


def _column_starts(line: str) -> set[int]:
    cells: Row = []
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


class _Screen:
    """The cells, and the state that control sequences change."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Erase everything (RIS)."""
        self.rows: list[Row] = [[]]
        self._row = self._column = 0
        self._saved = (0, 0)
        self._main: list[Row] | None = None  # the main screen's rows, while the alternate one is shown
        self._line_drawing = {"(": False, ")": False}
        self._charset = "("
        self._last = " "
        self._blank = 0  # so many rows at the top have no text

    def obey(self, part: re.Match[str]) -> None:
        """Obey text, a control character or a sequence."""
        if part["text"] is not None:
            self._write(part["text"])
        elif part["final"] is not None:
            self._control_sequence(part["private"], part["params"], part["final"])
        elif part["set"] is not None:
            self._line_drawing[part["set"]] = part["charset"] == "0"
        elif part["control"] is not None:
            self._control(part["control"])
        elif part["escape"] is not None:
            self._escape(part["escape"])

    def _write(self, text: str) -> None:
        if self._line_drawing[self._charset]:
            text = text.translate(_LINE_DRAWING)
        for character in columns.graphemes(text):
            self._put(character)

    def _put(self, character: str) -> None:
        width = columns.width(character)
        if width == 0:
            self._append("".join(mark for mark in character if unicodedata.category(mark)[0] == "M"))
            return
        self._blank = min(self._blank, self._row)
        row, start, end = self.rows[self._row], self._column, self._column + width
        row += [" "] * (end - len(row))
        if row[start] == "":
            row[start - 1] = " "  # a wide character that loses one of its cells is gone
        if end < len(row) and row[end] == "":
            row[end] = " "
        row[start:end] = [character, *[""] * (width - 1)]
        self._column = end
        self._last = character

    def _append(self, mark: str) -> None:
        """Add a mark of no width to the character before the cursor."""
        row, at = self.rows[self._row], self._column - 1
        while 0 < at < len(row) and row[at] == "":
            at -= 1
        if 0 <= at < len(row):
            row[at] += mark

    def _control(self, control: str) -> None:
        if control == "\n":
            self._down()
            self._column = 0
        elif control in "\v\f":
            self._down()
        elif control == "\r":
            self._column = 0
        elif control == "\b":
            self._column = max(0, self._column - 1)
        elif control == "\t":
            self._column += TAB - self._column % TAB
        elif control in "\x0e\x0f":
            self._charset = ")" if control == "\x0e" else "("
        elif control in _C1:
            self._escape(_C1[control])

    def _escape(self, name: str) -> None:
        if name == "c":
            self.reset()
        elif name == "7":
            self._saved = (self._row, self._column)
        elif name == "8":
            self._move(*self._saved)
        elif name in "DE":
            self._down()
            self._column = 0 if name == "E" else self._column
        elif name == "M":
            self._move(self._row - 1, self._column)

    def _control_sequence(self, private: str, params: str, final: str) -> None:
        numbers = [min(int(number), COLUMNS) if number.isdecimal() else 0 for number in _short(params).split(";")]
        if private == "?" and final in "hl" and _ALTERNATE & set(params.split(";")):
            self._alternate(on=final == "h")
        elif not private and final in _MOVES:
            row, column = _MOVES[final](self._row, self._column, max(1, numbers[0]), numbers)
            self._move(row, column)
        elif not private and final in _EDITS:
            self._edit(final, numbers[0])
        elif not private and final in "su":
            self._escape("7" if final == "s" else "8")

    def _edit(self, final: str, number: int) -> None:
        row, column, count = self.rows[self._row], self._column, max(1, number)
        if final == "J":
            self._erase_screen(number)
        elif final == "K":
            self._erase(row, 0 if number else column, column + 1 if number == 1 else None)
        elif final == "X":
            self._erase(row, column, column + count)
        elif final == "P":
            self._erase(row, column, column + count)
            del row[column : column + count]
        elif final == "@" and column < len(row):
            self._erase(row, column, column)
            limit = max(COLUMNS, len(row))
            row[column:column] = [" "] * count
            del row[limit:]
        elif final == "L":
            limit = max(ROWS, len(self.rows))
            self.rows[self._row : self._row] = [[] for _ in range(count)]
            del self.rows[limit:]
        elif final == "M":
            del self.rows[self._row : self._row + count]
            self._fill()
        elif final == "b":
            for _ in range(min(count, COLUMNS - column)):
                self._put(self._last)

    def _erase_screen(self, number: int) -> None:
        if number not in {0, 1, 2}:
            return  # 3 erases what has scrolled out of a terminal
        self._edit("K", number)
        if number != 1:
            del self.rows[self._row + 1 :]
        if number != 0:
            for row in self.rows[self._blank : self._row]:
                row.clear()
            self._blank = max(self._blank, self._row)

    @staticmethod
    def _erase(row: Row, start: int, end: int | None) -> None:
        """Make cells blank, and the other half of a wide character at either end."""
        end = len(row) if end is None else min(end, len(row))
        if 0 < start < len(row) and row[start] == "":
            row[start - 1] = row[start] = " "
        if end < len(row) and row[end] == "":
            row[end] = " "
        row[start:end] = [" "] * max(0, end - start)

    def _down(self) -> None:
        self._row += 1
        self._fill()

    def _move(self, row: int, column: int) -> None:
        """Move the cursor: it stays in the usual size of a terminal, or in the text if that is larger."""
        self._row = max(0, min(row, max(ROWS, len(self.rows)) - 1))
        self._fill()
        self._column = max(0, min(column, max(COLUMNS, len(self.rows[self._row])) - 1))

    def _fill(self) -> None:
        self.rows += [[] for _ in range(self._row + 1 - len(self.rows))]

    def _alternate(self, *, on: bool) -> None:
        """Switch to an empty screen, or back to what was there before."""
        if on and self._main is None:
            self._main, self.rows = self.rows, [[]]
            self._saved = (self._row, self._column)
            self._row = self._column = 0
        elif not on and self._main is not None:
            self.rows, self._main = self._main, None
            self._move(*self._saved)


def _short(params: str) -> str:
    """Cut numbers that are longer than any terminal is wide, which int() would refuse."""
    return re.sub(r"[0-9]{5,}", "9999", params)


def _tab(column: int, count: int) -> int:
    return (column // TAB + count) * TAB


# Final character -> the new row and column, from row, column, the count, and all numbers.
_MOVES: Mapping[str, Callable[[int, int, int, list[int]], tuple[int, int]]] = {
    "A": lambda row, column, count, _: (row - count, column),
    "B": lambda row, column, count, _: (row + count, column),
    "C": lambda row, column, count, _: (row, column + count),
    "D": lambda row, column, count, _: (row, column - count),
    "E": lambda row, _, count, __: (row + count, 0),
    "F": lambda row, _, count, __: (row - count, 0),
    "G": lambda row, _, count, __: (row, count - 1),
    "H": lambda _, __, count, numbers: (count - 1, max(1, numbers[1] if len(numbers) > 1 else 1) - 1),
    "I": lambda row, column, count, _: (row, _tab(column, count)),
    "Z": lambda row, column, count, _: (row, _tab(column + TAB - 1, -count)),
    "d": lambda _, column, count, __: (count - 1, column),
}
_MOVES = {**_MOVES, "`": _MOVES["G"], "a": _MOVES["C"], "e": _MOVES["B"], "f": _MOVES["H"]}
_EDITS = frozenset("JKXP@LMb")
