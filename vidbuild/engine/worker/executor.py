"""What runs the steps of one run: processes on this machine (pool.py), or workers on other machines.

The engine knows no executor by name. It hands each step to one as plain data, and handles the messages that return.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from vidbuild.engine.sandbox.sandbox import Sandbox
from vidbuild.engine.worker.protocol import Answer
from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A message about a step, from its worker or about its worker's end."""

    step: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class RunSetup:
    """What an executor knows about its run.

    jobs: steps that may run at a time.
    folder: the run's own, on the file system of the store; each step works in a folder below it.
    env: the environment in which workers start; each request holds that of its step.
    sandbox: what workers are restricted to; None for no restrictions.
    tools: returns the identities of the tools of the steps that may run, by name. They are in the steps' keys, so a
        worker whose tools have others would make results under wrong keys.
    """

    jobs: int
    folder: Path
    env: Mapping[str, str]
    sandbox: Sandbox | None = None
    tools: Callable[[], Mapping[str, str]] = dict


class Executor(Protocol):
    """The workers of one run.

    Its methods are called from one thread, `wake` from any; no step is started beyond its slots.
    """

    @property
    def slots(self) -> int:
        """The number of steps that it can run at a time now; it may change while steps run."""

    def start(self, step: str, request: Mapping[str, Any], seconds: float, /) -> None:
        """Run a step (execute.py), for at most so many seconds; a step has one attempt at a time."""

    def wait(self, timeout: float, /) -> list[Message]:
        """Return messages about steps, waiting at most so many seconds for the first one.

        Each step that was started ends with one StepOutput or StepFailure. Raises VidbuildError if no step can run
        any more.
        """

    def wake(self) -> None:
        """Let `wait` return at once, or the next call of it if none is under way; called from any thread."""

    def suspend(self, meanwhile: Callable[[], None], /) -> None:
        """Call a function while all steps and their children are stopped; that time does not count for them."""

    def close(self, *, kill: bool = False) -> None:
        """End all workers of the run; kill: in the middle of their steps, with their children."""


NewExecutor = Callable[[RunSetup], Executor]
