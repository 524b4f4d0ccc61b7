"""What a run has done so far, told by its events; it knows nothing of how that is shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from vidbuild.engine.events import (
    Event,
    RunEstimated,
    RunStarted,
    StepAborted,
    StepCached,
    StepFailed,
    StepFinished,
    StepProgress,
    StepStarted,
)
from vidbuild.report.naming import kind_of, scene_of


@dataclass(slots=True)
class Running:
    """A step that a worker has: since when (the events' clock), how far, and how long it took last time."""

    since: float
    expected: float | None
    done: int = 0
    total: int = 0

    def fraction(self, now: float) -> float | None:
        """How far the step is, from what it tells, else from how long it took last time; None if nothing is known."""
        if self.total:
            return min(1.0, self.done / self.total)
        return min(0.95, (now - self.since) / self.expected) if self.expected else None


@dataclass(slots=True)
class Tally:
    """The counts of one run. filmed: the scenes whose picture is there. Times are the events' own."""

    entry: str = ""
    began: float = 0.0
    steps: int = 0
    ahead: int = 0
    expected: float | None = None
    cached: int = 0
    ran: int = 0
    failed: int = 0
    aborted: int = 0
    running: dict[str, Running] = field(default_factory=dict)
    filmed: set[str] = field(default_factory=set)

    def take(self, event: Event) -> None:
        """Count one event."""
        match event:
            case RunStarted():
                self.entry, self.began, self.steps = event.entry, event.time, event.steps
            case RunEstimated():
                self.ahead, self.expected = event.ahead, event.expected
            case StepStarted():
                self.running[event.step] = Running(event.time, event.expected)
            case StepProgress():
                self._progress(event)
            case StepCached():
                self.cached += 1
                self._ended(event.step)
            case StepFinished():
                self.ran += 1
                self._ended(event.step)
            case StepFailed():
                self.failed += 1
                self.running.pop(event.step, None)
            case StepAborted():
                self.aborted += 1
                self.running.pop(event.step, None)
            case _:
                pass

    @property
    def ended(self) -> int:
        """How many steps have ended, in whichever way."""
        return self.cached + self.ran + self.failed + self.aborted

    def remaining(self, now: float) -> float | None:
        """Seconds that are probably left, None if nothing is known."""
        return None if self.expected is None else max(0.0, self.expected - (now - self.began))

    def _progress(self, event: StepProgress) -> None:
        running = self.running.get(event.step)
        if running is not None:
            running.done, running.total = event.done, event.total

    def _ended(self, step: str) -> None:
        self.running.pop(step, None)
        if kind_of(step) == "film":
            self.filmed.add(scene_of(step))
