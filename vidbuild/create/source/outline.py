"""What importers read from a source: sections with their blocks, in the order of the source.

Texts carry the inline markup of specs (`code`, **strong**) and no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a list.

    detail: what the source says about it beside its name; "" if nothing.
    items: the entries below it.
    """

    text: str
    detail: str = ""
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """A list. done: for a list of tasks, whether each is done."""

    items: tuple[Item, ...]
    ordered: bool = False
    done: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """A program's text. language: as the source names it; filename: "" if the source names none."""

    code: str
    language: str = ""
    filename: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A command line, or the output of the commands before it. Exactly one of the two is not empty."""

    run: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class Commands:
    """What is typed in a terminal, and its output. shell: as the source names it."""

    commands: tuple[Command, ...]
    shell: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; all rows have as many as there are columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: a file, or the bytes of one that the source embeds.

    name: for embedded bytes, the file name they get ("plot.png").
    """

    alt: str
    path: Path | None = None
    data: bytes = b""
    name: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a PDF, counted from 1, or a slide's picture. text: what it shows, for its `alt`."""

    path: Path
    number: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Diagram:
    """A diagram as text. notation: as `notation` of a diagram scene."""

    text: str
    notation: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Series of numbers by label. kind: as `kind` of a chart scene."""

    kind: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What changes in one file, as a unified patch of it. path: the file's name in the patch."""

    patch: str
    path: str


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording of a terminal, as a file.

    start, end: the seconds of it that are shown; 0 for its start and for its end.
    """

    path: Path
    start: float = 0.0
    end: float = 0.0


@dataclass(frozen=True, slots=True)
class Quotation:
    """Someone's words, and who said them, if the source names them."""

    text: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Speech:
    """What is to be spoken, as the source has it: notes of a slide, captions. It is narrated as it stands."""

    text: str


Block = (
    Prose | Items | Code | Commands | Table | Picture | Page | Diagram | Chart | Change | Recording | Quotation | Speech
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the source under one heading, without the sections below it.

    heading: "" for what comes before the first heading.
    parents: the headings above it, from the highest.
    line: where it begins in the source, counted from 1; 0 if the source has no lines.
    source_text: the part of the source that it was made from; its digest says whether that has changed.
    name: what distinguishes it from all other sections of the source, and stays when they change.
    title: what a video of this section and those below it is called; "" for the outline's title.
    """

    heading: str
    blocks: tuple[Block, ...]
    parents: tuple[str, ...] = ()
    line: int = 0
    source_text: str = ""
    name: str = ""
    title: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of what the section was made from, in hexadecimal; the space around its lines does not count."""
        lines = (line.rstrip() for line in self.source_text.strip().splitlines())
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Omission:
    """Something of the source that no scene shows, and why. line: 0 if the source has no lines."""

    what: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole source.

    language: as the source declares it (BCP 47); "" if it does not.
    paced: whether the source is a talk or a recording, whose sections all become scenes, in order.
    focus: the heading that is meant if a user names none, such as the newest version; "" for the whole source.
    """

    title: str
    sections: tuple[Section, ...]
    language: str = ""
    description: str = ""
    omissions: tuple[Omission, ...] = ()
    paced: bool = False
    focus: str = ""

    def named(self) -> Outline:
        """Return the outline with a name for each section: its headings, numbered where they are equal."""
        return replace(self, sections=tuple(_named(self.sections)))


def _named(sections: tuple[Section, ...]) -> Iterator[Section]:
    counts: dict[str, int] = {}
    for section in sections:
        name = section.name or " > ".join((*section.parents, section.heading)).strip() or "(start)"
        counts[name] = counts.get(name, 0) + 1
        yield replace(section, name=name if counts[name] == 1 else f"{name} ({counts[name]})")
