"""What a build tells while it runs, as typed events; it knows nothing of who listens.

A run is told as `run_started`, then for every step exactly one of `step_cached`, `step_finished`, `step_failed` and
`step_aborted` (a step that runs is first told by `step_started`, once, also where it is tried again), then exactly one
of `run_finished`, `run_failed` and `run_cancelled`. schemas/events.schema.json describes each as one line of JSON.
Types and fields are only ever added, and a field that was added later has a default.
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
    """A build begins; first: nothing of its entry was ever built with this cache."""

    type: ClassVar[str] = "run_started"
    entry: str
    steps: int
    jobs: int
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEstimated(Event):
    """How much is ahead, told once the steps that are known to be cached are left out.

    ahead: steps that will or may run. expected: seconds, None where nothing is known of past durations.
    """

    type: ClassVar[str] = "run_estimated"
    ahead: int
    expected: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCached(Event):
    """A trace stands for the step's key: nothing to do."""

    type: ClassVar[str] = "step_cached"
    step: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted(Event):
    """A worker has the step; reason: why it runs, in short; reasons: the same with old and new values, a line each."""

    type: ClassVar[str] = "step_started"
    step: str
    kind: str
    key: str
    reason: str
    expected: float | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProgress(Event):
    """How far a running step is; total 0 where that is not known; unit: of what, such as "frames", "" for steps."""

    type: ClassVar[str] = "step_progress"
    step: str
    done: int
    total: int
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWarned(Event):
    """Something the user should know; told on a cache hit as well."""

    type: ClassVar[str] = "step_warning"
    step: str
    message: str
    field: str
    hint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRetried(Event):
    """A running step failed of what may pass and is tried again; attempt: which one comes; wait: seconds until then."""

    type: ClassVar[str] = "step_retried"
    step: str
    attempt: int
    wait: float
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished(Event):
    """The step ran; unchanged: its output is what it was before, so nothing after it runs because of it."""

    type: ClassVar[str] = "step_finished"
    step: str
    key: str
    seconds: float
    unchanged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailed(Event):
    """The step could not be made."""

    type: ClassVar[str] = "step_failed"
    step: str
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAborted(Event):
    """The step was not made; because: the failed step it needs, or "" where the whole build was stopped."""

    type: ClassVar[str] = "step_aborted"
    step: str
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
class StateRestored(Event):
    """The run continues an earlier one, by its id; done: how many of the steps are there; left: how many are not."""

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
