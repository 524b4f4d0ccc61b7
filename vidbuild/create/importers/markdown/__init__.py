"""Markdown: CommonMark, and what GitHub, MkDocs and MyST add."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from vidbuild.create.source import phrases, yaml_text
from vidbuild.create.source.outline import Omission, Outline, Section
from vidbuild.create.source.protocol import Source

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

    from vidbuild.create.importers.markdown.blocks import Reading

_MATTER = re.compile(r"---\n(.*?)\n(?:---|\.\.\.)\s*(?:\n|\Z)", re.DOTALL)


class MarkdownImporter:
    """Sections by heading."""

    name = "document"
    summary = "Markdown, with what GitHub, MkDocs and MyST add, and plain text"
    endings: Collection[str] = (".md", ".markdown", ".mkd", ".mdx", ".txt", "")
    network = False

    def recognizes(self, source: Source) -> bool:
        """Every Markdown file can be read as a document."""
        return source.path.suffix.lower() in self.endings

    def read(self, source: Source) -> Outline:
        """Return the sections of a document."""
        return outline_of(source.text(), source)


def outline_of(text: str, source: Source) -> Outline:
    """Return the sections of a Markdown text that is the source, or in it."""
    from vidbuild.create.importers.markdown.blocks import Reading
    from vidbuild.create.importers.markdown.parser import parse
    from vidbuild.create.importers.markdown.prepare import prepared

    matter = front_matter(text, source)
    ready, left_out = prepared(text)
    reading = Reading(source)
    nodes = parse(ready).children
    sections = list(_sections(nodes, text.split("\n"), reading))
    first = next((each.heading for each in sections if each.heading), phrases.title_of(source.path.stem))
    title = str(matter.get("title") or _raw_title(nodes) or first)
    omissions = [*reading.omissions, *(Omission(what, line) for what, line in left_out)]
    return Outline(
        title,
        tuple(sections),
        language=str(matter.get("lang") or matter.get("language") or ""),
        description=str(matter.get("description") or ""),
        omissions=tuple(sorted(omissions, key=lambda each: each.line)),
    ).named()


def _raw_title(nodes: Collection[SyntaxTreeNode]) -> str:
    """Return the title in raw HTML above the first heading, as many projects center theirs; "" if there is none."""
    from vidbuild.create.importers.markdown import html, inline

    above = itertools.takewhile(lambda node: node.type != "heading", nodes)
    titles = (inline.clean(html.read(node.content).title) for node in above if node.type == "html_block")
    return next(filter(None, titles), "")


def front_matter(text: str, source: Source) -> dict[str, Any]:
    """Return the fields before a document. Raises SourceError if they are no YAML mapping."""
    match = _MATTER.match(text)
    data = yaml_text.load(match[1], source.address, 2) if match else None
    return data if isinstance(data, dict) else {}


def _sections(nodes: Collection[SyntaxTreeNode], lines: list[str], reading: Reading) -> Iterator[Section]:
    from vidbuild.create.importers.markdown import inline
    from vidbuild.create.importers.markdown.blocks import blocks

    parents: list[tuple[int, str]] = []
    groups: list[tuple[SyntaxTreeNode | None, list[SyntaxTreeNode]]] = [(None, [])]
    for node in nodes:
        if node.type == "heading":
            groups.append((node, []))
        else:
            groups[-1][1].append(node)
    starts = [0, *(heading.map[0] for heading, _ in groups if heading is not None and heading.map), len(lines)]
    for nth, (heading, body) in enumerate(groups):
        level = int(heading.tag[1:]) if heading is not None else 0
        parents = [each for each in parents if each[0] < level]
        text = inline.heading(heading) if heading is not None else ""
        found = tuple(blocks(body, reading))
        if heading is not None or found:
            above = tuple(name for _, name in parents if name)
            yield Section(text, found, above, starts[nth] + 1, "\n".join(lines[starts[nth] : starts[nth + 1]]))
        if heading is not None:
            parents.append((level, text))
