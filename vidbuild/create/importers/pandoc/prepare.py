"""Rewrites a document so that pandoc can read it without any other file, and finds the lines of its headings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vidbuild.create.source.outline import Omission
from vidbuild.create.source.protocol import Source

FORMATS = {
    ".rst": "rst", ".rest": "rst", ".adoc": "asciidoc", ".asciidoc": "asciidoc", ".asc": "asciidoc", ".html": "html",
    ".htm": "html", ".xhtml": "html", ".org": "org", ".docx": "docx", ".odt": "odt", ".epub": "epub",
}  # fmt: skip
_RST_FILE = re.compile(r"(\s*)\.\. (include|csv-table|raw|literalinclude)::\s*(.*)")
_RST_RULE = re.compile(r"([!-/:-@\[-`{-~])\1*\s*\Z")
_ORG_FILE = re.compile(r"\s*#\+(?:INCLUDE|SETUPFILE):\s*(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What pandoc reads.

    lines: the line of the source that each line of the data is from; empty if they are the same.
    headings: (line, heading) of the source, in order; empty if it has no lines.
    """

    format: str
    data: bytes
    lines: tuple[int, ...] = ()
    headings: tuple[tuple[int, str], ...] = ()
    omissions: tuple[Omission, ...] = ()

    def line(self, number: int) -> int:
        """Return the line of the source that a line of the data is from."""
        if not self.lines:
            return number
        return self.lines[min(max(number, 1), len(self.lines)) - 1]


def prepared(source: Source) -> Prepared:
    """Return what pandoc reads of a source. Raises SourceError if it cannot be read."""
    name = FORMATS[source.path.suffix.lower()]
    return _PREPARE.get(name, _as_it_is)(source, name)


def _as_it_is(source: Source, name: str) -> Prepared:
    from vidbuild.create.importers.pandoc.archive import check

    data = source.data()
    check(data, source)
    return Prepared(name, data)


def _docx(source: Source, name: str) -> Prepared:
    from vidbuild.create.importers.pandoc.docx import complete

    ready = _as_it_is(source, name)
    return Prepared(name, complete(ready.data))


def _html(source: Source, name: str) -> Prepared:
    from vidbuild.create.importers.pandoc.html import well_formed

    text, headings = well_formed(source.data())
    return Prepared(name, text.encode(), headings=headings)


def _asciidoc(source: Source, name: str) -> Prepared:
    from vidbuild.create.importers.pandoc.asciidoc import resolved

    found = resolved(source.text())
    headings = ((number, line.lstrip("=").strip()) for number, line in found.lines if re.match(r"={1,6} \S", line))
    text = "\n".join(line for _, line in found.lines) + "\n"
    return Prepared(name, text.encode(), tuple(number for number, _ in found.lines), tuple(headings), found.omissions)


def _rst(source: Source, name: str) -> Prepared:
    lines = source.text().split("\n")
    omissions = []
    for index, line in enumerate(lines):
        if not (directive := _RST_FILE.match(line)):
            continue
        end = _end_of_directive(lines, index, len(directive[1]))
        if directive[2] in {"include", "literalinclude"} or _names_a_file(lines[index + 1 : end]):
            what = directive[3] or "another file"
            omissions.append(Omission(f"what '{directive[2]}' takes from {what}", index + 1))
            lines[index:end] = [""] * (end - index)
    return Prepared(name, _joined(lines), headings=tuple(_rst_headings(lines)), omissions=tuple(omissions))


def _end_of_directive(lines: Sequence[str], start: int, indent: int) -> int:
    """Return the index behind a directive: its lines are indented deeper than it, or empty."""
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
        end += 1
    return end


def _names_a_file(body: Sequence[str]) -> bool:
    return any(re.match(r"\s*:(?:file|url):", line) for line in body)


def _rst_headings(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    for index in range(1, len(lines)):
        title = lines[index - 1].strip()
        if title and not _RST_RULE.match(title) and _RST_RULE.match(lines[index]) and not lines[index][:1].isspace():
            yield index, title


def _org(source: Source, name: str) -> Prepared:
    lines = source.text().split("\n")
    omissions = []
    for index, line in enumerate(lines):
        if included := _ORG_FILE.match(line):
            omissions.append(Omission(f"what is included from {included[1]}", index + 1))
            lines[index] = ""
    headings = ((number, line.lstrip("*")) for number, line in enumerate(lines, 1) if re.match(r"\*+ \S", line))
    return Prepared(name, _joined(lines), headings=tuple(headings), omissions=tuple(omissions))


def _joined(lines: Sequence[str]) -> bytes:
    return "\n".join(lines).encode()


_PREPARE: dict[str, Callable[[Source, str], Prepared]] = {
    "docx": _docx,
    "html": _html,
    "asciidoc": _asciidoc,
    "rst": _rst,
    "org": _org,
}
