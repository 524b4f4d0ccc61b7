"""Builds plain data from the nodes of a YAML text, and notes where each key and value stands."""

from __future__ import annotations

from typing import Any

from vidbuild.frozen import dataclass, field
from vidbuild.json_types import Json
from vidbuild.location import Location
from vidbuild.spec import cut_text
from vidbuild.spec.document import Document, Path, Span
from vidbuild.spec.nodes import Node, Problems, UnreadableError

MAX_ENTRIES = 2000  # of one list or mapping, since some entries are compared with each other
MAX_KEY = 200  # characters


@dataclass(frozen=True, slots=True)
class DataBuilder:
    """Builds the data of a text; keys, values and spans are those of its Document."""

    source: Document
    problems: Problems
    keys: dict[Path, Location] = field(default_factory=dict)
    values: dict[Path, Location] = field(default_factory=dict)
    spans: dict[Path, Span] = field(default_factory=dict)

    def build(self, node: Node, path: Path) -> Json:
        """Return the data of a node, and note its location as that of a path."""
        self.values[path] = node.location
        if node.kind == "scalar":
            self.spans[path] = Span(node.start, node.end)
            return node.value
        if node.kind == "mapping" and self.source.text.startswith("{{", node.start):
            written = self.source.text[node.start : node.end]
            hint = f'write "{written}"' if '"' not in written and "\n" not in written else "put the text in quotes"
            self.problems.error("text that starts with '{{' must be in quotes", node.location, hint)
            self.spans[path] = Span(node.start, node.end)
            return written
        if node.kind == "sequence":
            return [self.build(child, (*path, index)) for index, (_, child) in enumerate(node.value)]
        data: dict[str, Any] = {}
        merged: list[tuple[Node, Node]] = []
        cut: Node | None = None
        before: Node | None = None
        for key, child in node.value:
            if self._is_merge(key):
                merged.append((key, child))
                continue
            is_bare = child.start == child.end
            if is_bare and before is not None and before is cut:
                continue  # another piece of a text for which there is an error already
            name = self._name(key, before if is_bare else None)
            cut = before if name is None and is_bare else cut
            before = before if is_bare else child
            if name is None:
                continue
            if name in data:
                first = self.keys[*path, name]
                self.problems.error(f"'{name}' is given twice: first in line {first.line}", key.location)
                continue
            self._add(path, data, name, key, child)
        for key, child in merged:
            self._merge(key, child, path, data)
        return data

    def _add(self, path: Path, data: dict[str, Any], name: str, key: Node, child: Node) -> None:
        self.keys[*path, name] = key.location
        data[name] = self.build(child, (*path, name))

    def _is_merge(self, key: Node) -> bool:
        return key.kind == "scalar" and self.source.text[key.start : key.end] == "<<"

    def _merge(self, key: Node, node: Node, path: Path, data: dict[str, Any]) -> None:
        """Add the fields of the mappings that a merge key `<<` names, unless they are given already."""
        for source in (each for _, each in node.value) if node.kind == "sequence" else (node,):
            if source.kind != "mapping":
                hint = "write '<<: *name', with '&name' before the mapping that has the fields"
                self.problems.error("'<<' needs a mapping, or a list of mappings", key.location, hint)
                return
            fields = [(each, child) for each, child in source.value if not self._is_merge(each)]
            for each, child in fields:
                name = self._name(each)
                if name is not None and name not in data:
                    self._add(path, data, name, each, child)
            for each, child in source.value:
                if self._is_merge(each):
                    self._merge(each, child, path, data)
        if len(data) > MAX_ENTRIES:
            message = f"too many entries in one mapping: the maximum is {MAX_ENTRIES}"
            raise UnreadableError(message, key.location)

    def _name(self, key: Node, before: Node | None = None) -> str | None:
        """Return a key as text, or None if it is something else; before: the value before a key without one."""
        if key.kind == "scalar" and isinstance(key.value, str):
            if len(key.value) > MAX_KEY:
                raise UnreadableError(f"key of {len(key.value)} characters: the maximum is {MAX_KEY}", key.location)
            return key.value
        if key.kind == "scalar":
            written = self.source.text[key.start : key.end]
            hint = cut_text.hint(self.source.text, before.start, key.end) if before else None
            hint = hint or f'write "{written}"'
            self.problems.error(f"a key must be text, {_found(key.value)}", key.location, hint)
        else:
            self.problems.error(f"a key must be text, not a {key.kind.replace('sequence', 'list')}", key.location)
        return None


def _found(value: object) -> str:
    """Return the end of a message: the scalar that was found instead of text."""
    if value is None:
        return "but it is empty"
    return f"not {str(value).lower() if isinstance(value, bool) else 'a number'}"
