"""The history of a run, step by step, from its log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from vidbuild.engine.runs.event_reader import event_of
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
    TargetFinished,
    TargetStarted,
)
from vidbuild.engine.runs.run_progress import RunProgress
from vidbuild.errors import Failure

RUNNING = ("running", "retrying")


@dataclass(slots=True)
class StepHistory:
    """One step of a run.

    state: running, retrying, ran, cached, failed, or aborted (not started, or stopped).
    reason, reasons: why it ran, in short and with old and new values.
    since: when it started, in seconds since 1970.
    seconds: its duration.
    done, total, unit: its progress.
    because: the failed step that it needed.
    unchanged: whether it reproduced its previous output.
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
        """Return it as JSON values."""
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
class TargetHistory:
    """One target of a run. status: that of its TargetFinished event; "" until it ends."""

    name: str
    entry: str
    steps: int
    status: str = ""
    ran: int = 0
    cached: int = 0
    failed: int = 0
    aborted: int = 0
    seconds: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


@dataclass(slots=True)
class History:
    """A run so far.

    problems, warnings: the data of their events.
    continues: the event that says which run this one resumed.
    last: the time of the last event.
    """

    progress: RunProgress = field(default_factory=RunProgress)
    steps: dict[str, StepHistory] = field(default_factory=dict)
    targets: dict[str, TargetHistory] = field(default_factory=dict)
    problems: list[Mapping[str, Any]] = field(default_factory=list)
    warnings: list[Mapping[str, Any]] = field(default_factory=list)
    continues: StateRestored | None = None
    ended: RunEnded | None = None
    last: float = 0.0

    @property
    def running(self) -> list[StepHistory]:
        """The steps that are running, or were when the run was killed."""
        return [step for step in self.steps.values() if step.state in RUNNING]

    @property
    def failed(self) -> list[StepHistory]:
        """The steps that failed."""
        return [step for step in self.steps.values() if step.state == "failed"]

    def apply(self, data: Mapping[str, Any]) -> None:
        """Add one line of the log."""
        self.last = data.get("time", self.last)
        if data.get("type") == "validation_error":
            self.problems.append(data)
        elif data.get("type") in {"validation_warning", "step_warning"}:
            self.warnings.append(data)
        event = event_of(data)
        if event is not None:
            self.progress.apply(event)
            self._apply(event)

    def _apply(self, event: Event) -> None:
        match event:
            case TargetStarted():
                self.targets[event.target] = TargetHistory(event.target, event.entry, event.steps)
            case TargetFinished():
                self._target_finished(event)
            case StateRestored():
                self.continues = event
            case RunEnded():
                self.ended = event
            case StepStarted():
                self._started(event)
            case StepCached():
                self.steps[event.step] = StepHistory(event.step, "cached")
            case StepProgress() | StepRetried():
                self._update_attempt(event)
            case StepFinished() | StepFailed() | StepAborted():
                self._end(event)
            case _:
                pass

    def _target_finished(self, event: TargetFinished) -> None:
        target = self.targets.setdefault(event.target, TargetHistory(event.target, event.entry, 0))
        target.status, target.seconds = event.status, event.seconds
        target.ran, target.cached = event.ran, event.cached
        target.failed, target.aborted = event.failed, event.aborted

    def _started(self, event: StepStarted) -> None:
        step = StepHistory(event.step, reason=event.reason, reasons=event.reasons, since=event.time, attempts=1)
        self.steps[event.step] = step

    def _update_attempt(self, event: StepProgress | StepRetried) -> None:
        step = self.steps.setdefault(event.step, StepHistory(event.step))
        if isinstance(event, StepProgress):
            step.state, step.done, step.total, step.unit = "running", event.done, event.total, event.unit
        else:
            step.state, step.attempts, step.failure = "retrying", event.attempt, event.failure
            step.done = step.total = 0

    def _end(self, event: StepFinished | StepFailed | StepAborted) -> None:
        step = self.steps.setdefault(event.step, StepHistory(event.step, since=event.time))
        step.seconds = max(0.0, event.time - step.since) if step.attempts else None
        match event:
            case StepFinished():
                step.state, step.unchanged, step.seconds, step.failure = "ran", event.unchanged, event.seconds, None
            case StepFailed():
                step.state, step.failure = "failed", event.failure
            case StepAborted():
                step.state, step.because = "aborted", event.because


def history(lines: Iterable[Mapping[str, Any]], target: str | None = None) -> History:
    """Return the history in a log.

    target: the name of the one target to follow, whose step ids are then without it; None for all.
    """
    result = History()
    for data in lines if target is None else _of_target(lines, target):
        result.apply(data)
    if target in result.targets:
        result.progress.steps = result.targets[target].steps
    return result


def _of_target(lines: Iterable[Mapping[str, Any]], target: str) -> Iterator[Mapping[str, Any]]:
    for data in lines:
        if data.get("target", target) == target:
            local = {name: data[name].removeprefix(f"{target}/") for name in ("step", "because") if name in data}
            yield {**data, **local}
