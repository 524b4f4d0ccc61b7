"""Logs of builds, readable while they run."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.engine_lab import Lab, Steering, graph, step
from tests.support.paths import ROOT
from vidbuild.engine.disk import durable
from vidbuild.engine.graph.graph import Product
from vidbuild.engine.runs import run_log
from vidbuild.engine.runs.run_log import Run, RunTarget, past_runs, read_events, read_run


def folder(lab: Lab) -> Path:
    """Where the runs are."""
    return lab.store.root / "runs"


def test_each_build_is_kept(lab: Lab) -> None:
    """A run has an id that sorts by time, its entry, and how it ended."""
    lab.build(graph(step("a")), build_name="one.yaml")
    lab.build(graph(step("b", "bug")), build_name="two.yaml")
    report = lab.build(graph(step("c", x=1)), build_name="three.yaml", control=Steering(cancelled=lambda: True))
    found = past_runs(folder(lab))
    assert [(run.entry, run.state) for run in found] == [
        ("one.yaml", "completed"),
        ("two.yaml", "failed"),
        ("three.yaml", "cancelled"),
    ]
    assert found[-1].id == report.run
    assert [run.id for run in found] == sorted(run.id for run in found)
    assert all(run.ended is not None and run.ended >= run.started and not run.killed for run in found)
    assert re.fullmatch(r"\d{8}-\d{6}-\d{3}-[0-9a-f]{4}", report.run)


def test_a_run_can_be_read_while_it_runs(lab: Lab) -> None:
    """From another process: state running, and every event so far."""
    seen: list[tuple[Run | None, int]] = []

    def look(_: object) -> None:
        (name,) = [path.name for path in folder(lab).iterdir()]
        seen.append((read_run(folder(lab), name), len(list(read_events(folder(lab), name)))))

    lab.build(graph(step("a"), step("b", inputs={"a": Product("a")})), on_event=look)
    assert [count for _, count in seen] == list(range(1, 11))
    assert {run.state for run, _ in seen if run} == {"running"}


KILLED = """
import os, sys
from pathlib import Path
from tests.support.engine_lab import Steering, Lab, graph, step
lab = Lab(Path(sys.argv[1]))
def die(event):
    if event.type == "step_started":
        os.kill(os.getpid(), 9)
lab.build(graph(step("a")), on_event=die, build_name="x.yaml")
"""


def test_a_killed_run_is_failed(lab: Lab) -> None:
    """P40: after SIGKILL the run is failed, not running for ever, and its log is a valid prefix."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ["PYTHONPATH"]])}
    done = subprocess.run([sys.executable, "-c", KILLED, str(lab.root)], env=env, check=False)
    assert done.returncode == -signal.SIGKILL
    (run,) = past_runs(folder(lab))
    assert (run.state, run.killed, run.ended) == ("failed", True, None)
    assert [data["type"] for data in read_events(folder(lab), run.id)] == [
        "run_started",
        "target_started",
        "run_estimated",
        "step_started",
    ]


def test_a_torn_last_line_is_left_out(lab: Lab) -> None:
    """P40: a line that a killed build did not finish is passed over."""
    run = lab.build(graph(step("a"))).run
    path = folder(lab) / run / "events.jsonl"
    whole = len(list(read_events(folder(lab), run)))
    path.write_text(path.read_text()[:-5])
    assert len(list(read_events(folder(lab), run))) == whole - 1


def test_only_the_last_runs_are_kept(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old runs go when new ones come; a running one stays."""
    monkeypatch.setattr(run_log, "KEPT", 5)
    plan = graph(step("a"))
    first = run_log.RunLog(folder(lab), [RunTarget("", "still running")])
    for _ in range(8):
        lab.build(plan)
    found = past_runs(folder(lab))
    assert len(found) in {5, 6}
    assert (found[0].id, found[0].state) == (first.id, "pending")
    first.close()


def test_what_is_no_run_is_none(lab: Lab) -> None:
    """An id that is not there, or leads elsewhere, is no run; a damaged state is none either."""
    assert past_runs(folder(lab)) == []
    run = lab.build(graph(step("a"))).run
    assert read_run(folder(lab), "20200101-000000-000-abcd") is None
    assert read_run(folder(lab), f"../runs/{run}") is None
    (folder(lab) / run / "state.json").write_text("{")
    assert past_runs(folder(lab)) == []


def test_ids_do_not_collide() -> None:
    """Runs started in one millisecond have ids of their own."""
    assert len({run_log.new_id() for _ in range(50)}) > 45


def test_the_state_is_plain_json(lab: Lab) -> None:
    """A script can read a run's state."""
    run = lab.build(graph(step("a")), build_name="x.yaml").run
    state = json.loads((folder(lab) / run / "state.json").read_text())
    assert (state["id"], state["entry"], state["state"]) == (run, "x.yaml", "completed")
    assert state["started"] <= state["ended"] <= time.time()


def test_ids_sort_by_time_whatever_the_clock(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is set back by a year puts no run before an earlier one, and the newest runs are kept."""
    now, year = time.time_ns(), 365 * 24 * 3600 * 1_000_000_000
    found = []
    for clock in (now, now - year, now - year + 1, now + 1_000_000_000, now - 2 * year):
        monkeypatch.setattr(time, "time_ns", lambda clock=clock: clock)
        found.append(lab.build(graph(step("a"))).run)
    assert found == sorted(found)
    assert [run.id for run in past_runs(folder(lab))] == found
    assert all(re.fullmatch(r"\d{8}-\d{6}-\d{3}-[0-9a-f]{4}", run) for run in found)


def test_what_others_put_beside_the_runs_stays(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """V11: a file or folder that is no run is neither listed nor pruned."""
    monkeypatch.setattr(run_log, "KEPT", 2)
    for name in ("0-mine/notes.txt", ".DS_Store", "zz/x"):
        (folder(lab) / name).parent.mkdir(parents=True, exist_ok=True)
        (folder(lab) / name).touch()
    for number in range(4):
        lab.build(graph(step("a", n=number)))
    assert len(past_runs(folder(lab))) == 2
    assert all((folder(lab) / name).exists() for name in ("0-mine/notes.txt", ".DS_Store", "zz/x"))


def test_a_log_that_cannot_be_written_ends_no_build(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """P20: a disk that is too full for the run's log does not fail the build, and there is one warning."""

    def full(operation: str, path: Path, _source: object = None) -> None:
        if "runs" in path.parts and operation == "write":
            raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(durable, "fault_point", full)
    assert lab.build(graph(step("a"))).status == "built"
    log = run_log.RunLog(folder(lab), [RunTarget("", "x")])
    log.close()
    assert re.fullmatch(r"cannot write '.*runs/.*': no space left on device", log.write_error)


def test_a_log_with_a_hole_is_read_on(lab: Lab) -> None:
    """P16: damage that a power cut left in a log is skipped; the other events are read."""
    run = lab.build(graph(step("a"))).run
    path = folder(lab) / run / "events.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"\0" * 40 + b"\n" + b"".join(lines[2:]))
    assert [data["type"] for data in read_events(folder(lab), run)][:2] == ["run_started", "run_estimated"]
