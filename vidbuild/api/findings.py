"""What only steps can find out about specs, such as code that does not fit its scene, without rendering any frame."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from vidbuild.api.build_result import location_of, step_warnings
from vidbuild.api.engine import engine_of
from vidbuild.api.options import BuildOptions
from vidbuild.api.plan import Plan
from vidbuild.api.strict import refusal, warning_of
from vidbuild.api.tools import network_steps
from vidbuild.api.video import Video
from vidbuild.diagnostic import Diagnostic
from vidbuild.engine.schedule.engine import Engine
from vidbuild.engine.schedule.options import RunOptions
from vidbuild.engine.schedule.target import Target
from vidbuild.engine.store.store import Store
from vidbuild.errors import Failure
from vidbuild.frozen import dataclass
from vidbuild.plan.kinds import CHECKED
from vidbuild.spec.diagnostics import SpecError

LOG_LINES = 12  # of a program that failed


@dataclass(frozen=True, slots=True)
class Findings:
    """What the steps of one video found.

    diagnostics: their warnings and failures.
    faults: failure -> its fault (vidbuild.errors.Failure.fault).
    """

    diagnostics: tuple[Diagnostic, ...]
    faults: Mapping[Diagnostic, str]


def find(videos: Sequence[Video], store: Store, options: BuildOptions, *, network: bool) -> list[Findings]:
    """Run the steps of videos that render nothing, or take their results from the cache; return what they found.

    videos: of one store, which keeps the results for the next build.
    network: run steps that need the network; otherwise they count only if they are cached.
    """
    engine = engine_of(store, options.env_overrides, offline=options.offline)
    targets = [_target(engine, video, network=network) for video in videos]
    run = RunOptions(jobs=options.jobs, keep_going=True)
    with tempfile.TemporaryDirectory(prefix="vidbuild-", ignore_cleanup_errors=True) as folder:
        reports = engine.build(targets, run, runs=Path(folder))
    found = []
    for video, report in zip(videos, reports, strict=True):
        warnings = [warning_of(each, video.path) for each in step_warnings(video.plan.graph.steps, report)]
        failures = [(each.step, each.failure or Failure("failed without a reason")) for each in report.failed]
        errors = [_error(video.plan, step, failure) for step, failure in failures]
        diagnostics = sorted(dict.fromkeys([*warnings, *errors]), key=Diagnostic.order)
        faults = {error: failure.fault for error, (_, failure) in zip(errors, failures, strict=True)}
        found.append(Findings(tuple(diagnostics), faults))
    return found


def refusals(videos: Sequence[Video], store: Store, options: BuildOptions) -> dict[int, SpecError]:
    """Return the error of each video that a strict build refuses, by its index: its warnings as errors.

    A failed step is left to the build, which reports it with its log.
    """
    found = find(videos, store, options, network=True)
    errors: dict[int, SpecError] = {}
    for index, (video, findings) in enumerate(zip(videos, found, strict=True)):
        warnings = [each for each in findings.diagnostics if each.severity == "warning"]
        every = [*(warning_of(each, video.path) for each in video.plan.warnings), *warnings]
        if every:
            errors[index] = refusal(every)
    return errors


def _target(engine: Engine, video: Video, *, network: bool) -> Target:
    """Return the target with every step that renders nothing; its name keeps it apart from builds."""
    plan = video.plan
    goals = [name for name, step in plan.graph.steps.items() if step.kind in CHECKED]
    target = Target(plan.graph, video.name, f"{plan.entry} --check", goals, plan.weights)
    if not network and (online := network_steps(plan.graph)):
        states = engine.explain(target)
        refused = set(online).intersection(each.step for each in states if each.state != "cached")
        goals = list(_without(plan, goals, refused))
    return Target(plan.graph, video.name, f"{plan.entry} --check", goals, plan.weights)


def _without(plan: Plan, goals: Collection[str], refused: Collection[str]) -> Iterator[str]:
    """Yield the goals that depend on none of the refused steps."""
    unknown = set(refused)
    for name, step in plan.graph.steps.items():  # a step comes after those that it needs
        if name in unknown or not unknown.isdisjoint(step.needs()):
            unknown.add(name)
        elif name in goals:
            yield name


def _error(plan: Plan, step: str, failure: Failure) -> Diagnostic:
    location = location_of(plan.graph.steps[step], failure.field)
    message, log = f"{step} failed: {failure.message}", failure.log[-LOG_LINES:]
    return Diagnostic("error", message, str(plan.spec), location, failure.hint, log)
