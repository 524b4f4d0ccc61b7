"""A subset of Graphviz's DOT: nodes, edges, clusters, and the attributes that have a meaning here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from vidbuild.scenes.diagram.model import Edge, Node, NotationError, Source, Span

_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/|(?<![^\n])\#[^\n]*)
    |(?P<op>->|--|[{}\[\];,=:+])
    |(?P<string>"(?:\\.|[^"\\])*")
    |(?P<html><)
    |(?P<id>-?(?:\.\d+|\d+(?:\.\d*)?)(?![\w])|[^\W\d]\w*)""",
    re.VERBOSE | re.DOTALL,
)
SHAPES = {
    **dict.fromkeys(("box", "rect", "rectangle", "square", "component", "folder", "tab", "note", "Msquare"), "box"),
    **dict.fromkeys(("plaintext", "plain", "none"), "box"),
    **dict.fromkeys(("ellipse", "oval", "egg"), "pill"),
    **dict.fromkeys(("circle", "doublecircle", "point", "Mcircle"), "circle"),
    **dict.fromkeys(("diamond", "Mdiamond"), "diamond"),
    **dict.fromkeys(("cylinder",), "cylinder"),
    **dict.fromkeys(("hexagon", "octagon"), "hexagon"),
}  # fmt: skip
_DRAWN = frozenset({"label", "shape", "style", "dir", "rankdir"})
_SUBGRAPH = frozenset({"subgraph", "{"})
MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    span: Span


@dataclass(slots=True)
class _Scope:
    """The attributes that nodes and edges of a subgraph have, and their group.

    titled: the group whose label this scope sets: a cluster's own.
    """

    node: dict[str, str] = field(default_factory=dict)
    edge: dict[str, str] = field(default_factory=dict)
    group: int | None = None
    titled: int | None = None
    depth: int = 0


