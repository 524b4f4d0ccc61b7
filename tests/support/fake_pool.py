"""A pool without processes: a script decides which steps succeed, fail and die, in an order that a seed decides."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from vidbuild.engine.disk import durable
from vidbuild.engine.store.blobs import Blobs
from vidbuild.engine.worker.executor import Message, RunSetup
from vidbuild.engine.worker.protocol import Answer, ProgressUpdate, StepFailure, StepOutput
from vidbuild.errors import Failure

FAULTS: Mapping[str, Failure] = {
    "passing": Failure("the disk is full", transient=True),
    "lasting": Failure("the tool gave up"),
    "death": Failure("the worker died in the middle of the step (signal 9)", transient=True),
}


class Script:
    """What happens to each attempt at each step, and what was observed of it.

    faults: step -> what its attempts end with, one after the other; "" or nothing more: it is made.
    allowed: whether anything may be started now. patient: whether what runs may go on.
    most: how many ran at once, by function and of "all".
    interrupted: whether an error may end the run before it has handled all messages.
    """

    def __init__(
        self,
        faults: Mapping[str, Sequence[str]] | None = None,
        seed: int = 0,
        allowed: Callable[[], bool] = lambda: True,
        patient: Callable[[], bool] = lambda: True,
    ) -> None:
        self.faults = faults or {}
        self.chance = random.Random(seed)
        self.allowed = allowed
        self.patient = patient
        self.started: list[str] = []
        self.made: list[str] = []
        self.killed: list[str] = []
        self.interrupted = False
        self.most: Counter[str] = Counter()

    def pool(self, setup: RunSetup) -> FakePool:
        """Create the workers of a run, as `Engine` takes it."""
        return FakePool(self, setup.jobs)


class FakePool:
    """A pool of workers that follow the script."""

    def __init__(self, script: Script, slots: int) -> None:
        self._script = script
        self.slots = slots
        self._running: dict[str, Mapping[str, Any]] = {}

    def start(self, step: str, request: Mapping[str, Any], _seconds: float) -> None:
        """Note that the step was started, and how many are."""
        assert self._script.allowed(), f"{step} was started when nothing may be"
        assert step not in self._running
        self._running[step] = request
        assert len(self._running) <= self.slots
        self._script.started.append(step)
        runs = [one["run"] for one in self._running.values()]
        self._script.most |= Counter([*runs, *["all"] * len(runs)])

    def wait(self, _timeout: float) -> list[Message]:
        """End some of what runs, in any order; report progress of others."""
        assert self._script.patient(), "what runs should have been killed"
        if not self._running:
            time.sleep(0.002)  # as if something came then: traces are being written, or the run is paused
        chance = self._script.chance
        steps = chance.sample(sorted(self._running), chance.randint(0, len(self._running)))
        return [Message(step, self._said(step)) for step in steps]

    def _said(self, step: str) -> Answer:
        if self._script.chance.random() < 0.2:
            return ProgressUpdate(1, 2, "halves")
        request = self._running.pop(step)
        attempt = self._script.started.count(step)
        faults = self._script.faults.get(step, ())
        fault = faults[attempt - 1] if attempt <= len(faults) else ""
        if fault:
            return StepFailure(FAULTS[fault])
        self._script.made.append(step)
        return StepOutput(answer(request))

    def wake(self) -> None:
        """Do nothing: it never waits."""

    def suspend(self, meanwhile: Callable[[], None]) -> None:
        """Call the function: nothing runs beside the caller."""
        meanwhile()

    def close(self, *, kill: bool = False) -> None:
        """Note what was still running."""
        assert kill == bool(self._running) or (kill and self._script.interrupted)
        self._script.killed += self._running
        self._running = {}

    def __enter__(self) -> Self:
        return self


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """What a worker answers that made one file out of all that it was given."""
    folder = Path(request["folder"])
    folder.mkdir(parents=True)
    given = {role: feed.get("files") or feed["blob"] for role, feed in request["inputs"].items()}
    text = json.dumps([request["params"], given], sort_keys=True)
    (folder / "main.txt").write_text(hashlib.sha256(text.encode()).hexdigest())
    ((blob, found),) = Blobs(Path(request["blobs"])).move_in({"main.txt": folder / "main.txt"}).values()
    durable.remove_folder(folder)
    return {
        "outputs": {"main.txt": [blob.digest, *found]},
        "sources": {},
        "warnings": request["params"].get("warnings", []),
        "seconds": 0.01,
    }
