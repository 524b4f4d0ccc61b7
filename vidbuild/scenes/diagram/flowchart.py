"""A subset of Mermaid's flowcharts: nodes, links, and subgraphs."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import pairwise

from vidbuild.scenes.diagram.model import Edge, NotationError, Source, Span

HEADER = re.compile(r"(?:graph|flowchart)(?:-elk)?(?:\s+(?P<way>TB|TD|BT|LR|RL))?\s*\Z")
_NAME = re.compile(r"[^\W_](?:[\w.]|-(?![-.>])|_)*|_+\w+")
# Opening and closing brackets -> shape, the longest first.
_SHAPES = (
    ("(((", ")))", "circle"),
    ("((", "))", "circle"),
    ("([", "])", "pill"),
    ("[[", "]]", "box"),
    ("[(", ")]", "cylinder"),
    ("{{", "}}", "hexagon"),
    ("[/", "/]", "box"),
    ("[\\", "\\]", "box"),
    ("[/", "\\]", "box"),
    ("[\\", "/]", "box"),
    ("[", "]", "box"),
    ("(", ")", "round"),
    ("{", "}", "diamond"),
    (">", "]", "box"),
)
_LINK = re.compile(
    r"(?P<start><|[ox](?=[-=]))?(?P<body>-\.+-|-{2,}|={2,})(?P<end>[>ox](?![\w])|>)?"
    r"|(?P<hidden>~~~+)"
)
_TEXT_LINK = re.compile(
    r"(?P<start><)?(?:(?P<solid>--)(?!-)|(?P<thick>==)(?!=)|(?P<dots>-\.)(?![-.]))\s*(?P<label>[^|\n]+?)\s*"
    r"(?:(?<!-)-{2,}|={2,}|\.+-)(?P<end>>|[ox](?!\w))?"
)
_COMMENT = re.compile(r'((?:"[^"]*"|[^"%]|%(?!%)|"(?![^"]*"))*)%%')
_ICON = re.compile(r"\bfa[bklrs]?:fa-[\w-]+\s*")
_NOT_DRAWN = re.compile(r"(style|classDef|class|linkStyle|click|accTitle|accDescr)\b")
_SUBGRAPH = re.compile(r"subgraph\b\s*(?P<rest>.*)")


def read(text: str) -> Source:
    """Return the diagram of a source. Raises NotationError."""
    source = Source()
    open_groups: list[tuple[int | None, Span]] = []
    subgraphs: set[str] = set()
    named: dict[str, Span] = {}
    for nth, (start, line) in enumerate(lines(text)):
        if nth == 0:
            match = HEADER.match(line)
            source.direction = (
                "right" if match and match["way"] in {"LR", "RL"} else "down" if match and match["way"] else None
            )
        else:
            if match := _SUBGRAPH.match(line):
                subgraphs.add(match["rest"].split("[", maxsplit=1)[0].strip())
            _statement(source, line, start, open_groups)
            for name in source.nodes:
                named.setdefault(name, (start, start + len(line)))
    for name in subgraphs & source.nodes.keys():
        message = f"'{name}' is a subgraph: edges to subgraphs are not drawn"
        raise NotationError(message, named[name])
    if open_groups:
        raise NotationError("the subgraph has no 'end'", open_groups[-1][1])
    return source


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each statement with its offset: lines and their parts between semicolons, without comments."""
    offset = 0
    for line in text.splitlines(keepends=True):
        comment = _COMMENT.match(line)
        content = (comment[1] if comment else line).rstrip()
        if content:
            for match in re.finditer(r'(?:"[^"]*"|&?#?\w+;(?=[^\n]*[\])}|])|[^;"]|"(?![^"]*"))+', content):
                part = match[0].strip()
                if part:
                    yield offset + match.start() + match[0].index(part[0]), part
        offset += len(line)


def _statement(source: Source, line: str, start: int, open_groups: list[tuple[int | None, Span]]) -> None:
    span = (start, start + len(line))
    subgraph = _SUBGRAPH.match(line)
    if subgraph:
        if any(group is not None for group, _ in open_groups):
            source.warn_once("a subgraph in a subgraph is not drawn: its nodes are in the outer one", span)
            open_groups.append((None, span))
        else:
            source.groups.append(_title(subgraph["rest"]))
            open_groups.append((len(source.groups) - 1, span))
    elif line == "end":
        if not open_groups:
            raise NotationError("'end' without a subgraph", span)
        open_groups.pop()
    elif line.startswith("direction "):
        source.warn_once("the direction of a subgraph is not drawn: it has the diagram's", span)
    elif not_drawn := _NOT_DRAWN.match(line):
        source.warn_once(f"'{not_drawn[1]}' is not drawn", (start, start + len(not_drawn[1])))
    else:
        _links(source, line, start, next((group for group, _ in open_groups if group is not None), None))


def _title(rest: str) -> str:
    match = re.match(r"\S+\s*\[(?P<title>.*)\]\s*\Z", rest)
    return text_of(match["title"] if match else rest)


