"""The files of locked takes that a graph uses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vidbuild.diagnostic import Diagnostic
from vidbuild.engine.graph.graph import Graph, Source, Step
from vidbuild.location import Location
from vidbuild.model import Spec
from vidbuild.platforms import shell_command
from vidbuild.spec.diagnostics import SpecError, read_sources
from vidbuild.spec.stock import problem_of


def checked(spec: Spec, graph: Graph) -> Sequence[Path]:
    """Return the files of the takes that a graph uses. Raises SpecError for those that are not as they were locked."""
    known = {str(take.audio): take for take in spec.takes.values()}
    found, problems = [], []
    for step in graph.steps.values():
        source = step.inputs.get("take")
        if step.kind != "speak" or not isinstance(source, Source):
            continue
        take = known[source.path]
        for path, digest in ((take.audio, take.audio_sha256), (take.words, take.words_sha256)):
            file = path.relative_to(spec.root).as_posix()
            if problem := problem_of(spec.root, file, digest):
                problems.append(_problem(spec, step, file, problem))
            found.append(path)
    if problems:
        raise SpecError(problems, read_sources(problems))
    return found


def _problem(spec: Spec, step: Step, file: str, problem: str) -> Diagnostic:
    command = shell_command("vidbuild", "lock", "--voices", spec.path)
    missing = problem == "missing"
    hint = command if missing else f"restore it, or remove it and run: {command}"
    message = f"locked take '{file}' {'does not exist' if missing else problem}"
    return Diagnostic("error", message, str(spec.path), place_of(step), hint)


def place_of(step: Step) -> Location | None:
    """Return the location of the narration that a step speaks."""
    return step.locations.get("narration") or step.locations.get("")