def read(text: str) -> Source:
    """Return the diagram of a source. Raises NotationError."""
    return _Parser(text).graph()


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.at = 0
        self.end: Span = (max(0, len(text.rstrip()) - 1), max(1, len(text.rstrip())))
        self.source = Source()

    def graph(self) -> Source:
        self._take("strict", required=False)
        kind = self._next()
        if kind.text.lower() not in {"graph", "digraph"}:
            raise NotationError(f"expected 'digraph' or 'graph', got '{kind.text}'", kind.span)
        if self._peek().text != "{":
            self._next()
        self._take("{")
        self._statements(_Scope())
        if self.at < len(self.tokens):
            extra = self.tokens[self.at]
            raise NotationError(f"'{extra.text}' follows the end of the graph", extra.span)
        return self.source

    def _peek(self) -> _Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else _Token("end", "", self.end)

    def _next(self) -> _Token:
        token = self._peek()
        if token.kind == "end":
            raise NotationError("the graph ends too early: expected '}'", token.span)
        self.at += 1
        return token

    def _take(self, text: str, *, required: bool = True) -> bool:
        token = self._peek()
        if token.text.lower() == text and token.kind != "string":
            self.at += 1
            return True
        if required:
            got = f"got '{token.text}'" if token.text else "the source ends"
            raise NotationError(f"expected '{text}', {got}", token.span)
        return False

    def _name(self) -> _Token:
        """Read a name, or several strings that + joins."""
        first = token = self._word()
        text = token.text
        while token.kind == "string" and self._peek().text == "+" and self._peek().kind == "op":
            self._next()
            token = self._word()
            text += token.text
        return _Token(first.kind, text, first.span)

    def _word(self) -> _Token:
        token = self._next()
        if token.kind == "op":
            raise NotationError(f"expected a name, got '{token.text}'", token.span)
        return token

    def _statements(self, scope: _Scope) -> list[str]:
        """Read statements up to the closing brace; return the nodes that they name."""
        named: list[str] = []
        while not self._take("}", required=False):
            named += self._statement(scope)
            while self._take(";", required=False) or self._take(",", required=False):
                pass
        return named

    def _statement(self, scope: _Scope) -> list[str]:
        token = self._peek()
        following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        keyword = token.text.lower() if token.kind == "id" else ""
        if keyword in {"graph", "node", "edge"} and following and following.text == "[":
            self._next()
            found = self._attributes()
            if keyword == "graph":
                self._graph_attributes(found, scope, token.span)
            else:
                (scope.node if keyword == "node" else scope.edge).update(found)
            return []
        if token.kind != "op" and following and following.text == "=" and following.kind == "op":
            name, _, value = self._name(), self._next(), self._name()
            self._check_attribute(name)
            self._graph_attributes({name.text.lower(): value.text}, scope, name.span)
            return []
        return self._chain(scope)

    def _chain(self, scope: _Scope) -> list[str]:
        """Read nodes or an edge statement, which can join sets of nodes."""
        sides = [self._operand(scope)]
        arrows = []
        while self._peek().kind == "op" and self._peek().text in {"->", "--"}:
            arrows.append(self._next().text)
            sides.append(self._operand(scope))
        found = self._attributes() if self._peek().text == "[" and self._peek().kind == "op" else {}
        if not arrows:
            for name in sides[0]:
                self._shape(self.source.nodes[name], found)
        own = {**scope.edge, **found}
        for arrow, left, right in zip(arrows, sides, sides[1:], strict=False):
            for source in left:
                self.source.edges += [_edge(source, target, arrow, own) for target in right]
        return [name for side in sides for name in side]

    def _operand(self, scope: _Scope) -> list[str]:
        token = self._peek()
        if token.text.lower() in _SUBGRAPH and token.kind != "string":
            return self._subgraph(scope)
        name = self._name()
        if self._peek().text == ":" and self._peek().kind == "op":
            port = self._next()
            self._name()
            if self._take(":", required=False):
                self._name()
            self.source.warn_once("ports of nodes are not drawn", (name.span[0], port.span[1]))
        is_new = name.text not in self.source.nodes
        node = self.source.node(name.text)
        if is_new:
            self._shape(node, {"shape": "ellipse", **scope.node} if scope.node.get("shape") else scope.node)
        if scope.group is not None and node.group is None:
            node.group = scope.group
        return [name.text]

    def _subgraph(self, scope: _Scope) -> list[str]:
        inner = _Scope(dict(scope.node), dict(scope.edge), scope.group, depth=scope.depth + 1)
        name = ""
        if self._take("subgraph", required=False) and self._peek().text != "{":
            token = self._name()
            name = token.text
            if name.startswith("cluster"):
                if scope.group is not None:
                    self.source.warn_once(
                        "a cluster in a cluster is not drawn: its nodes are in the outer one", token.span
                    )
                else:
                    self.source.groups.append("")
                    inner.group = inner.titled = len(self.source.groups) - 1
        brace = self._peek()
        if inner.depth > MAX_DEPTH:
            raise NotationError(f"subgraphs are nested more than {MAX_DEPTH} deep", brace.span)
        self._take("{")
        return list(dict.fromkeys(self._statements(inner)))

    def _attributes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while self._take("[", required=False):
            while not self._take("]", required=False):
                name = self._name()
                self._check_attribute(name)
                value = _Token("id", "true", name.span)
                if self._take("=", required=False):
                    value = self._name()
                if name.text.lower() == "shape":
                    self._check_shape(value)
                found[name.text.lower()] = value.text
                while self._take(",", required=False) or self._take(";", required=False):
                    pass
        return found

    def _check_shape(self, value: _Token) -> None:
        if value.text in {"record", "Mrecord"}:
            known = "box, ellipse, circle, diamond, cylinder and hexagon"
            raise NotationError(f"shape '{value.text}' is not drawn: {known} are", value.span)
        if value.text not in SHAPES:
            self.source.warn_once(f"shape '{value.text}' is drawn as a box", value.span)

    def _check_attribute(self, name: _Token) -> None:
        if name.text.lower() not in _DRAWN:
            self.source.warn_once(f"the attribute '{name.text}' is not drawn", name.span)

    def _graph_attributes(self, found: dict[str, str], scope: _Scope, span: Span) -> None:
        if "rankdir" in found:
            self.source.direction = "right" if found["rankdir"].upper() in {"LR", "RL"} else "down"
        if "label" in found and scope.titled is not None:
            self.source.groups[scope.titled] = label_text(found["label"], "")
        elif "label" in found and not scope.depth:
            self.source.warn_once("the label of the graph is not drawn: the scene's 'title' is", span)

    def _shape(self, node: Node, found: dict[str, str]) -> None:
        node.label = label_text(found["label"], node.id) if "label" in found else node.label
        node.shape = SHAPES.get(found.get("shape", ""), node.shape)
        if "rounded" in found.get("style", "") and node.shape == "box":
            node.shape = "round"


def _edge(source: str, target: str, arrow: str, found: dict[str, str]) -> Edge:
    way = found.get("dir", "forward" if arrow == "->" else "none")
    dashed = any(style in found.get("style", "") for style in ("dashed", "dotted"))
    label = label_text(found.get("label", ""), "")
    return Edge(source, target, label, dashed, way in {"back", "both"}, way in {"forward", "both"})


def label_text(text: str, name: str) -> str:
    r"""Return a label as it is shown: \n, \l and \r end lines, \N is the node's name."""
    shown = re.sub(r"\\(.)", lambda match: {"N": name}.get(match[1], "\n" if match[1] in "nlr" else match[1]), text)
    return shown.strip()


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            is_open = text[at] == '"'
            message = "a quotation mark is never closed" if is_open else f"'{text[at]}' is no part of DOT"
            raise NotationError(message, (at, at + 1))
        if match.lastgroup == "html":
            raise NotationError("labels in HTML are not drawn: expected text in quotes", match.span())
        if match.lastgroup != "skip":
            kind = str(match.lastgroup)
            shown = match[0]
            if kind == "string":
                shown = shown[1:-1].replace("\\\n", "").replace('\\"', '"')
            tokens.append(_Token(kind, shown, match.span()))
        at = match.end()
    return tokens
