"""Reads YAML text into a Document, and locates its problems.

Scalars follow the core schema of YAML 1.2, as in editors: `no`, `on`, `1:30` and `2026-01-01` are text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.json_types import Json
from vidbuild.location import Location
from vidbuild.spec import yaml_errors
from vidbuild.spec.diagnostics import MAX_PROBLEMS
from vidbuild.spec.document import Document, Path, Span

# Limits that keep hostile files from using much time or memory.
MAX_DEPTH = 50
MAX_NODES = 200_000
MAX_ALIASED = 20_000  # nodes that aliases may add
MAX_DIGITS = 15  # a float has no more
MAX_ENTRIES = 2000  # of one list or mapping, since some entries are compared with each other
MAX_KEY = 200  # characters
MAX_TEXT = 50_000  # characters of one value
YamlEvent = Any  # an event of yaml, which has no types for them
YamlMark = Any  # the position of an event

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INT = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?\Z")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(slots=True)
class _Node:
    """A node of the text.

    kind: "scalar", "sequence" or "mapping".
    value: a scalar's value, or a list of (key node or None, value node).
    complete: whether all of it has been read.
    size: its number of nodes.
    """

    kind: str
    value: Any
    start: int
    end: int
    location: Location
    complete: bool = True
    size: int = 1


class _UnreadableError(Exception):
    """A problem after which the rest of the text cannot be read."""

    def __init__(self, message: str, location: Location, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.location, self.hint = message, location, hint


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
    reader = _Reader(Document(name, text, None))
    try:
        document = reader.document()
    except _UnreadableError as error:
        reader.problems.append(Diagnostic("error", error.message, name, error.location, hint=error.hint))
        document = reader.source
    return document, reader.problems


@dataclass
class _Reader:
    source: Document
    problems: list[Diagnostic] = field(default_factory=list)
    anchors: dict[str, _Node] = field(default_factory=dict)
    nodes: int = 0
    aliased: int = 0
    keys: dict[Path, Location] = field(default_factory=dict)
    values: dict[Path, Location] = field(default_factory=dict)
    spans: dict[Path, Span] = field(default_factory=dict)

    def document(self) -> Document:
        text = self.source.text
        found = _UNPRINTABLE.search(text)
        if found:
            location = self.source.range(found.start(), found.end())
            raise _UnreadableError(f"invalid YAML: character U+{ord(found[0]):04X} is not allowed", location)
        events = self._events()
        root = None
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent" and root is not None:
                raise _UnreadableError("second YAML document: expected one document in a file", self._location(event))
            if kind not in {"StreamStartEvent", "StreamEndEvent", "DocumentStartEvent", "DocumentEndEvent"}:
                root = self._node(event, events, 0)
        if root is None or (root.kind == "scalar" and root.value is None):
            raise _UnreadableError("the file is empty", Location(self.source.name, 1, 1, 2))
        data = self._build(root, ())
        return Document(self.source.name, text, data, self.keys, self.values, self.spans)

    def _events(self) -> Iterator[YamlEvent]:
        import yaml

        try:
            yield from yaml.parse(self.source.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except yaml.MarkedYAMLError as error:
            message, at, hint = yaml_errors.explain(error, self.source.text)
            raise _UnreadableError(f"invalid YAML: {message}", self._at(at), hint) from None
        except yaml.YAMLError as error:
            raise _UnreadableError(
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

    def _problem(self, message: str, location: Location, hint: str | None = None) -> None:
        if len(self.problems) >= MAX_PROBLEMS:
            raise _UnreadableError(f"more than {MAX_PROBLEMS} problems: the rest of the file is not read", location)
        self.problems.append(Diagnostic("error", message, self.source.name, location, hint=hint))

    def _node(self, event: YamlEvent, events: Iterator[YamlEvent], depth: int) -> _Node:
        self.nodes += 1
        if depth > MAX_DEPTH:
            raise _UnreadableError(f"nested too deeply: the maximum is {MAX_DEPTH} levels", self._location(event))
        if self.nodes > MAX_NODES:
            raise _UnreadableError(f"too many values: the maximum is {MAX_NODES}", self._location(event))
        kind = type(event).__name__
        if kind == "AliasEvent":
            return self._alias(event)
        node = _Node("", None, event.start_mark.index, event.end_mark.index, self._location(event), complete=False)
        if event.anchor:
            self.anchors[event.anchor] = node
        self._properties(event, node)
        if kind == "ScalarEvent":
            node.kind, node.value = "scalar", self._scalar(event, node)
        else:
            node.kind = "mapping" if kind == "MappingStartEvent" else "sequence"
            node.value = self._children(node, events, depth)
        node.complete = True
        return node

    def _alias(self, event: YamlEvent) -> _Node:
        location, target = self._location(event), self.anchors.get(event.anchor)
        if target is None:
            raise _UnreadableError(f"alias '*{event.anchor}' before its anchor '&{event.anchor}'", location)
        if not target.complete:
            raise _UnreadableError(f"alias '*{event.anchor}' contains itself", location)
        self.aliased += target.size
        if self.aliased > MAX_ALIASED:
            raise _UnreadableError(f"aliases repeat too many values: the maximum is {MAX_ALIASED}", location)
        return _Node(target.kind, target.value, target.start, target.end, location, size=target.size)

    def _properties(self, event: YamlEvent, node: _Node) -> None:
        """Report a tag, and move the node's location behind its anchor."""
        text = self.source.text
        at = node.start
        while text[at : at + 1] in {"&", "!"} and (event.anchor or event.tag):
            found = re.compile(r"\S*").match(text, at)
            token = found[0] if found else ""
            if token.startswith("!"):
                self._problem(f"tags such as '{token}' are not allowed", self.source.range(at, at + len(token)))
            at += len(token)
            at += len(text[at : node.end]) - len(text[at : node.end].lstrip())
        if at != node.start:
            node.start = at
            node.location = self.source.range(at, node.end) if at < node.end else node.location

    def _scalar(self, event: YamlEvent, node: _Node) -> Json:
        value: str = event.value
        if len(value) > MAX_TEXT:
            raise _UnreadableError(f"text of {len(value)} characters: the maximum is {MAX_TEXT}", node.location)
        if event.style:
            return value
        if value in _WORDS:
            return _WORDS[value]
        if _INT.match(value) or _FLOAT.match(value):
            if len(value) > MAX_DIGITS + 5:
                self._problem("number with too many digits", node.location)
                return 0
            number = int(value) if _INT.match(value) else float(value)
            if number in {math.inf, -math.inf}:
                self._problem("number too large", node.location)
                return 0
            return number
        return value

    def _children(self, node: _Node, events: Iterator[YamlEvent], depth: int) -> list[tuple[_Node | None, _Node]]:
        children: list[tuple[_Node | None, _Node]] = []
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
                raise _UnreadableError(message, self._location(event))
            child = self._node(event, events, depth + 1)
            node.size += child.size
            children.append((key, child))
        self._place_collection(node, children)
        return children

    def _place_collection(self, node: _Node, children: list[tuple[_Node | None, _Node]]) -> None:
        """Set a collection's location: all of it if it is in braces, otherwise its first key or item."""
        if self.source.text[node.start : node.start + 1] in {"{", "["}:
            node.location = self.source.range(node.start, node.end)
        elif children:
            key, child = children[0]
            node.location = (key or child).location

    def _build(self, node: _Node, path: Path) -> Json:
        self.values[path] = node.location
        if node.kind == "scalar":
            self.spans[path] = Span(node.start, node.end)
            return node.value
        if node.kind == "mapping" and self.source.text.startswith("{{", node.start):
            written = self.source.text[node.start : node.end]
            hint = f'write "{written}"' if '"' not in written and "\n" not in written else "put the text in quotes"
            self._problem("text that starts with '{{' must be in quotes", node.location, hint)
            self.spans[path] = Span(node.start, node.end)
            return written
        if node.kind == "sequence":
            return [self._build(child, (*path, index)) for index, (_, child) in enumerate(node.value)]
        data: dict[str, Any] = {}
        for key, child in node.value:
            name = self._name(key)
            if name is None:
                continue
            if name in data:
                first = self.keys[*path, name]
                self._problem(f"'{name}' is given twice: first in line {first.line}", key.location)
                continue
            self.keys[*path, name] = key.location
            data[name] = self._build(child, (*path, name))
        return data

    def _name(self, key: _Node) -> str | None:
        if key.kind == "scalar" and isinstance(key.value, str):
            if len(key.value) > MAX_KEY:
                raise _UnreadableError(f"key of {len(key.value)} characters: the maximum is {MAX_KEY}", key.location)
            return key.value
        if key.kind == "scalar":
            written = self.source.text[key.start : key.end]
            self._problem(f"a key must be text, {_found(key.value)}", key.location, f'write "{written}"')
        else:
            self._problem(f"a key must be text, not a {key.kind.replace('sequence', 'list')}", key.location)
        return None


def _found(value: object) -> str:
    """Return the end of a message: the scalar that was found instead of text."""
    if value is None:
        return "but it is empty"
    return f"not {str(value).lower() if isinstance(value, bool) else 'a number'}"
