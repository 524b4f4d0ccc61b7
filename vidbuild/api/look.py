"""Looking at a spec without building its video: problems, explanations, the graph, a single frame."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.api.building import engine_of
from vidbuild.api.outcome import place_of
from vidbuild.api.planning import plan_of, store_of
from vidbuild.api.result import diagnosis
from vidbuild.engine.explain import Explanation
from vidbuild.engine.graph import Graph
from vidbuild.engine.outputs import Outputs
from vidbuild.engine.overlay import usable
from vidbuild.engine.result import BuildReport
from vidbuild.errors import SpecProblem, StepError, UsageError, VidbuildError
from vidbuild.model import Spec
from vidbuild.plan import clock
from vidbuild.plan.kinds import RESOURCES
from vidbuild.project import OUTPUT_FOLDER, name_of, root_of

if TYPE_CHECKING:
    from vidbuild.spec.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Checked:
    """All that is wrong or doubtful in one spec. text: as a user is shown it, with its source lines."""

    spec: Path
    diagnostics: tuple[Diagnostic, ...]
    text: str

    @property
    def ok(self) -> bool:
        """Whether it can be built."""
        return all(each.severity != "error" for each in self.diagnostics)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"spec": str(self.spec), "ok": self.ok, "problems": [diagnosis(each) for each in self.diagnostics]}


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """Diagnostics as a user is shown them, with the lines of the files as they are now."""
    from vidbuild.spec import diagnostics as telling

    return telling.render(diagnostics, telling.read_sources(diagnostics))


def load(path: str | os.PathLike[str], variables: Mapping[str, Any] | None = None) -> Spec:
    """Read and check a spec; raises SpecError with all that is wrong with it."""
    from vidbuild.spec.load import load as read

    return read(path, variables)


def parse(
    data: Mapping[str, Any] | str, path: str | os.PathLike[str], variables: Mapping[str, Any] | None = None
) -> Spec:
    """A spec from data made in Python, or from YAML text, through the same schema and checks as a file.

    path: where its file would be; paths in it are relative to that, and so are its outputs. Raises SpecError.
    """
    from vidbuild.spec.load import parse as read

    return read(data, path, variables)


def check(
    paths: Sequence[str | os.PathLike[str]],
    variables: Mapping[str, Any] | None = None,
    *,
    allow_network_voice: bool = False,
) -> list[Checked]:
    """Everything wrong or doubtful in each spec, in order, without rendering anything; never raises for a bad spec.

    allow_network_voice: as for a build, which may use voices on the network in CI only then.
    """
    from vidbuild.spec.load import examine

    found = []
    for path in paths:
        examined = examine(path, variables)
        items = (*examined.diagnostics, *_around(path, None if allow_network_voice else examined.spec))
        found.append(Checked(Path(path), items, render(items)))
    return found


def _around(path: str | os.PathLike[str], spec: Spec | None) -> Iterator[Diagnostic]:
    """What is wrong with the settings of a spec's project, or with its voices by these, as problems of the spec."""
    from dataclasses import replace

    from vidbuild.api.networking import problems, settings_of
    from vidbuild.spec.diagnostics import SpecError

    try:
        settings_of(root_of(Path(path)))
        yield from problems(spec) if spec is not None else ()
    except SpecError as error:
        yield from (replace(item, file=os.fspath(path)) for item in error.diagnostics)


def explain(
    spec: Spec | str | os.PathLike[str],
    step: str | None = None,
    *,
    variables: Mapping[str, str] | None = None,
    cache: Path | None = None,
) -> list[Explanation]:
    """Why each step (or one) would run or is cached; writes nothing and runs nothing."""
    path = spec.path if isinstance(spec, Spec) else Path(spec)
    store = store_of(path, cache)
    plan = plan_of(spec, store=store, variables=variables, remember=False)
    if step is not None and step not in plan.graph.steps:
        from vidbuild.spec.diagnostics import did_you_mean

        raise UsageError(f"'{path}' has no step '{step}'", hint=did_you_mean(step, plan.graph.steps))
    told = engine_of(store).explain(plan.graph, entry=plan.entry, targets=plan.targets if step is None else [step])
    return told if step is None else [each for each in told if each.step == step]


def graph(path: str | os.PathLike[str], *, variables: Mapping[str, str] | None = None) -> Graph:
    """The step graph of a spec; runs and writes nothing."""
    spec = Path(path)
    return plan_of(spec, store=store_of(spec, None), variables=variables, remember=False).graph


def scene_ids(
    path: str | os.PathLike[str], *, variables: Mapping[str, str] | None = None, only: Sequence[str] = ()
) -> tuple[str, ...]:
    """The ids of the scenes that a build would make, in order; writes nothing."""
    spec = Path(path)
    return plan_of(spec, store=store_of(spec, None), variables=variables, only=only, remember=False).scenes


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
    from vidbuild.plan import steps

    place = Path(path)
    spec = load(place, variables)
    ids = [each.id for each in spec.scenes]
    if scene not in ids:
        from vidbuild.spec.diagnostics import did_you_mean

        hint = did_you_mean(scene, ids) or "there are " + ", ".join(ids)
        raise UsageError(f"'{place}' has no scene '{scene}'", hint=hint)
    store = store_of(place, cache)
    plan = plan_of(place, store=store, variables=variables)
    step = steps.still(spec, scene, steps.LAST_FRAME if at is None else clock.frames(at, spec.fps))
    whole = Graph.of({**plan.graph.steps, step.id: step})
    target = output or place.parent / OUTPUT_FOLDER / f"{name_of(place)}.{scene}.png"
    entry = f"{plan.entry} --still {scene}"
    with usable(store) as used:

        def put(report: BuildReport) -> None:
            Outputs(used).place_all([(report.steps[step.id].outputs["still.png"], target)])

        report = engine_of(used).build(whole, entry=entry, targets=[step.id], limits=RESOURCES, completing=put)
        for failed in report.failed:
            raise _as_error(whole, failed.step, failed.failure)
    return target


def _as_error(graph: Graph, step: str, failure: Any) -> VidbuildError:  # noqa: ANN401 - Failure or None
    place = place_of(graph.steps[step], failure.field)
    where = f"{place.file}:{place.line}:{place.column}: " if place else ""
    kind = SpecProblem if failure.fault == SpecProblem.fault else StepError
    return kind(f"{where}{step}: {failure.message}", hint=failure.hint, log=failure.log)
