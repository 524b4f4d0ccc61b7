"""Worker processes: their output, how they die, and what they import."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.background_build import wait_until
from tests.support.engine_lab import Lab, Steering, graph, step
from tests.support.paths import ROOT
from vidbuild.engine.graph.graph import Graph, Product
from vidbuild.engine.graph.step_state import State
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.events import StepProgress
from vidbuild.engine.schedule.options import RetryPolicy
from vidbuild.engine.worker.executor import Message
from vidbuild.engine.worker.pool import Pool
from vidbuild.engine.worker.process import WorkerProcess
from vidbuild.engine.worker.protocol import StepFailure, StepOutput

ENGINE = ROOT / "vidbuild" / "engine"


def alive(number: int) -> bool:
    """Whether a process is there and is more than a name."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(path: Path, seconds: float = 10) -> str:
    """What a file holds, once it holds something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if path.exists() and (text := path.read_text()):
            return text
        time.sleep(0.005)
    raise TimeoutError(path)


def wait_until_gone(numbers: list[int], seconds: float = 5) -> None:
    """Wait until all of these processes have ended."""
    deadline = time.monotonic() + seconds
    while any(alive(number) for number in numbers):
        assert time.monotonic() < deadline, f"still alive: {[n for n in numbers if alive(n)]}"
        time.sleep(0.01)


def test_what_a_step_prints_is_no_answer(lab: Lab) -> None:
    """A step and its children may print what looks like an answer, and their input is empty."""
    assert lab.build(graph(step("x", "chatter"), step("y", inputs={"x": Product("x")}))).status == "built"


def test_progress_arrives_from_any_thread(lab: Lab) -> None:
    """Progress arrives in complete messages, from any number of threads."""
    lab.build(graph(step("x", "progress"), step("y", "thread")))
    progress = [event for event in lab.events if isinstance(event, StepProgress)]
    rows = [(event.step, event.done, event.total, event.unit) for event in progress]
    assert ("x", 3, 3, "bytes") in rows
    assert rows.count(("y", 3, 3, "")) == 20


def test_a_worker_that_dies_fails_its_step_and_is_replaced(lab: Lab) -> None:
    """A killed worker is one failed step, with its last output; other steps continue with a new worker."""
    plan = graph(step("x", "die"), *[step(f"ok{n}", n=n) for n in range(3)])
    report = lab.build(plan, jobs=1, keep_going=True, retry=RetryPolicy(attempts=1))
    failure = report.steps["x"].failure
    assert failure is not None
    assert failure.message == "the worker died in the middle of the step (signal 9)"
    assert failure.log == ("last words",)
    assert failure.transient
    assert len(report.ran) == 3
    assert lab.build(plan).status == "built"


class Background:
    """A build in a thread that can be cancelled."""

    def __init__(self, lab: Lab, plan: Graph, jobs: int = 2) -> None:
        self.cancel = threading.Event()
        self.report: BuildReport | None = None
        self._thread = threading.Thread(target=self._run, args=(lab, plan, jobs))
        self._thread.start()

    def _run(self, lab: Lab, plan: Graph, jobs: int) -> None:
        self.report = lab.build(plan, Steering(cancelled=self.cancel.is_set), jobs=jobs, grace=0.0)

    def end(self) -> BuildReport:
        """Cancel, and wait for the report."""
        self.cancel.set()
        self._thread.join(20)
        assert self.report is not None
        return self.report


def test_cancelling_kills_what_runs_and_keeps_what_is_done(lab: Lab) -> None:
    """P15, P19: a cancelled build ends at once, leaves no process, keeps the finished step and nothing of the other."""
    plan = graph(
        step("first", x=1), step("slow", "sleep", {"f": Product("first")}), step("last", inputs={"s": Product("slow")})
    )
    build = Background(lab, plan)
    numbers = [int(word) for word in wait_for(lab.root / "child").split()]
    started = time.monotonic()
    report = build.end()
    assert time.monotonic() - started < 8  # less than the time that a request to stop would leave
    wait_until_gone(numbers)
    assert report.status == "cancelled"
    assert {name: one.state for name, one in report.steps.items()} == {
        "first": State.BUILT,
        "slow": State.ABORTED,
        "last": State.ABORTED,
    }
    assert lab.store.trace(report.steps["slow"].key) is None
    assert list((lab.store.home / "tmp").iterdir()) == []
    lab.ran()
    (lab.root / "go").touch()
    assert lab.build(plan).status == "built"
    assert lab.ran() == ["last", "slow"]


def test_a_build_cancelled_before_it_starts_runs_nothing(lab: Lab) -> None:
    """A cancel request before the start is seen first; cached steps are still reported."""
    report = lab.build(graph(step("x")), Steering(cancelled=lambda: True))
    assert (report.status, lab.ran()) == ("cancelled", [])
    lab.build(graph(step("x")))
    assert lab.build(graph(step("x")), Steering(cancelled=lambda: True)).status == "up-to-date"


DRIVER = """
import sys
from pathlib import Path
from tests.support.engine_lab import Lab, graph, step
lab = Lab(Path(sys.argv[1]))
lab.build(graph(step("slow", "sleep")), jobs=1)
"""


@pytest.fixture
def driver(lab: Lab) -> Iterator[subprocess.Popen[bytes]]:
    """A process that builds a step which sleeps."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ["PYTHONPATH"]])}
    process = subprocess.Popen([sys.executable, "-c", DRIVER, str(lab.root)], env=env)
    yield process
    process.kill()
    process.wait()


