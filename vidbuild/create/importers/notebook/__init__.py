"""Notebooks: Jupyter's .ipynb files of the formats 3 and 4, and scripts in the percent format of Jupytext.

They are read here: the formats are JSON with few fields, and a notebook with a wrong field somewhere can still be
shown, with the cell named that cannot be read. nbformat, the reference, refuses such a notebook as a whole, and gives
cells without ids random ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from vidbuild.create.importers.notebook.cells import Notebook, is_percent_script, notebook_of, script_of
from vidbuild.create.source import phrases
from vidbuild.create.source.outline import Block, Outline, Section, Speech
from vidbuild.create.source.pictures import Omissions
from vidbuild.create.source.protocol import Source, SourceError

if TYPE_CHECKING:
    from vidbuild.create.importers.notebook.cells import Cell

SCRIPTS = {".py": "python", ".r": "r", ".jl": "julia", ".js": "javascript", ".ts": "typescript"}
MIN_SLIDES = 2  # from which a notebook is a talk


class NotebookImporter:
    """Sections by heading; of a notebook with slides, a section for each slide."""

    name = "notebook"
    summary = "Jupyter notebooks, and scripts with cells (# %%)"
    endings: Collection[str] = (".ipynb", *SCRIPTS)
    network = False

    def recognizes(self, source: Source) -> bool:
        """Return whether a file is a notebook: a script is one if it has cells."""
        return source.path.suffix.lower() == ".ipynb" or is_percent_script(source.data())

    def read(self, source: Source) -> Outline:
        """Return the sections of a notebook."""
        language = SCRIPTS.get(source.path.suffix.lower())
        try:
            notebook = notebook_of(source) if language is None else script_of(source, language)
            return _outline(notebook, source)
        except RecursionError as error:
            raise SourceError(f"'{source.address}' is nested too deeply") from error


def _outline(notebook: Notebook, source: Source) -> Outline:
    left_out = Omissions(source)
    is_talk = sum(cell.slide == "slide" for cell in notebook.cells) >= MIN_SLIDES
    sections = tuple(_slides(notebook, left_out) if is_talk else _parts(notebook, left_out))
    first = next((each.heading for each in sections if each.heading), phrases.title_of(source.path.stem))
    return Outline(
        notebook.title or first,
        sections,
        omissions=tuple(sorted(left_out.omissions, key=lambda each: each.line)),
        paced=is_talk,
    ).named()


class _Sections:
    """The sections of a notebook, which begin in any of its cells."""

    def __init__(self) -> None:
        self.found: list[Section] = []
        self._parents: list[tuple[int, str]] = []
        self._current: tuple[str, tuple[str, ...], int, list[Block], list[str]] = ("", (), 0, [], [])

    def begin(self, heading: str, level: int, line: int) -> None:
        """Begin a section; level: of its heading, from 1; 0 if it has none."""
        self.end()
        if level:
            self._parents = [each for each in self._parents if each[0] < level]
        above = tuple(name for _, name in self._parents)
        self._current = (heading, above, line, [], [])
        if level:
            self._parents.append((level, heading))

    def add(self, blocks: Sequence[Block], text: str) -> None:
        """Add what a cell shows to the section, and what that was made from."""
        self._current[3].extend(blocks)
        self._current[4].append(text)

    def end(self) -> None:
        """End the section; one without a heading and anything to show is none."""
        heading, parents, line, blocks, texts = self._current
        if heading or blocks:
            self.found.append(Section(heading, tuple(blocks), parents, line, "\n".join((heading, *texts))))
        self._current = ("", (), 0, [], [])


def _parts(notebook: Notebook, left_out: Omissions) -> Iterator[Section]:
    from vidbuild.create.importers.notebook.markdown import parts

    sections = _Sections()
    for cell in notebook.cells:
        if cell.kind != "markdown":
            sections.add(*_shown(cell, left_out))
            continue
        for part in parts(cell, left_out):
            if part.level:
                sections.begin(part.heading, part.level, cell.line)
            sections.add(_spoken(cell, part.blocks), part.text)
    sections.end()
    yield from sections.found


def _slides(notebook: Notebook, left_out: Omissions) -> Iterator[Section]:
    """Yield a section for each slide and subslide; fragments belong to the one they are in, and so do notes."""
    from vidbuild.create.importers.notebook.markdown import parts

    sections = _Sections()
    for nth, cell in enumerate(notebook.cells):
        if cell.slide == "skip":
            left_out.leave_out(f"{cell.place}, which the slides skip", cell.line)
            continue
        found = parts(cell, left_out) if cell.kind == "markdown" else []
        titled = next((part for part in found if part.level), None)
        if nth == 0 or cell.slide in {"slide", "subslide"}:
            sections.begin(titled.heading if titled else "", titled.level if titled else 0, cell.line)
        elif titled:
            sections.add([], titled.heading)
        if cell.kind != "markdown":
            sections.add(*_shown(cell, left_out))
        for part in found:
            sections.add(_spoken(cell, part.blocks), part.text)
    sections.end()
    yield from sections.found


def _spoken(cell: Cell, blocks: Sequence[Block]) -> Sequence[Block]:
    """Return the blocks of a cell; of notes, what is spoken."""
    if cell.slide != "notes":
        return blocks
    text = " ".join(str(getattr(each, "text", "")) for each in blocks if getattr(each, "text", ""))
    return [Speech(text)] if text else []


def _shown(cell: Cell, left_out: Omissions) -> tuple[Sequence[Block], str]:
    from vidbuild.create.importers.notebook.outputs import shown

    blocks = list(shown(cell, left_out))
    return blocks, cell.canonical
