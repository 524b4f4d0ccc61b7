"""Nodes of a Markdown document as blocks of an outline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markdown_it.tree import SyntaxTreeNode

from vidbuild.create.importers.markdown import html, inline
from vidbuild.create.source import fences, phrases
from vidbuild.create.source.outline import Block, Item, Picture, Prose, Recording, Table
from vidbuild.create.source.pictures import Image, Omissions

_DIRECTIVE = re.compile(r"\{([\w:.-]+)\}\s*(.*)")
NOTES = frozenset(
    [
        "note",
        "tip",
        "hint",
        "important",
        "warning",
        "caution",
        "danger",
        "attention",
        "error",
        "seealso",
        "info",
        "success",
        "question",
        "failure",
        "bug",
        "example",
        "abstract",
        "quote",
        "admonition",
    ]
)
_OPTION = re.compile(r":[\w-]+:.*\n?")
_ALERT = re.compile(r"\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*", re.IGNORECASE)
_TITLE = re.compile(r"title=(?:\"([^\"]*)\"|'([^']*)')")


@dataclass(slots=True)
class Reading(Omissions):
    """The reading of one document: what no scene will show.

    first_line: the index of the text's first line in the source.
    html_is_text: whether the text of raw HTML is content, as on slides, which are laid out with it.
    """

    first_line: int = 0
    html_is_text: bool = False

    def omit(self, what: str, node: SyntaxTreeNode) -> None:
        """Record what is left out."""
        self.leave_out(what, self._line(node))

    def picture(self, image: Image, node: SyntaxTreeNode) -> Iterator[Picture]:
        """Yield a picture that is a file of the project."""
        yield from self.file(image, self._line(node))

    def _line(self, node: SyntaxTreeNode) -> int:
        return self.first_line + node.map[0] + 1 if node.map else 0


def blocks(nodes: Iterable[SyntaxTreeNode], reading: Reading) -> Iterator[Block]:
    """Yield what the nodes below one heading show."""
    for node in nodes:
        yield from _block(node, reading)


def _block(node: SyntaxTreeNode, reading: Reading) -> Iterator[Block]:  # noqa: C901 - one case for each type of node
    match node.type:
        case "paragraph" | "inline":
            yield from _paragraph(node, reading)
        case "bullet_list" | "ordered_list":
            yield from _list(node, reading)
        case "fence" | "colon_fence":
            yield from _fence(node, reading)
        case "code_block":
            if (block := fences.block(node.content, "")) is not None:
                yield block
        case "table":
            yield from _table(node, reading)
        case "blockquote":
            yield from _quotation(node, reading)
        case "html_block":
            yield from _html(node.content, node, reading)
        case "admonition" | "dl" | "dd":
            yield from _titled(node, reading)
        case "hr" | "front_matter" | "footnote_block" | "myst_line_comment" | "myst_target" | "dt":
            pass
        case "math_block" | "amsmath":
            reading.omit("a formula", node)
        case _:
            yield from blocks(node.children, reading)


def _content(node: SyntaxTreeNode) -> inline.Content:
    """Return the inline content of a node, and of nothing below its own paragraph."""
    own = node if node.type == "inline" else next((child for child in node.children if child.type == "inline"), None)
    return inline.content(own.token.children if own is not None and own.token is not None else None)


def _paragraph(node: SyntaxTreeNode, reading: Reading) -> Iterator[Block]:
    content = _content(node)
    for image in content.images:
        yield from reading.picture(image, node)
    if content.html:
        yield from _html(content.html, node, reading)
    if not content.text or (content.images and content.linked > phrases.LINKS):
        return
    if phrases.is_line_of_links(content.text, content.linked):
        reading.omit("a line of links", node)
    else:
        yield Prose(content.text)


def _list(node: SyntaxTreeNode, reading: Reading) -> Iterator[Block]:
    """Yield a list; items that hold code or pictures become blocks in order instead."""
    contents = [_content(child.children[0]) if child.children else inline.content(None) for child in node.children]
    shares = [each.linked for each in contents if each.text]
    if phrases.is_list_of_links(shares):
        reading.omit(f"a list of {len(shares)} links", node)
        return
    if any(_holds_more(child) for child in node.children):
        for child in node.children:
            yield from blocks(child.children, reading)
        return
    for child, content in zip(node.children, contents, strict=True):
        for image in content.images:
            yield from reading.picture(image, child)
    if (found := phrases.items(list(map(_item, node.children)), ordered=node.type == "ordered_list")) is not None:
        yield found


def _holds_more(node: SyntaxTreeNode) -> bool:
    """Return whether an item holds more than text and lists."""
    kinds = {child.type for child in node.children}
    if kinds & {"fence", "colon_fence", "code_block", "table", "blockquote", "html_block", "admonition"}:
        return True
    return any(_holds_more(item) for child in node.children if child.type.endswith("_list") for item in child.children)


def _item(node: SyntaxTreeNode) -> Item:
    texts = [_content(child).text for child in node.children if child.type == "paragraph"]
    below = tuple(
        _item(item)
        for child in node.children
        if child.type in {"bullet_list", "ordered_list"}
        for item in child.children
    )
    text, more = (texts[0], texts[1:]) if texts else ("", [])
    return phrases.item(text, more, below)


def _fence(node: SyntaxTreeNode, reading: Reading) -> Iterator[Block]:
    directive = _DIRECTIVE.match(node.info.strip())
    if directive is not None and directive[1] in NOTES:
        yield from blocks(_nested(node.content), reading)
        return
    text = _without_options(node.content) if directive else node.content
    if directive is not None and directive[1] in {"image", "figure"}:
        yield from reading.picture(Image(directive[2].strip(), ""), node)
        return
    title = _TITLE.search(node.info)
    block = fences.block(text, node.info, (title[1] or title[2] or "") if title else "")
    if block is not None:
        yield block


def _nested(text: str) -> Sequence[SyntaxTreeNode]:
    from vidbuild.create.importers.markdown.parser import parse

    return parse(_without_options(text)).children


def _without_options(text: str) -> str:
    """Return the text of a directive without the options above it."""
    return re.sub(rf"\A(?:{_OPTION.pattern})+", "", text)


def _table(node: SyntaxTreeNode, reading: Reading) -> Iterator[Block]:
    rows = [row for part in node.children for row in part.children]
    cells = [[_content(cell) for cell in row.children] for row in rows]
    kept = [
        index
        for index in range(len(cells[0]))
        if any(re.search(r"\w|[✓✗]", row[index].text) for row in cells[1:])  # a column of badges has none
    ]
    if len(cells) > 1 and kept:
        texts = [tuple(row[index].text for index in kept) for row in cells]
        yield Table(texts[0], tuple(texts[1:]))
    else:
        reading.omit("a table without text", node)


def _quotation(node: SyntaxTreeNode, reading: Reading) -> Iterator[Block]:
    found = list(blocks(node.children, reading))
    if not (text := phrases.prose_of(found)):
        yield from found
        return
    if alert := _ALERT.match(text):
        yield Prose(text[alert.end() :])
        return
    yield phrases.quotation(text)


def _html(text: str, node: SyntaxTreeNode, reading: Reading) -> Iterator[Block]:
    read = html.read(text)
    for image in read.images:
        yield from reading.picture(image, node)
    for name in read.recordings:
        # An address from the site's root: the page is in a folder of the site.
        path = next(filter(None, (reading.source.file(up + name.lstrip("/")) for up in ("", "../", "../../"))), None)
        if path is None:
            reading.omit(f"a recording that is not in the project: {name}", node)
        else:
            yield Recording(path)
    if node.type == "html_block" and read.text:
        if reading.html_is_text:
            yield Prose(inline.clean(read.text))
        else:
            reading.omit("raw HTML", node)


def _titled(node: SyntaxTreeNode, reading: Reading) -> Iterator[Block]:
    """Yield the blocks of a note, without its title ("Note")."""
    yield from blocks((child for child in node.children if not child.type.endswith("_title")), reading)