def test_workers_die_with_a_killed_driver(lab: Lab, driver: subprocess.Popen[bytes]) -> None:
    """P19: SIGKILL of the driver leaves neither worker nor the worker's child, and the next build needs no hand."""
    numbers = [int(word) for word in wait_for(lab.root / "child").split()]
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    wait_until_gone(numbers)
    (lab.root / "go").touch()
    started = time.monotonic()
    assert lab.build(graph(step("slow", "sleep"))).status == "built"
    assert time.monotonic() - started < 5
    assert list((lab.store.home / "tmp").iterdir()) == []


def messages(pool: Pool, count: int) -> list[Message]:
    """So many messages from a pool."""
    found: list[Message] = []
    deadline = time.monotonic() + 20
    while len(found) < count and time.monotonic() < deadline:
        found += pool.wait(0.1)
    return found


def request(lab: Lab, name: str, function: str, worker: str = "") -> dict[str, object]:
    """What a worker is asked."""
    folder = lab.root / "private" / name
    return {
        "step": name,
        "run": f"tests.support.fake_steps:{function}",
        "params": {},
        "inputs": {},
        "folder": str(folder),
        "cache": str(lab.store.root),
        "blobs": str(lab.store.blobs.root),
        "lower": [],
        "env": lab.env,
        "network": False,
        "worker": worker,
    }


