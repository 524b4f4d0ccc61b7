"""A past or running build as text: a row of a list, its details, or an explanation of its steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.engine.runs.history import RUNNING, History, StepHistory, TargetHistory
from vidbuild.frozen import dataclass
from vidbuild.report import humanize, summary
from vidbuild.sanitize import single_line

# Columns that a spec's name keeps in a list, however narrow the terminal is.
_MIN_SPEC_WIDTH = 12
_WARNINGS = 20
_REASONS = 4  # of one step among others


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run, or one target of it, without its steps.

    killed: its process was killed.
    now: the current time; times are in seconds since 1970.
    suspended: by Ctrl-Z.
    target: the name of the target, "" for a whole run.
    """

    run: str
    spec: str
    state: str
    started: float
    seconds: float | None
    killed: bool
    now: float
    suspended: bool = False
    target: str = ""


def rows(runs: Sequence[tuple[RunSummary, History]], width: int) -> list[str]:
    """Return a line for each run: its id, state, spec and counts, in columns that fit into the width."""
    cells = [(run.run, run.state, single_line(run.spec), _outcome(run, history)) for run, history in runs]
    widths = [max((len(row[column]) for row in cells), default=0) for column in range(4)]
    spec_width = min(widths[2], max(_MIN_SPEC_WIDTH, width - widths[0] - widths[1] - widths[3] - 6))
    return [
        f"{run:<{widths[0]}}  {state:<{widths[1]}}  {_end_of(spec, spec_width):<{spec_width}}  {outcome}".rstrip()
        for run, state, spec, outcome in cells
    ]


def details(
    run: RunSummary, history: History, command_file: Callable[[str], Path | None], *, everything: bool
) -> list[str]:
    """Return a run's state, videos, steps, errors and warnings.

    command_file: a step's id -> the file with the command that failed, if there is one.
    everything: list cached and aborted steps too.
    """
    fields = list(_fields(run, history))
    lines = [f"{name:<{max(len(each) for each, _ in fields)}}  {value}" for name, value in fields]
    if len(history.targets) > 1:
        lines += ["", "videos:", *_table([_target_cells(target) for target in history.targets.values()])]
    steps = [step for step in history.steps.values() if everything or step.state not in {"cached", "aborted"}]
    if steps:
        lines += ["", *_table([_step_cells(step, run, history) for step in steps])]
    errors = [*_problems(history), *_failures(history, command_file)]
    if errors:
        lines += ["", "errors:", *errors]
    if history.warnings:
        lines += ["", "warnings:", *humanize.first([_warning(each) for each in history.warnings], _WARNINGS)]
    return lines


def explanation(run: RunSummary, history: History, step: str | None, *, everything: bool) -> list[str]:
    """Return what each step of a run did and why, or all that the log has about one step.

    everything: list cached steps too.
    """
    target = history.targets.get(run.target) if run.target else None
    state = target.status if target and target.status else _state(run, history)
    lines = [f"{run.run}  {single_line(run.spec)}  {state}", *_problems(history)]
    for each in history.steps.values():
        if each.step == step or (step is None and (everything or each.state != "cached")):
            lines += _explanation(each, run, alone=step is not None)
    if step is None and not everything and history.progress.cached:
        lines.append(f"{history.progress.cached:,} of {humanize.count(history.progress.steps, 'step')} cached")
    return lines


def _explanation(step: StepHistory, run: RunSummary, *, alone: bool) -> Iterator[str]:
    states = {"aborted": "not run", "running": "stopped" if run.killed else "running"}
    causes = [step.failure.message] if step.state == "failed" and step.failure else [step.reason]
    causes += [f"needs {step.because}"] if step.because else []
    causes += ["same output as before, so its dependents did not run for it"] if step.unchanged else []
    cause = ", ".join(filter(None, causes))
    yield f"{step.step}  {states.get(step.state, step.state)}" + (f": {cause}" if cause else "")
    reasons = [f"  {reason}" for reason in step.reasons if alone or reason != step.reason]
    yield from reasons if alone else humanize.first(reasons, _REASONS)
    if alone and step.seconds is not None:
        yield f"  took {humanize.elapsed(step.seconds)}"


def _outcome(run: RunSummary, history: History) -> str:
    progress, parts = history.progress, []
    if run.killed:
        parts.append("killed")
    if run.seconds is None and not run.killed:
        return ", ".join([*parts, *_progress(run, history)])
    if history.problems:
        parts.append("spec wrong")
    parts += [f"{count:,} {name}" for name, count in (("failed", progress.failed), ("ran", progress.ran)) if count]
    if run.state == "completed" and not progress.ran:
        parts.append("up to date")
    return ", ".join([*parts, *([humanize.elapsed(run.seconds)] if run.seconds is not None else [])])


