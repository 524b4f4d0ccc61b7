"""A command scene whose commands were really run: its outputs come from a recording by `vidbuild record`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild.scenes.command import grid, masks, tokens
from vidbuild.scenes.command.transcript import Transcript
from vidbuild.scenes.protocol import SceneProblem


def problems(fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
    """Yield what is wrong with commands to record."""
    yield from masks.problems(fields["record"].get("mask", ()))
    for index, entry in enumerate(fields["commands"]):
        if "run" not in entry:
            yield SceneProblem(f"commands.{index}", "with 'record', each entry of 'commands' needs 'run'")
        elif "output" in entry:
            message = "'output' and 'record' cannot both be given: 'vidbuild record' records the output"
            yield SceneProblem(f"commands.{index}.output", message, "remove one of them")


def other_statuses(fields: Mapping[str, Any], recorded: Transcript) -> Iterator[SceneProblem]:
    """Yield the commands whose exit status in a recording is not the one that their entry gives."""
    for index, (entry, each) in enumerate(zip(fields["commands"], recorded.commands, strict=True)):
        expected = entry.get("exit", 0)
        if each.status != expected:
            message = f"the recorded command exited with {each.status}: expected {expected}"
            if "exit" in entry:
                yield SceneProblem(f"commands.{index}.exit", message, f"write {each.status}")
            else:
                yield SceneProblem(f"commands.{index}", message, f"add 'exit: {each.status}'")


def with_outputs(fields: Mapping[str, Any], recorded: Transcript) -> list[dict[str, Any]]:
    """Return a scene's commands with the outputs of a recording."""
    pairs = zip(fields["commands"], recorded.commands, strict=True)
    return [{**entry, "output": each.output} for entry, each in pairs]


def warnings(fields: Mapping[str, Any]) -> Iterator[SceneProblem]:
    """Yield a warning for each secret that the outputs seem to have."""
    for index, entry in enumerate(fields["commands"]):
        texts = [entry.get("run", ""), "\n".join(grid.lines(entry.get("output", "")))]
        yield from tokens.warnings(f"commands.{index}", texts)
