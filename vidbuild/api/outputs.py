"""A build's outputs beside the spec: which of its products go where, and what that changed. It runs no step."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from vidbuild.api.plan import Plan
from vidbuild.api.result import Notice, OutputFile
from vidbuild.engine.graph.graph import Source
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.store.outputs import OutputResult, Outputs
from vidbuild.engine.store.store import Store
from vidbuild.errors import UsageError


def refuse_sources(plan: Plan, folder: Path) -> None:
    """Raise UsageError where an output would take the place of a file that the video is made from."""
    feeds = (source for step in plan.graph.steps.values() for source in step.inputs.values())
    sources = {os.path.realpath(source.path) for source in feeds if isinstance(source, Source)}
    for output in plan.outputs:
        target = folder / f"{plan.name}{output.suffix}"
        if os.path.realpath(target) in sources:
            raise UsageError(
                f"'{target}' is what the video is made from and cannot be its output", hint="-o another folder"
            )


def refuse_outside(root: Path, written: Mapping[Path, str]) -> None:
    """Raise UsageError where a folder that would be written leads out of the project, as a symlink in it can.

    written: the default folders of this build, each with the way to choose another.
    """
    home = os.path.realpath(root)
    for folder, hint in written.items():
        real = os.path.realpath(folder)
        if os.path.commonpath((home, real)) != home:
            raise UsageError(f"'{folder}' leads out of the project, to '{real}'", hint=hint)


class Placing:
    """Places one build's outputs. written: whether any file was not as it should be before."""

    def __init__(self, plan: Plan, store: Store, folder: Path, report: BuildReport) -> None:
        self._plan = plan
        self._folder = folder
        self._report = report
        self._outputs = Outputs(store)
        self.files: list[OutputFile] = []
        self.notices: list[Notice] = []
        self.written = False

    def place_all(self) -> None:
        """Put every output where it belongs; what is already right is not touched."""
        blobs = [
            (
                self._report.steps[output.step].outputs[output.file],
                self._folder / f"{self._plan.name}{output.suffix}",
            )
            for output in self._plan.outputs
        ]
        for placed in self._outputs.place_all(blobs):
            self._note(placed)
        for output, (blob, target) in zip(self._plan.outputs, blobs, strict=True):
            self.files.append(OutputFile(output.kind, target, blob.size, blob.digest))

    def _note(self, placed: OutputResult) -> None:
        self.written = self.written or placed.action == "written"
        if placed.aside is not None:
            theirs, aside = self._folder / placed.path.name, self._folder / placed.aside.name
            self.notices.append(
                Notice(f"'{theirs}' was changed since vidbuild wrote it; your version is now '{aside}'")
            )
