"""The events of a run.

A run emits `run_started`; for each of its targets `target_started`, then for every step of it exactly one of
`step_cached`, `step_finished`, `step_failed` and `step_aborted` (before it runs, a step emits `step_started`, once
even if it is retried), then `target_finished`; and at the end exactly one of `run_finished`, `run_failed` and
`run_cancelled`. Events of several targets are interleaved. schemas/events.schema.json describes each event as one line
of JSON. New versions only add types and fields, and a field that was added later has a default.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, ClassVar

from vidbuild.errors import Failure
from vidbuild.frozen import dataclass, values
from vidbuild.sanitize import sanitize_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened in a run; time: in seconds since 1970, UTC."""

    type: ClassVar[str] = "event"
    run: str
    time: float

    def to_data(self) -> dict[str, Any]:
        """Return the event as JSON values, its type first."""
        return {"type": self.type} | {name: _plain(value) for name, value in values(self).items()}

    def to_line(self) -> str:
        """Return the event as one line of JSON with its newline; it contains no workflow command of a CI system."""
        return sanitize_json(json.dumps(self.to_data(), ensure_ascii=False, separators=(",", ":"))) + "\n"


Listener = Callable[[Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Event):
    """A run starts. It builds one target or several, such as the videos of several specs.

    entry: the build names of its targets, joined by commas.
    steps: of all targets together.
    jobs: the number of steps that may run in parallel; 0 if the workers of a cluster decide.
    first: nothing of any target was ever built with this cache.
    targets: the names of the targets, if there is more than one.
    """

    type: ClassVar[str] = "run_started"
    entry: str
    steps: int
    jobs: int
    first: bool = False
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetEvent(Event):
    """Something that happened to a target; target: its name, "" for the only one of a run."""

    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetStarted(TargetEvent):
    """A target of the run starts; the targets of one run are built in parallel.

    entry: its build name.
    first: nothing of it was ever built with this cache.
    """

    type: ClassVar[str] = "target_started"
    entry: str
    steps: int
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFinished(TargetEvent):
    """A target of the run has ended; if it is built or up to date, its outputs have been written.

    status: built, up-to-date, failed, cancelled, or aborted if the run stopped because another target failed.
    ran, cached, failed, aborted: the number of steps that ended so.
    retried: the number of retries.
    """

    type: ClassVar[str] = "target_finished"
    entry: str
    status: str
    ran: int
    cached: int
    failed: int
    aborted: int
    retried: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEvent(TargetEvent):
    """Something that happened to a step; step: its id, behind the target's name if the run has several targets."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEstimated(Event):
    """Every step was looked up; an estimate of the work that is left.

    ahead: the number of steps that will or may run.
    expected: in seconds; None without past durations.
    """

    type: ClassVar[str] = "run_estimated"
    ahead: int
    expected: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCached(StepEvent):
    """The cache has the step's result; source: the tier that has it, "local" for the run's own store."""

    type: ClassVar[str] = "step_cached"
    key: str
    source: str = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted(StepEvent):
    """A worker runs the step.

    reason: why it runs, in short.
    expected: in seconds; None without past durations.
    reasons: why it runs, with old and new values, one line each.
    """

    type: ClassVar[str] = "step_started"
    kind: str
    key: str
    reason: str
    expected: float | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProgress(StepEvent):
    """A running step reports its progress.

    total: 0 if unknown.
    unit: what is counted, such as "frames"; "" if unnamed.
    """

    type: ClassVar[str] = "step_progress"
    done: int
    total: int
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWarned(StepEvent):
    """A step has a warning for the user; it is repeated whenever the step is cached."""

    type: ClassVar[str] = "step_warning"
    message: str
    field: str
    hint: str | None
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRetried(StepEvent):
    """An attempt failed for a transient reason and is repeated.

    attempt: the number of the next attempt, counted from 1.
    wait: seconds until then.
    """

    type: ClassVar[str] = "step_retried"
    attempt: int
    wait: float
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished(StepEvent):
    """The step ran; unchanged: its outputs are the same as before, so that it makes no dependent run."""

    type: ClassVar[str] = "step_finished"
    key: str
    seconds: float
    unchanged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailed(StepEvent):
    """The step failed."""

    type: ClassVar[str] = "step_failed"
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAborted(StepEvent):
    """The step was not started, or was stopped; because: the failed step that it depends on, "" if the run stopped."""

    type: ClassVar[str] = "step_aborted"
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPaused(Event):
    """The run is paused: it starts no further steps; running: the number of steps that are still running."""

    type: ClassVar[str] = "run_paused"
    running: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResumed(Event):
    """The run is resumed; seconds: the duration of the pause."""

    type: ClassVar[str] = "run_resumed"
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSaved(Event):
    """The results so far are on disk, for other builds to use; done: the number of steps that are done."""

    type: ClassVar[str] = "state_saved"
    done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRestored(TargetEvent):
    """A target continues an earlier run.

    earlier: the id of that run.
    done, left: the number of steps that are done, and of those that are left.
    """

    type: ClassVar[str] = "state_restored"
    earlier: str
    done: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded(Event):
    """A run has ended.

    ran, cached, failed, aborted: the number of steps that ended so.
    retried: the number of retries.
    code: the exit code that a command returns for this run.
    """

    ran: int
    cached: int
    failed: int
    aborted: int
    seconds: float
    retried: int = 0
    code: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished(RunEnded):
    """Every step is built or cached."""

    type: ClassVar[str] = "run_finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFailed(RunEnded):
    """A step failed, or an error ended the run."""

    type: ClassVar[str] = "run_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCancelled(RunEnded):
    """The run was cancelled; results of steps that had ended are kept."""

    type: ClassVar[str] = "run_cancelled"


def _plain(value: object) -> object:
    return values(value) if isinstance(value, Failure) else value
