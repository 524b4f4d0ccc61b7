"""Nodes of a Markdown document as blocks of an outline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.tree import SyntaxTreeNode

from vidbuild.create.importers.markdown import html, inline
from vidbuild.create.source import fences
from vidbuild.create.source.outline import Block, Item, Items, Omission, Picture, Prose, Quotation, Recording, Table
from vidbuild.create.source.protocol import Source

LINKS = 0.75  # share of linked characters from which a text is a list of links
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
_BY = re.compile(r"\s*(?:—|–|--)\s*(?P<by>[^.!?\n]{2,60})\Z")  # noqa: RUF001 - dashes of both lengths
_ALERT = re.compile(r"\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*", re.IGNORECASE)
_TASK = re.compile(r"\[([ xX])\]\s+")
_TITLE = re.compile(r"title=(?:\"([^\"]*)\"|'([^']*)')")
# A text that names what it shows: "**Fast**: it caches" and "`--all`: everything".
_NAMED = re.compile(r"(?P<name>\*\*[^*]+\*\*|`[^`]+`)\s*(?::|—|–|-)\s+(?P<detail>\S.*)", re.DOTALL)  # noqa: RUF001
_NAMED_INSIDE = re.compile(r"\*\*(?P<name>[^*]+):\*\*\s+(?P<detail>\S.*)", re.DOTALL)


@dataclass(slots=True)
class Reading:
    """The reading of one document: what no scene will show."""

    source: Source
    omissions: list[Omission] = field(default_factory=list)

    def omit(self, what: str, node: SyntaxTreeNode) -> None:
        """Record what is left out."""
        self.omissions.append(Omission(what, node.map[0] + 1 if node.map else 0))

    def picture(self, image: inline.Image, node: SyntaxTreeNode) -> Iterator[Picture]:
        """Yield a picture that is a file of the project."""
        if image.is_badge:
            self.omit("a badge", node)
        elif image.is_remote:
            self.omit(f"a picture from the network: {image.source}", node)
        elif (path := self.source.file(re.sub(r"[?#].*", "", image.source))) is None:
            self.omit(f"a picture that is not in the project: {image.source}", node)
        else:
            yield Picture(image.alt, path)


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
    if not content.text or (content.images and content.linked > LINKS):
        return
    if content.linked > LINKS and content.text.count(" ") > 1 and not content.text.endswith((".", "!", "?")):
        reading.omit("a line of links", node)
    else:
        yield Prose(content.text)


def _list(node: SyntaxTreeNode, reading: Reading) -> Iterator[Block]:
    """Yield a list; items that hold code or pictures become blocks in order instead."""
    contents = [_content(child.children[0]) if child.children else inline.content(None) for child in node.children]
    shares = [each.linked for each in contents if each.text]
    if shares and min(shares) > LINKS:
        reading.omit(f"a list of {len(shares)} links", node)
        return
    if any(_holds_more(child) for child in node.children):
        for child in node.children:
            yield from blocks(child.children, reading)
        return
    for child, content in zip(node.children, contents, strict=True):
        for image in content.images:
            yield from reading.picture(image, child)
    items = tuple(each for each in map(_item, node.children) if each.text)
    tasks = [_TASK.match(each.text) for each in items]
    if items and all(tasks):
        bare = tuple(_without(each, len(task[0])) for each, task in zip(items, tasks, strict=True) if task)
        yield Items(bare, done=tuple(task[1] != " " for task in tasks if task))
    elif items:
        yield Items(items, ordered=node.type == "ordered_list")


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
    named = _NAMED.fullmatch(text) or _NAMED_INSIDE.fullmatch(text)
    name, detail = (named["name"].strip("*"), named["detail"]) if named else (text, "")
    return Item(name, " ".join(filter(None, [detail, *more])), tuple(each for each in below if each.text))


def _without(item: Item, length: int) -> Item:
    return Item(item.text[length:], item.detail, item.items)


def _fence(node: SyntaxTreeNode, reading: Reading) -> Iterator[Block]:
    directive = _DIRECTIVE.match(node.info.strip())
    if directive is not None and directive[1] in NOTES:
        yield from blocks(_nested(node.content, reading), reading)
        return
    text = re.sub(rf"\A(?:{_OPTION.pattern})+", "", node.content) if directive else node.content
    if directive is not None and directive[1] in {"image", "figure"}:
        yield from reading.picture(inline.Image(directive[2].strip(), ""), node)
        return
    title = _TITLE.search(node.info)
    block = fences.block(text, node.info, (title[1] or title[2] or "") if title else "")
    if block is not None:
        yield block


def _nested(text: str, reading: Reading) -> Sequence[SyntaxTreeNode]:
    from vidbuild.create.importers.markdown.parser import parse

    body = re.sub(rf"\A(?:{_OPTION.pattern})+", "", text)
    return parse(body).children if reading.source else ()


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
    if not found or not all(isinstance(each, Prose) for each in found):
        yield from found
        return
    text = " ".join(each.text for each in found if isinstance(each, Prose))
    if alert := _ALERT.match(text):
        yield Prose(text[alert.end() :])
        return
    by = _BY.search(text)
    yield Quotation(text[: by.start()] if by else text, by["by"] if by else "")


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
        reading.omit("raw HTML", node)


def _titled(node: SyntaxTreeNode, reading: Reading) -> Iterator[Block]:
    """Yield the blocks of a note, without its title ("Note")."""
    yield from blocks((child for child in node.children if not child.type.endswith("_title")), reading)
