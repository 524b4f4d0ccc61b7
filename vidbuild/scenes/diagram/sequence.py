"""A subset of Mermaid's sequence diagrams: participants and messages."""

from __future__ import annotations

import re

from vidbuild.scenes.diagram import flowchart
from vidbuild.scenes.diagram.flowchart import text_of
from vidbuild.scenes.diagram.model import Edge, NotationError, Source

_NAME = r"[^\s:;,+>-](?:[^:;,+>\n-]|-(?![->x)]))*?"
_PARTICIPANT = re.compile(r"(?:create\s+)?(?:participant|actor)\s+(?P<name>.+?)(?:\s+as\s+(?P<label>.+))?\Z")
_MESSAGE = re.compile(
    rf"(?P<source>{_NAME})\s*(?P<arrow><<-->>|<<->>|-->>|->>|-->|->|--x|-x|--\)|-\))\s*(?P<active>[+-])?\s*"
    rf"(?P<target>{_NAME})\s*(?::\s*(?P<text>.*))?\Z"
)
_BLOCK = re.compile(r"(loop|alt|else|opt|par|and|critical|option|break|rect|box|end)\b")
_NOT_DRAWN = re.compile(
    r"(note|activate|deactivate|autonumber|title|destroy|links?|properties|accTitle|accDescr)\b", re.IGNORECASE
)


def read(text: str) -> Source:
    """Return the diagram of a source. Raises NotationError."""
    source = Source(is_sequence=True)
    for nth, (start, line) in enumerate(flowchart.lines(text)):
        if nth:
            _statement(source, line, start)
    return source


def _statement(source: Source, line: str, start: int) -> None:
    if match := _PARTICIPANT.match(line):
        source.node(match["name"].strip(), text_of(match["label"] or match["name"]))
    elif match := _MESSAGE.match(line):
        for name in (match["source"], match["target"]):
            source.node(name.strip())
        if match["active"]:
            source.warn_once("activations are not drawn", (start + match.start("active"), start + match.end("active")))
        arrow = match["arrow"]
        label, both = text_of(match["text"] or ""), arrow.startswith("<<")
        dashed = arrow.startswith(("--", "<<--"))
        is_line = arrow in {"->", "-->"}
        source.edges.append(Edge(match["source"].strip(), match["target"].strip(), label, dashed, both, not is_line))
    elif match := _BLOCK.match(line):
        if match[1] != "end":
            source.warn_once(f"'{match[1]}' is not drawn, its messages are", (start, start + len(match[1])))
    elif match := _NOT_DRAWN.match(line):
        source.warn_once(f"'{match[1]}' is not drawn", (start, start + len(match[1])))
    else:
        expected = "expected a participant or a message such as 'A->>B: text'"
        raise NotationError(f"'{line[:40]}' is no statement that can be drawn: {expected}", (start, start + len(line)))
