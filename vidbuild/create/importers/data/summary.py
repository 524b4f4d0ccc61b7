"""A table as an outline: how large it is, its first rows, and charts of what is worth one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vidbuild.create.importers.data import charts
from vidbuild.create.importers.data.columns import Column, column
from vidbuild.create.source import phrases
from vidbuild.create.source.outline import Omission, Outline, Prose, Section, Table
from vidbuild.create.source.protocol import Source

MAX_LISTED = 8  # names of columns in a sentence
SHOWN = 8  # rows


def outline(
    names: Sequence[str], rows: Sequence[Sequence[str]], text: str, source: Source, *, comma: bool = False
) -> Outline:
    """Return the outline of rows that all have as many cells as there are names.

    comma: whether numbers have decimal commas, if they can be read both ways.
    """
    plain = [_plain(name) or f"column {nth + 1}" for nth, name in enumerate(names)]
    columns = [column(name, [_plain(row[nth]) for row in rows], comma=comma) for nth, name in enumerate(plain)]
    title = phrases.title_of(source.path.stem)
    size = f"{len(rows)} row{'s' if len(rows) > 1 else ''} and {len(names)} column{'s' if len(names) > 1 else ''}"
    listed = charts.listed(plain) if 1 < len(plain) <= MAX_LISTED else ""
    about = f"The data has {size}: {listed}." if listed else f"The data has {size}."
    first = Section(title, (Prose(about),), line=1, source_text=",".join(plain), name="columns")
    left = len(rows) - SHOWN
    omissions = (Omission(f"{left} row{'s' if left > 1 else ''} of the table"),) if left > 0 else ()
    return Outline(title, (first, *_sections(columns, title, text)), omissions=omissions).named()


def _sections(columns: Sequence[Column], title: str, text: str) -> Iterator[Section]:
    count = len(columns[0].cells)
    rows = tuple(tuple(each.cells[nth] for each in columns) for nth in range(min(count, SHOWN)))
    heading = "All rows" if count <= SHOWN else "The first rows"
    said = f"These are all {count} rows." if count > 1 else "This is its one row."
    if count > SHOWN:
        said = f"These are the first {SHOWN} of {count} rows."
    blocks = (Prose(said), Table(tuple(each.name for each in columns), rows))
    yield Section(heading, blocks, (title,), 1, text, "rows")
    for each in charts.findings(columns):
        yield Section(each.heading, (Prose(each.sentence), each.chart), (title,), 1, text)


def _plain(text: str) -> str:
    """Return a text without the signs of inline markup and what cannot be printed."""
    return "".join(each for each in text.replace("`", "'").replace("**", "") if each.isprintable()).strip()
