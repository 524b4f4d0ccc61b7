"""Code cells of a notebook: their code and commands, and what their outputs show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import takewhile

from vidbuild.create.importers.notebook.cells import Cell, Output
from vidbuild.create.source import fences
from vidbuild.create.source.outline import Block, Code, Command, Commands, Picture, Table
from vidbuild.create.source.pictures import ENDINGS, Omissions, decoded

_HIDDEN = frozenset({"remove-cell", "remove_cell", "hide-cell", "hide_cell"})
_HIDDEN_INPUT = frozenset({"hide-input", "hide_input", "remove-input", "remove_input"})
_HIDDEN_OUTPUT = frozenset({"hide-output", "hide_output", "remove-output", "remove_output"})
# Magics whose cell is in another language than the kernel's.
_LANGUAGES = {
    "r": "r", "bash": "bash", "sh": "bash", "script": "bash", "html": "html", "javascript": "javascript",
    "js": "javascript", "latex": "latex", "perl": "perl", "ruby": "ruby", "sql": "sql", "svg": "xml",
    "cython": "cython", "julia": "julia", "markdown": "markdown",
    "writefile": "", "pypy": "python", "python3": "python",
}  # fmt: skip
_CELL_MAGIC = re.compile(r"%%(\w+)[ \t]*(.*)\n?")
# Lines that prepare the notebook and say nothing about what it shows.
_SETUP = re.compile(r"%(?:load_ext|reload_ext|autoreload|matplotlib|pylab|config|precision|env|set_env)\b.*")
_SHELL = re.compile(r"!(?!=)\s*(\S.*)|%(?:pip|conda|mamba) .*")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FIGURE = re.compile(r"<[\w.]+(?: [^>]*)?(?: at 0x[0-9a-f]+)?>|Figure\(.*\)|plot without title|\[<.*>\]", re.DOTALL)
# What Python calls the parts of a plot, printed beside it: [<matplotlib.lines.Line2D at 0x7f1c>], Text(0.5, 1, 'A').
_PARTS = re.compile(r"\[?(?:<[\w.]+(?: at 0x[0-9a-f]+| object[^<>]*|: ?[^<>]*)>,? ?)+\]?|Text\(.*\)")
_PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL | re.IGNORECASE)
MAX_TABLE = 2**20  # characters of a table in HTML


def shown(cell: Cell, left_out: Omissions) -> Iterator[Block]:
    """Yield the code of a cell and its outputs, in order."""
    if cell.kind == "raw" or cell.hidden & _HIDDEN:
        if cell.source.strip():
            left_out.leave_out(f"{cell.place}, which is {'raw' if cell.kind == 'raw' else 'hidden'}", cell.line)
        return
    code = [] if cell.hidden & _HIDDEN_INPUT else list(_code(cell, left_out))
    outputs = (
        []
        if cell.hidden & _HIDDEN_OUTPUT
        else [block for output in cell.outputs for block in _output(output, cell, left_out)]
    )
    last = code[-1] if code else None
    if isinstance(last, Commands):  # what the commands print is below them in their terminal
        printed = list(takewhile(lambda each: isinstance(each, Commands), outputs))
        below = (command for each in printed if isinstance(each, Commands) for command in each.commands)
        code[-1] = Commands((*last.commands, *below), last.shell)
        outputs = outputs[len(printed) :]
    yield from code
    for each in outputs:  # without commands it is no terminal
        yield Code(each.commands[0].output) if isinstance(each, Commands) else each


def _code(cell: Cell, left_out: Omissions) -> Iterator[Block]:
    """Yield a cell's code without the lines that prepare the notebook; lines of a shell are commands."""
    text, language, filename = cell.source.strip("\n"), cell.language, ""
    if magic := _CELL_MAGIC.match(text):
        name = magic[1].lower()
        if name in _LANGUAGES:
            filename = magic[2].split()[-1] if name == "writefile" and magic[2].split() else ""
            language = _LANGUAGES[name]
            text = text[magic.end() :]
        elif name in {"capture", "time", "timeit", "prun"}:
            text = text[magic.end() :]
    lines = [line for line in text.split("\n") if not _SETUP.fullmatch(line)]
    if len(lines) < len(text.split("\n")):
        left_out.leave_out(f"magics of {cell.place}, which prepare the notebook", cell.line)
    while any(map(str.strip, lines)):
        is_shell = _SHELL.fullmatch(next(filter(str.strip, lines))) is not None
        end = next(
            (at for at, line in enumerate(lines) if line.strip() and (_SHELL.fullmatch(line) is not None) != is_shell),
            len(lines),
        )
        piece, lines = lines[:end], lines[end:]
        if is_shell:
            yield Commands(tuple(Command(run=line.lstrip("!% ").strip()) for line in piece if line.strip()))
        elif block := fences.block("\n".join(piece), language, filename):
            yield block