def _progress(run: RunSummary, history: History) -> Iterator[str]:
    progress = history.progress
    if not progress.steps:
        yield "waits for the cache"
        return
    yield f"{progress.done:,} of {humanize.count(progress.steps, 'step')}"
    if run.suspended:
        yield "suspended"
        return
    remaining = progress.remaining(run.now)
    if remaining is not None and run.state == "running":
        yield f"about {humanize.clock(remaining)} left"


def _fields(run: RunSummary, history: History) -> Iterator[tuple[str, str]]:
    progress = history.progress
    yield "run", run.run
    yield "spec", single_line(run.spec)
    yield "state", _state(run, history)
    if history.continues is not None:
        yield "continues", history.continues.earlier
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(run.started))
    yield "began", f"{began}, {humanize.elapsed(max(0.0, run.now - run.started))} ago"
    if run.seconds is not None:
        yield "took", humanize.elapsed(run.seconds)
    if progress.steps:
        percent = 100 * progress.done // progress.steps
        estimate = [part for part in _progress(run, history) if part.startswith("about")]
        done = f"{progress.done:,} of {humanize.count(progress.steps, 'step')}"
        yield "progress", ", ".join([f"{done} ({percent} %)", *estimate])
        counts = {
            "ran": progress.ran,
            "cached": progress.cached,
            "failed": progress.failed,
            "not run": progress.aborted,
            "retried": progress.retried,
        }
        yield "steps", ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "none has ended"


def _state(run: RunSummary, history: History) -> str:
    if run.killed:
        steps = ", ".join(f"{step.step}{_progress_of(step, ' (', ')')}" for step in history.running)
        return f"failed: killed during {steps}" if steps else "failed: killed"
    if run.state == "paused":
        return f"paused; vidbuild runs resume {run.run}"
    if run.suspended:
        return f"{run.state}, suspended by Ctrl-Z; fg resumes it"
    code = history.ended.code if history.ended else 0
    return f"{run.state} (exit code {code})" if code else run.state


def _target_cells(target: TargetHistory) -> tuple[str, str, str, str]:
    counts = {"failed": target.failed, "ran": target.ran, "cached": target.cached, "not run": target.aborted}
    took = "" if target.seconds is None else humanize.elapsed(target.seconds)
    steps = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    return single_line(target.name), target.status or "running", took, steps or humanize.count(target.steps, "step")


def _step_cells(step: StepHistory, run: RunSummary, history: History) -> tuple[str, str, str, str]:
    state = "stopped" if run.killed and step.state in RUNNING else step.state
    return step.step, state, _took(step, run, history), ", ".join(filter(None, _remarks(step)))


def _took(step: StepHistory, run: RunSummary, history: History) -> str:
    if step.seconds is not None:
        return humanize.elapsed(step.seconds)
    if step.state in RUNNING and step.since:
        return humanize.elapsed(max(0.0, (history.last if run.killed else run.now) - step.since))
    return ""


def _remarks(step: StepHistory) -> Iterator[str]:
    yield _progress_of(step) if step.state in RUNNING else ""
    yield f"attempt {step.attempts}" if step.attempts > 1 else ""
    yield step.reason
    yield "same output as before" if step.unchanged else ""
    yield f"needs {step.because}" if step.because else ""
    if step.state == "retrying" and step.failure is not None:
        yield f"last: {step.failure.message}"


def _progress_of(step: StepHistory, before: str = "", after: str = "") -> str:
    return f"{before}{step.done:,} of {step.total:,} {step.unit}".rstrip() + after if step.total else ""


def _problems(history: History) -> Iterator[str]:
    for each in history.problems:
        position = f"{each['file']}:{each['line']}:{each['column']}" if each["line"] else each["file"]
        yield f"{single_line(position)}: {each['message']}"
        if each["hint"]:
            yield f"      hint: {each['hint']}"


def _failures(history: History, command_file: Callable[[str], Path | None]) -> Iterator[str]:
    for step in history.failed:
        if step.failure is not None:
            failure, path = step.failure, command_file(step.step)
            yield from summary.failure_lines(
                summary.FailureText(
                    step.step,
                    failure.message,
                    hint=failure.hint,
                    log=failure.log,
                    command_file=str(path) if path else None,
                )
            )


def _warning(data: Mapping[str, Any]) -> str:
    code = f" [{data['code']}]" if data.get("code") else ""
    if data["type"] == "step_warning":
        return f"{data['step']}: {data['message']}{code}"
    position = f"{data['file']}:{data['line']}:{data['column']}"
    return f"{single_line(position)}: {data['message']}{code}"


def _table(cells: Sequence[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _end_of(text: str, width: int) -> str:
    """Return the text, or its end if it is too long: names of specs in one directory differ there."""
    return text if len(text) <= width else "..." + text[3 - width :]
