"""The progress of a run so far, from its events."""

from __future__ import annotations

from dataclasses import dataclass, field

from vidbuild.engine.graph.step_id import StepId
from vidbuild.engine.runs.events import (
    Event,
    RunEstimated,
    RunPaused,
    RunResumed,
    RunStarted,
    StepAborted,
    StepCached,
    StepFailed,
    StepFinished,
    StepProgress,
    StepRetried,
    StepStarted,
    TargetFinished,
    TargetStarted,
)

RENDERS = {"render", "film"}  # old logs have the second


@dataclass(slots=True)
class Running:
    """A running step.

    since: when it started, by the events' clock.
    expected: the seconds that its last run took, if known.
    done, total, unit: its progress: done of total units.
    attempt: the number of the current attempt.
    due: when that attempt starts; 0 if it has started.
    """

    since: float
    expected: float | None
    done: int = 0
    total: int = 0
    unit: str = ""
    attempt: int = 1
    due: float = 0.0

    def fraction(self, now: float) -> float | None:
        """Return the share that is done, by its progress, or else by its last duration; None if neither is known."""
        if self.total:
            return min(1.0, self.done / self.total)
        return min(0.95, (now - self.since) / self.expected) if self.expected else None


@dataclass(slots=True)
class RunProgress:
    """The counts of one run; times are the events' own.

    ahead: the steps that had to run, as known at the start.
    expected: the seconds they were expected to take; None if unknown.
    paused: when the current pause began; None if the run is not paused.
    paused_before: the total seconds of earlier pauses.
    targets: the name of each target -> its status, "" until it ends.
    """

    entry: str = ""
    began: float = 0.0
    steps: int = 0
    ahead: int = 0
    expected: float | None = None
    cached: int = 0
    ran: int = 0
    failed: int = 0
    aborted: int = 0
    retried: int = 0
    paused: float | None = None
    paused_before: float = 0.0
    running: dict[str, Running] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    _rendered: set[str] = field(default_factory=set)
    _unparsed: list[str] = field(default_factory=list)

    def apply(self, event: Event) -> None:
        """Count one event."""
        match event:
            case RunStarted():
                self.entry, self.began, self.steps = event.entry, event.time, event.steps
            case RunEstimated():
                self.ahead, self.expected = event.ahead, event.expected
            case TargetStarted():
                self.targets[event.target] = ""
            case TargetFinished():
                self.targets[event.target] = event.status
            case RunPaused():
                self.paused = event.time
            case RunResumed():
                self.paused, self.paused_before = None, self.paused_before + event.seconds
            case _:
                self._apply_step(event)

    def _apply_step(self, event: Event) -> None:
        match event:
            case StepStarted():
                self.running[event.step] = Running(event.time, event.expected)
            case StepProgress():
                self._progress(event)
            case StepRetried():
                self._retried(event)
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
    def done(self) -> int:
        """The number of steps that are cached or ran."""
        return self.cached + self.ran

    @property
    def rendered(self) -> set[str]:
        """The scenes whose segment exists.

        Ids are parsed here, each once, and not as events arrive: a build with nothing to do has thousands of them.
        """
        while self._unparsed:
            step = StepId.parse(self._unparsed.pop())
            if step.kind in RENDERS:
                self._rendered.add(step.scene)
        return self._rendered

    @property
    def ended(self) -> int:
        """The number of steps that have ended in any way."""
        return self.done + self.failed + self.aborted

    def remaining(self, now: float) -> float | None:
        """Return the expected remaining seconds, pauses not counted as used; None if unknown."""
        if self.expected is None:
            return None
        used = (self.paused if self.paused is not None else now) - self.began - self.paused_before
        return max(0.0, self.expected - used)

    def _progress(self, event: StepProgress) -> None:
        running = self.running.get(event.step)
        if running is not None:
            running.done, running.total, running.unit, running.due = event.done, event.total, event.unit, 0.0

    def _retried(self, event: StepRetried) -> None:
        self.retried += 1
        running = self.running.get(event.step)
        if running is not None:
            running.done = running.total = 0
            running.attempt, running.due = event.attempt, event.time + event.wait

    def _ended(self, step: str) -> None:
        self.running.pop(step, None)
        self._unparsed.append(step)
