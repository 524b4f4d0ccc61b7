"""What the engine made of a build, as callers are told of it, with places in the spec; it builds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from vidbuild.api.plan import Plan
from vidbuild.api.result import FailedStep, Notice, Steps
from vidbuild.engine.graph.graph import Step
from vidbuild.engine.runs.build_report import BuildReport, StepReport
from vidbuild.engine.runs.run_log import script
from vidbuild.engine.store.store import Store
from vidbuild.errors import Failure
from vidbuild.location import Location


def steps(plan: Plan, store: Store, report: BuildReport) -> Steps:
    """How the steps ended."""
    return Steps(
        total=len(report.steps),
        ran=tuple(each.step for each in report.ran),
        cached=len(report.cached),
        failed=tuple(_failed(plan, store, report, each) for each in report.failed),
        aborted=tuple(each.step for each in report.aborted),
        reasons={each.step: each.reason for each in report.ran},
        retried=report.retried,
    )


def warnings(plan: Plan, report: BuildReport) -> Iterator[Notice]:
    """What steps warned of, now or when they ran."""
    for each in report.steps.values():
        for warning in each.warnings:
            yield Notice(warning.message, place_of(plan.graph.steps[each.step], warning.field), warning.hint)


def of_the_cache(store: Store) -> Iterator[Notice]:
    """What was wrong with the cache: results do not suffer from it, but whoever owns the disk should know."""
    if count := store.damaged:
        files = "1 file of the cache was" if count == 1 else f"{count} files of the cache were"
        yield Notice(f"{files} damaged and not used", hint="vidbuild cache verify")
    if store.lower:
        yield Notice(f"the cache '{store.lower[0].root}' cannot be written: what is built now is not kept")
    elif store.write_error:
        yield Notice(f"{store.write_error}; the next build may have more to do")


def _failed(plan: Plan, store: Store, report: BuildReport, each: StepReport) -> FailedStep:
    failure = each.failure or Failure("failed without a reason")
    return FailedStep(
        step=each.step,
        error=failure.message,
        hint=failure.hint,
        place=place_of(plan.graph.steps[each.step], failure.field),
        log=failure.log,
        command_file=_saved_command(store, report.run, each.step, failure),
        fault=failure.fault,
    )


def _saved_command(store: Store, run: str, step: str, failure: Failure) -> Path | None:
    """Where the exact command that failed is kept."""
    kept = failure.command and not store.lower
    return script(store.root / "runs" / run, step) if kept else None


def place_of(step: Step, field: str) -> Location | None:
    """The spec's place of a field, or of the nearest thing around it."""
    parts = field.split(".") if field else []
    for length in range(len(parts), -1, -1):
        place = step.places.get(".".join(parts[:length]))
        if place is not None:
            return place
    return None
