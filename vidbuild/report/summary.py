"""How a build ended, in words: the last line, and what failed. It knows nothing of streams or of the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from vidbuild.engine.graph.step_id import StepId
from vidbuild.frozen import dataclass
from vidbuild.report import humanize

_LOG = 12  # lines of a tool's log that are worth repeating
_NAMED = 3  # failed steps that the last line names
_INDENT = "      "


@dataclass(frozen=True, slots=True)
class Ended:
    """A build that is over. video: the file's name; ran, failed: step ids; total: all steps the build was for.

    retried: attempts at steps that were repeated.
    """

    status: str  # built | up-to-date | failed | cancelled
    video: str
    video_seconds: float
    total: int
    ran: Sequence[str]
    cached: int
    failed: Sequence[str]
    wall_seconds: float
    retried: int = 0


@dataclass(frozen=True, slots=True)
class Failed:
    """A step that failed, as it is told: where ("path:line:col" or ""), the tool's last lines, the saved command."""

    step: str
    message: str
    where: str = ""
    hint: str | None = None
    log: Sequence[str] = ()
    command: str | None = None


def last_line(ended: Ended) -> str:
    """Answer "did anything happen?"."""
    took = humanize.elapsed(ended.wall_seconds)
    if ended.status == "up-to-date":
        return f"up to date: {ended.video} ({humanize.count(ended.total, 'step')}, {took})"
    counts = [f"{len(ended.ran)} of {humanize.count(ended.total, 'step')} ran{_kinds(ended.ran)}"]
    if ended.cached:
        counts.append(f"{ended.cached} cached")
    if ended.retried:
        counts.append(f"{ended.retried} retried")
    if ended.status == "built":
        return f"built {ended.video} ({humanize.clock(ended.video_seconds)}): {', '.join([*counts, took])}"
    left = ended.total - len(ended.ran) - ended.cached - len(ended.failed)
    if left:
        counts.append(f"{left} not made")
    if ended.status == "failed" and ended.failed:
        named = humanize.first(ended.failed, _NAMED)
        counts.insert(0, f"{humanize.count(len(ended.failed), 'step')} failed ({', '.join(named)})")
    return f"{ended.status}: {ended.video}: {', '.join([*counts, took])}"


def failure(failed: Failed) -> list[str]:
    """What is repeated at the end about a step that failed."""
    where = f"{failed.where}: " if failed.where else ""
    lines = [f"{where}{failed.step} failed: {failed.message}"]
    log = list(failed.log)
    if len(log) > _LOG:
        lines.append(f"{_INDENT}| ...{len(log) - _LOG} lines before")
    lines += [f"{_INDENT}| {line}" for line in log[-_LOG:]]
    if failed.command:
        lines.append(f"{_INDENT}command: {failed.command}")
    if failed.hint:
        lines.append(f"{_INDENT}hint: {failed.hint}")
    return lines


def overall(statuses: Sequence[str]) -> str:
    """Return the one status of several builds."""
    for status in ("cancelled", "failed", "built"):
        if status in statuses:
            return status
    return "up-to-date"


def _kinds(steps: Sequence[str]) -> str:
    counts = Counter(StepId.parse(step).kind for step in steps)
    return f" ({', '.join(f'{count} {kind}' for kind, count in counts.items())})" if counts else ""
