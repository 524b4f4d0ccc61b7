"""Reads YAML text into a Document, and locates its problems. Scalars follow the core schema, as in editors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.json_types import Json
from vidbuild.location import Location
from vidbuild.patterns import later
from vidbuild.spec import yaml_errors
from vidbuild.spec.document import Document
from vidbuild.spec.node_data import MAX_ENTRIES, DataBuilder
from vidbuild.spec.nodes import Node, Problems, UnreadableError
from vidbuild.spec.scalars import NumberError, read_plain

# Limits that keep hostile files from using much time or memory.
MAX_DEPTH = 50
MAX_NODES = 200_000
MAX_ALIASED = 20_000  # nodes that aliases may add
MAX_TEXT = 50_000  # characters of one value
YamlEvent = Any  # an event of yaml, which has no types for them
YamlMark = Any  # the position of an event

_UNPRINTABLE = later("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def decode(raw: bytes, name: str) -> tuple[str, list[Diagnostic]]:
    """Decode a file's bytes as UTF-8, with or without a byte order mark."""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "", [Diagnostic("error", "the file is UTF-16: expected UTF-8", name, Location(name, 1, 1, 2))]
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        return raw.decode(), []
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode()
        location = Document(name, before + "?", None).range(len(before), len(before) + 1)
        message = f"the file is not UTF-8: invalid byte 0x{raw[error.start]:02x}"
        readable = raw.decode(errors="replace")
        return readable, [Diagnostic("error", message, name, location)]


def read(text: str, name: str) -> tuple[Document, list[Diagnostic]]:
    """Return the document and its problems as YAML; its data is None if the text could not be read to its end."""
    reader = _Reader(Document(name, text, None), Problems(name))
    found = reader.problems.found
    try:
        document = reader.document()
    except UnreadableError as error:
        found.append(Diagnostic("error", error.message, name, error.location, hint=error.hint))
        document = reader.source
    return document, found


