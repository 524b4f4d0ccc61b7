"""The table scene. Layers: heading, window, then header and row-i, or column-i; mark-k for each highlight; caption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vidbuild import inline
from vidbuild.model import Scene
from vidbuild.scenes.csv_text import CsvError, read
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.protocol import Reveal, SceneProblem
from vidbuild.scenes.table import checks, content

MAX_READ = 12  # rows that viewers read on one screen


class TableScene(SceneDefaults):
    """A table whose rows or columns appear one by one, and whose rows, columns and cells are highlighted."""

    name = "table"
    summary = "a table from the spec or a CSV file, with rows, columns and cells revealed and highlighted"
    spec_fields: Mapping[str, str] = {"file_columns": "file", "file_rows": "file", "by": "reveal"}

    points_at = "cells"
    enlarges = ("window", "header", "rows")

    def extent(self, fields: Mapping[str, Any]) -> tuple[int, int]:
        """Return the number of columns and of rows that are shown."""
        table = content.table(fields)
        return len(table.columns), len(table.rows)

    def redacted(self, fields: Mapping[str, Any], regions: Sequence[Mapping[str, int]]) -> dict[str, Any]:
        """Replace the text of each hidden cell by as many dots, whatever its length."""
        return {**fields, "hidden": [dict(region) for region in regions]}

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Require rows of one length from one source, and reveals and highlights of what the table has."""
        if fields.get("rows") is None and fields.get("data") is None:
            yield SceneProblem("", "a table scene needs 'rows' or 'file'")
            return
        if fields.get("rows") is not None and fields.get("data") is not None:
            yield SceneProblem("rows", "'file' and 'rows' cannot both be given", "remove one of them")
            return
        if fields.get("data") is not None:
            try:
                read(fields["data"], fields.get("delimiter"))
            except CsvError as error:
                yield SceneProblem("data", error.message, error.hint, error.span)
                return
        problems = list(checks.problems(fields))
        yield from problems
        if not problems:
            yield from checks.names(fields, content.table(fields))

    def lint(self, scene: Scene) -> Iterator[SceneProblem]:
        """Warn of too many rows."""
        count = len(content.table(scene.fields).rows)
        if count > MAX_READ:
            field = "data" if scene.fields.get("data") is not None else "rows"
            hint = f"set 'select: 1-{MAX_READ}', or divide the table between scenes"
            message = f"{count} rows in one table: viewers can read up to {MAX_READ}"
            yield SceneProblem(field, message, hint, code="VB307")

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return the visible content as JSON values.

        {"title", "caption", "by": "rows", "columns" or "none", "columns" or "file_columns": [{"name", "align"}],
        "rows" or "file_rows": [[cell…]…], "marks": [{"row", "column"}]}. A cell is a list of its text, or of a number's
        parts before and from its decimal mark. Rows and columns count from 0; a mark of a row has no column, and of a
        column no row.
        """
        fields = scene.fields
        table = content.table(fields)
        prefix = "file_" if fields.get("data") is not None else ""
        return {
            **texts(fields, "title", "caption"),
            "by": content.by(fields),
            f"{prefix}columns": [
                {"name": inline.marked(column.title) or None, "align": column.align} for column in table.columns
            ],
            f"{prefix}rows": [[[inline.marked(part) for part in cell] for cell in row] for row in table.shown],
            "marks": [
                {"row": place.row, "column": place.column}
                for place in (content.place(item, table) for item in fields["highlight"])
            ],
        }

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the window rise with everything that has no reveal of its own."""
        table, by = content.table(scene.fields), content.by(scene.fields)
        later = {layer for reveal in self.reveals(scene) for layer in reveal.enter}
        count = len(table.columns) if by == "columns" else len(table.rows)
        units = [f"{'column' if by == 'columns' else 'row'}-{index}" for index in range(count)]
        shown = [unit for unit in units if unit not in later] if by != "none" else ["rows"]
        header = ["header"] if by != "columns" else []
        caption = rising(scene.fields, {"caption": "caption"})
        return {
            **rising(scene.fields, {"heading": "title"}),
            **dict.fromkeys(("window", *header, *shown), "rise"),
            **caption,
        }

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Reveal rows or columns, then show each highlight in place of the previous one."""
        table = content.table(scene.fields)
        shown = [
            Reveal(field, item.get("at"), content.words(place, table), {content.layer(place): "fade"})
            for field, item, place in content.revealed(scene.fields, table)
        ]
        marks = [
            Reveal(
                f"highlight.{index}",
                item.get("at"),
                content.words(content.place(item, table), table),
                {f"mark-{index}": "fade"},
                until_next=(f"mark-{index}",),
            )
            for index, item in enumerate(scene.fields["highlight"])
        ]
        return [*shown, *marks]


SCENE = TableScene()
