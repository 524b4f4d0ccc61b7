"""The lines about a running build, for plain output and above the live view."""

from __future__ import annotations

from vidbuild.engine.runs.events import (
    RunEstimated,
    RunPaused,
    RunResumed,
    StateRestored,
    StepFailed,
    StepRetried,
    StepStarted,
)
from vidbuild.report import humanize

NEW = "never built"


def reason(event: StepStarted, *, first: bool) -> str:
    """Return why a step runs, "" if it was never built and the build is a first one, where this is no news."""
    return "" if first and event.reason == NEW else event.reason


def started(event: StepStarted, *, first: bool) -> str:
    """Return the line about a step that starts."""
    return f"{event.step}  {reason(event, first=first)}".rstrip()


def first_build(event: RunEstimated, cached: int) -> str:
    """Return the line about a build in which every step is new, or cached by a check or a build of other scenes."""
    steps = humanize.count(event.ahead, "step")
    return f"{steps} to run, {cached:,} cached" if cached else f"first build: {steps}"


def retried(event: StepRetried) -> str:
    """Return the line about a step that failed and is retried."""
    wait = f" in {humanize.elapsed(event.wait)}" if event.wait >= 1 else ""
    return f"{event.step}  retrying{wait} (attempt {event.attempt}): {event.failure.message}"


class FailureFilter:
    """Selects the failures to report: if many steps fail for one reason, such as a full disk, those of one step."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def accepts(self, event: StepRetried | StepFailed) -> bool:
        """Return whether the failure must be reported; the last line of a build counts the others too."""
        return self._first.setdefault(event.failure.message, event.step) == event.step


def stopping(running: int) -> str:
    """Return the line about a build that ends as soon as its running steps have finished."""
    return f"stopping: {_to_their_end(running)}; interrupt again to kill them" if running else "stopping"


def run(event: RunPaused | RunResumed | StateRestored) -> str:
    """Return the line about an event of the whole run, or of one video."""
    match event:
        case RunPaused():
            steps = f" ({_to_their_end(event.running)})" if event.running else ""
            return f"paused{steps}; vidbuild runs resume {event.run}"
        case RunResumed():
            return f"resumed after {humanize.elapsed(event.seconds)}"
        case StateRestored():
            done, total = event.done, humanize.count(event.done + event.left, "step")
            verb = "is" if done == 1 else "are"
            video = f"{event.target}: " if event.target else ""
            return f"{video}continuing {event.earlier}: {done:,} of {total} {verb} done, {event.left:,} left"


def _to_their_end(running: int) -> str:
    return f"{humanize.count(running, 'step')} {'runs to its' if running == 1 else 'run to their'} end"
