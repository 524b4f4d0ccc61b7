"""Tables of pandoc's tree: as rows of texts, or taken apart if their cells hold more than texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from vidbuild.create.importers.pandoc.inlines import Node, Value, content
from vidbuild.create.source.outline import Block, Picture, Prose, Table

Blocks = Callable[[Sequence[Node]], Iterator[Block]]
MAX_CELLS = 20_000
_LAYOUT = frozenset({"CodeBlock", "Header"})
_APART = frozenset({"Table", "Figure"})


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    nodes: Sequence[Node]


def read(value: Value, blocks: Blocks, omit: Callable[[str], None]) -> Iterator[Block]:
    """Yield a table, and behind it the tables and pictures in its cells; of a table with code, its cells' blocks."""
    _, (_, caption), columns, (_, head), bodies, (_, foot) = value
    header = [row[1] for row in head]
    rows = [row[1] for body in bodies for row in (*body[2], *body[3])] + [row[1] for row in foot]
    grid = _grid([*header, *rows], len(columns))
    if any(_kinds(cell.nodes) & _LAYOUT for row in grid for cell in row):
        for row in grid[len(header) :]:
            yield from _taken_apart(row, blocks)
        return
    if shown := _table([[cell.text for cell in row] for row in grid]):
        if text := " ".join(content(_inlines(node)).text for node in caption):
            yield Prose(text)
        yield shown
    elif not any(_kinds(cell.nodes) & _APART for row in grid for cell in row):
        omit("a table without text")
    for cell in (cell for row in grid for cell in row):
        yield from _below(cell.nodes, blocks)


def _grid(rows: Sequence[Any], width: int) -> list[list[_Cell]]:
    """Return the cells of all rows, each as often as it spans rows; what a cell spans to its side is empty."""
    grid: list[list[_Cell]] = []
    spans: dict[int, tuple[int, _Cell]] = {}  # column -> rows that a cell above still spans
    for row in rows[: max(MAX_CELLS // max(width, 1), 1)]:
        cells: list[_Cell] = []
        waiting = iter(row)
        while len(cells) < width:
            left, above = spans.pop(len(cells), (0, _Cell("", ())))
            if left:
                spans.update({len(cells): (left - 1, above)} if left > 1 else {})
                cells.append(_Cell(above.text, ()))
                continue
            if (cell := next(waiting, None)) is None:
                cells.append(_Cell("", ()))
                continue
            _, _, down, across, nodes = cell
            found = _Cell(_text(nodes), nodes)
            for offset in range(min(across, width - len(cells))):
                spans.update({len(cells): (down - 1, found if not offset else _Cell("", ()))} if down > 1 else {})
                cells.append(found if not offset else _Cell("", ()))
        grid.append(cells)
    return grid


def _table(texts: Sequence[Sequence[str]]) -> Table | None:
    """Return a table without rows and columns that have no text; the first row names the columns."""
    rows = [row for row in texts if any(map(_says, row))]
    if not rows[1:]:  # the first one names the columns
        return None
    kept = [index for index in range(len(rows[0])) if any(_says(row[index]) for row in rows[1:])]
    shown = [tuple(row[index] for index in kept) for row in rows]
    return Table(shown[0], tuple(shown[1:])) if kept else None


def _says(text: str) -> bool:
    return bool(re.search(r"[\w✓✗]", text))


def _taken_apart(row: Sequence[_Cell], blocks: Blocks) -> Iterator[Block]:
    """Yield the blocks of cells; what only shows the words of the code beside it again is left."""
    codes = [set(_words(node["c"][1])) for cell in row for node in cell.nodes if node["t"] == "CodeBlock"]
    for cell in row:
        words = set(_words(cell.text))
        repeats = "CodeBlock" not in _kinds(cell.nodes) and any(len(words - code) <= len(words) // 8 for code in codes)
        if not repeats:
            yield from blocks(cell.nodes)


def _words(text: str) -> Iterator[str]:
    for word in re.findall(r"[^\W_]+", text):
        yield word.lower()


def _text(nodes: Sequence[Node]) -> str:
    """Return what a cell says in one line: its paragraphs, and the entries of its lists."""
    said = []
    for node in nodes:
        if node["t"] in {"BulletList", "OrderedList"}:
            entries = node["c"] if node["t"] == "BulletList" else node["c"][1]
            said.append(", ".join(filter(None, map(_text, entries))))
        elif node["t"] in {"Div", "BlockQuote"}:
            said.append(_text(node["c"][1] if node["t"] == "Div" else node["c"]))
        elif node["t"] == "LineBlock":
            said.append(" ".join(content(line).text for line in node["c"]))
        else:
            said.append(content(_inlines(node)).text)
    return " ".join(filter(None, said))


def _kinds(nodes: Sequence[Node]) -> set[str]:
    return {node["t"] for node in nodes}


def _inlines(node: Node) -> Sequence[Node]:
    return node["c"] if node["t"] in {"Para", "Plain"} else []


def _below(nodes: Sequence[Node], blocks: Blocks) -> Iterator[Block]:
    """Yield the tables and pictures in a cell."""
    for node in nodes:
        if node["t"] in _APART:
            yield from blocks([node])
        elif content(_inlines(node)).images:
            yield from (block for block in blocks([node]) if isinstance(block, Picture))
