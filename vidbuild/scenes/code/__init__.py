"""The code scene. Layers: heading, window, code-dim, code, then for each highlight i: bar-i and focus-i."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from vidbuild import columns
from vidbuild.model import Scene
from vidbuild.scenes import isolation
from vidbuild.scenes.code import languages
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.protocol import Reveal, SceneProblem

TAB = 4
HIDDEN = "\u2022" * 24  # what stands for a line that a callout blurs


class CodeScene(SceneDefaults):
    """Code in a window; highlighted lines stay bright while the others are dimmed."""

    name = "code"
    spec_fields: Mapping[str, str] = {"wide": "code"}
    summary = "code in a window whose lines are highlighted one range after the other"
    points_at = "lines"

    def extent(self, fields: Mapping[str, Any]) -> tuple[int, int]:
        """Return the first and the last line that is shown."""
        return line_range(fields["lines"]) if "lines" in fields else (1, len(code_lines(fields["code"])))

    def redacted(self, fields: Mapping[str, Any], regions: Sequence[Mapping[str, int]]) -> dict[str, Any]:
        """Replace each hidden line by as many dots, whatever its text: even its length could tell what it was."""
        hidden = {number for each in regions for number in range(each["from"], each["to"] + 1)}
        lines = fields["code"].split("\n")
        code = "\n".join(HIDDEN if number in hidden else line for number, line in enumerate(lines, 1))
        return {**fields, "code": code}

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Require code from one source, and ranges of lines that it has."""
        if fields.get("code") is None:
            yield SceneProblem("", "a code scene needs 'code' or 'file'")
            return
        count = len(code_lines(fields["code"]))
        first, last, outside = 1, count, "not in the code, which has"
        if "lines" in fields:
            problem = _range_problem("lines", fields["lines"], first, last, outside)
            if problem:
                yield problem
                return
            first, last = line_range(fields["lines"])
            outside = "not shown: 'lines' selects"
        for index, item in enumerate(fields["highlight"]):
            problem = _range_problem(f"highlight.{index}.lines", item["lines"], first, last, outside)
            if problem:
                yield problem

    def lint(self, scene: Scene) -> Iterator[SceneProblem]:
        """Warn of code without colors."""
        fields = scene.fields
        if _language(fields) is not None:
            return
        named = fields["language"] or PurePath(fields["file"]).name
        hint = languages.hint(fields["language"]) if fields["language"] else f"set 'language: {languages.PLAIN}'"
        yield SceneProblem("language" if fields["language"] else "file", f"no syntax highlighting for '{named}'", hint)

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return the visible content as JSON values.

        {"title", "filename", "language": typst's name for it, "code": the shown lines, "wide": characters in it that
        take two columns, "first": the number of the first line, "highlights": [{"from", "to"}] by those numbers};
        title, file name and language can be None.
        """
        fields = scene.fields
        lines = code_lines(fields["code"])
        first, last = line_range(fields["lines"]) if "lines" in fields else (1, len(lines))
        shown = lines[first - 1 : last]
        ranges = [line_range(item["lines"]) for item in fields["highlight"]]
        return {
            **texts(fields, "title"),
            "filename": fields["filename"] or (PurePath(fields["file"]).name if "file" in fields else None),
            "language": _language(fields) or None,
            "code": "\n".join(isolation.isolate(line, isolation.CODE) for line in shown),
            "wide": sorted({mark for line in shown for mark in columns.graphemes(line) if columns.width(mark) > 1}),
            "first": first,
            "highlights": [{"from": low, "to": high} for low, high in ranges],
        }

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the window rise with its code."""
        return {**rising(scene.fields, {"heading": "title"}), "window": "rise", "code": "rise"}

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Replace each highlight by the next one; the first one dims the other lines."""
        return [_reveal(index, item) for index, item in enumerate(scene.fields["highlight"])]


def _reveal(index: int, item: Mapping[str, Any]) -> Reveal:
    highlight = (f"bar-{index}", f"focus-{index}")
    dim = {"code-dim": "cut"} if index == 0 else {}  # it is under the whole code, which fades away above it
    enter = {**dim, **dict.fromkeys(highlight, "fade")}
    leave = ("code",) if index == 0 else ()
    return Reveal(field=f"highlight.{index}", at=item.get("at"), enter=enter, leave=leave, until_next=highlight)


def code_lines(code: str) -> list[str]:
    """Split code into lines, with tabs expanded and without empty lines at the end."""
    lines = [columns.expand_tabs(line, TAB).rstrip() for line in isolation.without_controls(code).split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def line_range(lines: str | int) -> tuple[int, int]:
    """Return the first and last line of "3" or "4-9"."""
    first, _, last = str(lines).partition("-")
    return int(first), int(last or first)


def _range_problem(field: str, lines: str | int, first: int, last: int, outside: str) -> SceneProblem | None:
    """Return what is wrong with a range of lines.

    first, last: the lines that it may name.
    outside: the message's middle, for lines beyond those.
    """
    low, high = line_range(lines)
    if low > high:
        return SceneProblem(field, f"lines '{lines}' end before they start")
    if low < first or high > last:
        named = f"lines {low} to {high} are" if high > low else f"line {low} is"
        allowed = f"lines {first} to {last}" if last > first else f"line {first} only"
        return SceneProblem(field, f"{named} {outside} {allowed}")
    return None


def _language(fields: Mapping[str, Any]) -> str | None:
    """Return typst's name for the language; "" for plain text, None if typst does not know it."""
    if fields["language"] or "file" not in fields:
        return languages.typst_name(fields["language"])
    return languages.of_file(fields["file"], fields["code"])


SCENE = CodeScene()
