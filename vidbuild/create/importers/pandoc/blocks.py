"""Blocks of pandoc's tree as blocks of an outline."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote_to_bytes

from vidbuild.create.importers.pandoc import archive, tables
from vidbuild.create.importers.pandoc.asciidoc import JOINER
from vidbuild.create.importers.pandoc.inlines import Content, Node, Value, content
from vidbuild.create.source import fences, phrases
from vidbuild.create.source.outline import Block, Code, Item, Items, Picture, Prose
from vidbuild.create.source.pictures import ENDINGS, Image, Omissions, decoded

# Parts of a page that are about the page.
_UNSEEN = frozenset(
    {
        "contents", "toctree", "toctree-wrapper", "toc", "meta", "section-numbering", "sectnum", "header", "footer",
        "footnotes", "page-break",
    }
)  # fmt: skip
_ADMONITIONS = frozenset(
    {
        "note", "tip", "hint", "important", "warning", "caution", "danger", "attention", "error", "admonition",
        "seealso", "admonitionblock",
    }
)  # fmt: skip
_CALLOUT = re.compile(r"[ \t]*(?:#|//|;;|--|<!--)?[ \t]*[\u2460-\u2473](?:[ \t]*-->)?[ \t]*$", re.MULTILINE)
_DATA = re.compile(r"data:([\w/+.-]+)?((?:;[\w=.-]+)*),(.*)", re.DOTALL)
_FILE = re.compile(r"[\w./-]+\.\w{1,8}")
_VIDEO = re.compile(r"\.(?:mp4|webm|ogv|mov|m4v|mp3|ogg|wav)\Z", re.IGNORECASE)


@dataclass(slots=True)
class Reading(Omissions):
    """The reading of one document. data: its bytes if it is an archive; line: of the section that is read."""

    data: bytes = b""
    line: int = 0

    def omit(self, what: str) -> None:
        """Record what is left out of the section."""
        self.leave_out(what, self.line)

    def picture(self, image: Image, caption: str = "") -> Iterator[Picture]:
        """Yield a picture of the project, or one that the document has in itself."""
        if found := _DATA.match(image.source):
            data = unquote_to_bytes(found[3])
            data = decoded(data) if ";base64" in found[2] else data
            yield from self.embedded(data, ENDINGS.get(found[1] or "", ""), image.alt, self.line, caption)
        elif self.data and not image.is_remote:
            name = image.source.split("#")[0]
            data = archive.entry(self.data, name) or b""
            if not data:
                self.omit(f"a picture that is not in the document: {name}")
            yield from self.embedded(data, PurePosixPath(name).suffix, image.alt, self.line, caption) if data else ()
        elif _VIDEO.search(image.source):
            self.omit(f"a video or sound: {image.source}")
        else:
            yield from self.file(image, self.line, caption)


def blocks(nodes: Sequence[Node], reading: Reading) -> Iterator[Block]:
    """Yield what the nodes below one heading show."""
    for node in _resumed(nodes):
        yield from _BLOCKS.get(node["t"], _nothing)(node.get("c"), reading)


def _nothing(_value: Value, _reading: Reading) -> Iterator[Block]:
    return iter(())


def _resumed(nodes: Sequence[Node]) -> list[Node]:
    """Return the nodes; a numbered list that goes on behind another list is one list, with that one below its item."""
    found: list[Node] = []
    for node in nodes:
        if node["t"] == "OrderedList" and len(found) > 1 and found[-1]["t"] == "BulletList":
            before = found[-2]
            if before["t"] == "OrderedList" and node["c"][0][0] == before["c"][0][0] + len(before["c"][1]) > 1:
                items = [*before["c"][1][:-1], [*before["c"][1][-1], found[-1]], *node["c"][1]]
                found[-2:] = [{"t": "OrderedList", "c": [before["c"][0], items]}]
                continue
        found.append(node)
    return found


def _paragraph(nodes: Value, reading: Reading) -> Iterator[Block]:
    if len(nodes) == 1 and nodes[0]["t"] == "Math":
        reading.omit("a formula")
    elif nodes and nodes[0] == {"t": "Str", "c": ">>>"}:  # a doctest, which pandoc reads as a paragraph
        text = "".join({"Str": str(node.get("c")), "Space": " "}.get(node["t"], "\n") for node in nodes)
        yield Code(text, "python")
    else:
        yield from _said(content(nodes), reading)


def _said(found: Content, reading: Reading) -> Iterator[Block]:
    for image in found.images:
        yield from reading.picture(image)
    if not found.text or (found.images and found.linked > phrases.LINKS):
        return
    if phrases.is_line_of_links(found.text, found.linked):
        reading.omit("a line of links")
    else:
        yield Prose(found.text)


def _line_block(lines: Value, reading: Reading) -> Iterator[Block]:
    yield from _said(content([node for line in lines for node in (*line, {"t": "Space"})]), reading)


def _code(value: Value, _reading: Reading) -> Iterator[Block]:
    (_, classes, attributes), text = value
    named = dict(attributes)
    name = next((each for each in (named.get("filename"), named.get("caption"), named.get("title")) if each), "")
    language = next((each for each in classes if each not in {"sourceCode", "highlight", "numberLines"}), "")
    block = fences.block(_CALLOUT.sub("", text.replace(JOINER, "")), language, name if _FILE.fullmatch(name) else "")
    if block is not None:
        yield block


def _raw(value: Value, reading: Reading) -> Iterator[Block]:
    if value[1].strip():
        reading.omit(f"a raw text in {value[0]}")
    return iter(())


def _quotation(nodes: Value, reading: Reading) -> Iterator[Block]:
    found = list(blocks(nodes, reading))
    if text := phrases.prose_of(found):
        yield phrases.quotation(text)
    else:
        yield from found


def _list(entries: Value, reading: Reading, *, ordered: bool) -> Iterator[Block]:
    """Yield a list; items that hold code, tables or quotations become blocks in order instead."""
    contents = [content(_inlines(entry[0])) if entry else Content("") for entry in entries]
    shares = [each.linked for each in contents if each.text]
    if phrases.is_list_of_links(shares):
        reading.omit(f"a list of {len(shares)} links")
        return
    if any(_holds_more(entry) for entry in entries):
        for entry in entries:
            yield from blocks(entry, reading)
        return
    for image in (image for each in contents for image in each.images):
        yield from reading.picture(image)
    if (found := phrases.items([item(entry) for entry in entries], ordered=ordered)) is not None:
        yield found


def _definitions(entries: Value, reading: Reading) -> Iterator[Block]:
    """Yield terms and what they mean as a list; longer definitions become blocks in order."""
    if any(_holds_more(nodes) for _, definitions in entries for nodes in definitions):
        for term, definitions in entries:
            yield Prose(f"{content(term).text}:")
            for nodes in definitions:
                yield from blocks(nodes, reading)
        return
    found = []
    for term, definitions in entries:
        said = [item(nodes) for nodes in definitions if nodes]
        detail = " ".join(filter(None, (part for each in said for part in (each.text, each.detail))))
        found.append(Item(content(term).text.strip("*"), detail, tuple(below for each in said for below in each.items)))
    found = [each for each in found if each.text and (each.detail or each.items or len(found) > 1)]
    if found:
        yield Items(tuple(found))


def item(nodes: Sequence[Node]) -> Item:
    """Return the entry of a list."""
    texts = [content(_inlines(node)).text for node in nodes if _inlines(node)]
    below = [item(entry) for node in nodes for entry in _entries(node)]
    text, more = (texts[0], texts[1:]) if texts else ("", [])
    if not text and below:  # a list whose only content is a list
        return Item(below[0].text, below[0].detail, (*below[0].items, *below[1:]))
    return phrases.item(text, more, below)


def _inlines(node: Node) -> Sequence[Node]:
    """Return the inline nodes of a paragraph; none of another block."""
    return node["c"] if node["t"] in {"Para", "Plain"} else []


def _entries(node: Node) -> Sequence[Any]:
    if node["t"] == "BulletList":
        return list(node["c"])
    return list(node["c"][1]) if node["t"] == "OrderedList" else []


def _holds_more(nodes: Sequence[Node]) -> bool:
    """Return whether an item holds more than text and lists."""
    return any(
        node["t"] not in {"Para", "Plain", "BulletList", "OrderedList", "Null", "LineBlock"}
        or any(_holds_more(entry) for entry in _entries(node))
        for node in nodes
    )


def _division(value: Value, reading: Reading) -> Iterator[Block]:
    """Yield the blocks of a note without its title ("Note"), and of another part with it."""
    (_, classes, _), nodes = value
    kinds = set(classes)
    if kinds & _UNSEEN:
        return
    if kinds & {"literalinclude"}:
        reading.omit("code from another file")
        return
    for node in nodes:
        title = _title(node)
        if title is None:
            yield from blocks([node], reading)
        elif title and not kinds & _ADMONITIONS and not _FILE.fullmatch(title):
            yield Prose(title if title.endswith((".", "!", "?", ":")) else f"{title}:")


def _title(node: Node) -> str | None:
    """Return the text of a division that is a title; None if it is another block."""
    if node["t"] == "Div" and {"title", "admonition-title"} & set(node["c"][0][1]):
        return " ".join(content(_inlines(each)).text for each in node["c"][1])
    return None


def _figure(value: Value, reading: Reading) -> Iterator[Block]:
    _, (_, long), nodes = value
    caption = " ".join(content(_inlines(node)).text for node in long)
    for node in nodes:
        images = content(_inlines(node)).images
        for image in images:
            shown = Image(image.source, image.alt or caption, image.linked)
            yield from reading.picture(shown, caption if caption != image.alt else "")
        if not images:
            yield from blocks([node], reading)


def _table(value: Value, reading: Reading) -> Iterator[Block]:
    yield from tables.read(value, lambda nodes: blocks(nodes, reading), reading.omit)


_BLOCKS: dict[str, Callable[[Any, Reading], Iterator[Block]]] = {
    "Para": _paragraph,
    "Plain": _paragraph,
    "LineBlock": _line_block,
    "CodeBlock": _code,
    "RawBlock": _raw,
    "BlockQuote": _quotation,
    "BulletList": lambda value, reading: _list(value, reading, ordered=False),
    "OrderedList": lambda value, reading: _list(value[1], reading, ordered=True),
    "DefinitionList": _definitions,
    "Div": _division,
    "Figure": _figure,
    "Table": _table,
}
