"""Markdown cells of a notebook: their headings, blocks and attached pictures."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from markdown_it.tree import SyntaxTreeNode

from vidbuild.create.importers.markdown import inline
from vidbuild.create.importers.markdown.blocks import Reading, blocks
from vidbuild.create.importers.markdown.parser import parse
from vidbuild.create.importers.markdown.prepare import prepared
from vidbuild.create.importers.notebook.cells import Cell
from vidbuild.create.source.outline import Block, Omission, Picture
from vidbuild.create.source.pictures import ENDINGS, Omissions, decoded

_ATTACHED = re.compile(r"!\[(?P<alt>[^\]]*)\]\(attachment:(?P<name>[^)\s]+)[^)]*\)")


@dataclass(frozen=True, slots=True)
class Part:
    """What is below one heading of a cell. level: of the heading, from 1; 0 for what comes before the first."""

    heading: str
    level: int
    blocks: tuple[Block, ...]
    text: str


def parts(cell: Cell, left_out: Omissions) -> list[Part]:
    """Return the parts of a Markdown cell, and add what no scene shows to what is left out."""
    ready, dropped = prepared(cell.source)
    attached: list[Picture] = []

    def attach(match: re.Match[str]) -> str:
        attached.extend(_attached(cell, match["alt"], match["name"], left_out))
        return ""

    ready = _ATTACHED.sub(attach, ready)
    reading = Reading(left_out.source)
    found = list(_parts(ready, reading))
    omissions = [*reading.omissions, *(Omission(what, line) for what, line in dropped)]
    for each in omissions:
        # A notebook has no lines: messages name the cell.
        what = each.what if cell.line else f"{each.what} ({cell.place})"
        left_out.leave_out(what, cell.line + each.line if cell.line else 0)
    if attached:
        digests = "\n".join(hashlib.sha256(each.data).hexdigest() for each in attached)
        found[-1] = replace(found[-1], blocks=(*found[-1].blocks, *attached), text=f"{found[-1].text}\n{digests}")
    return [part for part in found if part.level or part.blocks]


def _parts(text: str, reading: Reading) -> Iterator[Part]:
    """Yield the part before the first heading, even if it is empty, and one for each heading."""
    lines = text.split("\n")
    groups: list[tuple[str, int, int, list[SyntaxTreeNode]]] = [("", 0, 0, [])]
    for node in parse(text).children:
        if node.type == "heading":
            heading = inline.heading(node)
            groups.append((heading, int(node.tag[1:]) if heading else 0, node.map[0] if node.map else 0, []))
        else:
            groups[-1][3].append(node)
    ends = [*(start for _, _, start, _ in groups[1:]), len(lines)]
    for (heading, level, start, nodes), end in zip(groups, ends, strict=True):
        yield Part(heading, level, tuple(blocks(nodes, reading)), "\n".join(lines[start:end]))


def _attached(cell: Cell, alt: str, name: str, left_out: Omissions) -> Iterator[Picture]:
    """Yield a picture that is attached to a cell; its name may be that of an address, with %20 for a blank."""
    attachments = cell.attachments or {}
    for kind, content in (attachments.get(name) or attachments.get(unquote(name)) or {}).items():
        if kind in ENDINGS and (data := decoded(content)):
            yield from left_out.embedded(data, ENDINGS[kind], alt or name, cell.line)
            return
    left_out.leave_out(f"a picture that is not in the notebook: {name} ({cell.place})", cell.line)
