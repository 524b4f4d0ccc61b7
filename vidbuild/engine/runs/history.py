"""What a run did, step by step, as its log tells it; it knows nothing of where the log is or how this is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vidbuild.engine.runs.events import (
    Event,
    RunEnded,
    StateRestored,
    StepAborted,
    StepCached,
    StepFailed,
    StepFinished,
    StepProgress,
    StepRetried,
    StepStarted,
    event_of,
)
from vidbuild.engine.runs.run_progress import Tally
from vidbuild.errors import Failure

RUNNING = ("running", "retrying")


@dataclass(slots=True)
class StepHistory:
    """One step of a run. state: running, retrying, ran, cached, failed, or aborted (not tried, or stopped).

    reason, reasons: why it ran, in short and with old and new values. done, total, unit: how far it came. since:
    when it began, in seconds since 1970; seconds: how long it took. because: the failed step that it needed.
    unchanged: it made the same bytes as before.
    """

    step: str
    state: str = "running"
    reason: str = ""
    reasons: Sequence[str] = ()
    since: float = 0.0
    seconds: float | None = None
    done: int = 0
    total: int = 0
    unit: str = ""
    attempts: int = 0
    failure: Failure | None = None
    because: str = ""
    unchanged: bool = False

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "step": self.step,
            "state": self.state,
            "reason": self.reason,
            "reasons": list(self.reasons),
            "seconds": self.seconds,
            "progress": {"done": self.done, "total": self.total, "unit": self.unit} if self.total else None,
            "attempts": self.attempts,
            "because": self.because,
            "unchanged": self.unchanged,
        }


@dataclass(slots=True)
class History:
    """A run so far. last: when it last told anything. problems, warnings: as their events have them."""

    tally: Tally = field(default_factory=Tally)
    steps: dict[str, StepHistory] = field(default_factory=dict)
    problems: list[Mapping[str, Any]] = field(default_factory=list)
    warnings: list[Mapping[str, Any]] = field(default_factory=list)
    continues: StateRestored | None = None
    ended: RunEnded | None = None
    last: float = 0.0

    @property
    def running(self) -> list[StepHistory]:
        """The steps that run now, or ran when the run was killed."""
        return [step for step in self.steps.values() if step.state in RUNNING]

    @property
    def failed(self) -> list[StepHistory]:
        """The steps that failed."""
        return [step for step in self.steps.values() if step.state == "failed"]

    def take(self, data: Mapping[str, Any]) -> None:
        """Take one line of the log."""
        self.last = data.get("time", self.last)
        if data.get("type") == "validation_error":
            self.problems.append(data)
        elif data.get("type") in {"validation_warning", "step_warning"}:
            self.warnings.append(data)
        event = event_of(data)
        if event is not None:
            self.tally.take(event)
            self._take(event)

    def _take(self, event: Event) -> None:
        match event:
            case StateRestored():
                self.continues = event
            case RunEnded():
                self.ended = event
            case StepStarted():
                self._started(event)
            case StepCached():
                self.steps[event.step] = StepHistory(event.step, "cached")
            case StepProgress() | StepRetried():
                self._went_on(event)
            case StepFinished() | StepFailed() | StepAborted():
                self._over(event)
            case _:
                pass

    def _started(self, event: StepStarted) -> None:
        step = StepHistory(event.step, reason=event.reason, reasons=event.reasons, since=event.time, attempts=1)
        self.steps[event.step] = step

    def _went_on(self, event: StepProgress | StepRetried) -> None:
        step = self.steps.setdefault(event.step, StepHistory(event.step))
        if isinstance(event, StepProgress):
            step.state, step.done, step.total, step.unit = "running", event.done, event.total, event.unit
        else:
            step.state, step.attempts, step.failure = "retrying", event.attempt, event.failure
            step.done = step.total = 0

    def _over(self, event: StepFinished | StepFailed | StepAborted) -> None:
        step = self.steps.setdefault(event.step, StepHistory(event.step, since=event.time))
        step.seconds = max(0.0, event.time - step.since) if step.attempts else None
        match event:
            case StepFinished():
                step.state, step.unchanged, step.seconds, step.failure = "ran", event.unchanged, event.seconds, None
            case StepFailed():
                step.state, step.failure = "failed", event.failure
            case StepAborted():
                step.state, step.because = "aborted", event.because


def history(lines: Iterable[Mapping[str, Any]]) -> History:
    """The history that a log tells."""
    found = History()
    for data in lines:
        found.take(data)
    return found
