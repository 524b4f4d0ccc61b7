"""Runs the steps of a graph without an engine or a sandbox: each in this process, on the project's own files."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from vidbuild.engine.disk.durable import hash_file
from vidbuild.engine.graph.context import Context
from vidbuild.engine.graph.graph import Graph, Source, Step
from vidbuild.plan.kinds import KINDS

Outputs = Mapping[str, str]  # file -> digest


def run_all(graph: Graph, folder: Path) -> dict[str, Outputs]:
    """Run all steps in their order, and return what each made.

    folder: an empty folder, in which each step gets one of its own.
    """
    folders: dict[str, Path] = {}
    for position, step in enumerate(graph.steps.values()):
        folders[step.id] = folder / str(position)
        _run(step, folders)
    return {name: _digests(place / "out") for name, place in folders.items()}


def _run(step: Step, folders: Mapping[str, Path]) -> None:
    inputs = {}
    for role, given in step.inputs.items():
        inputs[role] = Path(given.path) if isinstance(given, Source) else folders[given.step] / "out" / given.name
    place = folders[step.id]
    for name in ("out", "scratch"):
        (place / name).mkdir(parents=True)
    env = {"PATH": os.environ["PATH"], "TMPDIR": str(place / "scratch"), "HOME": str(place / "scratch")}
    module, _, function = KINDS[step.kind].run.partition(":")
    run: Callable[[Context], None] = getattr(importlib.import_module(module), function)
    run(Context(step.id, step.params, inputs, place / "out", place / "scratch", env))


def _digests(out: Path) -> Outputs:
    files = (path for path in sorted(out.rglob("*")) if path.is_file())
    return {path.relative_to(out).as_posix(): hash_file(str(path)) for path in files}
