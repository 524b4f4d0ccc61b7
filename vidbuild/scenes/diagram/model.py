"""A diagram, whatever the notation of its source: nodes, edges and groups, or participants and messages."""

from __future__ import annotations

from dataclasses import dataclass, field

Span = tuple[int, int]
SHAPES = ("box", "round", "pill", "circle", "diamond", "cylinder", "hexagon")


class NotationError(Exception):
    """A source that cannot be drawn.

    span: the range of characters that the problem is about.
    """

    def __init__(self, message: str, span: Span, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.span, self.hint = message, span, hint


@dataclass(slots=True)
class Node:
    """A node, or a participant of a sequence. group: the index of its group, if it is in one."""

    id: str
    label: str
    shape: str = "box"
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge, or a message. start, end: whether it has an arrow there."""

    source: str
    target: str
    label: str = ""
    dashed: bool = False
    start: bool = False
    end: bool = True


@dataclass(slots=True)
class Source:
    """All of a source.

    direction: "right" or "down" if the source sets it.
    warnings: what is not drawn as the source has it: message and place.
    """

    is_sequence: bool = False
    direction: str | None = None
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    warnings: list[tuple[str, Span]] = field(default_factory=list)

    def node(self, name: str, label: str | None = None, shape: str | None = None) -> Node:
        """Return the node with this id, which is added if it is new; a label or shape that is given is its own now."""
        node = self.nodes.setdefault(name, Node(name, name))
        node.label = node.label if label is None else label
        node.shape = node.shape if shape is None else shape
        return node

    def warn_once(self, message: str, span: Span) -> None:
        """Add a warning unless there is the same one already."""
        if all(message != other for other, _ in self.warnings):
            self.warnings.append((message, span))
