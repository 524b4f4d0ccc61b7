"""The errors in a table scene that the schema cannot find."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from vidbuild.scenes.named import index_of, repeated, shared, unknown
from vidbuild.scenes.protocol import SceneProblem
from vidbuild.scenes.table import content
from vidbuild.scenes.table.content import Fields, Table

MAX_ROWS, MAX_COLUMNS = 40, 16  # more cannot be read in a frame of any size


def problems(fields: Fields) -> Iterator[SceneProblem]:
    """Yield the errors about the table's size and shape."""
    from_file = fields.get("data") is not None
    source = "data" if from_file else "rows"
    names, rows = content.cells(fields)
    if not rows:
        yield SceneProblem(source, "the table has no rows")
        return
    if not from_file:
        yield from _ragged(fields)
    yield from _columns(fields, names, from_file=from_file)
    first, last = content.selection(fields, len(rows))
    if first > last:
        yield SceneProblem("select", f"rows '{fields['select']}' end before they start")
    elif "select" in fields and last > len(rows):
        yield SceneProblem("select", f"row {last} is not in the table, which has rows 1 to {len(rows)}")
    elif last - first >= MAX_ROWS:
        hint = f"set 'select: 1-{MAX_ROWS}', or keep only the rows that the narration is about"
        yield SceneProblem(source, f"{last - first + 1} rows: a table shows at most {MAX_ROWS}", hint)
    shown = len(fields["columns"]) or len(names)
    if shown > MAX_COLUMNS:
        way_out = "name the columns to show in 'columns'" if from_file else None
        yield SceneProblem(source, f"{shown} columns: a table shows at most {MAX_COLUMNS}", way_out)


def names(fields: Fields, table: Table) -> Iterator[SceneProblem]:
    """Yield the errors about rows and columns that the table does not have."""
    reveal = fields["reveal"]
    if not isinstance(reveal, str):
        kinds = ["column" if "column" in item else "row" for item in reveal]
        for index, (before, kind) in enumerate(pairwise(kinds), 1):
            if kind != before:
                message = "'reveal' has both rows and columns: expected one of them"
                yield SceneProblem(f"reveal.{index}", message)
                return
        find, kind = (content.column_index, "column") if kinds[0] == "column" else (content.row_index, "row")
        twice = repeated(find(item[kind], table) if kind in item else None for item in reveal)
        if twice is not None:
            yield SceneProblem(f"reveal.{twice}.{kind}", f"{kind} '{reveal[twice][kind]}' appears twice")
    listed = [] if isinstance(reveal, str) else [(f"reveal.{index}", item) for index, item in enumerate(reveal)]
    listed += [(f"highlight.{index}", item) for index, item in enumerate(fields["highlight"])]
    for field, item in listed:
        row, column = item.get("row"), item.get("column")
        if row is None and column is None:
            yield SceneProblem(field, "an entry needs 'row' or 'column'")
        elif row is not None and column is not None and field.startswith("reveal."):
            yield SceneProblem(field, "an entry of 'reveal' needs one of 'row' and 'column', not both")
        yield from _place(field, row, column, table)


def _place(field: str, row: int | str | None, column: int | str | None, table: Table) -> Iterator[SceneProblem]:
    """Yield the errors about the row and the column of an entry."""
    if row is not None and content.row_index(row, table) is None:
        first = [cells[0] for cells in table.rows if cells[0]]
        yield SceneProblem(f"{field}.row", *_unknown_row(row, table, first))
    elif row is not None and (doubt := shared("rows", row, content.row_names(table))):
        yield SceneProblem(f"{field}.row", *doubt)
    known = [each.name for each in table.columns]
    if column is not None and content.column_index(column, table) is None:
        named = [name for name in known if name]
        yield SceneProblem(f"{field}.column", *unknown(f"no column '{column}' in the table", str(column), named))
    elif column is not None and (doubt := shared("columns", column, known)):
        yield SceneProblem(f"{field}.column", *doubt)


def _unknown_row(row: int | str, table: Table, first: list[str]) -> tuple[str, str | None]:
    if isinstance(row, int):
        return f"no row {row} in the table, which shows rows 1 to {len(table.rows)}", None
    return unknown(f"no row whose first cell is '{row}'", row, first)


def _ragged(fields: Fields) -> Iterator[SceneProblem]:
    """Yield an error for each row of another length than the header or the first row."""
    columns, rows = fields["columns"], fields["rows"]
    expected = len(columns) or len(rows[0])
    whence = "in 'columns'" if columns else "as in the first row"
    for index, row in enumerate(rows):
        if len(row) != expected:
            count = f"{len(row)} cell{'s' if len(row) != 1 else ''}"
            yield SceneProblem(f"rows.{index}", f"the row has {count}: expected {expected}, {whence}")


def _columns(fields: Fields, known: list[str], *, from_file: bool) -> Iterator[SceneProblem]:
    given = [each if isinstance(each, str) else each["name"] for each in fields["columns"]]
    if not from_file:
        return
    if not fields["header"]:
        if given and len(given) != len(known):
            yield SceneProblem("columns", f"{len(given)} columns are named: expected {len(known)}, as in the file")
        return
    for index, name in enumerate(given):
        if index_of(name, known) is None:
            yield SceneProblem(f"columns.{index}", *unknown(f"no column '{name}' in the file", name, known))
