"""What is said of a run while it goes on, the same in plain lines and above the live view. It knows no stream."""

from __future__ import annotations

from vidbuild.engine.runs.events import RunEstimated, RunPaused, RunResumed, StateRestored, StepRetried, StepStarted
from vidbuild.report import humanize

NEW = "never built"


def reason(event: StepStarted, *, first: bool) -> str:
    """Why a step runs; in a first build, where nothing was ever built, that says nothing."""
    return "" if first and event.reason == NEW else event.reason


def started(event: StepStarted, *, first: bool) -> str:
    """A step runs."""
    return f"{event.step}  {reason(event, first=first)}".rstrip()


def first_build(event: RunEstimated) -> str:
    """Everything is new, so it is said once and not of each step."""
    return f"first build: {humanize.count(event.ahead, 'step')}"


def retried(event: StepRetried) -> str:
    """A step is tried again."""
    wait = f" in {humanize.elapsed(event.wait)}" if event.wait >= 1 else ""
    return f"{event.step}  trying again{wait} (attempt {event.attempt}): {event.failure.message}"


class Faults:
    """What went wrong so far: of a fault that meets many steps at once, such as a full disk, one is worth telling."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def worth_telling(self, event: StepRetried) -> bool:
        """Whether no other step was told of with the same fault; the last line counts the attempts of all."""
        return self._first.setdefault(event.failure.message, event.step) == event.step


def stopping(running: int) -> str:
    """The build was asked to end."""
    return f"stopping: {_to_their_end(running)}; again to stop at once" if running else "stopping"


def run(event: RunPaused | RunResumed | StateRestored) -> str:
    """What became of the run as a whole."""
    match event:
        case RunPaused():
            rest = f" ({_to_their_end(event.running)})" if event.running else ""
            return f"paused{rest}; vidbuild runs resume {event.run}"
        case RunResumed():
            return f"resumed after {humanize.elapsed(event.seconds)}"
        case StateRestored():
            done, total = event.done, humanize.count(event.done + event.left, "step")
            there = "is" if done == 1 else "are"
            video = f"{event.target}: " if event.target else ""
            return f"{video}continuing {event.earlier}: {done:,} of {total} {there} done, {event.left:,} left"


def _to_their_end(running: int) -> str:
    return f"{humanize.count(running, 'step')} {'runs to its' if running == 1 else 'run to their'} end"
