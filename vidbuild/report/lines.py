"""Progress as plain lines, for a log: one for each step that runs, with its reason. It knows no terminal."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from vidbuild.engine.events import Event, RunStarted, StepFailed, StepStarted


class Lines:
    """Writes lines; success is silent. several: a spec's lines begin with its name, where there are any."""

    def __init__(self, write: Callable[[str], None], *, several: bool = False) -> None:
        self._write = write
        self._several = several
        self._entry = ""

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
                self._entry = event.entry if self._several else ""
            case StepStarted():
                self._line(f"{event.step}  {event.reason}")
            case StepFailed():
                self._line(f"{event.step}  failed: {event.failure.message}")
            case _:
                pass

    def _line(self, text: str) -> None:
        if self._entry:
            self._write(f"{self._entry}:")
            self._entry = ""
        self._write(text)
