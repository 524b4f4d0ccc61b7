"""YAML text -> Document, with located problems; it knows nothing of specs.

Scalars mean what YAML 1.2's core schema says they mean, as in editors: `no`, `on`, `1:30` and `2026-01-01` are text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from vidbuild.diagnostic import Diagnostic
from vidbuild.location import Location
from vidbuild.spec import yaml_errors
from vidbuild.spec.diagnostics import MAX_PROBLEMS
from vidbuild.spec.document import Document, Path, Span

MAX_DEPTH = 50
MAX_NODES = 200_000
MAX_ALIASED = 20_000  # nodes that aliases may add: enough for any spec, and no bomb gets far
MAX_DIGITS = 15  # more are not kept by a float
MAX_ENTRIES = 2000  # of one list or mapping, scenes too: what is compared with one another must not be many
MAX_KEY = 200  # characters
MAX_TEXT = 50_000  # characters of one value: more than anyone would show or say at once

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
    """One node of the text; `value` is a scalar's value, or a list of (key node | None, value node)."""

    kind: str
    value: Any
    start: int
    end: int
    place: Location
    complete: bool = True
    size: int = 1


class _UnreadableError(Exception):
    """The text cannot be read on; carries the one problem."""

    def __init__(self, message: str, place: Location, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.place, self.hint = message, place, hint


def decode(raw: bytes, name: str) -> tuple[str, list[Diagnostic]]:
    """The text of a file's bytes: UTF-8, with or without a byte order mark."""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "", [Diagnostic("error", "not UTF-8 but UTF-16", name, Location(name, 1, 1, 2))]
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        return raw.decode(), []
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode()
        place = Document(name, before + "?", None).stretch(len(before), len(before) + 1)
        message = f"not UTF-8: byte 0x{raw[error.start]:02x} is not text"
        readable = raw.decode(errors="replace")
        return readable, [Diagnostic("error", message, name, place)]


def read(text: str, name: str) -> tuple[Document, list[Diagnostic]]:
    """The document and what is wrong with it as YAML. After a problem that ends reading, its data is None."""
    reader = _Reader(Document(name, text, None))
    try:
        document = reader.document()
    except _UnreadableError as error:
        reader.problems.append(Diagnostic("error", error.message, name, error.place, hint=error.hint))
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
            place = self.source.stretch(found.start(), found.end())
            raise _UnreadableError(f"not YAML: character U+{ord(found[0]):04X} is not allowed", place)
        events = self._events()
        root = None
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent" and root is not None:
                raise _UnreadableError("a second YAML document; one file is one document", self._mark(event))
            if kind not in {"StreamStartEvent", "StreamEndEvent", "DocumentStartEvent", "DocumentEndEvent"}:
                root = self._node(event, events, 0)
        if root is None or (root.kind == "scalar" and root.value is None):
            raise _UnreadableError("the file is empty", Location(self.source.name, 1, 1, 2))
        data = self._build(root, ())
        return Document(self.source.name, text, data, self.keys, self.values, self.spans)

    def _events(self) -> Iterator[Any]:
        import yaml

        try:
            yield from yaml.parse(self.source.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except yaml.MarkedYAMLError as error:
            message, at, hint = yaml_errors.plain(error, self.source.text)
            raise _UnreadableError(f"not YAML: {message}", self._at(at), hint) from None
        except yaml.YAMLError as error:
            raise _UnreadableError(f"not YAML: {error}".splitlines()[0], Location(self.source.name, 1, 1, 2)) from None

    def _at(self, index: int) -> Location:
        """The place of an offset; the end of the text counts as the end of its last line with anything on it."""
        text = self.source.text
        if index >= len(text):
            index = max(len(text.rstrip()) - 1, 0)
        return self.source.stretch(index, index + 1)

    def _mark(self, event: Any) -> Location:  # noqa: ANN401 - yaml's events are untyped
        return self._stretch(event.start_mark, max(event.end_mark.index, event.start_mark.index + 1))

    def _stretch(self, mark: Any, end: int) -> Location:  # noqa: ANN401 - yaml has no types for its events, nor a spec for its values
        """As Document.stretch, but from yaml's own line and column, which spares counting lines."""
        text = self.source.text
        stop = min(end, len(text))
        for ending in "\n\r\x85\u2028\u2029":
            found = text.find(ending, mark.index, stop)
            stop = found if found >= 0 else stop
        stop = mark.index + len(text[mark.index : stop].rstrip())
        width = max(stop - mark.index, 1)
        return Location(self.source.name, mark.line + 1, mark.column + 1, mark.column + 1 + width)

    def _problem(self, message: str, place: Location, hint: str | None = None) -> None:
        if len(self.problems) >= MAX_PROBLEMS:
            raise _UnreadableError(f"more than {MAX_PROBLEMS} problems; what follows is not read", place)
        self.problems.append(Diagnostic("error", message, self.source.name, place, hint=hint))

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> _Node:  # noqa: ANN401 - yaml has no types for its events, nor a spec for its values
        self.nodes += 1
        if depth > MAX_DEPTH:
            raise _UnreadableError(f"nested more than {MAX_DEPTH} deep", self._mark(event))
        if self.nodes > MAX_NODES:
            raise _UnreadableError(f"more than {MAX_NODES} values", self._mark(event))
        kind = type(event).__name__
        if kind == "AliasEvent":
            return self._alias(event)
        node = _Node("", None, event.start_mark.index, event.end_mark.index, self._mark(event), complete=False)
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

    def _alias(self, event: Any) -> _Node:  # noqa: ANN401 - yaml has no types for its events, nor a spec for its values
        place, target = self._mark(event), self.anchors.get(event.anchor)
        if target is None:
            raise _UnreadableError(f"alias '*{event.anchor}' has no anchor '&{event.anchor}' before it", place)
        if not target.complete:
            raise _UnreadableError(f"alias '*{event.anchor}' contains itself", place)
        self.aliased += target.size
        if self.aliased > MAX_ALIASED:
            raise _UnreadableError(f"aliases repeat more than {MAX_ALIASED} values", place)
        return _Node(target.kind, target.value, target.start, target.end, place, size=target.size)

    def _properties(self, event: Any, node: _Node) -> None:  # noqa: ANN401 - yaml has no types for its events, nor a spec for its values
        """Refuse a tag, and let the place begin after an anchor."""
        text = self.source.text
        at = node.start
        while text[at : at + 1] in {"&", "!"} and (event.anchor or event.tag):
            found = re.compile(r"\S*").match(text, at)
            token = found[0] if found else ""
            if token.startswith("!"):
                self._problem(f"a tag is not allowed: '{token}'", self.source.stretch(at, at + len(token)))
            at += len(token)
            at += len(text[at : node.end]) - len(text[at : node.end].lstrip())
        if at != node.start:
            node.start = at
            node.place = self.source.stretch(at, node.end) if at < node.end else node.place

    def _scalar(self, event: Any, node: _Node) -> Any:  # noqa: ANN401 - yaml has no types for its events, nor a spec for its values
        value: str = event.value
        if len(value) > MAX_TEXT:
            raise _UnreadableError(f"a text of {len(value)} characters, more than {MAX_TEXT}", node.place)
        if event.style:
            return value
        if value in _WORDS:
            return _WORDS[value]
        if _INT.match(value) or _FLOAT.match(value):
            if len(value) > MAX_DIGITS + 5:
                self._problem("a number of more digits than can be kept", node.place)
                return 0
            number = int(value) if _INT.match(value) else float(value)
            if number in {math.inf, -math.inf}:
                self._problem("a number that is larger than can be kept", node.place)
                return 0
            return number
        return value

    def _children(self, node: _Node, events: Iterator[Any], depth: int) -> list[tuple[_Node | None, _Node]]:
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
                raise _UnreadableError(f"a {what} of more than {MAX_ENTRIES} entries", self._mark(event))
            child = self._node(event, events, depth + 1)
            node.size += child.size
            children.append((key, child))
        self._place_collection(node, children)
        return children

    def _place_collection(self, node: _Node, children: list[tuple[_Node | None, _Node]]) -> None:
        """A mapping or list in braces is shown whole, a block one by its first key or item."""
        if self.source.text[node.start : node.start + 1] in {"{", "["}:
            node.place = self.source.stretch(node.start, node.end)
        elif children:
            key, child = children[0]
            node.place = (key or child).place

    def _build(self, node: _Node, path: Path) -> Any:  # noqa: ANN401 - yaml has no types for its events, nor a spec for its values
        self.values[path] = node.place
        if node.kind == "scalar":
            self.spans[path] = Span(node.start, node.end)
            return node.value
        if node.kind == "mapping" and self.source.text.startswith("{{", node.start):
            written = self.source.text[node.start : node.end]
            shown = f'write "{written}"' if '"' not in written and "\n" not in written else None
            self._problem("text that starts with '{{' needs quotes", node.place, shown)
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
                self._problem(f"'{name}' is given twice; first in line {first.line}", key.place)
                continue
            self.keys[*path, name] = key.place
            data[name] = self._build(child, (*path, name))
        return data

    def _name(self, key: _Node) -> str | None:
        if key.kind == "scalar" and isinstance(key.value, str):
            if len(key.value) > MAX_KEY:
                raise _UnreadableError(f"a key of {len(key.value)} characters, more than {MAX_KEY}", key.place)
            return key.value
        if key.kind == "scalar":
            written = self.source.text[key.start : key.end]
            self._problem(f"a key must be text, but this is {_kind(key.value)}", key.place, f'write "{written}"')
        else:
            self._problem(f"a key must be text, but this is a {key.kind.replace('sequence', 'list')}", key.place)
        return None


def _kind(value: object) -> str:
    return "nothing" if value is None else "true or false" if isinstance(value, bool) else "a number"
