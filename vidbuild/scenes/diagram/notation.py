"""Finds the notation of a diagram's source, and reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import PurePath

from vidbuild.scenes.diagram import dot, flowchart, plain, sequence
from vidbuild.scenes.diagram.model import NotationError, Source

NAMES = ("plain", "dot", "mermaid")
FRONT_MATTER = "---"  # the line before and after it
_SUFFIXES = {".dot": "dot", ".gv": "dot", ".mmd": "mermaid", ".mermaid": "mermaid"}
_DOT = re.compile(
    r"\s*(?:(?://|\#)[^\n]*\n\s*|/\*.*?\*/\s*)*(?:strict\s+)?(?:di)?graph\b[^\n{]*\{", re.IGNORECASE | re.DOTALL
)
_OTHER_MERMAID = re.compile(
    r"(classDiagram|stateDiagram|erDiagram|gantt|pie|journey|gitGraph|mindmap|timeline|quadrantChart|sankey|xychart|"
    r"block|packet|kanban|architecture|requirementDiagram|C4\w+|zenuml|radar|treemap)\b\S*"
)  # fmt: skip
_MERMAID = re.compile(r"(?:(?:graph|flowchart)(?:-elk)?(?:\s+\w\w)?\s*;?|sequenceDiagram)\s*\Z")


@lru_cache(maxsize=8)
def read(text: str, notation: str | None, file: str | None) -> Source:
    """Return the diagram of a source. Raises NotationError.

    notation: a name in NAMES; None to find it by the file's name, or by how the source begins.
    """
    name = notation or _SUFFIXES.get(PurePath(file or "").suffix.lower()) or _guessed(text)
    readers: Mapping[str, Callable[[str], Source]] = {"plain": plain.read, "dot": dot.read, "mermaid": _mermaid}
    return readers[name](text)


def _guessed(text: str) -> str:
    if _DOT.match(text):
        return "dot"
    first = next((line for _, line in flowchart.lines(text)), "")
    is_mermaid = first == FRONT_MATTER or _MERMAID.match(first) or _OTHER_MERMAID.fullmatch(first)
    return "mermaid" if is_mermaid else "plain"


def _mermaid(text: str) -> Source:
    start, first = next(flowchart.lines(text), (0, ""))
    if first == "sequenceDiagram":
        return sequence.read(text)
    if flowchart.HEADER.match(first):
        return flowchart.read(text)
    expected = "expected flowchart, graph or sequenceDiagram"
    span = (start, start + max(1, len(first)))
    if first == FRONT_MATTER:
        raise NotationError("the front matter of Mermaid is not read", span, "remove the lines from '---' to '---'")
    if _OTHER_MERMAID.match(first):
        raise NotationError(f"'{first.split()[0]}' of Mermaid is not drawn: {expected}", span)
    raise NotationError(f"'{first[:40]}' is no kind of Mermaid diagram: {expected}", span)
