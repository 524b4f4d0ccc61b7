"""A terminal as a table of cells: slow, without wide characters, to compare with what the command scene draws."""

from __future__ import annotations

ROWS, COLUMNS = 24, 80
Operation = tuple[str, int]  # text and 0, or the final character of a control sequence and its number (0: none)


class TerminalModel:
    """The cells that have text, by row and column, and the cursor.

    outside: whether the cursor ever came near to the edges, where terminals differ.
    """

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int], str] = {}
        self.row = self.column = 0
        self.saved = (0, 0)
        self.outside = False

    def obey(self, kind: str, number: int) -> None:
        """Obey a control sequence, a control character or text."""
        count = max(1, number)
        if kind in "ABCDEFGd\b\r\n\t78":
            self._move(kind, count)
        elif kind in "JKX":
            kept = {place for place in self.cells if not self._erased(kind, number, *place)}
            self.cells = {place: character for place, character in self.cells.items() if place in kept}
        elif kind in "P@":
            self._shift_cells(count if kind == "@" else -count)
        elif kind in "LM":
            self._shift_rows(count if kind == "L" else -count)
        else:
            for character in kind:
                self.cells[self.row, self.column] = character
                self.column += 1
        self.outside |= self.row >= ROWS - 2 or any(column >= COLUMNS - 10 for _, column in self.cells)
        self.outside |= self.column >= COLUMNS - 10 or any(row >= ROWS - 2 for row, _ in self.cells)

    def lines(self) -> list[str]:
        """Return the lines up to the last one with text."""
        rows = [row for (row, _), character in self.cells.items() if character != " "]
        return [
            "".join(self.cells.get((row, column), " ") for column in range(COLUMNS)).rstrip()
            for row in range(max(rows, default=-1) + 1)
        ]

    def _move(self, kind: str, count: int) -> None:
        row, column = self.row, self.column
        places = {
            "A": (row - count, column),
            "B": (row + count, column),
            "C": (row, column + count),
            "D": (row, column - count),
            "E": (row + count, 0),
            "F": (row - count, 0),
            "G": (row, count - 1),
            "d": (count - 1, column),
            "\b": (row, column - 1),
            "\r": (row, 0),
            "\n": (row + 1, 0),
            "\t": (row, (column // 8 + 1) * 8),
            "7": (row, column),
            "8": self.saved,
        }
        if kind == "7":
            self.saved = (row, column)
        row, column = places[kind]
        self.row, self.column = max(0, row), max(0, column)

    def _erased(self, kind: str, number: int, row: int, column: int) -> bool:
        """Whether a cell is erased: from the cursor on, up to it, or all; X erases so many from the cursor on."""
        here = (self.row, self.column)
        if kind == "X":
            return row == self.row and self.column <= column < self.column + max(1, number)
        if kind == "K" and row != self.row:
            return False
        return {0: (row, column) >= here, 1: (row, column) <= here, 2: True}[number]

    def _shift_cells(self, by: int) -> None:
        """Move the cells from the cursor on; those that would move over it are gone."""
        moved: dict[tuple[int, int], str] = {}
        for (row, column), character in self.cells.items():
            at = column + by if row == self.row and column >= self.column else column
            if at >= self.column or row != self.row or column < self.column:
                moved[row, at] = character
        self.cells = moved

    def _shift_rows(self, by: int) -> None:
        moved: dict[tuple[int, int], str] = {}
        for (row, column), character in self.cells.items():
            at = row + by if row >= self.row else row
            if at >= self.row or row < self.row:
                moved[at, column] = character
        self.cells = moved