def test_workers_are_started_when_needed_and_used_again(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool starts one worker per step that runs at once, and no more for those that follow."""
    started: list[WorkerProcess] = []

    def counted(*arguments: Any) -> WorkerProcess:
        started.append(WorkerProcess(*arguments))
        return started[-1]

    monkeypatch.setattr("vidbuild.engine.worker.pool.WorkerProcess", counted)
    pool = Pool(2, lab.root, lab.env)
    try:
        assert pool.free == 2
        for name in ("a", "b", "c"):
            pool.start(name, request(lab, name, "concat"), 60.0)
            (message,) = messages(pool, 1)
            assert message.step == name
            assert isinstance(message.answer, StepOutput)
        assert len(started) == 1
        assert not (lab.root / "private" / "a").exists()
    finally:
        pool.close()


def test_steps_for_named_workers_have_one_of_their_own(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps for a named worker run in one that runs no others and is kept, and while it is idle it takes no slot."""
    started: list[WorkerProcess] = []

    def counted(*arguments: Any) -> WorkerProcess:
        started.append(WorkerProcess(*arguments))
        return started[-1]

    monkeypatch.setattr("vidbuild.engine.worker.pool.WorkerProcess", counted)
    pool = Pool(1, lab.root, lab.env)
    try:
        for name, worker in (("a", "model"), ("b", ""), ("c", "model"), ("d", "other"), ("e", "")):
            assert pool.free == 1
            pool.start(name, request(lab, name, "concat", worker), 60.0)
            assert pool.free == 0
            (message,) = messages(pool, 1)
            assert isinstance(message.answer, StepOutput)
        assert [each.profile.name for each in started] == ["model", "", "other"]
    finally:
        pool.close()


def test_few_idle_workers_are_kept(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of workers that serve different steps, those that were used last are kept."""
    started: list[WorkerProcess] = []

    def counted(*arguments: Any) -> WorkerProcess:
        started.append(WorkerProcess(*arguments))
        return started[-1]

    monkeypatch.setattr("vidbuild.engine.worker.pool.WorkerProcess", counted)
    monkeypatch.setattr("vidbuild.engine.worker.pool._MOST_IDLE", 2)
    pool = Pool(1, lab.root, lab.env)
    try:
        for name in ("a", "b", "a", "c", "d", "d"):
            pool.start(name, request(lab, name, "concat", name), 60.0)
            messages(pool, 1)
        assert [(each.profile.name, each._child.poll()) for each in started] == [
            ("a", 0),
            ("b", 0),
            ("c", None),
            ("d", None),
        ]
    finally:
        pool.close()


def process_state(number: int) -> str:
    """The letter that the system has for a process's state, "T" for one that is stopped."""
    return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]


def test_all_that_a_step_started_is_suspended_with_it(lab: Lab) -> None:
    """P19: a suspended pool stops its workers and their children, also in sessions of their own, and continues them."""
    pool = Pool(1, lab.root, lab.env)
    seen: list[str] = []
    try:
        pool.start("a", {**request(lab, "a", ""), "run": "tests.support.faulty_steps:family"}, 60.0)
        numbers = [int(word) for word in wait_for(lab.root / "family").split()]

        def meanwhile() -> None:
            wait_until(lambda: {process_state(number) for number in numbers} == {"T"}, "three stopped processes")
            seen.append("stopped")

        pool.suspend(meanwhile)
        wait_until(lambda: "T" not in {process_state(number) for number in numbers}, "the end of the pause")
        (lab.root / "go").touch()
        (message,) = messages(pool, 1)
    finally:
        pool.close(kill=True)
    assert seen == ["stopped"]
    assert isinstance(message.answer, StepOutput)


def test_a_worker_that_cannot_start_fails_its_step(lab: Lab) -> None:
    """A worker that exits before its first answer fails its step with what it printed."""
    pool = Pool(1, lab.root, {**lab.env, "PYTHONHOME": "/nowhere"})
    try:
        pool.start("a", request(lab, "a", "concat"), 60.0)
        (message,) = messages(pool, 1)
        assert isinstance(message.answer, StepFailure)
        assert "(exit code 1)" in message.answer.failure.message
        assert message.answer.failure.log
        assert not message.answer.failure.transient
        assert pool.free == 1
    finally:
        pool.close()


def test_what_a_worker_prints_before_its_first_step_is_kept(lab: Lab) -> None:
    """A worker that is gone before it receives its step fails it with what it printed, however late the step comes."""
    worker = WorkerProcess(lab.root, {**lab.env, "PYTHONHOME": "/nowhere"})
    try:
        wait_until(lambda: not worker.drain(), "the end of the worker")
        worker.send("a", request(lab, "a", "concat"), 60.0)
        assert any("PYTHONHOME" in line for line in worker.stderr_tail())
    finally:
        worker.close_stdin()
        worker.reap()


def reachable(module: str, found: set[str]) -> set[str]:
    """All modules of vidbuild that a module imports, directly or not, wherever in it the import stands."""
    path = ROOT / (module.replace(".", "/") + ".py")
    if module in found or not path.exists():
        return found
    found.add(module)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("vidbuild"):
            reachable(node.module or "", found)
            for name in node.names:
                reachable(f"{node.module}.{name.name}", found)
    return found


def test_a_worker_neither_plans_nor_writes_traces() -> None:
    """P30: the worker's code reaches blobs and the step's context, nothing that plans, schedules or keeps traces."""
    assert reachable("vidbuild.engine.worker.main", set()) == {
        "vidbuild.engine.worker.main",
        "vidbuild.engine.worker.execute",
        "vidbuild.engine.worker.inputs",
        "vidbuild.engine.store.blobs",
        "vidbuild.engine.graph.context",
        "vidbuild.engine.disk.durable",
        "vidbuild.engine.sandbox.landlock",
        "vidbuild.engine.sandbox.rlimits",
        "vidbuild.engine.disk.disk_full",
        "vidbuild.engine.sandbox.sandbox",
        "vidbuild.engine.sandbox.seccomp",
        "vidbuild.errors",
        "vidbuild.platforms",
        "vidbuild.frozen",
    }


def test_the_engine_knows_nothing_of_video() -> None:
    """The engine imports nothing of vidbuild but errors, locations, records, suggestions and text sanitizing."""
    found: set[str] = set()
    for path in ENGINE.rglob("*.py"):
        reachable(".".join(path.relative_to(ROOT).with_suffix("").parts), found)
    assert "vidbuild.engine.schedule.scheduler" in found
    assert {name for name in found if not name.startswith("vidbuild.engine")} == {
        "vidbuild.errors",
        "vidbuild.platforms",
        "vidbuild.location",
        "vidbuild.sanitize",
        "vidbuild.suggest",
        "vidbuild.flock",
        "vidbuild.frozen",
    }


def test_a_worker_of_a_cluster_neither_plans_nor_writes_traces() -> None:
    """P30: what Dask calls on its workers reaches the pool and requests to stop, no plan, no schedule and no trace."""
    found = reachable("vidbuild.dask_executor.on_worker", set())
    assert "vidbuild.engine.worker.pool" in found
    own = {f"vidbuild.dask_executor.{name}" for name in ("on_worker", "package", "site")}
    more = {"vidbuild.engine.runs.control", *own}
    shared = ("vidbuild.engine.worker", "vidbuild.engine.disk.", "vidbuild.engine.sandbox.")
    assert {name for name in found - more if not name.startswith(shared)} == {
        "vidbuild.engine.graph.context",
        "vidbuild.errors",
        "vidbuild.frozen",
        "vidbuild.platforms",
    }
