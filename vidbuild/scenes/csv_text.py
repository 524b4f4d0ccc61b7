"""Reads CSV text, with the position of every cell for messages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
MAX_ROWS = 1000  # more than any scene shows; counted with the header
_SEPARATOR = re.compile(r"sep=([,;\t|])\r?\n")
_SNIFFED = 20  # rows from which the delimiter is guessed


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells, and the range of each in the text, quotes included."""

    cells: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


class CsvError(Exception):
    """CSV text that cannot be read.

    span: the range of characters that the problem is about.
    """

    def __init__(self, message: str, span: tuple[int, int], hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.span, self.hint = message, span, hint


@lru_cache(maxsize=8)
def read(text: str, delimiter: str | None = None) -> tuple[Row, ...]:
    """Return the rows, all of the same length, without those that are empty. Raises CsvError.

    delimiter: a name in DELIMITERS, or the sign; None to guess it.
    """
    named = _SEPARATOR.match(text)  # as Excel writes it
    sign = DELIMITERS.get(delimiter, delimiter) if delimiter else named[1] if named else _guessed(text)
    rows: list[Row] = []
    for record, start in _records(text, sign):
        if named and not start:
            continue
        cells = tuple(_one_line(cell) for cell in record)
        row = Row(cells, tuple(_spans(text, start, sign, len(cells))))
        if not any(cells):
            continue  # blanks, quotes or delimiters alone
        if rows and len(cells) != len(rows[0].cells):
            raise _ragged(row, rows[0], sign)
        rows.append(row)
        if len(rows) > MAX_ROWS:
            message = f"more than {MAX_ROWS} rows: a file for a scene can have at most {MAX_ROWS}, with its header"
            raise CsvError(message, row.spans[0], "keep only the rows that the scene shows in a file of their own")
    return tuple(rows)


def _one_line(cell: str) -> str:
    return " ".join(cell.split())


def _guessed(text: str) -> str:
    """Return the delimiter that divides the first rows into the same number of parts, the most if several do."""
    best, most = ",", 1
    for sign in DELIMITERS.values():
        counts = []
        try:
            for record, _ in _records(text, sign):
                counts.append(len(record))
                if len(counts) == _SNIFFED:
                    break
        except CsvError:
            continue
        if counts and min(counts) == max(counts) > most:
            best, most = sign, counts[0]
    return best if most > 1 else _most_frequent(text)


def _most_frequent(text: str) -> str:
    """Return the delimiter that the first line has most of: for files in which some row is wrong."""
    first = text.lstrip().split("\n", maxsplit=1)[0]
    return max(DELIMITERS.values(), key=first.count)


def _records(text: str, sign: str) -> Iterator[tuple[list[str], int]]:
    """Yield each record that is not an empty line, with the offset of its start."""
    lines = list(io.StringIO(text, newline=""))
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    reader = csv.reader(lines, delimiter=sign, strict=True, skipinitialspace=sign != "\t")
    while True:
        before = reader.line_num
        try:
            record = next(reader, None)
        except csv.Error as error:
            start = offsets[min(before, len(lines) - 1)]
            raise CsvError(*_wrong(str(error), text, start)) from error
        if record is None:
            return
        if record:
            yield record, offsets[before]


def _wrong(error: str, text: str, start: int) -> tuple[str, tuple[int, int], str | None]:
    line_end = next((at for at in range(start, len(text)) if text[at] in "\r\n"), len(text))
    quote = text.find('"', start, line_end)
    if "unexpected end of data" in error and quote >= 0:
        return "a quotation mark is never closed", (quote, quote + 1), 'write "" for a quotation mark in a quoted cell'
    if "expected after" in error:
        message = "text follows the closing quotation mark of a cell"
        return message, (start, line_end), 'write "" for a quotation mark in a quoted cell'
    return f"the row is no CSV: {error}", (start, line_end), None


def _spans(text: str, start: int, sign: str, count: int) -> Iterator[tuple[int, int]]:
    """Yield the range of each cell of the record that starts at an offset."""
    at = start
    for _ in range(count):
        begin = at
        while text.startswith(" ", begin):
            begin += 1
        end, in_quotes = begin, False
        is_quoted = text.startswith('"', at if sign == "\t" else begin)  # as `_records` reads blanks before a quote
        while end < len(text) and (in_quotes or (text[end] != sign and text[end] not in "\r\n")):
            in_quotes ^= is_quoted and text[end] == '"'
            end += 1
        yield begin, begin + len(text[begin:end].rstrip())
        at = end + 1


def _ragged(row: Row, first: Row, sign: str) -> CsvError:
    expected, got = len(first.cells), len(row.cells)
    span = row.spans[expected] if got > expected else row.spans[-1]
    name = next(name for name, each in DELIMITERS.items() if each == sign)
    message = f"the row has {got} cell{'s' if got != 1 else ''}: expected {expected}, as in the first row"
    hint = f'put a cell with a {name} in it in quotes: "a{sign} b"' if got > expected and sign.isprintable() else None
    return CsvError(message, (span[0], max(span[1], span[0] + 1)), hint)
