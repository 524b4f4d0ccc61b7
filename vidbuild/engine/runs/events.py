"""What a build tells while it runs, as typed events; it knows nothing of who listens.

A run emits `run_started`; for each of its targets `target_started`, then for every step of it exactly one of
`step_cached`, `step_finished`, `step_failed` and `step_aborted` (a step that runs is announced by `step_started`, once,
even if it is retried), then `target_finished`; and at the end exactly one of `run_finished`, `run_failed` and
`run_cancelled`. The targets of one run go on side by side. schemas/events.schema.json describes each event as one line
of JSON. Types and fields are only ever added, and a field that was added later has a default.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar

from vidbuild.errors import Failure
from vidbuild.frozen import dataclass, values
from vidbuild.sanitize import harmless_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at a time (seconds since 1970, UTC) in a run."""

    type: ClassVar[str] = "event"
    run: str
    time: float

    def to_data(self) -> dict[str, Any]:
        """The event as JSON values, its type first."""
        return {"type": self.type} | {name: _plain(value) for name, value in values(self).items()}

    def to_line(self) -> str:
        """The event as one line of JSON, its newline included; a CI system that shows it finds no order in it."""
        return harmless_json(json.dumps(self.to_data(), ensure_ascii=False, separators=(",", ":"))) + "\n"


Listener = Callable[[Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Event):
    """A run begins.

    entry: the build names of its targets, joined by commas.
    steps: of all targets together.
    jobs: the number of steps that run side by side.
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
    """A target begins; entry: its build name; first: nothing of it was ever built with this cache."""

    type: ClassVar[str] = "target_started"
    entry: str
    steps: int
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFinished(TargetEvent):
    """A target is over; its outputs are in their places if it is built or up to date.

    status: built, up-to-date, failed, cancelled, or aborted if the run stopped because another target failed.
    ran, cached, failed, aborted: the number of steps that ended so.
    retried: attempts that were repeated.
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
    """How much is ahead, told once the steps that are known to be cached are left out.

    ahead: steps that will or may run. expected: seconds, None where nothing is known of past durations.
    """

    type: ClassVar[str] = "run_estimated"
    ahead: int
    expected: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCached(StepEvent):
    """A trace stands for the step's key: nothing to do."""

    type: ClassVar[str] = "step_cached"
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted(StepEvent):
    """A worker has the step; reason: why it runs, in short; reasons: the same with old and new values, a line each."""

    type: ClassVar[str] = "step_started"
    kind: str
    key: str
    reason: str
    expected: float | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProgress(StepEvent):
    """How far a running step is; total 0 where that is not known; unit: of what, such as "frames", "" for steps."""

    type: ClassVar[str] = "step_progress"
    done: int
    total: int
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWarned(StepEvent):
    """Something the user should know; told on a cache hit as well."""

    type: ClassVar[str] = "step_warning"
    message: str
    field: str
    hint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRetried(StepEvent):
    """A running step failed of what may pass and is tried again; attempt: which one comes; wait: seconds until then."""

    type: ClassVar[str] = "step_retried"
    attempt: int
    wait: float
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished(StepEvent):
    """The step ran; unchanged: its output is what it was before, so nothing after it runs because of it."""

    type: ClassVar[str] = "step_finished"
    key: str
    seconds: float
    unchanged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailed(StepEvent):
    """The step could not be made."""

    type: ClassVar[str] = "step_failed"
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAborted(StepEvent):
    """The step was not made; because: the failed step it needs, or "" where the whole build was stopped."""

    type: ClassVar[str] = "step_aborted"
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPaused(Event):
    """Nothing new is started until the run is resumed; running: how many steps still run to their end."""

    type: ClassVar[str] = "run_paused"
    running: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResumed(Event):
    """The run goes on after a pause; seconds: how long that was."""

    type: ClassVar[str] = "run_resumed"
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSaved(Event):
    """What is done so far is on the disk and another build would take it over; done: how many steps."""

    type: ClassVar[str] = "state_saved"
    done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRestored(TargetEvent):
    """The target continues an earlier run, by its id; done: how many of the steps are there; left: how many are not."""

    type: ClassVar[str] = "state_restored"
    earlier: str
    done: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded(Event):
    """A build is over; counts of steps by how they ended, and of attempts that were repeated.

    code: the exit code that a command ends with for this build.
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
    """At least one step failed."""

    type: ClassVar[str] = "run_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCancelled(RunEnded):
    """The build was stopped from outside; what had finished is kept."""

    type: ClassVar[str] = "run_cancelled"


def _plain(value: object) -> object:
    return values(value) if isinstance(value, Failure) else value


def event_of(data: Mapping[str, Any]) -> Event | None:
    """The event that a line of a log tells of; None for a type that is not the engine's, or not of this version."""
    kind = _kinds().get(str(data.get("type")))
    if kind is None:
        return None
    known = {name: data[name] for name in kind.record_names if name in data}
    try:
        if isinstance(known.get("failure"), dict):
            known["failure"] = failure_of(known["failure"])
        event: Event = kind(**known)
    except TypeError:
        return None
    return event


def failure_of(data: Mapping[str, Any]) -> Failure:
    """A failure as a line of a log has it."""
    lists = {name: tuple(data.get(name, ())) for name in ("command", "log")}
    return Failure(**{name: value for name, value in {**data, **lists}.items() if name in values(Failure(""))})


@cache
def _kinds() -> dict[str, Any]:
    found = [each for each in globals().values() if isinstance(each, type) and issubclass(each, Event)]
    return {each.type: each for each in found}
