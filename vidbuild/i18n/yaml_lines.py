"""The lines of a file of translations: where each scene and field begins and ends, and edits of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import yaml

from vidbuild.frozen import dataclass
from vidbuild.i18n.catalog import CatalogError, Name

_LINE = re.compile("[^\r\n\x85\u2028\u2029]*(?:\r\n|[\r\n\x85\u2028\u2029])|[^\r\n\x85\u2028\u2029]+")
_GONE = "x-gone"


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines [start, end) that others replace; they have no line ends."""

    start: int
    end: int
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Field:
    """An entry. start: of the comments above it; key: its own first line; end: the line after it. All from 0."""

    scene: str
    name: str
    start: int
    key: int
    end: int
    column: int
    node: yaml.Node


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene: lines as those of a field; inner: the column of its fields."""

    start: int
    key: int
    end: int
    inner: int


class Page:
    """A file's lines. Raises CatalogError for one whose scenes are not in lines of their own.

    scenes, fields: of the file; gone_scenes, gone_fields: those below `x-gone`.
    tail: the line before which new scenes come; end: the one after the last.
    """

    def __init__(self, text: str, name: str) -> None:
        text = text if text.endswith("\n") or not text else f"{text}\n"
        self.lines: list[str] = _LINE.findall(text)
        self.name = name
        self.end = len(self.lines)
        while self.end and not self.lines[self.end - 1].strip():
            self.end -= 1
        self.scenes: dict[str, Scene] = {}
        self.fields: dict[Name, Field] = {}
        self.gone_scenes: dict[str, Scene] = {}
        self.gone_fields: dict[Name, Field] = {}
        self.gone: Scene | None = None
        root = yaml.compose(text, Loader=_loader())
        for key, value, start, end in self._children(root, 0):
            if key.value == _GONE:
                self.gone = Scene(start, key.start_mark.line, end, 2)
                self._read(value, self.gone, self.gone_scenes, self.gone_fields)
            elif not key.value.startswith("x-"):
                self._scene(key, value, start, end, self.scenes, self.fields)
        self.tail = self.gone.start if self.gone else self.end

    def applied(self, edits: Iterable[Edit]) -> str:
        """Return the text with edits. Those of one place are in the order given."""
        lines = [line if line.endswith(("\n", "\r")) else f"{line}\n" for line in self.lines]
        ordered = sorted(edits, key=lambda edit: edit.start)
        result, at = [], 0
        for edit in ordered:
            result += lines[at : edit.start] if edit.start > at else []
            result += [f"{line}\n" for line in edit.lines]
            at = max(at, edit.end)
        result += lines[at:]
        return "".join(result)

    def blank_before(self, line: int) -> int:
        """Return the first of the blank lines right before a line, or the line itself."""
        while line and not self.lines[line - 1].strip():
            line -= 1
        return line

    def with_source(self, place: Field, source: Sequence[str]) -> Edit | None:
        """Return the edit that gives an entry its first source, or None if its lines do not allow it."""
        node, inner = place.node, " " * (place.column + 2)
        if isinstance(node, yaml.ScalarNode) and node.start_mark.line == place.key and node.style not in {"|", ">"}:
            start, end = node.start_mark, node.end_mark
            if end.line != start.line:
                return None
            line = self.lines[place.key].rstrip("\r\n")
            key, text = line[: start.column].rstrip(), line[start.column :]
            return Edit(place.key, place.key + 1, [key, *(f"{inner}{each}" for each in source), f"{inner}text: {text}"])
        return None

    def _read(self, node: yaml.Node, around: Scene, scenes: dict[str, Scene], fields: dict[Name, Field]) -> None:
        for key, value, start, end in self._children(node, around.key + 1):
            self._scene(key, value, start, end, scenes, fields)

    def _scene(
        self,
        key: yaml.ScalarNode,
        value: yaml.Node,
        start: int,
        end: int,
        scenes: dict[str, Scene],
        fields: dict[Name, Field],
    ) -> None:
        children = self._children(value, key.start_mark.line + 1)
        inner = children[0][0].start_mark.column if children else key.start_mark.column + 2
        scenes[key.value] = Scene(start, key.start_mark.line, end, inner)
        for own, item, first, last in children:
            place = Field(key.value, own.value, first, own.start_mark.line, last, own.start_mark.column, item)
            fields[key.value, own.value] = place

    def _children(self, node: yaml.Node | None, first: int) -> list[tuple[yaml.ScalarNode, yaml.Node, int, int]]:
        """Return key, value, first line with comments, and the line after, of each item of a mapping in block style."""
        if node is None or (isinstance(node, yaml.ScalarNode) and not node.value.strip()):
            return []
        if not isinstance(node, yaml.MappingNode) or node.flow_style:
            line, column = node.start_mark.line + 1, node.start_mark.column + 1
            message = (
                f"{self.name}:{line}:{column}: cannot be edited here: write each scene and field in a line of its own"
            )
            raise CatalogError(message)
        found, above = [], first
        for key, value in node.value:
            start = start_line = key.start_mark.line
            while start > above and self.lines[start - 1].lstrip().startswith("#"):
                start -= 1
            end = self._end(value, start_line, key.start_mark.column)
            found.append((key, value, start, end))
            above = end
        return found

    def _end(self, node: yaml.Node, line: int, column: int) -> int:
        """Return the line after a value, without blank lines and comments that are not in it."""
        is_block = isinstance(node, yaml.CollectionNode) and not node.flow_style  # its end is where the next key begins
        end = node.end_mark.line + (node.end_mark.column > 0 and not is_block)
        end = max(min(end, len(self.lines)), line + 1)
        while end > line + 1 and self._is_outside(self.lines[end - 1], column):
            end -= 1
        return int(end)

    @staticmethod
    def _is_outside(line: str, column: int) -> bool:
        text = line.strip()
        return not text or (text.startswith("#") and len(line) - len(line.lstrip()) <= column)


def values(text: str, name: str) -> dict[str, Any]:
    """Return the value of a file in which every scalar is text. Raises CatalogError if it is no mapping."""
    try:
        data = yaml.load(text, Loader=_loader())  # noqa: S506 - this loader makes only texts, lists and mappings
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise CatalogError(f"{place}: {error.problem or 'not YAML'}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CatalogError(f"'{name}' is not YAML") from error
    if data is None or data == "":
        return {}
    if not isinstance(data, dict):
        raise CatalogError(f"{name}:1:1: expected a mapping: scene id -> field -> text")
    return {str(key): value for key, value in data.items()}


def _loader() -> type[yaml.BaseLoader]:
    found: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    return found