class _Reader:
    """texts: anchors before plain text that no alias uses."""

    def __init__(self, source: Document, problems: Problems) -> None:
        self.source, self.problems = source, problems
        self.anchors: dict[str, Node] = {}
        self.texts: dict[str, Location] = {}
        self.nodes = self.aliased = 0

    def document(self) -> Document:
        text = self.source.text
        # What Python calls printable is allowed; most texts have nothing else but line ends.
        found = None if text.replace("\n", "").isprintable() else _UNPRINTABLE.search(text)
        if found:
            location = self.source.range(found.start(), found.end())
            raise UnreadableError(f"invalid YAML: character U+{ord(found[0]):04X} is not allowed", location)
        events = self._events()
        root = None
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent" and root is not None:
                raise UnreadableError("second YAML document: expected one document in a file", self._location(event))
            if kind not in {"StreamStartEvent", "StreamEndEvent", "DocumentStartEvent", "DocumentEndEvent"}:
                root = self._node(event, events, 0)
        if root is None or (root.kind == "scalar" and root.value is None):
            raise UnreadableError("the file is empty", Location(self.source.name, 1, 1, 2))
        builder = DataBuilder(self.source, self.problems)
        data = builder.build(root, ())
        for anchor, location in self.texts.items():
            message = f"'&{anchor}' is an anchor, not text, and no alias uses it"
            self.problems.warning("VB105", message, location, yaml_errors.QUOTE.format("&"))
        return Document(self.source.name, text, data, builder.keys, builder.values, builder.spans)

    def _events(self) -> Iterator[YamlEvent]:
        import yaml

        try:
            yield from yaml.parse(self.source.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except yaml.MarkedYAMLError as error:
            message, at, hint = yaml_errors.explain(error, self.source.text)
            raise UnreadableError(f"invalid YAML: {message}", self._at(at), hint) from None
        except yaml.YAMLError as error:
            raise UnreadableError(
                f"invalid YAML: {error}".splitlines()[0], Location(self.source.name, 1, 1, 2)
            ) from None

    def _at(self, index: int) -> Location:
        """Return the location of an offset; for the end of the text, that of its last visible character."""
        text = self.source.text
        if index >= len(text):
            index = max(len(text.rstrip()) - 1, 0)
        return self.source.range(index, index + 1)

    def _location(self, event: YamlEvent) -> Location:
        """Return an event's location as Document.range does, but from yaml's own line and column, without counting."""
        mark: YamlMark = event.start_mark
        text = self.source.text
        stop = min(max(event.end_mark.index, mark.index + 1), len(text))
        for ending in "\n\r\x85\u2028\u2029":
            found = text.find(ending, mark.index, stop)
            stop = found if found >= 0 else stop
        stop = mark.index + len(text[mark.index : stop].rstrip())
        width = max(stop - mark.index, 1)
        return Location(self.source.name, mark.line + 1, mark.column + 1, mark.column + 1 + width)

    def _node(self, event: YamlEvent, events: Iterator[YamlEvent], depth: int) -> Node:
        self.nodes += 1
        if depth > MAX_DEPTH:
            raise UnreadableError(f"nested too deeply: the maximum is {MAX_DEPTH} levels", self._location(event))
        if self.nodes > MAX_NODES:
            raise UnreadableError(f"too many values: the maximum is {MAX_NODES}", self._location(event))
        kind = type(event).__name__
        if kind == "AliasEvent":
            return self._alias(event)
        node = Node("", None, event.start_mark.index, event.end_mark.index, self._location(event), complete=False)
        if event.anchor:
            self.anchors[event.anchor] = node
            if kind == "ScalarEvent" and not event.style and not event.tag:
                self.texts[event.anchor] = self.source.range(node.start, node.end)
        self._properties(event, node)
        if kind == "ScalarEvent":
            node.kind, node.value = "scalar", self._scalar(event, node)
        else:
            node.kind = "mapping" if kind == "MappingStartEvent" else "sequence"
            node.value = self._children(node, events, depth)
        node.complete = True
        return node

    def _alias(self, event: YamlEvent) -> Node:
        location, target = self._location(event), self.anchors.get(event.anchor)
        if target is None:
            raise UnreadableError(f"alias '*{event.anchor}' before its anchor '&{event.anchor}'", location)
        if not target.complete:
            raise UnreadableError(f"alias '*{event.anchor}' contains itself", location)
        self.texts.pop(event.anchor, None)
        self.aliased += target.size
        if self.aliased > MAX_ALIASED:
            raise UnreadableError(f"aliases repeat too many values: the maximum is {MAX_ALIASED}", location)
        return Node(target.kind, target.value, target.start, target.end, location, size=target.size)

    def _properties(self, event: YamlEvent, node: Node) -> None:
        """Report a tag, and move the node's location behind its anchor."""
        text = self.source.text
        at = node.start
        while text[at : at + 1] in {"&", "!"} and (event.anchor or event.tag):
            found = re.compile(r"\S*").match(text, at)
            token = found[0] if found else ""
            if token.startswith("!"):
                self.problems.error(f"tags such as '{token}' are not allowed", self.source.range(at, at + len(token)))
            at += len(token)
            at += len(text[at : node.end]) - len(text[at : node.end].lstrip())
        if at != node.start:
            node.start = at
            node.location = self.source.range(at, node.end) if at < node.end else node.location

    def _scalar(self, event: YamlEvent, node: Node) -> Json:
        value: str = event.value
        if len(value) > MAX_TEXT:
            raise UnreadableError(f"text of {len(value)} characters: the maximum is {MAX_TEXT}", node.location)
        if event.style:
            return value
        try:
            return read_plain(value)
        except NumberError as error:
            self.problems.error(str(error), node.location)
            return 0

    def _children(self, node: Node, events: Iterator[YamlEvent], depth: int) -> list[tuple[Node | None, Node]]:
        children: list[tuple[Node | None, Node]] = []
        for event in events:
            if type(event).__name__ in {"MappingEndEvent", "SequenceEndEvent"}:
                node.end = event.end_mark.index
                break
            key = None
            if node.kind == "mapping":
                key = self._node(event, events, depth + 1)
                event = next(events)  # noqa: PLW2901 - a key is always followed by its value
            if len(children) >= MAX_ENTRIES:
                what = "list" if key is None else "mapping"
                message = f"too many entries in one {what}: the maximum is {MAX_ENTRIES}"
                raise UnreadableError(message, self._location(event))
            child = self._node(event, events, depth + 1)
            node.size += child.size
            children.append((key, child))
        self._place_collection(node, children)
        return children

    def _place_collection(self, node: Node, children: list[tuple[Node | None, Node]]) -> None:
        """Set a collection's location: all of it if it is in braces, otherwise its first key or item."""
        if self.source.text[node.start : node.start + 1] in {"{", "["}:
            node.location = self.source.range(node.start, node.end)
        elif children:
            key, child = children[0]
            node.location = (key or child).location
