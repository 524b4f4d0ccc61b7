"""Render one frame of a scene."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild import timebase
from vidbuild.api.build_result import location_of
from vidbuild.api.engine import engine_of
from vidbuild.api.load import load
from vidbuild.api.plan import plan_of, store_of
from vidbuild.engine.graph.graph import Graph
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.schedule.target import RunHooks, Target
from vidbuild.engine.store.outputs import Outputs
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.writable import writable
from vidbuild.errors import SpecProblem, StepError, UsageError, VidbuildError
from vidbuild.project import OUTPUT_FOLDER, name_of
from vidbuild.suggest import did_you_mean


def still(
    path: str | os.PathLike[str],
    scene: str,
    at: float | None = None,
    output: Path | None = None,
    *,
    variables: Mapping[str, str] | None = None,
    cache: Path | None = None,
) -> Path:
    """Make one frame of a scene as a PNG, through the same cache, and say where it is.

    at: seconds from the scene's start; its last frame by default. output: the file to write; default
    `build/NAME.SCENE.png` beside the spec. Raises the step's error where it cannot be made.
    """
    from vidbuild.plan.scene_steps import LAST_FRAME
    from vidbuild.plan.scene_steps import still as still_step
    from vidbuild.plan.variant import VideoSpec, own_variant

    place = Path(path)
    spec = load(place, variables)
    ids = [each.id for each in spec.scenes]
    if scene not in ids:
        hint = did_you_mean(scene, ids) or "there are " + ", ".join(ids)
        raise UsageError(f"'{place}' has no scene '{scene}'", hint=hint)
    store = store_of(place, cache)
    plan = plan_of(place, store=store, variables=variables)
    video = VideoSpec.of(spec, own_variant(spec))
    step = still_step(video, scene, LAST_FRAME if at is None else timebase.frames(at, video.fps))
    whole = Graph.of({**plan.graph.steps, step.id: step})
    target = output or place.parent / OUTPUT_FOLDER / f"{name_of(place)}.{scene}.png"
    with writable(store) as used:
        one = Target(whole, build_name=f"{plan.entry} --still {scene}", goals=[step.id])
        (report,) = engine_of(used).build([one], hooks=_PlaceStill(used, step.id, target))
        if report.error is not None:
            raise report.error
        for failed in report.failed:
            raise _as_error(whole, failed.step, failed.failure)
    return target


class _PlaceStill(RunHooks):
    """Puts the frame into its place."""

    def __init__(self, store: Store, step: str, path: Path) -> None:
        super().__init__()
        self._store, self._step, self._path = store, step, path

    def on_success(self, target: Target, report: BuildReport) -> None:
        """Place the step's only output."""
        del target
        Outputs(self._store).place_all([(report.steps[self._step].outputs["still.png"], self._path)])


def _as_error(graph: Graph, step: str, failure: Any) -> VidbuildError:  # noqa: ANN401 - Failure or None
    place = location_of(graph.steps[step], failure.field)
    where = f"{place.file}:{place.line}:{place.column}: " if place else ""
    kind = SpecProblem if failure.fault == SpecProblem.fault else StepError
    return kind(f"{where}{step}: {failure.message}", hint=failure.hint, log=failure.log)