def _links(source: Source, line: str, start: int, group: int | None) -> None:
    """Read a chain of nodes and links; each side can be several nodes joined by &."""
    at, sides, links = 0, [], []
    names, at = _nodes(source, line, at, start, group)
    sides.append(names)
    while at < len(line):
        link, at = _link(line, at, start)
        if link is None:
            source.warn_once("an invisible link is not drawn, nor used for the layout", (start, start + len(line)))
        links.append(link)
        names, at = _nodes(source, line, at, start, group)
        sides.append(names)
    for (left, right), link in zip(pairwise(sides), links, strict=True):
        if link is not None:
            label, *look = link
            source.edges += [Edge(a, b, label, *look) for a in left for b in right]


def _nodes(source: Source, line: str, at: int, start: int, group: int | None) -> tuple[list[str], int]:
    names = []
    while True:
        at = _skip(line, at)
        match = _NAME.match(line, at)
        if match is None:
            raise NotationError(
                "expected a node" + (f", got '{line[at]}'" if at < len(line) else ""), _near(line, at, start)
            )
        name, at = match[0], match.end()
        if line.startswith("@{", at):
            raise NotationError("nodes with '@{ }' are not drawn", (start + at, start + at + 2))
        node = source.node(name)
        shape = next((each for each in _SHAPES if line.startswith(each[0], at) and _closing(line, at, each) >= 0), None)
        if shape:
            opening, closing, kind = shape
            stop = _closing(line, at, shape)
            node.label, node.shape = text_of(line[at + len(opening) : stop]), kind
            at = stop + len(closing)
        elif at < len(line) and line[at] in "[({":
            raise NotationError(f"'{line[at]}' is never closed", (start + at, start + at + 1))
        if line.startswith(":::", at):
            style = re.compile(r":::[\w-]*").match(line, at)
            at = style.end() if style else at + 3
            source.warn_once("classes of nodes are not drawn", (start + at - 3, start + at))
        if group is not None and node.group is None:
            node.group = group
        names.append(name)
        at = _skip(line, at)
        if not line.startswith("&", at):
            return names, at
        at += 1


def _closing(line: str, at: int, shape: tuple[str, str, str]) -> int:
    """Return where the closing bracket of a node is; -1 if there is none."""
    opening, closing, _ = shape
    first = at + len(opening)
    if line.startswith('"', _skip(line, first)):
        quote = line.find('"', _skip(line, first) + 1)
        after = _skip(line, quote + 1)
        return after if quote >= 0 and line.startswith(closing, after) else -1
    stop = line.find(closing, first)
    # `[/text]` has no slash at its end, and `(text)` no bracket in it
    return stop if stop > first and not (opening in "[({" and any(sign in line[first:stop] for sign in "[({")) else -1


Link = tuple[str, bool, bool, bool]


def _link(line: str, at: int, start: int) -> tuple[Link | None, int]:
    """Read a link; return its label and look, or None if it is invisible, and where it ends."""
    match = _LINK.match(line, at)
    if match and match["hidden"]:
        return None, match.end()
    worded = _TEXT_LINK.match(line, at)
    if worded and not (match and (match["end"] or len(match["body"]) > 2 or line.startswith("|", match.end()))):  # noqa: PLR2004 - `--`
        look = (bool(worded["dots"]), bool(worded["start"]), bool(worded["end"]))
        return (text_of(worded["label"]), *look), worded.end()
    if match is None or (match["body"] == "--" and not match["end"]):
        got = line[at : at + 12].split(" ", maxsplit=1)[0]
        raise NotationError(f"'{got}' is no link: expected one such as -->, ---, -.-> or ==>", _near(line, at, start))
    label, at = "", _skip(line, match.end())
    if line.startswith("|", at):
        stop = line.find("|", at + 1)
        if stop < 0:
            raise NotationError("the label of the link has no closing '|'", (start + at, start + at + 1))
        label, at = text_of(line[at + 1 : stop]), stop + 1
    return (label, "." in match["body"], match["start"] == "<", bool(match["end"])), at


def _skip(line: str, at: int) -> int:
    while at < len(line) and line[at].isspace():
        at += 1
    return at


def _near(line: str, at: int, start: int) -> Span:
    at = min(at, max(0, len(line) - 1))
    return (start + at, start + at + 1)


def text_of(text: str) -> str:
    """Return a text as it is shown: without quotes, tags and entities."""
    text = _ICON.sub("", text).strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    text = text.strip("`") if text.startswith("`") else text
    text = re.sub(r"#(\d+);", r"&#\1;", re.sub(r"<br\s*/?>", "\n", text))
    text = re.sub(r"(?<!&)#(\w+);", r"&\1;", text)
    shown = html.unescape(re.sub(r"</?\w+[^<>]*>", "", text))
    return "\n".join(" ".join(line.split()) for line in shown.split("\n")).strip()
