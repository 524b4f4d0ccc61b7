"""Edits of a spec's text: fields and scenes are replaced, everything else stays as it is, comments included."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import yaml

from vidbuild.create import writing
from vidbuild.create.source import yaml_text
from vidbuild.create.source.protocol import SourceError
from vidbuild.json_types import Json

_BREAKS = ("\n", "\r", "\x85", "\u2028", "\u2029")  # that end lines in YAML
_LINE = re.compile("[^{0}]*(?:\r\n|[{0}])|[^{0}]+".format("".join(_BREAKS)))


class NotEditableError(Exception):
    """The text has no list of scenes in the usual form: an entry begins with a hyphen, and has a field in each line."""


@dataclass(frozen=True, slots=True)
class _Edit:
    """Lines [start, end) that others replace."""

    start: int
    end: int
    lines: Sequence[str]


class SpecEditor:
    """Collects edits of one text, and applies them together. Scenes are named by their index in the text.

    scenes: the fields of each, as the text has them.
    """

    def __init__(self, text: str, name: str = "spec") -> None:
        """Read a text; name: of its file. Raises NotEditableError, or SourceError if the text is no YAML."""
        self._text = text
        self._lines = _LINE.findall(text)
        self._edits: list[_Edit] = []
        self._data = yaml_text.load(text, name)
        root = yaml.compose(text, Loader=yaml_text.loader())
        fields = dict(root.value) if isinstance(root, yaml.MappingNode) else {}
        found = next((value for key, value in fields.items() if key.value == "scenes"), None)
        if not isinstance(found, yaml.SequenceNode) or found.flow_style:
            raise NotEditableError
        self._indent = " " * found.start_mark.column
        self._nodes: list[yaml.MappingNode] = []
        for node in found.value:
            if not isinstance(node, yaml.MappingNode) or node.flow_style:
                raise NotEditableError
            self._nodes.append(node)
        self.scenes: Sequence[Mapping[str, Any]] = self._data["scenes"]
        # What the edited text must have: each scene with those behind it; first, those before all of them.
        self._wanted: list[list[dict[str, Any]]] = [[], *([dict(each)] for each in self.scenes)]

    def line(self, scene: int, field: str) -> int:
        """Return the line of a scene's field, or of the scene if it has none, counted from 1."""
        node = self._nodes[scene]
        return next((key.start_mark.line for key, _ in node.value if key.value == field), node.start_mark.line) + 1

    def set(self, scene: int, field: str, value: Json, before: Sequence[str]) -> None:
        """Give a field of a scene a value. before: the fields that come before it, for one that the scene has not."""
        node = self._nodes[scene]
        column = node.value[0][0].start_mark.column
        text = writing.field_text(field, value)
        self._wanted[scene + 1][0] |= yaml.safe_load(text)
        lines = [" " * column + line for line in text.splitlines()]
        for key, old in node.value:
            if key.value == field:
                start, end = key.start_mark.line, self._end(old)
                lines[0] = self._lines[start][:column] + lines[0][column:] + self._comment(key, old, lines)
                self._edits.append(_Edit(start, end, lines))
                return
        ends = [self._end(old) for key, old in node.value if key.value in before] or [self._end(node.value[0][1])]
        self._edits.append(_Edit(ends[-1], ends[-1], lines))

    def remove(self, scene: int, field: str) -> None:
        """Remove a field of a scene, with its value."""
        self._wanted[scene + 1][0].pop(field, None)
        for key, old in self._nodes[scene].value:
            if key.value == field:
                self._edits.append(_Edit(key.start_mark.line, self._end(old), ()))

    def insert(self, after: int, scene: Mapping[str, Any]) -> None:
        """Add a scene behind another one; -1 is before the first."""
        self._wanted[after + 1].append(writing.as_written(scene))
        text = writing.scene_text(scene)
        lines = [self._indent + line.removeprefix("  ") if line else "" for line in text.splitlines()]
        if after < 0:
            start = self._nodes[0].start_mark.line
            self._edits.append(_Edit(start, start, [*lines, ""]))
        else:
            end = self._end(self._nodes[after])
            self._edits.append(_Edit(end, end, ["", *lines]))

    def delete(self, scene: int) -> None:
        """Remove a scene, with the empty line behind it."""
        del self._wanted[scene + 1][0]
        start, end = self._nodes[scene].start_mark.line, self._end(self._nodes[scene])
        if end < len(self._lines) and not self._lines[end].strip():
            end += 1
        self._edits.append(_Edit(start, end, ()))

    def text(self) -> str:
        """Return the text with all edits. Raises NotEditableError if they cannot be made line by line."""
        if not self._edits:
            return self._text
        newline = "\r\n" if "\r\n" in self._text else "\n"
        lines = list(self._lines)
        if not lines[-1].endswith(_BREAKS):
            lines[-1] += newline
        # From the end, so that earlier lines keep their numbers; of edits at one line the last one first.
        ordered = sorted(enumerate(self._edits), key=lambda each: (each[1].start, each[1].end, each[0]), reverse=True)
        for _, edit in ordered:
            lines[edit.start : edit.end] = [line + newline for line in edit.lines]
        text = "".join(lines)
        self._check(text)
        return text

    def _check(self, text: str) -> None:
        """Raise NotEditableError unless a text has what was wanted: with aliases, a value is in another place."""
        try:
            found = yaml_text.load(text, "")
        except SourceError as error:
            raise NotEditableError from error
        if found != {**self._data, "scenes": list(chain.from_iterable(self._wanted))}:
            raise NotEditableError

    def _end(self, node: yaml.Node) -> int:
        """Return the line behind a value; empty lines and comments that follow it are not its own."""
        mark = node.end_mark
        end = mark.line + 1 if mark.column and self._lines[mark.line][: mark.column].strip() else mark.line
        start = node.start_mark.line
        while end - 1 > start and (not self._lines[end - 1].strip() or self._is_comment(node, end - 1)):
            end -= 1
        return end

    def _is_comment(self, node: yaml.Node, index: int) -> bool:
        """Return whether a line is a comment; in a literal text it is not."""
        literal = isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}
        return not literal and self._lines[index].lstrip().startswith("#")

    def _comment(self, key: yaml.Node, value: yaml.Node, lines: Sequence[str]) -> str:
        """Return the comment in the line of a field, if the new value leaves room for one there."""
        is_below = value.start_mark.line > key.end_mark.line
        mark = key.end_mark if is_below else value.end_mark
        rest = self._lines[mark.line][mark.column :].removeprefix(":") if mark.line < len(self._lines) else ""
        has_room = len(lines) == 1 or lines[0].endswith(":")
        return rest.rstrip() if has_room and rest.strip().startswith("#") else ""
