"""How a build's results are told: which lines, which JSON, which exit code. It knows no stream."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.cli.exit_codes import Exit, most_severe, of_fault
from vidbuild.errors import VidbuildError
from vidbuild.location import Location
from vidbuild.project import name_of
from vidbuild.report import humanize, summary
from vidbuild.sanitize import one_line

if TYPE_CHECKING:
    from vidbuild.api.result import FailedStep, Notice, Result

_LISTED = 20  # failures or warnings of one spec that are told in full


def told(error: VidbuildError) -> list[str]:
    """Return an error as the lines that are shown to a user."""
    if getattr(error, "diagnostics", ()):
        return str(error).splitlines()
    lines = [f"vidbuild: {error.message}"]
    return [*lines, f"      hint: {error.hint}"] if error.hint else lines


def error_as_json(error: VidbuildError) -> dict[str, Any]:
    """Return the one object of `--json` where there is no result."""
    from vidbuild.api.result import diagnosis

    found = [diagnosis(each) for each in getattr(error, "diagnostics", ())]
    return {"status": "failed", "error": error.message, "errors": found}


def troubles(result: Result) -> list[str]:
    """What a user must know before the last line: warnings, then what is wrong with the spec, then what failed."""
    from vidbuild.api.check import render

    lines = humanize.first([_warning(each) for each in result.warnings], _LISTED)
    if result.diagnostics:
        lines += render(result.diagnostics).splitlines()
    for failed in result.steps.failed[:_LISTED]:
        lines += summary.failure(_failed(failed))
    left = len(result.steps.failed) - _LISTED
    return [*lines, f"...and {left} more"] if left > 0 else lines


def lines(result: Result, *, several: bool = False) -> list[str]:
    """The last lines about one spec: where its outputs are, and whether anything happened."""
    where = _where([each.path for each in result.outputs]) if result.status == "built" and not several else []
    if result.diagnostics and not result.steps.total:
        return [one_line(f"failed: {result.spec}")]
    return [*where, summary.last_line(_ended(result, several=several))]


def untried(specs: Sequence[Path], results: Sequence[Result]) -> list[str]:
    """What a user must know of the specs that were not tried, since the last one before them failed."""
    if not specs:
        return []
    told = one_line(f"not tried: {', '.join(humanize.first([str(path) for path in specs], _LISTED))}")
    cancelled = any(result.status == "cancelled" for result in results)
    return [told] if cancelled else [told, "      hint: -k goes on with the others"]


def dry(result: Result, *, several: bool = False) -> list[str]:
    """What would run, and why."""
    if result.diagnostics:
        return [one_line(f"failed: {result.spec}")]
    steps = [f"{step}  {result.steps.reasons.get(step, '')}".rstrip() for step in result.steps.ran]
    video, total = _video(result, several=several), humanize.count(result.steps.total, "step")
    if not steps:
        return [f"up to date: {video} ({total})"]
    return [*steps, f"would build {video}: {len(steps)} of {total} may run"]


def as_json(results: Sequence[Result]) -> dict[str, Any]:
    """The one object of `--json`."""
    builds = [result.to_json() for result in results]
    if len(builds) == 1:
        return builds[0]
    return {"status": summary.overall([result.status for result in results]), "builds": builds}


def code(results: Sequence[Result]) -> Exit:
    """The exit code that the results come to."""
    return most_severe(_code(result) for result in results)


def _code(result: Result) -> Exit:
    if result.status == "cancelled":
        return Exit.INTERRUPTED
    if result.diagnostics:
        return Exit.WRONG
    faults = most_severe(of_fault(failed.fault) for failed in result.steps.failed)
    return Exit.DONE if result.ok else (faults or Exit.FAILED)


def _ended(result: Result, *, several: bool) -> summary.Ended:
    steps = result.steps
    return summary.Ended(
        result.status,
        _video(result, several=several),
        result.video_seconds,
        steps.total,
        steps.ran,
        steps.cached,
        [each.step for each in steps.failed],
        result.wall_seconds,
        steps.retried,
    )


def _failed(failed: FailedStep) -> summary.Failed:
    command = str(_shown(failed.command_file)) if failed.command_file else None
    return summary.Failed(failed.step, failed.error, _place(failed.place), failed.hint, failed.log, command)


def _warning(notice: Notice) -> str:
    where = f"{_place(notice.place)}: " if notice.place else ""
    hint = f"\n      hint: {notice.hint}" if notice.hint else ""
    return f"{where}warning: {notice.message}{hint}"


def _place(place: Location | None) -> str:
    return one_line(f"{place.file}:{place.line}:{place.column}") if place else ""


def _video(result: Result, *, several: bool) -> str:
    """The video's file name; among several, which may all be called video.mp4, its path."""
    built = [each.path for each in result.outputs if each.kind == "video"]
    path = built[0] if built else result.spec.with_name(f"{name_of(result.spec)}.mp4")
    return one_line(str(_shown(path)) if several else path.name)


def _where(paths: Sequence[Path]) -> list[str]:
    """`in build: video.mp4 video.srt`, one line for each folder."""
    folders: Mapping[Path, list[str]] = defaultdict(list)
    for path in paths:
        folders[_shown(path.parent)].append(path.name)
    return [one_line(f"in {folder}: {' '.join(names)}") for folder, names in folders.items()]


def _shown(path: Path) -> Path:
    """As it is reached from here, where that is downwards."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path
