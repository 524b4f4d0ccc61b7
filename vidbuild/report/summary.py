"""The end of a build in words: the last line, and the lines about a step that failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from vidbuild.engine.graph.step_id import StepId
from vidbuild.frozen import dataclass
from vidbuild.report import humanize

_LOG_LINES = 12
_NAMES = 3  # failed steps that the last line names
_INDENT = "      "


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """A build that has ended.

    status: built, up-to-date, failed or cancelled.
    video: the name of the video's file.
    total: the number of all steps of the video.
    ran, failed: ids of steps.
    retried: the number of attempts that were repeated.
    """

    status: str
    video: str
    video_seconds: float
    total: int
    ran: Sequence[str]
    cached: int
    failed: Sequence[str]
    wall_seconds: float
    retried: int = 0


@dataclass(frozen=True, slots=True)
class FailureText:
    """A step that failed.

    position: of the error in the spec, "path:line:col", or "".
    log: the last lines of the tool's log.
    command_file: the path of the file with the command that failed, if it was saved.
    """

    step: str
    message: str
    position: str = ""
    hint: str | None = None
    log: Sequence[str] = ()
    command_file: str | None = None


def last_line(build: BuildSummary) -> str:
    """Return the line that answers "did anything happen?"."""
    took = humanize.elapsed(build.wall_seconds)
    if build.status == "up-to-date":
        return f"up to date: {build.video} ({humanize.count(build.total, 'step')}, {took})"
    counts = [f"{len(build.ran)} of {humanize.count(build.total, 'step')} ran{_kinds(build.ran)}"]
    counts += [f"{build.cached} cached"] if build.cached else []
    counts += [f"{build.retried} retried"] if build.retried else []
    if build.status == "built":
        length = f" ({humanize.clock(build.video_seconds)})" if build.video_seconds else ""  # pictures have none
        return f"built {build.video}{length}: {', '.join([*counts, took])}"
    remaining = build.total - len(build.ran) - build.cached - len(build.failed)
    counts += [f"{remaining} not run"] if remaining else []
    if build.status == "failed" and build.failed:
        names = humanize.first(build.failed, _NAMES)
        counts.insert(0, f"{humanize.count(len(build.failed), 'step')} failed ({', '.join(names)})")
    return f"{build.status}: {build.video}: {', '.join([*counts, took])}"


def failure_lines(failure: FailureText) -> list[str]:
    """Return the lines about a failed step that are repeated after all progress."""
    position = f"{failure.position}: " if failure.position else ""
    lines = [f"{position}{failure.step} failed: {failure.message}"]
    lines += log_lines(failure.log)
    if failure.command_file:
        lines.append(f"{_INDENT}command: {failure.command_file}")
    if failure.hint:
        lines.append(f"{_INDENT}hint: {failure.hint}")
    return lines


def log_lines(log: Sequence[str]) -> list[str]:
    """Return the last lines of a tool's log, as they are shown below a message."""
    lines = [f"{_INDENT}| {line}" for line in log[-_LOG_LINES:]]
    return [f"{_INDENT}| ...{len(log) - _LOG_LINES} lines before", *lines] if len(log) > _LOG_LINES else lines


def overall_status(statuses: Sequence[str]) -> str:
    """Return the one status of several builds."""
    for status in ("cancelled", "failed", "built", "would-build"):
        if status in statuses:
            return status
    return "up-to-date"


def _kinds(steps: Sequence[str]) -> str:
    counts = Counter(StepId.parse(step).kind for step in steps)
    return f" ({', '.join(f'{count} {kind}' for kind, count in counts.items())})" if counts else ""
