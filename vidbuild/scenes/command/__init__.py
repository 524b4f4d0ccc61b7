"""The command scene. Layers: heading, window, for each entry e prompt-e, line-e-0, line-e-1 … and output-e; cursor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vidbuild import columns
from vidbuild.model import Scene
from vidbuild.sanitize import replace_controls, strip_escapes
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.protocol import Reveal, SceneProblem

COLUMNS = 64  # of a command's line; longer commands continue in the next line
INDENT = "  "  # of the lines in which a command continues
TAB = 4


class CommandScene(SceneDefaults):
    """A terminal with commands typed at a readable speed, and their output. Nothing is executed."""

    name = "command"
    summary = "a terminal in which commands are typed and print their output"
    spec_fields: Mapping[str, str] = {"entries.*.lines": "commands.*.run", "entries.*.output": "commands.*.output"}

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Require a command or an output in each entry."""
        for index, entry in enumerate(fields["commands"]):
            if "run" not in entry and "output" not in entry:
                yield SceneProblem(f"commands.{index}", "an entry of 'commands' needs 'run' or 'output'")

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"title", "shell", "prompt", "entries": [{"lines": [text…], "output": [line…]}]}."""
        fields = scene.fields
        entries = [
            {"lines": wrap(entry.get("run", "")), "output": plain_lines(entry.get("output", ""))}
            for entry in fields["commands"]
        ]
        return {**texts(fields, "title", "shell"), "prompt": fields["prompt"], "entries": entries}

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the heading and the window rise with the first prompt."""
        first = _first_typed(scene.fields["commands"])
        prompt = {} if first is None else {f"prompt-{first}": "rise"}
        return {**rising(scene.fields, {"heading": "title"}), "window": "rise", **prompt}

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Type each line after the previous one, and show each output after its command."""
        reveals: list[Reveal] = []
        first = _first_typed(scene.fields["commands"])
        for index, entry in enumerate(scene.fields["commands"]):
            reveals.extend(_typed(index, entry, prompted=index == first))
            if plain_lines(entry.get("output", "")):
                reveals.append(_output(index, entry))
        return reveals


def _first_typed(commands: Sequence[Mapping[str, Any]]) -> int | None:
    return next((index for index, entry in enumerate(commands) if wrap(entry.get("run", ""))), None)


def _typed(index: int, entry: Mapping[str, Any], *, prompted: bool) -> Iterator[Reveal]:
    """Yield the lines of a command.

    prompted: whether its prompt is visible already; otherwise it appears with the first character.
    """
    for nth, line in enumerate(wrap(entry.get("run", ""))):
        prompt = {f"prompt-{index}": "cut"} if nth == 0 and not prompted else {}
        yield Reveal(
            field=f"commands.{index}",
            at=entry.get("at"),
            enter={**prompt, f"line-{index}-{nth}": "type"},
            characters=len(line),
            after_previous=nth > 0,
        )


def _output(index: int, entry: Mapping[str, Any]) -> Reveal:
    at = entry.get("at")
    return Reveal(field=f"commands.{index}", at=at, enter={f"output-{index}": "fade"}, after_previous=True)


def plain_lines(text: str) -> list[str]:
    """Split text into lines as a terminal shows them.

    Escape sequences are removed, tabs expanded, and empty lines at the end dropped.
    """
    visible = strip_escapes(text)
    lines = [replace_controls(line.expandtabs(TAB)).rstrip() for line in visible.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def wrap(command: str) -> list[str]:
    """Split a command into lines of at most COLUMNS columns, at spaces if possible."""
    lines: list[str] = []
    for line in plain_lines(command):
        rest, indent = line, ""
        while columns.width(indent + rest) > COLUMNS:
            cut = _cut(rest, COLUMNS - len(indent))
            lines.append(indent + rest[:cut].rstrip())
            rest, indent = rest[cut:].lstrip(), INDENT
        if rest:
            lines.append(indent + rest)
    return lines


def _cut(text: str, limit: int) -> int:
    """Return where to break: after the last space that fits, or else at the last column."""
    fits = 1
    while fits < len(text) and columns.width(text[: fits + 1]) <= limit:
        fits += 1
    blank = text.rfind(" ", 1, fits + 1)
    return blank if blank > 0 and text[:blank].strip() else fits
