"""Code. Layers: heading, window, code-dim, code, then for each highlight i: bar-i and focus-i."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from vidbuild.model import Scene
from vidbuild.scenes.defaults import SceneDefaults, rising, shown
from vidbuild.scenes.protocol import Reveal, SceneProblem

TAB = 4


class CodeScene(SceneDefaults):
    """Code in a window; lines that are spoken about stay strong while the rest steps back."""

    name = "code"
    summary = "code in a window, in which lines are highlighted one after the other"

    def check(self, fields: Mapping[str, Any], _cues: frozenset[str]) -> Iterator[SceneProblem]:
        """There is code, from one source, and the lines that are named are in it."""
        if fields.get("code") is None:
            yield SceneProblem("", "a code scene needs 'code' or 'file'")
            return
        lines = code_lines(fields["code"])
        first, last = 1, len(lines)
        if "lines" in fields:
            problem = _outside("lines", fields["lines"], 1, len(lines), "the code")
            if problem:
                yield problem
                return
            first, last = line_range(fields["lines"])
        for index, item in enumerate(fields["highlight"]):
            what = "what is shown" if "lines" in fields else "the code"
            problem = _outside(f"highlight.{index}.lines", item["lines"], first, last, what)
            if problem:
                yield problem

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """What is seen, as JSON values.

        {"title", "filename", "language", "code": the shown lines joined, "first": the first one's number,
        "highlights": [{"from", "to"}] by those numbers}; texts None where there are none.
        """
        fields = scene.fields
        lines = code_lines(fields["code"])
        first, last = line_range(fields["lines"]) if "lines" in fields else (1, len(lines))
        ranges = [line_range(item["lines"]) for item in fields["highlight"]]
        return {
            **shown(fields, "title"),
            "filename": fields["filename"] or (PurePath(fields["file"]).name if "file" in fields else None),
            "language": fields["language"] or (_ending(fields["file"]) if "file" in fields else None),
            "code": "\n".join(lines[first - 1 : last]),
            "first": first,
            "highlights": [{"from": low, "to": high} for low, high in ranges],
        }

    def entrances(self, scene: Scene) -> dict[str, str]:
        """The window rises with its code."""
        return {**rising(scene.fields, {"heading": "title"}), "window": "rise", "code": "rise"}

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Each highlight in place of the one before; with the first the other lines step back."""
        return [_reveal(index, item) for index, item in enumerate(scene.fields["highlight"])]


def _reveal(index: int, item: Mapping[str, Any]) -> Reveal:
    here = (f"bar-{index}", f"focus-{index}")
    dim = {"code-dim": "cut"} if index == 0 else {}  # it lies under the whole code, which fades away from above it
    enter = {**dim, **dict.fromkeys(here, "fade")}
    leave = ("code",) if index == 0 else ()
    return Reveal(field=f"highlight.{index}", at=item.get("at"), enter=enter, leave=leave, until_next=here)


def code_lines(code: str) -> list[str]:
    """The code's lines, tabs as blanks, without empty ones at the end."""
    lines = [line.expandtabs(TAB).rstrip() for line in code.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def line_range(lines: str | int) -> tuple[int, int]:
    """First and last line of "3" or "4-9"."""
    first, _, last = str(lines).partition("-")
    return int(first), int(last or first)


def _outside(field: str, lines: str | int, first: int, last: int, what: str) -> SceneProblem | None:
    low, high = line_range(lines)
    if low > high:
        return SceneProblem(field, f"lines '{lines}' end before they start")
    if low < first or high > last:
        has = f"lines {first} to {last}" if last > first else f"line {first} only"
        named = f"lines {low} to {high} are" if high > low else f"line {low} is"
        return SceneProblem(field, f"{named} not in {what}, which has {has}")
    return None


def _ending(file: str) -> str | None:
    return PurePath(file).suffix.removeprefix(".") or None
