"""Progress as plain lines, for a log: one for each step that runs, with its reason. It knows no terminal."""

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
    """Writes lines; success is silent."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._first = False
        self._faults = progress_text.Faults()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left open."""

    def __call__(self, event: Event) -> None:
        """Write what an event is worth."""
        match event:
            case RunStarted():
                self._first, self._faults = event.first, progress_text.Faults()
            case RunEstimated() if self._first and event.ahead:
                self._write(progress_text.first_build(event))
            case StepStarted():
                self._write(progress_text.started(event, first=self._first))
            case StepFailed():
                self._write(f"{event.step}  failed: {event.failure.message}")
            case StepRetried() if self._faults.worth_telling(event):
                self._write(progress_text.retried(event))
            case RunPaused() | RunResumed() | StateRestored():
                self._write(progress_text.run(event))
            case _:
                pass

    def stopping(self, running: int) -> None:
        """Say that the build was asked to end."""
        self._write(progress_text.stopping(running))

    def suspend(self) -> None:
        """Nothing is drawn, so nothing is in the way of whoever has the terminal meanwhile."""

    def resume(self) -> None:
        """Nothing was taken away."""
