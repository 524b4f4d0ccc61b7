"""The output for the results of a build: lines for people, JSON for programs, and an exit code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vidbuild.cli.exit_codes import Exit, most_severe, of_fault
from vidbuild.errors import StepError, VidbuildError
from vidbuild.location import Location
from vidbuild.project import name_of
from vidbuild.report import humanize, summary
from vidbuild.sanitize import single_line

if TYPE_CHECKING:
    from vidbuild.api.result import FailedStep, Notice, OutputFile, Result

_BESIDE = frozenset({"captions", "report", "poster", "credits"})  # kinds of outputs that go with the video
_LISTED = 20  # failures or warnings of one spec that are printed in full


def error_lines(error: VidbuildError) -> list[str]:
    """Return the lines that show an error to a user."""
    if getattr(error, "diagnostics", ()):
        return str(error).splitlines()
    lines = [
        f"vidbuild: {error.message}",
        *summary.log_lines(error.failure.log if isinstance(error, StepError) else ()),
    ]
    return [*lines, f"      hint: {error.hint}"] if error.hint else lines


def error_as_json(error: VidbuildError) -> dict[str, Any]:
    """Return the one object of `--json` if there is no result."""
    from vidbuild.api.result import diagnosis

    errors = [diagnosis(each) for each in getattr(error, "diagnostics", ())]
    return {"status": "failed", "error": error.message, "hint": error.hint, "errors": errors, "warnings": []}


def warning_lines(warnings: Iterable[Notice]) -> list[str]:
    """Return the lines about warnings."""
    return humanize.first([_warning(each) for each in warnings], _LISTED)


def problem_lines(result: Result) -> list[str]:
    """Return what a user must read before the last line: warnings, errors in the spec, failed steps."""
    lines = warning_lines(result.warnings)
    if result.diagnostics:
        from vidbuild.api.check import render

        lines += render(result.diagnostics).splitlines()
    groups = _by_cause(result.steps.failed)
    for first, *others in groups[:_LISTED]:
        lines += summary.failure_lines(_failure_text(first))
        lines += [_same(others)] if others else []
    left = sum(map(len, groups[_LISTED:]))
    return [*lines, f"...and {left} more"] if left > 0 else lines


def _by_cause(failed: Iterable[FailedStep]) -> list[list[FailedStep]]:
    """Group the steps that failed because one service cannot be used; every other step is alone."""
    groups: dict[tuple[str, ...], list[FailedStep]] = {}
    for each in failed:
        cause = (each.error, each.hint or "") if each.fault == "unreachable" else (each.step,)
        groups.setdefault(cause, []).append(each)
    return list(groups.values())


def _same(failed: Sequence[FailedStep]) -> str:
    return f"      the same: {', '.join(humanize.first([each.step for each in failed], _LISTED))}"


def last_lines(result: Result, *, show_path: bool = False) -> list[str]:
    """Return the last lines about one spec: the places of its outputs, and whether anything happened.

    show_path: name the video by its path instead of its file name, since several may be called video.mp4.
    """
    if result.status == "aborted":
        return []
    if result.diagnostics and not result.steps.total:
        return [single_line(f"failed: {result.spec}")]
    outputs = [] if show_path or result.status != "built" else _output_lines(result.outputs)
    return [*outputs, summary.last_line(_build_summary(result, show_path=show_path))]


def remote_lines(results: Sequence[Result]) -> list[str]:
    """Return what each run had of the remote cache, if it asked for anything."""
    return [result.remote.line() for result in results if result.remote is not None and result.remote.is_used]


def aborted_lines(results: Sequence[Result]) -> list[str]:
    """Return the lines about the specs that were not built because another one failed."""
    aborted = [str(result.spec) for result in results if result.status == "aborted"]
    if not aborted:
        return []
    return [
        single_line(f"not built: {', '.join(humanize.first(aborted, _LISTED))}"),
        "      hint: -k builds the others",
    ]


def dry_run_lines(result: Result, *, show_path: bool = False) -> list[str]:
    """Return which steps would run, and why."""
    if result.diagnostics:
        return [single_line(f"failed: {result.spec}")]
    prefix = f"{result.name}/" if result.name else ""
    steps = [f"{prefix}{step}  {result.steps.reasons.get(step, '')}".rstrip() for step in result.steps.would_run]
    video, total = _video_name(result, show_path=show_path), humanize.count(result.steps.total, "step")
    if not steps:
        return [f"up to date: {video} ({total})"]
    return [*steps, f"would build {video}: {len(steps)} of {total} may run"]


def as_json(results: Sequence[Result]) -> dict[str, Any]:
    """Return the one object of `--json`."""
    builds = [result.to_json() for result in results]
    if len(builds) == 1:
        return builds[0]
    return {"status": summary.overall_status([result.status for result in results]), "builds": builds}


def exit_code(results: Sequence[Result]) -> Exit:
    """Return the exit code of a command with these results."""
    return most_severe(_exit_code(result) for result in results)


def _exit_code(result: Result) -> Exit:
    if result.ok or result.status == "aborted":  # then another spec failed, whose code counts
        return Exit.DONE
    if result.status == "cancelled":
        return Exit.INTERRUPTED
    if result.diagnostics:
        return Exit.WRONG
    return most_severe(of_fault(failed.fault) for failed in result.steps.failed) or Exit.FAILED


def _build_summary(result: Result, *, show_path: bool) -> summary.BuildSummary:
    steps = result.steps
    return summary.BuildSummary(
        result.status,
        _video_name(result, show_path=show_path),
        result.video_seconds,
        steps.total,
        steps.ran,
        steps.cached,
        [each.step for each in steps.failed],
        result.wall_seconds,
        steps.retried,
    )


def _failure_text(failed: FailedStep) -> summary.FailureText:
    command = str(_relative(failed.command_file)) if failed.command_file else None
    return summary.FailureText(failed.step, failed.error, _position(failed.location), failed.hint, failed.log, command)


def _warning(notice: Notice) -> str:
    position = f"{_position(notice.location)}: " if notice.location else ""
    hint = f"\n      hint: {notice.hint}" if notice.hint else ""
    code = f" [{notice.code}]" if notice.code else ""
    return f"{position}warning: {notice.message}{code}{hint}"


def _position(location: Location | None) -> str:
    return single_line(f"{location.file}:{location.line}:{location.column}") if location else ""


def _video_name(result: Result, *, show_path: bool) -> str:
    built = [each.path for each in result.outputs if each.kind not in _BESIDE]
    if show_path:
        return single_line(str(_relative(built[0] if built else result.spec)))
    name = ".".join(filter(None, (name_of(result.spec), result.name, "draft" if result.draft else "")))
    return single_line(built[0].name if built else result.filename or f"{name}.mp4")


def _output_lines(outputs: Sequence[OutputFile]) -> list[str]:
    """Return a line for each folder: `in build: video.mp4 video.srt`."""
    folders: Mapping[Path, list[str]] = defaultdict(list)
    for each in outputs:
        folders[_relative(each.path.parent)].append(f"{each.path.name}{_loops(each)}")
    return [single_line(f"in {folder}: {' '.join(names)}") for folder, names in folders.items()]


def _loops(output: OutputFile) -> str:
    """Return how often a looping image plays, and how it was encoded if there was a choice, after its name."""
    if output.loops is None:
        return ""
    loops = f"loops {humanize.count(output.loops, 'time')}" if output.loops else "loops forever"
    if (found := output.encoding) is None:
        return f" ({loops})"
    quality = f"{found['colors']} colors" if "colors" in found else f"quality {found['quality']}"
    size = f"{found['rate']} images a second, {found['width']}x{found['height']}"
    return f" ({loops}; way {found['way']} of {found['ways']}: {quality}, {size})"


def _relative(path: Path) -> Path:
    """Return the path relative to the current folder if it is below that."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path
