"""reStructuredText, AsciiDoc, HTML, Word, OpenDocument, Org and EPUB, through pandoc."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vidbuild.create.importers.pandoc.prepare import FORMATS, Prepared, prepared
from vidbuild.create.source import phrases
from vidbuild.create.source.outline import Outline, Section
from vidbuild.create.source.protocol import Source, SourceError

if TYPE_CHECKING:
    from vidbuild.create.importers.pandoc.blocks import Reading
    from vidbuild.create.importers.pandoc.inlines import Node
    from vidbuild.create.importers.pandoc.odt import Extra

_ARCHIVES = frozenset({"docx", "odt", "epub"})
_HOLDERS = frozenset({"Div"})  # blocks whose headings are headings of the document


class PandocImporter:
    """Sections by heading."""

    name = "document"
    summary = "reStructuredText, AsciiDoc, HTML, Word, OpenDocument, Org and EPUB"
    endings: Collection[str] = tuple(FORMATS)
    network = False

    def recognizes(self, source: Source) -> bool:
        """Every file with such an ending can be read as a document."""
        return source.path.suffix.lower() in self.endings

    def read(self, source: Source) -> Outline:
        """Return the sections of a document."""
        try:
            return _read(source)
        except RecursionError as error:
            raise SourceError(f"'{source.address}' is nested too deeply") from error


def _read(source: Source) -> Outline:
    from vidbuild.create.importers.pandoc.blocks import Reading
    from vidbuild.create.importers.pandoc.odt import Extra, extra
    from vidbuild.create.importers.pandoc.run import parse

    ready = prepared(source)
    tree = parse(ready, source)
    reading = Reading(source, data=ready.data if ready.format in _ARCHIVES else b"")
    more = extra(ready.data) if ready.format == "odt" else Extra()
    own_title = _meta(tree, "title") or more.title
    parts = list(_parts(tree["blocks"], ready))
    title = own_title or next((each.heading for each in parts if each.heading), phrases.title_of(source.path.stem))
    if ready.format == "html":  # the title of a page is often the site's
        title = next((each.heading for each in parts if each.level == 1), title)
    elif own_title and parts[0].heading == "":
        parts[0] = _Part(title, 0, parts[0].line, [each for each in parts[0].nodes if not _is_one_of(each, more)])
    reading.omissions += ready.omissions
    if more.nested:
        reading.leave_out(f"{more.nested} table{'s' if more.nested > 1 else ''} in the cells of another table")
    return Outline(
        title,
        tuple(_sections(parts, reading)),
        language=_meta(tree, "lang") or _meta(tree, "language"),
        description=_meta(tree, "description") or _meta(tree, "subtitle") or more.subtitle,
        omissions=tuple(sorted(reading.omissions, key=lambda each: each.line)),
    ).named()


def _is_one_of(node: Node, more: Extra) -> bool:
    """Return whether a paragraph is the title or the subtitle."""
    from vidbuild.create.importers.pandoc.inlines import content

    return node["t"] == "Para" and content(node["c"]).text in {more.title, more.subtitle}


@dataclass(frozen=True, slots=True)
class _Part:
    """What is below one heading. level: 0 without one; line: 0 if it is not known."""

    heading: str
    level: int
    line: int
    nodes: Sequence[Any]


def _parts(nodes: Sequence[Any], ready: Prepared) -> Iterator[_Part]:
    """Yield the part before the first heading, even if it is empty, and one for each heading."""
    from vidbuild.create.importers.pandoc.inlines import content

    lines = iter(ready.headings)
    heading, level, line = "", 0, min(len(ready.headings), 1)
    below: list[Any] = []
    for node in _flat(nodes):
        if node["t"] != "Header":
            below.append(node)
            continue
        yield _Part(heading, level, line, below)
        heading, level, below = content(node["c"][2]).text, node["c"][0], []
        line, lines = _line(heading, lines)
    yield _Part(heading, level, line, below)


def _flat(nodes: Sequence[Any]) -> Iterator[Any]:
    """Yield blocks; of those that hold headings, what is in them."""
    for node in nodes:
        if node["t"] in _HOLDERS and _holds_heading(node["c"][1]):
            yield from _flat(node["c"][1])
        else:
            yield node


def _holds_heading(nodes: Sequence[Any]) -> bool:
    return any(each["t"] == "Header" or (each["t"] in _HOLDERS and _holds_heading(each["c"][1])) for each in nodes)


def _line(heading: str, lines: Iterator[tuple[int, str]]) -> tuple[int, Iterator[tuple[int, str]]]:
    """Return the line of a heading and the headings of the source behind it; 0 and all of them if it is not there."""
    left = list(lines)
    wanted = _letters(heading)
    for nth, (line, text) in enumerate(left):
        if wanted and wanted in _letters(text):
            return line, iter(left[nth + 1 :])
    return 0, iter(left)


def _letters(text: str) -> str:
    return "".join(re.findall(r"\w+", text.replace("_", " "))).casefold()


def _sections(parts: Sequence[_Part], reading: Reading) -> Iterator[Section]:
    from vidbuild.create.importers.pandoc.blocks import blocks
    from vidbuild.create.importers.pandoc.canonical import text_of

    parents: list[tuple[int, str]] = []
    for part in parts:
        reading.line = part.line
        parents = [each for each in parents if each[0] < part.level or (each[0] == part.level == 0)]
        found = tuple(blocks(part.nodes, reading))
        if part.heading or found:
            above = tuple(name for _, name in parents if name)
            text = f"{part.heading}\n{text_of(part.nodes, lambda name: _picture(name, reading))}"
            yield Section(part.heading, found, above, part.line, text)
        if part.heading:
            parents.append((part.level, part.heading))


def _picture(name: str, reading: Reading) -> str:
    """Return what stands for a picture: its bytes if the document has them, since its name there can change."""
    from vidbuild.create.importers.pandoc import archive

    data = archive.entry(reading.data, name) if reading.data else None
    if data is None and not name.startswith("data:"):
        return name
    return hashlib.sha256(data or name.encode()).hexdigest()


def _meta(tree: dict[str, Any], name: str) -> str:
    """Return a field of a document's metadata as text; "" if it has none."""
    from vidbuild.create.importers.pandoc.inlines import content

    value = tree["meta"].get(name, {"t": "MetaString", "c": ""})
    while value["t"] == "MetaList" and value["c"]:
        value = value["c"][0]
    match value["t"]:
        case "MetaInlines":
            return content(value["c"]).text
        case "MetaBlocks":
            return " ".join(content(node["c"]).text for node in value["c"] if node["t"] in {"Para", "Plain"})
        case "MetaString":
            return str(value["c"])
    return ""
