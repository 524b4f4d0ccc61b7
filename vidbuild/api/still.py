"""Render one frame of a scene."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from vidbuild import timebase
from vidbuild.api.build_result import location_of, step_warnings
from vidbuild.api.engine import engine_of
from vidbuild.api.load import load
from vidbuild.api.outputs import aside_message, is_output, refuse_sources, refuse_unwritable, targets
from vidbuild.api.plan import Plan, plan_of, store_of
from vidbuild.api.result import Notice
from vidbuild.api.spec_args import SpecLike, path_of
from vidbuild.choice import selected
from vidbuild.engine.graph.graph import Graph, Step
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.schedule.target import RunHooks, Target
from vidbuild.engine.store.outputs import Outputs
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.writable import writable
from vidbuild.errors import Failure, UsageError, VidbuildError, class_of
from vidbuild.frozen import dataclass
from vidbuild.model import Spec
from vidbuild.platforms import require_posix, shell_command
from vidbuild.project import OUTPUT_FOLDER, name_of
from vidbuild.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class Still:
    """A frame that was rendered as a PNG, and the warnings about the spec and the steps that were needed for it."""

    path: Path
    warnings: tuple[Notice, ...]


def still(
    spec: SpecLike,
    scene: str,
    at: float | None = None,
    output: Path | None = None,
    *,
    variables: Mapping[str, str] | None = None,
    brand: str | None = None,
    cache: Path | None = None,
    language: Sequence[str] = (),
    output_name: Sequence[str] = (),
) -> Path:
    """Render one frame of a scene as a PNG, with the same cache as a build, and return its path.

    at: seconds from the scene's start; None for its last frame.
    output: the file to write; None for `build/NAME.SCENE.png` beside the spec.
    language, output_name: of which of the spec's videos; default: of the first that shows the scene.

    Raises UsageError if only audio is left to choose from, and the error of the step that failed.
    """
    return still_with_warnings(
        spec,
        scene,
        at,
        output,
        variables=variables,
        brand=brand,
        cache=cache,
        language=language,
        output_name=output_name,
    ).path


def still_with_warnings(
    spec: SpecLike,
    scene: str,
    at: float | None = None,
    output: Path | None = None,
    *,
    variables: Mapping[str, str] | None = None,
    brand: str | None = None,
    cache: Path | None = None,
    language: Sequence[str] = (),
    output_name: Sequence[str] = (),
) -> Still:
    """Render one frame as `still` does, with the warnings about it."""
    from vidbuild.plan.scene_steps import LAST_FRAME
    from vidbuild.plan.scene_steps import still as still_step
    from vidbuild.plan.variant import VideoSpec, own_variant

    require_posix()
    path = path_of(spec)
    store = store_of(path, cache)
    loaded = _video(spec, variables, brand, scene, selected_by=(language, output_name))
    plan = plan_of(loaded, store=store, variables=variables, brand=brand)
    video = VideoSpec.of(loaded, own_variant(loaded))
    step = still_step(video, scene, LAST_FRAME if at is None else timebase.frames(at, video.fps))
    graph = Graph.of({**plan.graph.steps, step.id: step})
    png = _png(output, path, ".".join(filter(None, (loaded.choice.name, scene))))
    _refuse(png, plan, path.parent / OUTPUT_FOLDER)
    with writable(store) as used:
        target = Target(graph, build_name=f"{plan.entry} --still {scene}", goals=[step.id])
        placing = _PlaceStill(used, step.id, png)
        (report,) = engine_of(used).build([target], hooks=placing)
        if report.error is not None:
            raise report.error
        for failed in report.failed:
            failure = failed.failure or Failure("failed without a reason")
            raise _as_error(graph.steps[failed.step], failure, named=failed.step != step.id)
    return Still(png, (*plan.warnings, *step_warnings(graph.steps, report), *placing.notices))


def _video(
    spec: SpecLike,
    variables: Mapping[str, str] | None,
    brand: str | None,
    scene: str,
    selected_by: tuple[Sequence[str], Sequence[str]],
) -> Spec:
    """Return the first video of a spec in one of these languages and of one of these outputs that shows the scene."""
    from vidbuild.plan.formats import AUDIO

    whole = load(spec, variables, brand) if isinstance(spec, (str, os.PathLike)) else spec
    videos = whole.videos or (whole,)
    choices = selected([each.choice for each in videos], *selected_by, os.fspath(whole.path))
    chosen = [each for each in videos if each.choice in choices]
    found = [each for each in chosen if each.output.format not in AUDIO]
    if not found:
        hint = f"'format: {chosen[0].output.format}' is audio alone; choose another output or format"
        raise UsageError(f"'{whole.path}' has no picture to show", hint=hint)
    ids = list(dict.fromkeys(own.id for each in found for own in each.scenes))
    if scene not in ids:
        hint = did_you_mean(scene, ids) or f"the scenes are {', '.join(ids)}"
        raise UsageError(f"'{whole.path}' has no scene '{scene}'", hint=hint)
    return replace(next(each for each in found if scene in {own.id for own in each.scenes}), videos=())


def _refuse(png: Path, plan: Plan, folder: Path) -> None:
    """Raise an error if the PNG cannot be written, or would replace a source or an output of the video."""
    hint = "-o another file"
    if os.path.realpath(png) in map(os.path.realpath, targets(plan, folder)):
        raise UsageError(f"'{png}' is an output of the video", hint=hint)
    refuse_sources(plan, [png], hint)
    refuse_unwritable([png], hint)


def _png(output: Path | None, spec: Path, scene: str) -> Path:
    """Return the path of the PNG: `output`, or a file in it if it is a folder."""
    if output is None or output.is_dir():
        return (output or spec.parent / OUTPUT_FOLDER) / f"{name_of(spec)}.{scene}.png"
    if output.suffix.lower() not in {".png", ""}:
        png = output.with_suffix(".png")
        raise UsageError(f"cannot write '{output}': expected a PNG", hint=f"-o {shell_command(png)}")
    return output


class _PlaceStill(RunHooks):
    """Writes the frame to its path."""

    def __init__(self, store: Store, step: str, path: Path) -> None:
        super().__init__()
        self._store, self._step, self._path = store, step, path
        self.notices: list[Notice] = []

    def on_success(self, target: Target, report: BuildReport) -> None:
        """Write the step's only output."""
        del target
        blob = report.steps[self._step].outputs["still.png"]
        (placed,) = Outputs(self._store, is_output).place_all([(blob, self._path)])
        if placed.aside is not None:
            self.notices.append(Notice(aside_message(placed, self._path.parent), code="VB903"))


def _as_error(step: Step, failure: Failure, *, named: bool) -> VidbuildError:
    """Return the error of a failed step.

    named: whether its message names the step.
    """
    location = location_of(step, failure.field)
    position = f"{location.file}:{location.line}:{location.column}: " if location else ""
    message = f"{position}{f'{step.id}: ' if named else ''}{failure.message}"
    return class_of(failure.fault)(message, hint=failure.hint, log=failure.log)
