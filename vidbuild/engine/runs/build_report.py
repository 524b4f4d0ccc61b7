"""The results of a build: one report per target and one per step, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from vidbuild.engine.graph.context import StepWarning
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.keys.reasons import Reason, summary
from vidbuild.engine.store.blobs import Blob, Blobs
from vidbuild.errors import Failure
from vidbuild.frozen import dataclass, field

Status = Literal["built", "up-to-date", "failed", "cancelled", "aborted"]


@dataclass(frozen=True, slots=True)
class StepReport:
    """How one step ended.

    key: "" if its inputs never became known.
    outputs: name -> blob, of steps that are built or cached.
    seconds: the duration of its run; of a cached step, of the run that made it.
    reasons: the root causes, if it ran or would have run.
    because: the failed step that an aborted one needs; "" if the build was stopped.
    unchanged: whether it ran and reproduced its previous output.
    """

    step: str
    kind: str
    state: State
    key: str = ""
    outputs: Mapping[str, Blob] = field(default_factory=dict)
    seconds: float = 0.0
    reasons: Sequence[Reason] = ()
    warnings: Sequence[StepWarning] = ()
    failure: Failure | None = None
    because: str = ""
    unchanged: bool = False

    @property
    def reason(self) -> str:
        """Why it ran, in a few words."""
        return summary(self.reasons)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """How one target ended.

    status: aborted if the run stopped because another target failed.
    retried: the number of repeated attempts.
    ended: when it ended (time.monotonic).
    error: why the target failed although all steps succeeded: its caller could not use the outputs.
    """

    run: str
    status: Status
    steps: Mapping[str, StepReport]
    seconds: float
    blobs: Blobs
    retried: int
    ended: float
    error: Exception | None = None

    def failed_by(self, error: Exception) -> BuildReport:
        """Return the report of the same steps, failed by this error."""
        return BuildReport(self.run, "failed", self.steps, self.seconds, self.blobs, self.retried, self.ended, error)

    def path(self, step: str, name: str) -> Path:
        """The path of an output's blob: read-only, and never changed or linked to."""
        return self.blobs.find(self.steps[step].outputs[name].digest)

    @property
    def ok(self) -> bool:
        """Whether every step is built or cached."""
        return self.status in {"built", "up-to-date"}

    def having(self, state: State) -> list[StepReport]:
        """The steps that ended in this state, in the graph's order."""
        return [step for step in self.steps.values() if step.state is state]

    @property
    def ran(self) -> list[StepReport]:
        """The steps that ran to their end."""
        return self.having(State.BUILT)

    @property
    def cached(self) -> list[StepReport]:
        """The steps whose outputs were in the cache."""
        return self.having(State.CACHED)

    @property
    def failed(self) -> list[StepReport]:
        """The steps that failed."""
        return self.having(State.FAILED)

    @property
    def aborted(self) -> list[StepReport]:
        """The steps that were not started, or were stopped."""
        return self.having(State.ABORTED)
