"""A build in a thread of its own, to be watched and influenced while it runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.engine_lab import Lab, Steering
from vidbuild.engine.graph.graph import Graph
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.control import Control


def alive(number: int) -> bool:
    """Whether a process is there and is more than a name."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(holds: Callable[[], object], what: object = "", seconds: float = 20) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what or holds}"
        time.sleep(0.005)


def wait_for(path: Path) -> str:
    """What a file holds, once it holds something."""
    wait_until(lambda: path.exists() and path.read_text(), path)
    return path.read_text()


def wait_until_gone(numbers: list[int]) -> None:
    """Wait until all of these processes have ended."""
    wait_until(lambda: not any(alive(number) for number in numbers), f"the end of {numbers}")


class Background:
    """A build that runs beside the test.

    control: what is requested of it. polls: how often it asked. Its events are the lab's.
    """

    def __init__(self, lab: Lab, plan: Graph, **options: Any) -> None:
        self.control = Control.RUN
        self.polls = 0
        self.lab = lab
        self._report: BuildReport | None = None
        steering = Steering(requested=self._requested, kill_now=options.pop("kill_now", lambda: False))
        self._thread = threading.Thread(target=self._run, args=(plan, steering, options))
        self._thread.start()

    def _run(self, plan: Graph, steering: Steering, options: dict[str, Any]) -> None:
        self._report = self.lab.build(plan, steering, **options)

    def _requested(self) -> Control:
        self.polls += 1
        return self.control

    def count(self, kind: str) -> int:
        """Return how many events of a type the build has emitted so far."""
        return sum(event.type == kind for event in self.lab.events)

    def until(self, kind: str, count: int = 1) -> None:
        """Wait until the build has emitted so many events of a type."""
        wait_until(lambda: self.count(kind) >= count, kind)

    @property
    def run(self) -> Path:
        """The run's folder."""
        return self.lab.store.root / "runs" / self.lab.events[0].run

    def end(self, control: Control | None = None) -> BuildReport:
        """Wait for the report, after a last request."""
        self.control = control or self.control
        self._thread.join(40)
        assert self._report is not None, "the build did not end"
        return self._report
