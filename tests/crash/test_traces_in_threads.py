"""Traces that are written beside the scheduler's loop: killed, cut off or out of space, a build loses nothing by it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engine_lab import Lab, digests, graph, step
from tests.support.fault_lab import (
    CRASHED,
    FaultLab,
    Op,
    at,
    exit_there,
    full_there,
    in_a_child,
    lab_at,
    recorded,
    sound,
)
from tests.support.power_cut import Disk
from vidbuild.engine.disk import checksummed, durable
from vidbuild.engine.graph.graph import Graph, Product
from vidbuild.engine.runs.events import StepFinished, StepRetried, StepStarted
from vidbuild.engine.runs.run_log import past_runs, read_events

WIDE, JOBS = 6, 4


@pytest.fixture
def faults(tmp_path: Path) -> Iterator[FaultLab]:
    """A lab whose steps run in this process, and whose traces are written in threads of it."""
    with lab_at(tmp_path / "project") as (lab, _):
        yield lab


def wide() -> Graph:
    """Steps that need nothing, and one that needs all of them."""
    ends = {f"s{n}": Product(f"s{n}", "main.txt") for n in range(WIDE)}
    return graph(*[step(f"s{n}", text=str(n)) for n in range(WIDE)], step("top", "concat", ends))


@pytest.mark.parametrize("number", range(WIDE + 1))
@pytest.mark.parametrize("point", ["write trace", "sync trace", "rename trace"])
def test_an_exit_while_traces_are_written(faults: FaultLab, point: str, number: int) -> None:
    """P14, P15: what an event has reported as built is there after a kill, and only what was in flight runs again."""
    expected = digests(faults.clean().build(wide(), jobs=1))
    faults.ran()

    def work() -> None:
        with pytest.MonkeyPatch.context() as patch:
            faults.watched(at(point, number, exit_there), patch)
            faults.build(wide(), jobs=JOBS)

    assert in_a_child(work) == CRASHED
    (killed,) = past_runs(faults.store.root / "runs")
    reported = {
        event["step"]
        for event in read_events(faults.store.root / "runs", killed.id)
        if event["type"] == "step_finished"
    }
    faults.ran()
    report = faults.build(wide(), jobs=JOBS)
    again = faults.ran()
    assert digests(report) == expected
    assert len(again) == len(report.ran)
    assert not reported & {each.step for each in report.ran}
    sound(faults)


def test_blobs_are_sure_before_their_trace_in_threads(faults: FaultLab) -> None:
    """P16: whatever else is written at that moment, a trace gets its name when all its blobs are on the disk."""
    faults.store.prepare()
    disk, named = Disk.of(faults.root), []
    for op in recorded(faults, lambda: faults.build(wide(), jobs=JOBS), contents=True):
        if op.operation == "rename" and op.role == "trace" and op.source:
            data = checksummed.loads(disk.seen[op.source].synced or b"")
            assert data is not None
            for digest, _ in data["outputs"].values():
                blob = disk.sure.get(faults.store.blobs.path(digest))
                assert blob is not None, data["step"]
                assert blob.synced is not None
            named.append(data["step"])
        disk.apply(op)
    assert sorted(named) == sorted(wide().steps)


def test_a_full_disk_fails_the_step_alone(faults: FaultLab, monkeypatch: pytest.MonkeyPatch) -> None:
    """P20: a trace that finds no space is an attempt that failed; the step runs again, the others do not."""
    faults.watched(at("write trace", 2, full_there), monkeypatch)
    report = faults.build(wide(), jobs=JOBS)
    assert report.ok
    retried = [event for event in faults.events if isinstance(event, StepRetried)]
    assert len(retried) == 1
    assert "is full" in retried[0].failure.message
    assert len(faults.ran()) == WIDE + 2
    sound(faults)


def test_any_other_error_ends_the_run(faults: FaultLab, monkeypatch: pytest.MonkeyPatch) -> None:
    """P20: an error that no attempt can mend is raised as before, and what was written is found by the next build."""

    def broken(_op: Op) -> None:
        raise OSError(5, os.strerror(5), "the disk")

    with monkeypatch.context() as patch:
        faults.watched(at("write trace", 2, broken), patch)
        with pytest.raises(OSError, match="Input/output"):
            faults.build(wide(), jobs=JOBS)
    ran = len(faults.ran())
    assert faults.build(wide(), jobs=JOBS).ok
    assert ran + len(faults.ran()) <= WIDE + 1 + JOBS
    sound(faults)


def test_a_slow_disk_keeps_no_worker_waiting(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a trace waits for the disk other steps start; its own dependents wait, and so does its event."""
    real, seen, gate = durable.write, list[str](), threading.Event()

    def slow(target: Path, data: bytes, *, synced: bool = True) -> None:
        if "traces" in target.parts and json.loads(data.splitlines()[1])["step"] == "s0":
            assert gate.wait(30)
        real(target, data, synced=synced)

    def note(event: object) -> None:
        if isinstance(event, StepStarted | StepFinished):
            seen.append(f"{event.type} {event.step}")
        if seen.count("step_finished s5"):
            gate.set()

    monkeypatch.setattr(durable, "write", slow)
    assert lab.build(wide(), jobs=2, on_event=note).ok
    assert seen.index("step_finished s5") < seen.index("step_finished s0") < seen.index("step_started top")


def test_steps_one_at_a_time_are_recorded_one_at_a_time(lab: Lab) -> None:
    """With one job a step starts when the one before is recorded, as its events say."""
    assert lab.build(wide(), jobs=1).ok
    types = [event.type for event in lab.events if isinstance(event, StepStarted | StepFinished)]
    assert types == ["step_started", "step_finished"] * (WIDE + 1)
