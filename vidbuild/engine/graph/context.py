"""What a step is given while it runs: its parameters, its inputs, a place to write; nothing of the graph."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from vidbuild.frozen import dataclass, field


@dataclass(frozen=True, slots=True)
class StepWarning:
    """Something a user should know that does not fail the step; kept in the trace and shown again on a hit.

    field: the scene's field (dotted, "" for the scene) that it is about, for its place in the spec.
    """

    message: str
    field: str = ""
    hint: str | None = None


class Progress(Protocol):
    """Tells how far a step is: done of total (0 where that is not known), in the unit named, such as "frames"."""

    def __call__(self, done: int, total: int, unit: str = "") -> None: ...  # noqa: D102 - said above


class Again(Protocol):
    """Tells that something which may pass went wrong, and which attempt comes in how many seconds."""

    def __call__(self, attempt: int, wait: float, message: str) -> None: ...  # noqa: D102 - said above


def untold(attempt: int, wait: float, message: str) -> None:
    """An attempt nobody asked about."""


def _no_progress(done: int, total: int, unit: str = "") -> None:
    """Progress nobody asked for."""


@dataclass(frozen=True, slots=True)
class Context:
    """One run of one step, in a private folder that is also the working directory.

    inputs: role -> a read-only file, or a folder of them where the whole product of a step is the input.
    out: the folder in which every regular file becomes an output, by its relative name.
    scratch: a folder for anything else; gone afterwards.
    env: the scrubbed environment that children must be given.
    again: called before an attempt is repeated by the step itself, as it is with a service on the network.
    """

    step: str
    params: Mapping[str, Any]
    inputs: Mapping[str, Path]
    out: Path
    scratch: Path
    env: Mapping[str, str]
    progress: Progress = _no_progress
    again: Again = untold
    warnings: list[StepWarning] = field(default_factory=list)

    def warn(self, message: str, *, field: str = "", hint: str | None = None) -> None:
        """Tell the user something without failing."""
        self.warnings.append(StepWarning(message, field, hint))
