"""The command scene. Layers: heading, window, for each entry e prompt-e, line-e-0 …, status-e and output-e; cursor."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from vidbuild import columns
from vidbuild.model import Scene
from vidbuild.scenes import isolation
from vidbuild.scenes.command import cells, grid, recorded, scrolling
from vidbuild.scenes.command.replay import Replay
from vidbuild.scenes.defaults import SceneDefaults, rising, texts
from vidbuild.scenes.protocol import Reveal, SceneProblem

SHELL = "bash"
MAX_BAR = 60  # characters of a recording's title in the window's bar
COLUMNS = 64  # of a command's line; longer commands continue in the next line
INDENT = "  "  # of the lines in which a command continues


class CommandScene(SceneDefaults):
    """A terminal with commands typed at a readable speed, and their output. Nothing is executed.

    If it has `record`, the outputs of its commands come from a recording (see `ran`).
    """

    name = "command"
    summary = "a terminal in which commands are typed and print their output"
    spec_fields: Mapping[str, str] = {
        "entries.*.lines": "commands.*.run",
        "entries.*.output": "commands.*.output",
        "prompt": "prompt",
        "screen.lines": "cast",
        "scrolled.lines": "commands",
    }

    def markers(self, fields: Mapping[str, Any]) -> Collection[str]:
        """Return the labels of a recording's markers."""
        return recorded.labels(fields) if recorded.is_recorded(fields) else ()

    def plays(self, fields: Mapping[str, Any]) -> bool:
        """Return whether the scene shows a recording, which has a length of its own."""
        return "cast" in fields

    def lint(self, scene: Scene) -> Iterator[SceneProblem]:
        """Warn of a recording that is cut short, and of tables that a full window folds."""
        if recorded.is_recorded(scene.fields):
            return recorded.warnings(scene.fields)
        if "record" in scene.fields:
            from vidbuild.scenes.command import ran

            return chain(ran.warnings(scene.fields), self._folded(scene.fields))
        return self._folded(scene.fields)

    def _folded(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        return scrolling.warnings(fields["commands"]) if _scrolls(fields) else iter(())

    def check(self, fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
        """Require a command or an output in each entry, or a recording that can be read."""
        if recorded.is_recorded(fields):
            yield from recorded.problems(fields)
            return
        if "commands" not in fields:
            yield SceneProblem("", "a command scene needs 'commands' or 'cast'")
            return
        if "record" in fields:
            from vidbuild.scenes.command import ran

            yield from ran.problems(fields)
        for name in recorded.OPTIONS:
            if name in fields:
                yield SceneProblem(name, f"'{name}' is a setting of a recording: the scene has no 'cast'")
        for index, entry in enumerate(fields["commands"]):
            if "run" not in entry and "output" not in entry:
                yield SceneProblem(f"commands.{index}", "an entry of 'commands' needs 'run' or 'output'")
            elif "exit" in entry and "run" not in entry:
                yield SceneProblem(f"commands.{index}.exit", "'exit' is the status of a command: its entry needs 'run'")

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """Return {"title", "shell", "prompt", "entries": [{"lines": [line…], "output": [line…], "table", "exit"}]}.

        A recording, and commands that fill their window, have "screen" or "scrolled" in place of prompt and
        entries: see `replay.as_data`.

        Each line is a list of parts (see `cells`), in an output also of those with a style. The prompt is one, and
        empty if there is none.
        table: whether the output has columns that belong under each other. exit: only if a status is shown.
        """
        fields = scene.fields
        if recorded.is_recorded(fields):
            bar = fields.get("shell", recorded.title(fields) or SHELL).strip()[:MAX_BAR]
            return {**texts(fields, "title"), "shell": bar or None, "screen": recorded.drawing(fields)}
        named = {**texts(fields, "title"), "shell": fields.get("shell", SHELL).strip() or None}
        if _scrolls(fields):
            return {**named, "scrolled": scrolling.drawing(_scrolled(fields))}
        return {
            **named,
            "prompt": cells.parts(_prompt(fields), isolation.PROSE),
            "entries": [_entry(entry) for entry in fields["commands"]],
        }

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Let the heading and the window rise with the first prompt."""
        if recorded.is_recorded(scene.fields) or _scrolls(scene.fields):
            return {**rising(scene.fields, {"heading": "title"}), "window": "rise", "screen": "rise"}
        first = _first_typed(scene.fields["commands"]) if _prompt(scene.fields) else None
        prompt = {} if first is None else {f"prompt-{first}": "rise"}
        return {**rising(scene.fields, {"heading": "title"}), "window": "rise", **prompt}

    def reveals(self, scene: Scene) -> list[Reveal]:
        """Type each line after the previous one, and show each output after its command."""
        if recorded.is_recorded(scene.fields):
            return recorded.reveals(scene.fields, _cues(scene))
        if _scrolls(scene.fields):
            return list(scrolling.reveals(_scrolled(scene.fields), scene.fields["commands"]))
        reveals: list[Reveal] = []
        first = _first_typed(scene.fields["commands"])
        for index, entry in enumerate(scene.fields["commands"]):
            reveals.extend(_typed(index, entry, prompted=index == first or not _prompt(scene.fields)))
            if answer := _answer(index, entry):
                reveals.append(answer)
        return reveals


def _cues(scene: Scene) -> set[str]:
    """Return the cues that the narration has in every language."""
    narration = scene.narration
    each = list(narration.values()) if isinstance(narration, Mapping) else [narration] if narration else []
    return set.intersection(*({*one.cues} for one in each)) if each else set()


def _scrolls(fields: Mapping[str, Any]) -> bool:
    """Return whether the commands do not fit their window."""
    return scrolling.is_full(fields["commands"], _lines(fields))


def _scrolled(fields: Mapping[str, Any]) -> Replay:
    return scrolling.replay(_prompt(fields), fields["commands"], _lines(fields))


def _lines(fields: Mapping[str, Any]) -> list[list[str]]:
    return [wrap(entry.get("run", "")) for entry in fields["commands"]]


def _prompt(fields: Mapping[str, Any]) -> str:
    """Return the prompt with the space before the command; "" if there is none."""
    prompt = " ".join(grid.lines(fields["prompt"]))
    return f"{prompt} " if prompt else ""


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    output = entry.get("output", "")
    return {
        "lines": [cells.parts(line, isolation.COMMAND) for line in wrap(entry.get("run", ""))],
        "output": [cells.styled(line, isolation.PROSE) for line in grid.styled(output)],
        "table": grid.is_table(grid.lines(output)),
        **({} if _status(entry) is None else {"exit": _status(entry)}),
    }


def _first_typed(commands: Sequence[Mapping[str, Any]]) -> int | None:
    return next((index for index, entry in enumerate(commands) if wrap(entry.get("run", ""))), None)


def _typed(index: int, entry: Mapping[str, Any], *, prompted: bool) -> Iterator[Reveal]:
    """Yield the lines of a command.

    prompted: whether its prompt is visible already, or there is none; otherwise it appears with the first character.
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


def _answer(index: int, entry: Mapping[str, Any]) -> Reveal | None:
    """Return what appears once a command has run: its output and its exit status."""
    shown = [f"output-{index}"] if grid.lines(entry.get("output", "")) else []
    if _status(entry) is not None:
        shown.append(f"status-{index}")
    if not shown:
        return None
    at = entry.get("at")
    return Reveal(field=f"commands.{index}", at=at, enter=dict.fromkeys(shown, "fade"), after_previous=True)


def _status(entry: Mapping[str, Any]) -> int | None:
    """Return the exit status to show, beside the command that it belongs to."""
    status: int | None = entry.get("exit") if wrap(entry.get("run", "")) else None
    return status


def wrap(command: str) -> list[str]:
    """Split a command into lines of at most COLUMNS columns, at spaces if possible."""
    lines: list[str] = []
    for line in grid.lines(command):
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
    end = used = 0
    for character in columns.graphemes(text):
        used += columns.width(character)
        if used > limit and end:
            break
        end += len(character)
    blank = text.rfind(" ", 1, end + 1)
    return blank if blank > 0 and text[:blank].strip() else end


SCENE = CommandScene()
