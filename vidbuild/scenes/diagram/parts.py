"""What of a diagram appears together, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from vidbuild.scenes.diagram.model import Source
from vidbuild.scenes.named import index_of, shared


@dataclass(slots=True)
class Part:
    """Nodes and edges, by their indexes, that appear together.

    field, at: where the spec says so, and when.
    words: what is spoken when they appear.
    """

    field: str
    words: str
    at: str | float | None = None
    nodes: list[int] = default(default_factory=list)
    edges: list[int] = default(default_factory=list)


def parts(fields: Mapping[str, Any], source: Source) -> list[Part]:
    """Return the parts of a diagram that appear one by one; everything else is there from the start."""
    reveal = fields["reveal"]
    if not isinstance(reveal, str):
        return _listed(reveal, source)
    if reveal == "edges" or (reveal == "nodes" and source.is_sequence):
        return [Part("reveal", _edge_words(index, source), edges=[index]) for index in range(len(source.edges))]
    if reveal == "nodes":
        found = [Part("reveal", node.label, nodes=[index]) for index, node in enumerate(source.nodes.values())]
        return _with_edges(found, source, set())
    return []


def _listed(reveal: list[dict[str, Any]], source: Source) -> list[Part]:
    found, named = [], set()
    for nth, item in enumerate(reveal):
        kind = next(name for name in ("node", "edge", "message") if name in item)
        index = find(kind, item[kind], source)
        if index is None:
            continue
        part = Part(f"reveal.{nth}", "", item.get("at"))
        if kind == "node":
            part.nodes, part.words = [index], list(source.nodes.values())[index].label
        else:
            part.edges, part.words = [index], _edge_words(index, source)
            named.add(index)
        found.append(part)
    return _with_edges(found, source, named)


def _with_edges(found: list[Part], source: Source, named: set[int]) -> list[Part]:
    """Add each edge that has no part of its own to the part of the later of its nodes."""
    order = {node: nth for nth, part in enumerate(found) for node in part.nodes}
    names = {name: index for index, name in enumerate(source.nodes)}
    for index, edge in enumerate(source.edges):
        latest = max(order.get(names[edge.source], -1), order.get(names[edge.target], -1))
        if index not in named and latest >= 0:
            found[latest].edges.append(index)
    return found


def _edge_words(index: int, source: Source) -> str:
    edge = source.edges[index]
    return edge.label or f"{source.nodes[edge.source].label} {source.nodes[edge.target].label}"


def names(kind: str, source: Source) -> list[str]:
    """Return the names of all nodes, or of all edges and messages."""
    if kind == "node":
        return list(source.nodes)
    return [
        edge.label if edge.label and kind == "message" else f"{edge.source} -> {edge.target}" for edge in source.edges
    ]


def find(kind: str, name: str | int, source: Source) -> int | None:
    """Return the index of a node by its name or label, of an edge by its ends or label, of either by its number."""
    known = _names(kind, source)
    found = (index_of(_line(str(name)), each) for each in known)
    return next((index for index in found if index is not None), index_of(name, known[0]))


def doubt(kind: str, name: str | int, source: Source) -> tuple[str, str] | None:
    """Return a message and a hint if several nodes or edges have the name by which one is looked up."""
    line = _line(str(name))
    known = next((each for each in _names(kind, source) if index_of(line, each) is not None), ())
    return shared(f"{kind}s", line, known)


def _names(kind: str, source: Source) -> list[list[str]]:
    """Return the names of all nodes, or of all edges and messages, those that count most first."""
    if kind == "node":
        return [list(source.nodes), [_line(node.label) for node in source.nodes.values()]]
    ends = [[f"{edge.source} {sign} {edge.target}" for edge in source.edges] for sign in ("->", "--")]
    return [*ends, [_line(edge.label) for edge in source.edges]]


def _line(text: str) -> str:
    return " ".join(text.split())
