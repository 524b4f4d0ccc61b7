"""A build's step results, warnings and notices, from the engine's report; fields become locations in the spec."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.api.plan import Plan
from vidbuild.api.result import FailedStep, Notice, Steps
from vidbuild.engine.graph.graph import Step
from vidbuild.engine.runs.build_report import BuildReport, StepReport
from vidbuild.engine.runs.run_log import script
from vidbuild.engine.schedule.target import Target
from vidbuild.engine.store.store import Store
from vidbuild.errors import Failure
from vidbuild.location import Location

if TYPE_CHECKING:
    from vidbuild.engine.keys.explain import Explanation


def step_results(plan: Plan, target: Target, store: Store, report: BuildReport) -> Steps:
    """Return how the steps of a target ended."""
    return Steps(
        total=len(report.steps),
        ran=tuple(each.step for each in report.ran),
        cached=len(report.cached),
        failed=tuple(_failed(plan, target, store, report.run, each) for each in report.failed),
        aborted=tuple(each.step for each in report.aborted),
        reasons={each.step: each.reason for each in report.ran},
        retried=report.retried,
    )


def step_warnings(steps: Mapping[str, Step], report: BuildReport) -> Iterator[Notice]:
    """Return the warnings of steps, of those that are cached as well; once what several find in one place."""
    found = (
        Notice(warning.message, location_of(steps[each.step], warning.field), warning.hint)
        for each in report.steps.values()
        for warning in each.warnings
    )
    yield from dict.fromkeys(found)


def known_warnings(plan: Plan, store: Store, explanations: Iterable[Explanation]) -> Iterator[Notice]:
    """Return the warnings of a plan and of its cached steps, without running any."""
    yield from plan.warnings
    for each in explanations:
        trace = store.trace(each.key) if each.state == "cached" else None
        for warning in trace.warnings if trace else ():
            yield Notice(warning.message, location_of(plan.graph.steps[each.step], warning.field), warning.hint)


def cache_notices(store: Store) -> Iterator[Notice]:
    """Return the problems of the cache; no result depends on them, but the user must be able to fix them."""
    if count := store.corrupt:
        files = "1 corrupt cache file was" if count == 1 else f"{count} corrupt cache files were"
        yield Notice(f"{files} not used", hint="vidbuild cache verify")
    if store.lower:
        yield Notice(f"the cache '{store.lower[0].root}' cannot be written: what is built now is not kept")
    elif store.write_error:
        yield Notice(f"{store.write_error}; the next build may have more to do")


def _failed(plan: Plan, target: Target, store: Store, run: str, each: StepReport) -> FailedStep:
    failure = each.failure or Failure("failed without a reason")
    kept = failure.command and not store.lower
    command_file: Path | None = script(store.root / "runs" / run, target.label(each.step)) if kept else None
    return FailedStep(
        step=each.step,
        error=failure.message,
        hint=failure.hint,
        location=location_of(plan.graph.steps[each.step], failure.field),
        log=failure.log,
        command_file=command_file,
        fault=failure.fault,
    )


def location_of(step: Step, field: str) -> Location | None:
    """Return the spec's location of a field, or of the nearest field around it."""
    parts = field.split(".") if field else []
    for length in range(len(parts), -1, -1):
        location = step.locations.get(".".join(parts[:length]))
        if location is not None:
            return location
    return None
