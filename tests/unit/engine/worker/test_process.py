"""Workers that hang, flood or send garbage, and drivers that are killed: what ends, and what is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import run_events
from tests.support.background_build import Background, wait_for, wait_until_gone
from tests.support.engine_lab import Lab, graph, names, states, step
from tests.support.paths import ROOT
from vidbuild.engine.graph.graph import Kind
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.runs.events import StepProgress
from vidbuild.engine.worker.process import WorkerProcess

LIMIT = 1.5


@pytest.mark.parametrize("deaf", [False, True])
def test_a_step_past_its_time_is_ended(lab: Lab, deaf: bool) -> None:
    """P11, P19: a step that exceeds its time limit is killed with its children, even if it ignores signals."""
    lab.kinds["family"] = Kind("family", 1, "tests.support.faulty_steps:family", seconds=LIMIT)
    plan = graph(step("slow", "family", deaf=deaf), *[step(f"ok{n}", n=n) for n in range(3)])
    report = lab.build(plan, keep_going=True)
    run_events.check(lab.events, report)
    wait_until_gone([int(word) for word in (lab.root / "family").read_text().split()])
    failure = report.steps["slow"].failure
    assert failure is not None
    assert (failure.message, failure.transient) == ("took longer than 1.5 s and was stopped", False)
    assert (len(report.ran), report.retried) == (3, 0)
    assert lab.store.trace(report.steps["slow"].key) is None
    assert lab.ran().count("slow") == 1
    lab.kinds["family"] = Kind("family", 1, "tests.support.faulty_steps:family")
    (lab.root / "go").touch()
    assert lab.build(plan).ok


def test_a_limit_changes_no_key(lab: Lab) -> None:
    """P6: how long a step may take is not in its key."""
    lab.build(graph(step("x")))
    lab.kinds["concat"] = Kind("concat", 1, "tests.support.fake_steps:concat", seconds=1.0)
    assert lab.build(graph(step("x"))).status == "up-to-date"


ENDLESS = {"says": "x" * 1_000_000, "times": 12}


@pytest.mark.parametrize(
    "said",
    [
        {"says": "no json\n"},
        {"says": "{}\n"},
        {"says": "[1, 2]\n"},
        {"says": "null\n"},
        {"says": "[" * 100_000 + "\n"},
        {"says": '{"progress": [1]}\n'},
        {"says": '{"failure": {"message": 3}, "warnings": []}\n'},
        {"says": '{"outputs": {"a": ["../../x", 1, 2, 3, 4]}, "sources": {}, "warnings": [], "seconds": 0.1}\n'},
        ENDLESS,
    ],
    ids=lambda said: str(said)[:60],
)
def test_a_worker_that_sends_garbage_fails_its_step(lab: Lab, said: dict[str, Any]) -> None:
    """P11: whatever a worker sends, its step fails with the last output, and the build continues."""
    report = lab.build(graph(step("x", "garble", **said), step("ok")), jobs=1, keep_going=True)
    run_events.check(lab.events, report)
    assert states(report) == {"x": State.FAILED, "ok": State.BUILT}
    failure = report.steps["x"].failure
    assert failure is not None
    endless = "invalid message from worker: a line of more than 8 MiB"
    assert failure.message == (endless if said is ENDLESS else "invalid message from worker")
    assert (failure.fault, failure.log[-1:]) == ("bug", ("last words",))
    assert lab.store.trace(report.steps["x"].key) is None


def test_a_step_that_prints_endlessly_fills_no_disk(lab: Lab) -> None:
    """The output of a step and its children takes no room on the disk, blocks nothing, and its end is reported."""
    report = lab.build(graph(step("x", "flood"), step("y", "flood", fails=True)), keep_going=True, jobs=1)
    assert states(report) == {"x": State.BUILT, "y": State.FAILED}
    failure = report.steps["y"].failure
    assert failure is not None
    assert failure.log[-1] == "last words"
    assert sum(map(len, failure.log)) <= 4000
    assert failure.message.endswith("(exit code 7)")


def test_a_flood_of_progress_is_thinned(lab: Lab) -> None:
    """Of thousands of progress reports a second a few are emitted, with their unit."""
    started = time.monotonic()
    assert lab.build(graph(step("x", "babble", times=20_000))).ok
    progress = [event for event in lab.events if isinstance(event, StepProgress)]
    assert 50 <= len(progress) <= 50 + 20 * (time.monotonic() - started)
    assert {(event.done, event.total, event.unit) for event in progress} == {(3, 3, "frames")}


@pytest.mark.parametrize("total", [3, 0])
def test_unfinished_progress_comes_at_a_pace_that_people_can_read(lab: Lab, total: int) -> None:
    """Of a step that is not done, or does not know its total, the log has at most ten reports a second."""
    started = time.monotonic()
    assert lab.build(graph(step("x", "babble", times=5_000, done=1, total=total))).ok
    progress = [event for event in lab.events if isinstance(event, StepProgress)]
    assert 1 <= len(progress) <= 1 + 10 * (time.monotonic() - started)
    assert {(event.done, event.total) for event in progress} == {(1, total)}


def test_the_end_of_a_step_of_one_part_is_reported(lab: Lab) -> None:
    """That all of a total of one is done is reported at once, however soon after the last report."""
    lab.build(graph(step("x", "babble", times=20, done=1, total=1)))
    assert len([event for event in lab.events if isinstance(event, StepProgress)]) == 20


def test_workers_end_where_the_system_cannot_wait_for_one(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """P19: without `waitid`, as on macOS, a worker is gone with its children, and a good one is not killed."""
    monkeypatch.delattr(os, "waitid")
    lab.kinds["family"] = Kind("family", 1, "tests.support.faulty_steps:family", seconds=LIMIT)
    report = lab.build(graph(step("slow", "family"), step("ok")), keep_going=True)
    wait_until_gone([int(word) for word in (lab.root / "family").read_text().split()])
    assert states(report) == {"slow": State.FAILED, "ok": State.BUILT}
    worker = WorkerProcess(lab.root, lab.env)
    worker.close_stdin()
    assert worker.reap() == 0


DRIVER = """
import sys
from pathlib import Path
from tests.support.engine_lab import Lab, graph, step
lab = Lab(Path(sys.argv[1]))
lab.build(graph(step("one", "family")), jobs=1)
"""


@pytest.fixture
def driver(lab: Lab) -> Iterator[subprocess.Popen[bytes]]:
    """A process that builds a step with two children, one of them in a session of its own."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ["PYTHONPATH"]])}
    env.pop("COVERAGE_PROCESS_CONFIG", None)  # coverage handles SIGTERM itself, and its trace slows the end
    process = subprocess.Popen([sys.executable, "-c", DRIVER, str(lab.root)], env=env, stderr=subprocess.DEVNULL)
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_child_outlives_the_driver(lab: Lab, driver: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """P19: a driver that is ended by a signal leaves no worker and no child of it, and the next build sweeps up."""
    numbers = [int(word) for word in wait_for(lab.root / "family").split()]
    driver.send_signal(number)
    driver.wait()
    wait_until_gone(numbers)
    (lab.root / "go").touch()
    assert lab.build(graph(step("one", "family"))).ok
    assert names(lab.store.home / "tmp") == names(lab.store.home / "locks") == []


SUSPENDED = """
import os, signal, sys
from pathlib import Path
from tests.support.background_build import wait_for
from tests.support.engine_lab import Lab
from vidbuild.engine.worker.process import WorkerProcess
lab = Lab(Path(sys.argv[1]))
names = {"step": "a", "run": "tests.support.faulty_steps:family", "worker": ""}
places = {"folder": str(lab.root / "private"), "cache": str(lab.store.root), "blobs": str(lab.store.blobs.root)}
worker = WorkerProcess(lab.root, lab.env)
worker.send("a", {**names, **places, "lower": [], "env": lab.env, "params": {}, "inputs": {}, "network": False}, 60.0)
wait_for(lab.root / "family")
worker.suspend()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_suspended_worker_ends_with_its_driver(lab: Lab) -> None:
    """P19: a driver that is killed while its worker is suspended leaves neither the worker nor its children."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ["PYTHONPATH"]])}
    done = subprocess.run([sys.executable, "-c", SUSPENDED, str(lab.root)], env=env, check=False)
    numbers = [int(word) for word in (lab.root / "family").read_text().split()]
    assert done.returncode == -signal.SIGKILL
    wait_until_gone(numbers)


def test_a_worker_leaves_ctrl_c_to_the_driver(lab: Lab) -> None:
    """P41: Ctrl-C reaches every process of a terminal's group; a worker goes on, since the driver decides what ends."""
    build = Background(lab, graph(step("one", "family")))
    worker = int(wait_for(lab.root / "family").split()[0])
    os.kill(worker, signal.SIGINT)
    (lab.root / "go").touch()
    report = build.end()
    assert (report.status, report.retried, lab.ran()) == ("built", 0, ["one"])


def test_no_child_outlives_its_worker(lab: Lab) -> None:
    """P19: a worker that is killed from outside leaves no child behind, and its step is retried."""
    build = Background(lab, graph(step("one", "family")))
    killed = [int(word) for word in wait_for(lab.root / "family").split()]
    os.kill(killed[0], signal.SIGKILL)
    build.until("step_retried")
    wait_until_gone(killed)
    (lab.root / "go").touch()
    report = build.end()
    assert (report.status, report.retried, lab.ran()) == ("built", 1, ["one", "one"])
