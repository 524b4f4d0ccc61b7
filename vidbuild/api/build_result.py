"""A build's step results, warnings and notices, from the engine's report; fields become locations in the spec."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from vidbuild.api.environment import FILE_SIZE, MEMORY
from vidbuild.api.plan import Plan
from vidbuild.api.result import FailedStep, Notice, Result, Steps
from vidbuild.api.spec_args import SpecLike, path_of
from vidbuild.engine.graph.context import THIS_STEP, StepWarning, is_silenced
from vidbuild.engine.graph.graph import Step
from vidbuild.engine.runs.build_report import BuildReport, StepReport
from vidbuild.engine.runs.run_log import script
from vidbuild.engine.schedule.target import Target
from vidbuild.engine.store.store import Store
from vidbuild.errors import Failure, StoreError, VidbuildError, fault_of, os_error_text
from vidbuild.frozen import replaced
from vidbuild.location import Location
from vidbuild.platforms import SANDBOX

Named: TypeAlias = "Callable[[Result], Result]"  # adds which of a spec's videos a result is of
MAX_NAMED = 3  # steps that one warning names

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
    yield from _merged(steps, ((each.step, each.warnings) for each in report.steps.values()))


def known_warnings(plan: Plan, store: Store, explanations: Iterable[Explanation]) -> Iterator[Notice]:
    """Return the warnings of a plan and of its cached steps, without running any."""
    yield from plan.warnings
    traces = ((each.step, store.trace(each.key)) for each in explanations if each.state == "cached")
    yield from _merged(plan.graph.steps, ((step, trace.warnings) for step, trace in traces if trace))


def _merged(steps: Mapping[str, Step], warnings: Iterable[tuple[str, Iterable[StepWarning]]]) -> Iterator[Notice]:
    """Yield what steps warn of, once for each place, with the names of the steps in its hint."""
    found: dict[Notice, list[str]] = {}
    for step, each in warnings:
        for warning in each:
            if is_silenced(warning, steps[step].silenced):
                continue
            notice = Notice(warning.message, location_of(steps[step], warning.field), warning.hint, warning.code)
            found.setdefault(notice, []).append(step)
    for notice, names in found.items():
        hint = notice.hint and notice.hint.replace(THIS_STEP, _patterns(names))
        yield replaced(notice, hint=hint)


def _patterns(names: Sequence[str]) -> str:
    """Return steps as values of the option --fresh; of many, their kind."""
    if len(names) > MAX_NAMED:
        return f"'{names[0].partition(':')[0]}:*'"
    return " --fresh ".join(names)


def cache_notices(store: Store) -> Iterator[Notice]:
    """Return the problems of the cache; no result depends on them, but the user must be able to fix them."""
    if count := store.corrupt:
        files = "1 corrupt cache file was" if count == 1 else f"{count} corrupt cache files were"
        yield Notice(f"{files} not used", hint="vidbuild cache verify", code="VB904")
    if store.lower:
        message = f"the cache '{store.lower[0].root}' cannot be written: what is built now is not kept"
        yield Notice(message, code="VB905")
    elif store.write_error:
        yield Notice(f"{store.write_error}; the next build may have more to do", code="VB906")


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
    """Return the spec's location of a field, or of the nearest field around it.

    A field can end in a line and a column of its text: "body:3:14"; the location of "body:" is where the text begins.
    """
    field, _, place = field.partition(":")
    if place and (start := step.locations.get(f"{field}:")) is not None:
        line, column = (int(part) - 1 for part in place.split(":"))
        at = start.column + column
        return Location(start.file, start.line + line, at, at + 1)
    parts = field.split(".") if field else []
    for length in range(len(parts), -1, -1):
        location = step.locations.get(".".join(parts[:length]))
        if location is not None:
            return location
    return None


def as_reported(error: Exception, store: Store) -> VidbuildError:
    """Return the error that the user sees: an OSError is a problem of the cache."""
    if isinstance(error, VidbuildError):
        return error
    if not isinstance(error, OSError):
        raise error
    return StoreError(f"the cache cannot be used: {os_error_text(error)}: '{error.filename or store.root}'")


def failed(spec: SpecLike, error: VidbuildError, run: str = "", named: Named | None = None) -> Result:
    """Return the result of a spec that could not be built, or whose outputs could not be placed."""
    path, diagnostics = path_of(spec), getattr(error, "diagnostics", ())
    failed = () if diagnostics else (FailedStep(path.name, error.message, error.hint, fault=fault_of(error)),)
    result = Result("failed", path, run, (), Steps(0, failed=failed), 0.0, 0.0, diagnostics=diagnostics)
    return named(result) if named else result


def aborted(spec: SpecLike, named: Named | None = None) -> Result:
    """Return the result of a spec or video of which nothing was built, because another one failed."""
    result = Result("aborted", path_of(spec), "", (), Steps(0), 0.0, 0.0)
    return named(result) if named else result


def sandbox_notices() -> Iterator[Notice]:
    """Return what there is to report about the sandbox, if the user asked for another one than usual."""
    if any(os.environ.get(name) for name in (SANDBOX, MEMORY, FILE_SIZE)):
        from vidbuild.api.sandbox_policy import notices

        yield from (Notice(message, code="VB907") for message in notices())
