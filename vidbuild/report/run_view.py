"""How a past or running build is shown as text: one row among others, or all of it. It knows no stream and no cache."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.engine.runs.history import RUNNING, History, StepHistory, TargetHistory
from vidbuild.frozen import dataclass
from vidbuild.report import humanize, summary
from vidbuild.sanitize import single_line

_SHORTEST = 12  # columns that a spec's name keeps however narrow the terminal is
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
    """A line for each build: id, state, spec and what it did, in columns that fit into the width."""
    cells = [(shown.run, shown.state, single_line(shown.spec), _did(shown, told)) for shown, told in runs]
    wide = [max((len(row[column]) for row in cells), default=0) for column in range(4)]
    spec = min(wide[2], max(_SHORTEST, width - wide[0] - wide[1] - wide[3] - 6))
    return [
        f"{run:<{wide[0]}}  {state:<{wide[1]}}  {_end_of(name, spec):<{spec}}  {did}".rstrip()
        for run, state, name, did in cells
    ]


def whole(
    shown: RunSummary, told: History, command_file: Callable[[str], Path | None], *, everything: bool
) -> list[str]:
    """All that is known of a build: how it stands, its steps, errors and warnings. everything: cached steps, too."""
    facts = list(_facts(shown, told))
    lines = [f"{name:<{max(len(each) for each, _ in facts)}}  {value}" for name, value in facts]
    if len(told.targets) > 1:
        lines += ["", "videos:", *_table([_target(target) for target in told.targets.values()])]
    steps = [step for step in told.steps.values() if everything or step.state not in {"cached", "aborted"}]
    if steps:
        lines += ["", *_table([_step(step, shown, told) for step in steps])]
    errors = [*_problems(told), *_failures(told, command_file)]
    if errors:
        lines += ["", "errors:", *errors]
    if told.warnings:
        lines += ["", "warnings:", *humanize.first([_warning(each) for each in told.warnings], _WARNINGS)]
    return lines


def explained(shown: RunSummary, told: History, chosen: str | None, *, everything: bool) -> list[str]:
    """What a build did and why, step by step, or of the one step that is chosen all that its log has."""
    target = told.targets.get(shown.target) if shown.target else None
    state = target.status if target and target.status else _state(shown, told)
    lines = [f"{shown.run}  {single_line(shown.spec)}  {state}", *_problems(told)]
    for step in told.steps.values():
        if step.step == chosen or (chosen is None and (everything or step.state != "cached")):
            lines += _explained(step, shown, whole=chosen is not None)
    if chosen is None and not everything and told.progress.cached:
        lines.append(f"{told.progress.cached:,} of {humanize.count(told.progress.steps, 'step')} cached")
    return lines


def _explained(step: StepHistory, shown: RunSummary, *, whole: bool) -> Iterator[str]:
    names = {"aborted": "not made", "running": "stopped" if shown.killed else "running"}
    why = [step.failure.message] if step.state == "failed" and step.failure else [step.reason]
    why += [f"needs {step.because}"] if step.because else []
    why += ["same output as before, so nothing after it ran for it"] if step.unchanged else []
    told = ", ".join(filter(None, why))
    yield f"{step.step}  {names.get(step.state, step.state)}" + (f": {told}" if told else "")
    reasons = [f"  {reason}" for reason in step.reasons if whole or reason != step.reason]
    yield from reasons if whole else humanize.first(reasons, _REASONS)
    if whole and step.seconds is not None:
        yield f"  took {humanize.elapsed(step.seconds)}"


def _did(shown: RunSummary, told: History) -> str:
    progress, parts = told.progress, []
    if shown.killed:
        parts.append("killed")
    if shown.seconds is None and not shown.killed:
        return ", ".join([*parts, *_ahead(shown, told)])
    if told.problems:
        parts.append("spec wrong")
    parts += [f"{count:,} {name}" for name, count in (("failed", progress.failed), ("ran", progress.ran)) if count]
    if shown.state == "completed" and not progress.ran:
        parts.append("up to date")
    return ", ".join([*parts, *([humanize.elapsed(shown.seconds)] if shown.seconds is not None else [])])


def _ahead(shown: RunSummary, told: History) -> Iterator[str]:
    progress = told.progress
    if not progress.steps:
        yield "waits for the cache"
        return
    yield f"{progress.done:,} of {humanize.count(progress.steps, 'step')}"
    if shown.suspended:
        yield "suspended"
        return
    left = progress.remaining(shown.now)
    if left is not None and shown.state == "running":
        yield f"about {humanize.clock(left)} left"


def _facts(shown: RunSummary, told: History) -> Iterator[tuple[str, str]]:
    progress = told.progress
    yield "run", shown.run
    yield "spec", single_line(shown.spec)
    yield "state", _state(shown, told)
    if told.continues is not None:
        yield "continues", told.continues.earlier
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(shown.started))
    yield "began", f"{began}, {humanize.elapsed(max(0.0, shown.now - shown.started))} ago"
    if shown.seconds is not None:
        yield "took", humanize.elapsed(shown.seconds)
    if progress.steps:
        percent = 100 * progress.done // progress.steps
        left = [part for part in _ahead(shown, told) if part.startswith("about")]
        done = f"{progress.done:,} of {humanize.count(progress.steps, 'step')}"
        yield "progress", ", ".join([f"{done} ({percent} %)", *left])
        counts = {
            "ran": progress.ran,
            "cached": progress.cached,
            "failed": progress.failed,
            "not made": progress.aborted,
            "retried": progress.retried,
        }
        yield "steps", ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "none has ended"


def _state(shown: RunSummary, told: History) -> str:
    if shown.killed:
        while_it = ", ".join(f"{step.step}{_how_far(step, ' (', ')')}" for step in told.running)
        return f"failed: it was killed while it ran {while_it}" if while_it else "failed: it was killed"
    if shown.state == "paused":
        return f"paused; vidbuild runs resume {shown.run}"
    if shown.suspended:
        return f"{shown.state}, suspended by Ctrl-Z; fg resumes it"
    return f"{shown.state} (exit code {told.ended.code})" if told.ended and told.ended.code else shown.state


def _target(target: TargetHistory) -> tuple[str, str, str, str]:
    counts = {"failed": target.failed, "ran": target.ran, "cached": target.cached, "not made": target.aborted}
    took = "" if target.seconds is None else humanize.elapsed(target.seconds)
    did = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    return single_line(target.name), target.status or "running", took, did or humanize.count(target.steps, "step")


def _step(step: StepHistory, shown: RunSummary, told: History) -> tuple[str, str, str, str]:
    state = "stopped" if shown.killed and step.state in RUNNING else step.state
    return step.step, state, _took(step, shown, told), ", ".join(filter(None, _notes(step)))


def _took(step: StepHistory, shown: RunSummary, told: History) -> str:
    if step.seconds is not None:
        return humanize.elapsed(step.seconds)
    if step.state in RUNNING and step.since:
        return humanize.elapsed(max(0.0, (told.last if shown.killed else shown.now) - step.since))
    return ""


def _notes(step: StepHistory) -> Iterator[str]:
    yield _how_far(step) if step.state in RUNNING else ""
    yield f"attempt {step.attempts}" if step.attempts > 1 else ""
    yield step.reason
    yield "same output as before" if step.unchanged else ""
    yield f"needs {step.because}" if step.because else ""
    if step.state == "retrying" and step.failure is not None:
        yield f"last: {step.failure.message}"


def _how_far(step: StepHistory, before: str = "", after: str = "") -> str:
    return f"{before}{step.done:,} of {step.total:,} {step.unit}".rstrip() + after if step.total else ""


def _problems(told: History) -> Iterator[str]:
    for each in told.problems:
        where = f"{each['file']}:{each['line']}:{each['column']}" if each["line"] else each["file"]
        yield f"{single_line(where)}: {each['message']}"
        if each["hint"]:
            yield f"      hint: {each['hint']}"


def _failures(told: History, command_file: Callable[[str], Path | None]) -> Iterator[str]:
    for step in told.failed:
        if step.failure is not None:
            found, path = step.failure, command_file(step.step)
            command = str(path) if path else None
            yield from summary.failure(
                summary.Failed(step.step, found.message, hint=found.hint, log=found.log, command=command)
            )


def _warning(data: Mapping[str, Any]) -> str:
    if data["type"] == "step_warning":
        return f"{data['step']}: {data['message']}"
    where = f"{data['file']}:{data['line']}:{data['column']}"
    return f"{single_line(where)}: {data['message']}"


def _table(cells: Sequence[tuple[str, ...]]) -> Iterable[str]:
    wide = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return ["  ".join(f"{cell:<{size}}" for cell, size in zip(row, wide, strict=True)).rstrip() for row in cells]


def _end_of(text: str, width: int) -> str:
    """The text, or its end where it is too long: names in one folder differ there."""
    return text if len(text) <= width else "..." + text[3 - width :]
