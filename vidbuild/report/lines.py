"""Progress as plain lines, for a log: one for each step that runs, with its reason. It knows no terminal."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from vidbuild.engine.events import Event, RunStarted, StepFailed, StepStarted


class Lines:
    """Writes lines; success is silent."""

    def __init__(self, write: Callable[[str], None], *, several: bool = False) -> None:
        self._write = write
        self._several = several

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left open."""

    def __call__(self, event: Event) -> None:
        """Write what an event is worth."""
        match event:
            case RunStarted() if self._several:
                self._write(f"{event.entry}:")
            case StepStarted():
                self._write(f"{event.step}  {event.reason}")
            case StepFailed():
                self._write(f"{event.step}  failed: {event.failure.message}")
            case _:
                pass
