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
from vidbuild.sanitize import one_line


class Lines:
    """Writes lines; success is silent. several: a spec's lines begin with its name, where there are any."""

    def __init__(self, write: Callable[[str], None], *, several: bool = False) -> None:
        self._write = write
        self._several = several
        self._entry = ""
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
                self._entry = one_line(event.entry) if self._several else ""
                self._first, self._faults = event.first, progress_text.Faults()
            case RunEstimated() if self._first and event.ahead:
                self._line(progress_text.first_build(event))
            case StepStarted():
                self._line(progress_text.started(event, first=self._first))
            case StepFailed():
                self._line(f"{event.step}  failed: {event.failure.message}")
            case StepRetried() if self._faults.worth_telling(event):
                self._line(progress_text.retried(event))
            case RunPaused() | RunResumed() | StateRestored():
                self._line(progress_text.run(event))
            case _:
                pass

    def stopping(self, running: int) -> None:
        """Say that the build was asked to end."""
        self._line(progress_text.stopping(running))

    def stand_still(self) -> None:
        """Nothing is drawn, so nothing is in the way of whoever has the terminal meanwhile."""

    def go_on(self) -> None:
        """Nothing was taken away."""

    def _line(self, text: str) -> None:
        if self._entry:
            self._write(f"{self._entry}:")
            self._entry = ""
        self._write(text)
