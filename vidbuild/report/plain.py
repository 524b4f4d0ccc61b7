"""Progress as plain lines, for a log: one for each step that runs, with its reason."""

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
    StepFailed,
    StepRetried,
    StepStarted,
)
from vidbuild.report import progress_text


class Lines:
    """Writes a line for each step that starts, fails or is retried; success is silent.

    write: writes one line.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._first = False
        self._retries = progress_text.RetryFilter()

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
                self._first, self._retries = event.first, progress_text.RetryFilter()
            case RunEstimated() if self._first and event.ahead:
                self._write(progress_text.first_build(event))
            case StepStarted():
                self._write(progress_text.started(event, first=self._first))
            case StepFailed():
                self._write(f"{event.step}  failed: {event.failure.message}")
            case StepRetried() if self._retries.accepts(event):
                self._write(progress_text.retried(event))
            case RunPaused() | RunResumed() | StateRestored():
                self._write(progress_text.run(event))
            case _:
                pass

    def stopping(self, running: int) -> None:
        """Write that the build ends as soon as its running steps have finished."""
        self._write(progress_text.stopping(running))

    def suspend(self) -> None:
        """Do nothing: there is no view to remove."""

    def resume(self) -> None:
        """Do nothing: there is no view to draw again."""
