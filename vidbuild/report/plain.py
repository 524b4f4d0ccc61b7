"""Progress as plain lines, for a log: one for each step that runs, with the count, the time and its reason."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from vidbuild.engine.runs.events import (
    Event,
    RunEstimated,
    RunPaused,
    RunResumed,
    RunStarted,
    StateRestored,
    StepCached,
    StepFailed,
    StepFinished,
    StepRetried,
    StepStarted,
)
from vidbuild.report import humanize, progress_text


class Lines:
    """Writes a line for each step that starts, fails or is retried; success is silent.

    A started step has its number among those that may run, and the seconds since the build began.

    write: writes one line.
    verbose: also write every reason of a step that starts, and a line for each step that is cached or ends.
    """

    def __init__(self, write: Callable[[str], None], *, verbose: bool = False) -> None:
        self._write = write
        self._verbose = verbose
        self._first = False
        self._began = 0.0
        self._ahead = self._begun = self._cached = 0
        self._retries = progress_text.FailureFilter()
        self._failures = progress_text.FailureFilter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Do nothing: there is no view to remove."""

    def __call__(self, event: Event) -> None:
        """Write the line about an event, if it has one."""
        match event:
            case RunStarted():
                self._first, self._retries = event.first, progress_text.FailureFilter()
                self._failures = progress_text.FailureFilter()
                self._began, self._ahead, self._begun, self._cached = event.time, 0, 0, 0
            case RunEstimated():
                self._ahead = event.ahead
                if self._first and event.ahead:
                    self._write(progress_text.first_build(event, self._cached))
            case StepStarted():
                self._begun += 1
                self._write(f"{self._count(event)}{progress_text.started(event, first=self._first)}")
            case StepCached():
                self._begun += bool(self._ahead)  # it might have run
                self._cached += 1
            case StepFailed():
                message = f": {event.failure.message}" if self._failures.accepts(event) else ""
                self._write(f"{event.step}  failed{message}")
            case StepRetried() if self._retries.accepts(event):
                self._write(progress_text.retried(event))
            case RunPaused() | RunResumed() | StateRestored():
                self._write(progress_text.run(event))
            case _:
                pass
        if self._verbose:
            self._write_more(event)

    def _write_more(self, event: Event) -> None:
        match event:
            case StepStarted():
                for reason in event.reasons:
                    self._write(f"  {reason}")
            case StepCached():
                self._write(f"{event.step}  cached")
            case StepFinished():
                unchanged = ", same output as before" if event.unchanged else ""
                self._write(f"{event.step}  done in {humanize.elapsed(event.seconds)}{unchanged}")
            case _:
                pass

    def _count(self, event: StepStarted) -> str:
        """Return "[3/45 0:12] ", "" before it is known how many steps may run."""
        if not self._ahead:
            return ""
        return f"[{self._begun}/{self._ahead} {humanize.clock(event.time - self._began)}] "

    def stopping(self, running: int) -> None:
        """Write that the build ends as soon as its running steps have finished."""
        self._write(progress_text.stopping(running))

    def suspend(self) -> None:
        """Do nothing: there is no view to remove."""

    def resume(self) -> None:
        """Do nothing: there is no view to draw again."""
