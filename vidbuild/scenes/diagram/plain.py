"""The project's own notation for diagrams: a node or an edge in each line.

browser: Web browser
db [cylinder]: Users
browser -> api: HTTPS
group Backend: api, db
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from vidbuild.scenes.diagram.model import SHAPES, Edge, NotationError, Source
from vidbuild.suggest import did_you_mean

# operator -> (dashed, arrow at the start, arrow at the end)
ARROWS = {
    "<->": (False, True, True),
    "<..>": (True, True, True),
    "->": (False, False, True),
    "<-": (False, True, False),
    "..>": (True, False, True),
    "<..": (True, True, False),
    "--": (False, False, False),
    "..": (True, False, False),
}
_ARROW = re.compile(r"(?<!\S)(<->|<\.\.>|->|<-|\.\.>|<\.\.|--|\.\.)(?!\S)")
_LOOSE = re.compile(r"-->|==>|=>|->>|-\.->|<->|->|<-|--|\.\.>|→")
_GROUP = re.compile(r"group\s+(?P<name>[^:]+?)\s*:\s*(?P<members>.+)")
_NAME = re.compile(r"(?P<name>[^\[\]]+?)\s*(?:\[\s*(?P<shape>[^\[\]]*?)\s*\])?\s*\Z")


def read(text: str) -> Source:
    """Return the diagram of a source. Raises NotationError."""
    source = Source()
    for start, line in _lines(text):
        _line(source, line, start)
    return source


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line that says something, with the offset of its first letter; a comment starts with #."""
    offset = 0
    for line in text.splitlines(keepends=True):
        content = line.strip()
        if content and not content.startswith("#"):
            yield offset + line.index(content[0]), content
        offset += len(line)


def _line(source: Source, line: str, start: int) -> None:
    group = _GROUP.match(line)
    if group:
        _add_group(source, group, start)
        return
    head, colon, label = _divided(line)
    arrows = list(_ARROW.finditer(head))
    if not arrows:
        loose = _LOOSE.search(head)
        if loose:
            span = (start + loose.start(), start + loose.end())
            if loose[0] in ARROWS:
                raise NotationError(f"'{loose[0]}' needs a space on both sides", span)
            raise NotationError(f"'{loose[0]}' is no arrow of this notation", span, "write ->")
        _add_node(source, head, start, label if colon else None)
        return
    ends = [0, *(match.end() for match in arrows)]
    stops = [*(match.start() for match in arrows), len(head)]
    names = []
    for first, last, match in zip(ends, stops, [*arrows, arrows[-1]], strict=True):
        part = head[first:last]
        if not part.strip():
            span = (start + match.start(), start + match.end())
            raise NotationError(f"'{match[1]}' needs a node on both sides", span)
        names.append(_add_node(source, part.strip(), start + first + part.index(part.strip()[0]), None))
    for (left, right), match in zip(pairwise(names), arrows, strict=True):
        source.edges.append(Edge(left, right, label, *ARROWS[match[1]]))


def _divided(line: str) -> tuple[str, str, str]:
    """Return a line's part before the colon, the colon, and the label after it."""
    at = next(
        (match.start() for match in re.finditer(":", line) if line[match.end() : match.end() + 1] in {"", " ", "\t"}),
        -1,
    )
    return (line[:at].rstrip(), ":", line[at + 1 :].strip()) if at >= 0 else (line, "", "")


def _add_node(source: Source, text: str, start: int, label: str | None) -> str:
    match = _NAME.match(text)
    if match is None:
        expected = "expected a name, or a name and a shape: name [cylinder]"
        raise NotationError(f"'{text}' is no node: {expected}", (start, start + max(1, len(text))))
    shape = match["shape"]
    if shape is not None and shape not in SHAPES:
        span = (start + match.start("shape"), start + max(match.end("shape"), match.start("shape") + 1))
        hint = did_you_mean(shape, SHAPES)
        raise NotationError(f"unknown shape '{shape}': expected one of {', '.join(SHAPES)}", span, hint)
    source.node(match["name"], label or None, shape)
    return match["name"]


def _add_group(source: Source, match: re.Match[str], start: int) -> None:
    source.groups.append(match["name"])
    at = match.start("members")
    for part in match["members"].split(","):
        name = part.strip()
        if name:
            node = source.node(name)
            if node.group is not None:
                first = start + at + part.index(name[0])
                message = f"'{name}' is in the group '{source.groups[node.group]}' already"
                raise NotationError(message, (first, first + len(name)))
            node.group = len(source.groups) - 1
        at += len(part) + 1
