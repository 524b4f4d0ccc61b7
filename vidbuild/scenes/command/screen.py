"""A terminal's screen: a grid of cells, in which later characters overwrite earlier ones.

Without a size, the grid is as wide and as high as the text needs; the size of a usual terminal limits only where a
cursor can be moved. With a size, lines wrap and scroll as in a terminal of that size.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from vidbuild import columns
from vidbuild.scenes.command import rows, sequences
from vidbuild.scenes.command.rows import EMPTY, Row
from vidbuild.scenes.command.style import PLAIN, Style, after
from vidbuild.scenes.isolation import without_controls

COLUMNS, ROWS = 80, 24  # how far a cursor moves beyond the text of a screen without a size


class Screen:
    """The cells, and the state that control sequences change.

    size: columns and rows; None for a grid that grows with its text.
    """

    def __init__(self, size: tuple[int, int] | None = None) -> None:
        self._size = size
        self._pending = ""
        self.reset()

    def reset(self) -> None:
        """Erase everything (RIS)."""
        self.rows: list[Row] = [[]] if self._size is None else [[] for _ in range(self._size[1])]
        self._row = self._column = 0
        self._style = PLAIN
        self._saved = (0, 0, PLAIN)
        self._main: list[Row] | None = None  # the main screen's rows, while the alternate one is shown
        self._region: tuple[int, int] | None = None  # the first row that scrolls, and the one after the last
        self._wraps = True
        self._full = False  # the last column is written: the next character starts a line
        self.cursor_shown = True
        self._line_drawing = {"(": False, ")": False}
        self._charset = "("
        self._last = " "
        self._blank = 0  # so many rows at the top have no text

    @property
    def cursor(self) -> tuple[int, int]:
        """The cursor's row and column."""
        return self._row, self._column

    def set_style(self, style: Style) -> None:
        """Write what follows in a style, until a sequence changes it."""
        self._style = style

    def write(self, text: str) -> None:
        """Obey a program's output; a sequence that ends in the next call of it is kept until then."""
        text = self._pending + without_controls(text)
        unfinished = sequences.UNFINISHED.search(text)
        self._pending = text[unfinished.start() :] if unfinished else ""
        for part in sequences.PART.finditer(text.removesuffix(self._pending)):
            self._obey(part)

    def resize(self, size: tuple[int, int]) -> None:
        """Change the size: rows are kept at the bottom, and cut at the right."""
        self._size = size
        width, height = size
        away = max(0, min(len(self.rows) - height, self._row - height + 1))
        self.rows = [row[:width] for row in self.rows[away : away + height]]
        self.rows += [[] for _ in range(height - len(self.rows))]
        self._region, self._full = None, False
        self._row, self._column = min(self._row - away, height - 1), min(self._column, width - 1)

    def _obey(self, part: re.Match[str]) -> None:
        if part["text"] is not None:
            self._write(part["text"])
        elif part["final"] is not None:
            if not part["between"]:
                self._control_sequence(part["private"], part["params"], part["final"])
        elif part["set"] is not None:
            self._line_drawing[part["set"]] = part["charset"] == "0"
        elif part["control"] is not None:
            self._control(part["control"])
        elif part["escape"] is not None:
            self._escape(part["escape"])

    def _write(self, text: str) -> None:
        if self._line_drawing[self._charset]:
            text = text.translate(sequences.LINE_DRAWING)
        for character in columns.graphemes(text):
            self._put(character)

    def _put(self, character: str) -> None:
        width = columns.width(character)
        if width == 0:
            marks = "".join(mark for mark in character if unicodedata.category(mark)[0] == "M")
            rows.append(self.rows[self._row], self._column - (not self._full), marks)
            return
        if self._size is not None and (self._full or self._column + width > self._size[0]):
            self._wrap(width)
        self._blank = min(self._blank, self._row)
        rows.put(self.rows[self._row], self._column, character, width, self._style)
        self._column += width
        self._last = character
        if self._size is not None and self._column >= self._size[0]:
            self._column, self._full = self._size[0] - 1, True

    def _wrap(self, width: int) -> None:
        self._full = False
        if self._wraps:
            self._down()
            self._column = 0
        elif self._size is not None:
            self._column = max(0, self._size[0] - width)

    def _control(self, control: str) -> None:
        if control == "\n":
            self._down()
            self._column = 0 if self._size is None else self._column  # a size comes with a tty's own carriage returns
        elif control in "\v\f":
            self._down()
        elif control == "\r":
            self._column, self._full = 0, False
        elif control == "\b":
            self._column, self._full = max(0, self._column - 1), False
        elif control == "\t":
            column = sequences.next_tab(self._column, 1)
            self._column = column if self._size is None else min(column, self._size[0] - 1)
        elif control in "\x0e\x0f":
            self._charset = ")" if control == "\x0e" else "("
        elif control in sequences.C1:
            self._escape(sequences.C1[control])

    def _escape(self, name: str) -> None:
        if name == "c":
            self.reset()
        elif name == "7":
            self._saved = (self._row, self._column, self._style)
        elif name == "8":
            row, column, self._style = self._saved
            self._move(row, column)
        elif name in "DE":
            self._down()
            self._column = 0 if name == "E" else self._column
        elif name == "M":
            if self._region_now is not None and self._row == self._region_now[0]:
                self._scroll(-1)
            else:
                self._move(self._row - 1, self._column)

    def _control_sequence(self, private: str, params: str, final: str) -> None:
        numbers = sequences.numbers_of(params)
        if private == "?" and final in "hl":
            self._mode({*params.split(";")}, on=final == "h")
        elif private:
            return
        elif final == "m":
            self._style = after(self._style, params)
        elif final in sequences.MOVES:
            row, column = sequences.MOVES[final](self._row, self._column, max(1, numbers[0]), numbers)
            self._move(row, column)
        elif final in sequences.EDITS:
            self._edit(final, numbers[0])
        elif final == "r":
            self._set_region(numbers)
        elif final in "su":
            self._escape("7" if final == "s" else "8")

    def _mode(self, modes: set[str], *, on: bool) -> None:
        if sequences.ALTERNATE & modes:
            self._alternate(on=on)
        if "25" in modes:
            self.cursor_shown = on
        if "7" in modes:
            self._wraps = on

    def _edit(self, final: str, number: int) -> None:
        row, column, count = self.rows[self._row], self._column, max(1, number)
        limit = self._size[0] if self._size else max(COLUMNS, len(row))
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
            row[column:column] = [EMPTY] * min(count, limit)
            del row[limit:]
        elif final in "LM":
            self._shift_rows(count if final == "L" else -count)
        elif final in "ST":
            self._scroll(count if final == "S" else -count)
        elif final == "b":
            for _ in range(min(count, COLUMNS - column)):
                self._put(self._last)

    def _shift_rows(self, count: int) -> None:
        """Insert rows before the cursor's, or delete some from it on if the count is negative."""
        limit = self._region_now[1] if self._region_now else max(ROWS, len(self.rows))
        if self._region_now and not self._region_now[0] <= self._row < limit:
            return
        part = self.rows[self._row : limit]
        blank: list[Row] = [[] for _ in range(min(count, limit))]
        shifted = blank + part if count > 0 else part[-count:]
        if self._region_now:
            shifted += [[] for _ in range(len(part) - len(shifted))]
            self.rows[self._row : limit] = shifted[: len(part)]
        else:
            self.rows[self._row :] = shifted[: limit - self._row]
            self._fill()

    def _erase_screen(self, number: int) -> None:
        if number not in {0, 1, 2}:
            return  # 3 erases what has scrolled out of a terminal
        self._edit("K", number)
        if number != 1:
            for row in self.rows[self._row + 1 :]:
                row.clear()
            if self._size is None:
                del self.rows[self._row + 1 :]
        if number != 0:
            for row in self.rows[self._blank : self._row]:
                row.clear()
            self._blank = max(self._blank, self._row)
        if self._size is not None and self._style.ground and number == 2:  # noqa: PLR2004 - the whole screen
            self.rows = [[(" ", self._style.erased)] * self._size[0] for _ in self.rows]

    def _erase(self, row: Row, start: int, end: int | None) -> None:
        if self._size is not None and self._style.ground and end is None:
            row += [EMPTY] * (self._size[0] - len(row))
        rows.erase(row, start, end, self._style.erased)

    def _down(self) -> None:
        self._full = False
        region = self._region_now
        if region is not None and self._row == region[1] - 1:
            self._scroll(1)
        elif self._size is None or self._row + 1 < self._size[1]:
            self._row += 1
            self._fill()

    @property
    def _region_now(self) -> tuple[int, int] | None:
        """The rows that scroll; None for a grid that grows."""
        return None if self._size is None else self._region or (0, self._size[1])

    def _set_region(self, numbers: Sequence[int]) -> None:
        if self._size is None:
            return
        first, last = max(1, numbers[0]), numbers[1] if len(numbers) > 1 and numbers[1] else self._size[1]
        last = min(last, self._size[1])
        if first < last:
            self._region = (first - 1, last)
            self._move(0, 0)

    def _scroll(self, count: int) -> None:
        region = self._region_now
        if region is None:
            return
        first, end = region
        part = self.rows[first:end]
        blank: list[Row] = [[] for _ in range(min(abs(count), len(part)))]
        self.rows[first:end] = part[count:] + blank if count > 0 else (blank + part)[: len(part)]

    def _move(self, row: int, column: int) -> None:
        """Move the cursor: it stays in the terminal, and in a grid that grows, in the usual size or the text."""
        self._full = False
        if self._size is not None:
            self._row = max(0, min(row, self._size[1] - 1))
            self._column = max(0, min(column, self._size[0] - 1))
            return
        self._row = max(0, min(row, max(ROWS, len(self.rows)) - 1))
        self._fill()
        self._column = max(0, min(column, max(COLUMNS, len(self.rows[self._row])) - 1))

    def _fill(self) -> None:
        self.rows += [[] for _ in range(self._row + 1 - len(self.rows))]

    def _alternate(self, *, on: bool) -> None:
        """Switch to an empty screen, or back to what was there before."""
        if on and self._main is None:
            self._main, self.rows = self.rows, [[] for _ in range(self._size[1])] if self._size else [[]]
            self._saved = (self._row, self._column, self._style)
            self._row = self._column = 0
        elif not on and self._main is not None:
            self.rows, self._main = self._main, None
            self._region = None
            row, column, self._style = self._saved
            self._move(row, column)
