"""Edits of a spec's text: fields and scenes are replaced, everything else stays as it is, comments included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from vidbuild.create import writing


class NotEditableError(Exception):
    """The text has no list of scenes in the usual form: an entry begins with a hyphen, and has a field in each line."""


@dataclass(frozen=True, slots=True)
class _Edit:
    """Lines [start, end) that others replace."""

    start: int
    end: int
    lines: Sequence[str]


class SpecEditor:
    """Collects edits of one text, and applies them together. Scenes are named by their index in the text."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._edits: list[_Edit] = []
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        fields = dict(root.value) if isinstance(root, yaml.MappingNode) else {}
        found = next((value for key, value in fields.items() if key.value == "scenes"), None)
        if not isinstance(found, yaml.SequenceNode) or found.flow_style:
            raise NotEditableError
        self._scenes: list[yaml.MappingNode] = []
        for node in found.value:
            if not isinstance(node, yaml.MappingNode) or node.flow_style:
                raise NotEditableError
            self._scenes.append(node)

    def line(self, scene: int, field: str) -> int:
        """Return the line of a scene's field, or of the scene if it has none, counted from 1."""
        node = self._scenes[scene]
        return next((key.start_mark.line for key, _ in node.value if key.value == field), node.start_mark.line) + 1

    def set(self, scene: int, field: str, value: Any, before: Sequence[str]) -> None:  # noqa: ANN401 - any field's value
        """Give a field of a scene a value. before: the fields that come before it, for one that the scene has not."""
        node = self._scenes[scene]
        column = node.value[0][0].start_mark.column
        lines = [" " * column + line for line in writing.field_text(field, value).splitlines()]
        for key, old in node.value:
            if key.value == field:
                start, end = key.start_mark.line, self._end(old)
                lines[0] = self._lines[start][:column] + lines[0][column:] + self._comment(old, lines)
                self._edits.append(_Edit(start, end, lines))
                return
        ends = [self._end(old) for key, old in node.value if key.value in before] or [self._end(node.value[0][1])]
        self._edits.append(_Edit(ends[-1], ends[-1], lines))

    def remove(self, scene: int, field: str) -> None:
        """Remove a field of a scene, with its value."""
        for key, old in self._scenes[scene].value:
            if key.value == field:
                self._edits.append(_Edit(key.start_mark.line, self._end(old), ()))

    def insert(self, after: int, scene: Mapping[str, Any]) -> None:
        """Add a scene behind another one; -1 is before the first."""
        indent = " " * (self._scenes[0].start_mark.column - len("- "))
        lines = [indent + line.removeprefix("  ") if line else "" for line in writing.scene_text(scene).splitlines()]
        if after < 0:
            start = self._scenes[0].start_mark.line
            self._edits.append(_Edit(start, start, [*lines, ""]))
        else:
            end = self._end(self._scenes[after])
            self._edits.append(_Edit(end, end, ["", *lines]))

    def delete(self, scene: int) -> None:
        """Remove a scene, with the empty line behind it."""
        start, end = self._scenes[scene].start_mark.line, self._end(self._scenes[scene])
        if end < len(self._lines) and not self._lines[end].strip():
            end += 1
        self._edits.append(_Edit(start, end, ()))

    def text(self) -> str:
        """Return the text with all edits."""
        lines = list(self._lines)
        # From the end, so that earlier lines keep their numbers; of edits at one line the last one first.
        ordered = sorted(enumerate(self._edits), key=lambda each: (each[1].start, each[1].end, each[0]), reverse=True)
        for _, edit in ordered:
            lines[edit.start : edit.end] = edit.lines
        return "\n".join(lines) + "\n"

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

    def _comment(self, node: yaml.Node, lines: Sequence[str]) -> str:
        """Return the comment behind a value in its line, if the new value has one line as well."""
        mark = node.end_mark
        rest = self._lines[mark.line][mark.column :] if mark.line < len(self._lines) else ""
        return rest.rstrip() if len(lines) == 1 and rest.strip().startswith("#") else ""
