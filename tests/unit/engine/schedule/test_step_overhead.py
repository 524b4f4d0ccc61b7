"""The cost of a step besides its own work: what the driver does for one that does nothing, in counts."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.engine_lab import Lab, graph, step
from tests.unit.engine.schedule.test_scale import cheap_writes, prebuilt, scenes
from vidbuild.engine.disk import durable
from vidbuild.engine.graph.graph import Graph
from vidbuild.engine.runs import control
from vidbuild.engine.schedule.options import RunOptions
from vidbuild.engine.schedule.target import Target
from vidbuild.engine.store import gc
from vidbuild.engine.worker.process import WorkerProcess

__all__ = ["cheap_writes"]  # a fixture

FEW, MANY = 10, 30
AROUND = 30  # files that a build opens beside those of its steps

# For each step, at most. A change that lowers one of these lowers it here; seconds are in tests/bench/RESULTS.md.
LIMITS = {
    "process": 0,
    "message": 1,  # to the worker
    "event": 2,  # started, finished
    "write": 3,
    "sync": 3,
    "rename": 1,
    "folder": 1,
    "link": 0,
    "lock": 1,
    "remove": 1,
    "open": 11,
    "call": 750,  # of functions of Python's; between its versions that differs a little
}


def independent(count: int) -> Graph:
    """Steps that do nothing and wait for nothing."""
    return graph(*[step(f"s{n}", "noop", number=n) for n in range(count)])


def built(lab: Lab, count: int, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Build so many steps with one job, and count what the driver does for all of them."""
    found: Counter[str] = Counter()
    watching = True

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event == "open" and isinstance(arguments[0], (str, bytes)):
            found["open"] += 1
        elif watching and event == "subprocess.Popen":
            found["process"] += 1

    def call(_frame: Any, what: str, _argument: Any) -> None:
        found["call"] += what == "call"

    send = WorkerProcess.send
    with monkeypatch.context() as patched:
        patched.setattr(durable, "fault_point", lambda operation, *_: found.update([operation]))
        patched.setattr(WorkerProcess, "send", lambda self, *rest: (found.update(["message"]), send(self, *rest))[1])
        sys.addaudithook(audit)
        sys.setprofile(call)
        try:
            report = lab.build(independent(count), jobs=1)
        finally:
            sys.setprofile(None)
            watching = False
    assert len(report.ran) == count
    found["event"] = len(lab.events)
    return found


def test_what_a_step_that_does_nothing_costs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P48: for each step more: one message, one trace that waits for the disk, a handful of files, no process."""
    few = built(Lab(tmp_path / "few"), FEW, monkeypatch)
    many = built(Lab(tmp_path / "many"), MANY, monkeypatch)
    each = {what: (many[what] - few[what]) / (MANY - FEW) for what in many}
    assert each.keys() <= LIMITS.keys()
    assert not {what: cost for what, cost in each.items() if cost > LIMITS[what]}
    assert each["sync"] >= 1, "a trace that does not wait for the disk is no trace"


@pytest.mark.usefixtures("cheap_writes")
def test_one_edit_in_a_thousand_scenes(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """P47: of 6,001 steps five run: the driver hashes no byte of the others, and opens what five steps need."""
    before = scenes(1000)
    engine = prebuilt(lab, before)
    gc.trim(lab.store)  # its size is known from here on, and only counted again after many builds
    changed = before.steps["speak:500"]
    after = Graph(
        {**before.steps, "speak:500": replace(changed, params={**changed.params, "narration": "something else"})}
    )
    opened: list[str] = []

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event == "open" and isinstance(arguments[0], (str, bytes)):
            path = os.fsdecode(arguments[0])
            if not path.endswith(f"/{control.NAME}"):  # polled several times a second: as often as the machine is slow
                opened.append(path)

    monkeypatch.setattr(durable, "hash_file", lambda path: pytest.fail(f"hashed {path}"))
    watching = True
    sys.addaudithook(audit)
    (report,) = engine.build([Target(after)], RunOptions(jobs=1))
    watching = False
    ran = ["speak:500", "timeline:500", "render:500", "audio:500", "mux"]
    assert [step.step for step in report.ran] == ran
    assert len(report.cached) == len(after.steps) - len(ran)
    assert len(opened) <= len(ran) * LIMITS["open"] + AROUND, opened