def _output(output: Output, cell: Cell, left_out: Omissions) -> Iterator[Block]:
    """Yield what an output shows, in the best of its forms."""
    if output.error:
        yield Commands((Command(output=_plain(output.error)),))
        return
    if picture := next(_pictures(output, cell, left_out), None):
        yield picture
        return
    html = output.data.get("text/html", "")
    if table := _table(html):
        yield table
        return
    markdown = output.data.get("text/markdown", "")
    if markdown.lstrip().startswith("|"):
        from vidbuild.create.importers.notebook.markdown import parts

        found = [block for part in parts(replace(cell, source=markdown), left_out) for block in part.blocks]
        if any(isinstance(block, Table) for block in found):
            yield from found
            return
    text = _plain(output.data.get("text/plain", ""))
    if any(each.data.keys() & set(_PICTURES) for each in cell.outputs):
        text = "\n".join(line for line in text.split("\n") if not _PARTS.fullmatch(line.strip()))
    if text and not (output.data.keys() > {"text/plain"} and _FIGURE.fullmatch(text)):
        yield Commands((Command(output=text),))
    elif output.data.keys() - {"text/plain"} or (text and not _FIGURE.fullmatch(text)):
        left_out.leave_out(f"an output of {cell.place}: {', '.join(sorted(output.data))}", cell.line)


def _pictures(output: Output, cell: Cell, left_out: Omissions) -> Iterator[Picture]:
    text = _plain(output.data.get("text/plain", ""))
    alt = "" if _FIGURE.fullmatch(text) or "object at" in text else text
    forms = dict(output.data)
    if svg := _SVG.search(output.data.get("text/html", "")):
        forms.setdefault("image/svg+xml", svg[0])
    for kind in _PICTURES:
        if content := forms.get(kind):
            data = content.encode() if kind == "image/svg+xml" else decoded(content)
            yield from left_out.embedded(data, ENDINGS[kind], alt, cell.line)


def _plain(text: str) -> str:
    """Return a text of a terminal without colors; of a line that is written again and again, its last state."""
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in _ESCAPES.sub("", text.replace("\r\n", "\n")).split("\n"))
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _table(html: str) -> Table | None:
    """Return the first table of an output, such as that of a data frame; None if it has none."""
    if "<table" not in html.lower() or len(html) > MAX_TABLE:
        return None
    parser = _TableParser()
    parser.feed(html)
    parser.close()
    rows = [row for row in parser.rows if any(row)]
    if not rows[1:]:  # the first one names the columns
        return None
    width = max(map(len, rows))
    full = [tuple((*row, *[""] * width)[:width]) for row in rows]
    kept = [at for at in range(width) if any(row[at] for row in full[1:])]
    shown_rows = [tuple(row[at] for at in kept) for row in full]
    return Table(shown_rows[0], tuple(shown_rows[1:]))


class _TableParser(HTMLParser):
    """Reads the rows of the first table."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._cell: list[str] | None = None
        self._tables = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._tables += 1
        elif self._tables != 1 or not self._is_open:
            return
        elif tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"} and self.rows:
            self._end_cell()
            self._cell = []
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), 50) if re.fullmatch(r"\d{1,3}", span) else 1

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "tr", "table"}:
            self._end_cell()
        if tag == "table":
            self._is_open = False

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    _is_open = True
    _span = 1

    def _end_cell(self) -> None:
        if self._cell is not None:
            self.rows[-1] += [" ".join("".join(self._cell).split()), *[""] * (self._span - 1)]
            self._cell = None
