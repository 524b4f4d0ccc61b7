"""A build's outputs beside the spec: which of its products go where, and what that changed. It runs no step."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.api.build_result import location_of
from vidbuild.api.output_owner import OutputOwner
from vidbuild.api.plan import Plan
from vidbuild.api.result import Notice, OutputFile
from vidbuild.api.spec_args import OTHER_OUTPUTS
from vidbuild.engine.graph.graph import Source
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.store.outputs import OutputResult, Outputs
from vidbuild.engine.store.store import Store
from vidbuild.errors import UsageError, VidbuildError, os_error_text
from vidbuild.location import Location

if TYPE_CHECKING:
    from collections.abc import Iterable


OTHER_FOLDER = "-o another folder"

# Role of a step's input -> the spec's field that names its file. The role of a font has its name after a colon, that
# of a picture beside others its own field.
FIELDS = {
    "image": "src",
    "clip": "src",
    "recording": "narration.audio",
    "logo": "theme.logo",
    "font": "theme.fonts",
    "face": "theme.fonts",
}


def targets(plan: Plan, folder: Path) -> list[Path]:
    """Return the paths of all outputs, in the plan's order."""
    return [folder / f"{plan.name}{output.suffix}" for output in plan.outputs]


def refuse_sources(plan: Plan, paths: Iterable[Path], hint: str = OTHER_FOLDER) -> None:
    """Raise SpecError if an output would replace a file that the video is made from."""
    outputs = {os.path.realpath(path): path for path in paths}
    for step in plan.graph.steps.values():
        for role, source in step.inputs.items():
            if isinstance(source, Source) and (path := outputs.get(os.path.realpath(source.path))):
                message = f"'{path}' is a source of the video and cannot be its output"
                kind, _, own = role.partition(":")
                field = own if kind == "image" and own else FIELDS.get(kind, role)
                raise _spec_error(plan, message, location_of(step, field), hint)


def refuse_outside(root: Path, written: Mapping[Path, str]) -> None:
    """Raise UsageError where a folder that would be written leads out of the project, as a symlink in it can.

    written: the default folders of this build, each with the way to choose another.
    """
    home = os.path.realpath(root)
    for folder, hint in written.items():
        real = os.path.realpath(folder)
        if os.path.commonpath((home, real)) != home:
            raise UsageError(f"'{folder}' leads out of the project, to '{real}'", hint=hint)


def refuse_unwritable(paths: Iterable[Path], hint: str = OTHER_FOLDER) -> None:
    """Raise UsageError if an output cannot be written at one of these paths, as far as that can be known before.

    A folder that cannot be written is no error if it has all outputs: they may be up to date.
    """
    paths = list(paths)
    if problem := next(problems(paths), ""):
        raise UsageError(problem, hint=hint)


def problems(paths: Iterable[Path]) -> Iterator[str]:
    """Yield why outputs cannot be written at these paths."""
    for path in paths:
        try:
            path.lstat()
        except FileNotFoundError:
            yield from folder_problems(path)
        except OSError as error:
            yield f"cannot write '{path}': {os_error_text(error)}"
        if path.is_dir():
            yield f"cannot write '{path}': is a folder"
        elif path.exists() and not path.is_file():  # a device, such as /dev/null, would become a file
            yield f"cannot write '{path}': is a device or a pipe"


def folder_problems(path: Path) -> Iterator[str]:
    """Yield why no file can be added to a path's folder, or to the nearest one that exists."""
    folder = next(each for each in path.absolute().parents if os.path.lexists(each))
    if not folder.is_dir():
        yield f"cannot write '{path}': '{folder}' is not a folder"
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield f"cannot write '{path}': '{folder}' cannot be written"


def refuse_other_owner(plan: Plan, owner: OutputOwner, path: Path) -> None:
    """Raise SpecError if the outputs, of which `path` is the first, belong to another spec."""
    if (other := owner.other()) is not None:
        raise _spec_error(plan, owner_message(path, other), output_location(plan), OTHER_OUTPUTS)


def output_location(plan: Plan) -> Location | None:
    """Return the location of the spec's `output`, or of its start."""
    return location_of(plan.graph.steps[plan.outputs[0].step], "output")


def owner_message(path: Path, other: Path) -> str:
    """Return the message about an output that belongs to another spec."""
    return f"'{path}' is an output of '{os.path.relpath(other)}'"


def _spec_error(plan: Plan, message: str, location: Location | None, hint: str) -> VidbuildError:
    from vidbuild.diagnostic import Diagnostic
    from vidbuild.spec.diagnostics import SpecError, read_sources

    problem = Diagnostic("error", message, str(plan.spec), location, hint)
    return SpecError([problem], read_sources([problem]))


class Placing:
    """Places one build's outputs. written: whether any file was not as it should be before."""

    def __init__(self, plan: Plan, store: Store, folder: Path, report: BuildReport) -> None:
        self._plan = plan
        self._folder = folder
        self._report = report
        self._store = store
        self._outputs = Outputs(store, is_output)
        self.files: list[OutputFile] = []
        self.notices: list[Notice] = []
        self.written = False

    def place_all(self) -> None:
        """Put every output where it belongs; what is already right is not touched."""
        products = [self._report.steps[output.step].outputs[output.file] for output in self._plan.outputs]
        blobs = list(zip(products, targets(self._plan, self._folder), strict=True))
        for placed in self._outputs.place_all(blobs):
            self._note(placed)
        for output, (blob, target) in zip(self._plan.outputs, blobs, strict=True):
            encoding = None if output.loops is None else self._encoding(output.step)
            self.files.append(OutputFile(output.kind, target, blob.size, blob.digest, output.loops, encoding))

    def _encoding(self, step: str) -> dict[str, int] | None:
        """Return which way of encoding a looping image was taken; None if there was only one."""
        params = self._plan.graph.steps[step].params
        if len(params["rungs"]) == 1:
            return None
        blob = self._report.steps[step].outputs["render.json"]
        facts = json.loads(self._store.blobs.find(blob.digest).read_text(encoding="utf-8"))
        quality = {"gif": "colors"}.get(params["format"], "quality")
        own = {name: facts[name] for name in ("rate", "width", "height")}
        return {"way": facts["rung"] + 1, "ways": len(params["rungs"]), quality: facts["quality"], **own}

    def _note(self, placed: OutputResult) -> None:
        self.written = self.written or placed.action == "written"
        if placed.aside is not None:
            self.notices.append(Notice(aside_message(placed, self._folder), code="VB903"))


def aside_message(placed: OutputResult, folder: Path) -> str:
    """Return the message about a file of the user that an output replaced."""
    theirs, aside = folder / placed.path.name, folder / (placed.aside or placed.path).name
    if placed.edited:
        return f"'{theirs}' was changed since vidbuild wrote it; your version is now '{aside}'"
    return f"'{theirs}' has no proof that vidbuild wrote it; that file is now '{aside}'"


def is_output(path: Path) -> bool | None:
    """Return whether a file is the output of some build by its seal; None if it has no seal."""
    from vidbuild import seal

    return {"intact": True, "changed": False, "absent": None}[seal.state_of(path)]


def wrote(path: Path) -> bool:
    """Return whether a file exists and is the output of some build by its seal, perhaps changed since."""
    with contextlib.suppress(OSError):
        return is_output(path) is not None
    return False
