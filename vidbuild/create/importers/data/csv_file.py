"""CSV with any of the usual delimiters."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence

from vidbuild.create.importers.data import numbers, summary
from vidbuild.create.source.outline import Outline
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.location import Location

DELIMITERS = ",;\t|"
SNIFFED = 50  # rows from which the delimiter is guessed
MAX_ROWS = 200_000
MAX_COLUMNS = 1000


def read(source: Source) -> Outline:
    """Return the table, and charts of what is worth one."""
    text = source.text()
    first, _, rest = text.partition("\n")
    named = first[4:5] if first.lower().startswith("sep=") and first[4:5] in DELIMITERS else ""
    sign = named or _delimiter(text)
    rows = _rows(rest if named else text, sign, source, 1 if named else 0)
    if not rows:
        raise SourceError("the file has no rows", Location(source.address, 1, 1, 1))
    header, body = (rows[0], rows[1:]) if _has_header(rows) else ([], rows)
    names = header or [f"column {nth + 1}" for nth in range(len(rows[0]))]
    if not body:
        raise SourceError("the file has a header and no rows below it", Location(source.address, 1, 1, 1))
    return summary.outline(names, body, text, source, comma=sign == ";")


def _delimiter(text: str) -> str:
    """Return the delimiter that divides most of the first rows into equally many cells, the most if several do."""
    best, most = ",", (0, 0)
    for sign in DELIMITERS:
        lines = text.split("\n", 4 * SNIFFED)[: 4 * SNIFFED]
        counts: Counter[int] = Counter()
        try:
            for row in csv.reader(lines, delimiter=sign):
                counts[len(row)] += bool(row)
                if counts.total() == SNIFFED:
                    break
        except csv.Error:
            continue
        width, times = max(counts.items(), key=lambda each: (each[0] > 1, each[1], each[0]), default=(0, 0))
        if width > 1 and (times, width) > most:
            best, most = sign, (times, width)
    return best


def _rows(text: str, sign: str, source: Source, before: int) -> list[list[str]]:
    """Return the rows, all as wide as the first one. before: lines of the file before the text."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True, skipinitialspace=sign != "\t")
    rows: list[list[str]] = []
    end = before
    try:
        for row in reader:
            line, end = end + 1, reader.line_num + before
            cells = [" ".join(cell.split()) for cell in row]
            if not any(cells):
                continue
            if rows and len(cells) != len(rows[0]):
                got = f"expected {len(rows[0])} cells, as in the first row, got {len(cells)}"
                hint = f'put a cell with a delimiter in it in quotes: "a{sign} b"' if sign != "\t" else None
                raise SourceError(got, Location(source.address, line, 1, 1), hint)
            rows.append(cells)
            if len(rows) > MAX_ROWS or len(cells) > MAX_COLUMNS:
                most = f"{MAX_ROWS} rows of {MAX_COLUMNS} cells"
                raise SourceError(
                    f"the table is too large: the maximum is {most}", Location(source.address, line, 1, 1)
                )
    except csv.Error as error:
        problem, hint = _wrong(str(error))
        raise SourceError(f"no valid CSV: {problem}", Location(source.address, end + 1, 1, 1), hint) from error
    return rows


def _wrong(error: str) -> tuple[str, str | None]:
    """Return what is wrong with a row, and how to write it."""
    hint = 'write "" for a quotation mark in a quoted cell'
    if "unexpected end of data" in error:
        return "a quotation mark is never closed", hint
    if "expected after" in error:
        return "text follows a closing quotation mark", hint
    return error, None


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the first row has names: no number above numbers, and no name twice."""
    first, below = rows[0], rows[1:51]
    if len({*first}) < len(first) or not all(first):
        return False
    if not below:
        return not any(numbers.number(each) is not None for each in first)
    for nth, name in enumerate(first):
        values = [row[nth] for row in below if row[nth]]
        if values and numbers.number(name) is not None and all(numbers.number(each) is not None for each in values):
            return False
    return True
