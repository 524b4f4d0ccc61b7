"""The rows and columns of a table scene, from the spec or from CSV text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from vidbuild import inline
from vidbuild.scenes import csv_text, numbers
from vidbuild.scenes.named import index_of
from vidbuild.written_float import decimals_of

Fields = Mapping[str, Any]
HIDDEN = "\u2022" * 6
_WORDS = {True: "\u2713", False: "\u2013", None: ""}


@dataclass(frozen=True, slots=True)
class Column:
    """One column that is shown: its name, the text in its header, and its alignment."""

    name: str
    title: str
    align: str


@dataclass(frozen=True, slots=True)
class Table:
    """What a scene shows. rows: the texts; shown: the same as drawn, a cell is its text or a number's two parts."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    shown: tuple[tuple[tuple[str, ...], ...], ...]


class Place(NamedTuple):
    """A row, a column (the other is None) or a cell, counted from 0."""

    row: int | None
    column: int | None


def table(fields: Fields) -> Table:
    """Return the table of valid fields."""
    names, rows = cells(fields)
    first, last = selection(fields, len(rows))
    chosen, picked = _columns(fields, names)
    rows = [[row[index] for index in picked] for row in rows[first - 1 : last]]
    columns, shown = [], []
    for nth, column in enumerate(chosen):
        values = [_text(row[nth], column.get("decimals")) for row in rows]
        mark = numbers.decimal_mark(values)
        signs = any(values) and all(value in _WORDS.values() for value in values)
        align = column.get("align") or ("start" if nth == 0 else "decimal" if mark else "center" if signs else "start")
        columns.append(Column(column["name"], column.get("title", column["name"]), align))
        aligned = align == "decimal" and mark is not None
        drawn = [tuple(numbers.split(value, mark)) if aligned and mark else (value,) for value in values]
        shown.append([(HIDDEN,) if _is_hidden(fields, row, nth) else cell for row, cell in enumerate(drawn)])
    texts = tuple(tuple(_text(row[nth], chosen[nth].get("decimals")) for nth in range(len(chosen))) for row in rows)
    return Table(tuple(columns), texts, tuple(zip(*shown, strict=True)) if shown else ())


def cells(fields: Fields) -> tuple[list[str], list[Sequence[Any]]]:
    """Return the names of all columns, and all rows."""
    if fields.get("data") is not None:
        read = csv_text.read(fields["data"], fields.get("delimiter"))
        header = 1 if fields["header"] and read else 0
        width = len(read[0].cells) if read else 0
        names = list(read[0].cells) if header else [""] * width
        return names, [row.cells for row in read[header:]]
    rows = fields["rows"]
    given = [_entry(column)["name"] for column in fields["columns"]]
    width = max((len(row) for row in rows), default=0)
    return given or [""] * width, list(rows)


def _is_hidden(fields: Fields, row: int, column: int) -> bool:
    """Return whether a callout hides a cell; it counts rows and columns from 1."""
    return any(
        each.get("row", row + 1) == row + 1 and each.get("column", column + 1) == column + 1
        for each in fields.get("hidden", ())
    )


def _columns(fields: Fields, names: Sequence[str]) -> tuple[list[dict[str, Any]], list[int]]:
    """Return the entries of the shown columns, and the index of each in a row."""
    given = [_entry(column) for column in fields["columns"]]
    if fields.get("data") is None:
        return given or [{"name": name} for name in names], list(range(len(names)))
    if not given:
        return [{"name": name} for name in names], list(range(len(names)))
    if not fields["header"]:
        return given, list(range(len(given)))
    picked = [index_of(column["name"], names) for column in given]
    return given, [index for index in picked if index is not None]


def _entry(column: str | dict[str, Any]) -> dict[str, Any]:
    return {"name": column} if isinstance(column, str) else column


def _text(value: str | float | None, decimals: int | None) -> str:
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, str):
        return " ".join(value.split())
    decimals = decimals_of(value) if decimals is None else decimals
    return numbers.written(float(value), decimals) if decimals is not None else _plain(value)


def _plain(value: float) -> str:
    return numbers.written(value) if isinstance(value, float) else str(value).replace("-", numbers.MINUS)


def selection(fields: Fields, count: int) -> tuple[int, int]:
    """Return the first and last row to show, counted from 1."""
    if "select" not in fields:
        return 1, count
    first, _, last = str(fields["select"]).partition("-")
    return int(first), int(last or first)


def by(fields: Fields) -> str:
    """Return what appears one by one: "rows", "columns" or "none"."""
    reveal = fields["reveal"]
    if isinstance(reveal, str):
        return reveal
    return "columns" if "column" in reveal[0] else "rows"


def revealed(fields: Fields, shown: Table) -> Iterator[tuple[str, Fields, Place]]:
    """Yield the field, the entry and the place of each reveal, in order."""
    reveal = fields["reveal"]
    if not isinstance(reveal, str):
        for index, item in enumerate(reveal):
            yield f"reveal.{index}", item, place(item, shown)
    elif reveal == "rows":
        yield from (("reveal", {}, Place(index, None)) for index in range(len(shown.rows)))
    elif reveal == "columns":
        yield from (("reveal", {}, Place(None, index)) for index in range(len(shown.columns)))


def place(item: Fields, shown: Table) -> Place:
    """Return the place that an entry of `reveal` or `highlight` names; its parts are None if it is not there."""
    return Place(
        row_index(item["row"], shown) if "row" in item else None,
        column_index(item["column"], shown) if "column" in item else None,
    )


def row_index(row: int | str, shown: Table) -> int | None:
    """Return the index of a row by the text of its first cell, or by its number among the shown ones."""
    return index_of(row, row_names(shown))


def row_names(shown: Table) -> list[str]:
    """Return the text of the first cell of each row."""
    return [inline.plain(cells[0]) for cells in shown.rows]


def column_index(column: int | str, shown: Table) -> int | None:
    """Return the index of a column by its name, or by its number among the shown ones."""
    return index_of(column, [each.name for each in shown.columns])


def layer(at: Place) -> str:
    """Return the layer of a row or column."""
    return f"column-{at.column}" if at.row is None else f"row-{at.row}"


def words(at: Place, shown: Table) -> str:
    """Return the words that name a place: the row's first cell, the column's name, or both."""
    row = shown.rows[at.row][0] if at.row is not None else ""
    column = shown.columns[at.column].title if at.column is not None else ""
    return inline.plain(f"{row} {column}").strip()
