"""Clusters that go wrong: workers that differ or are killed, schedulers that do not answer, two builds at one store."""

from __future__ import annotations

import signal
import socket
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from distributed import Client

from tests.support.engine_lab import Lab, diamond, digests, graph, step
from tests.support.executor_lab import Cluster, loopback, on_dask
from vidbuild.dask_executor import executor as dask
from vidbuild.dask_executor.address import Scheduler
from vidbuild.dask_executor.connection import SHARED
from vidbuild.dask_executor.errors import ExecutorError
from vidbuild.dask_executor.executor import Describing
from vidbuild.engine.graph.graph import Product
from vidbuild.engine.keys.tools import Tool
from vidbuild.engine.runs.events import StepRetried
from vidbuild.engine.worker.executor import RunSetup
from vidbuild.media.ffmpeg import binary

DESCRIBE = Describing("vidbuild.api.worker_identity")


@pytest.fixture(autouse=True)
def talking() -> Iterator[None]:
    """Each test talks to its cluster."""
    with loopback():
        yield


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler without workers."""
    found = Cluster(tmp_path)
    with SHARED.sharing():
        yield found
    found.close()


def other_ffmpeg(folder: Path) -> str:
    """A program that runs ffmpeg, and says that it is another version."""
    path = folder / "ffmpeg"
    version = '[ "$1" = -version ] && exec echo "ffmpeg version 0.9"'
    path.write_text(f'#!/bin/sh\n{version}\nexec "{binary.executable()}" "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def with_ffmpeg(lab: Lab) -> None:
    """Let the lab's steps depend on this machine's ffmpeg."""
    lab.tools["ffmpeg"] = Tool(list, binary.identity)
    lab.kinds["concat"] = lab.kinds["concat"].__class__("concat", 1, lab.kinds["concat"].run, tools=("ffmpeg",))


def test_a_worker_with_another_ffmpeg_is_named_and_not_used(lab: Lab, cluster: Cluster, tmp_path: Path) -> None:
    """P29: of two workers the one whose tools differ gets no step, and both identities are said."""
    with_ffmpeg(lab)
    cluster.worker("same")
    cluster.worker("other", VIDBUILD_FFMPEG=other_ffmpeg(tmp_path))
    made: list[dask.DaskExecutor] = []

    def new(setup: RunSetup) -> dask.DaskExecutor:
        connection = SHARED.get(cluster.scheduler, 1)
        connection.client.wait_for_workers(2, timeout=60)
        made.append(dask.DaskExecutor(connection, setup, None, DESCRIBE))
        return made[0]

    lab.new_executor = new
    report = lab.build(diamond(lab))
    assert report.status == "built"
    assert digests(report) == digests(lab_without_dask(lab, tmp_path).build(diamond(lab)))
    ((label, why),) = made[0].refused.items()
    assert label.startswith("'other' on ")
    assert why.startswith("its ffmpeg is 'ffmpeg 0.9 sha256:")
    assert "and here it is 'ffmpeg " in why


def lab_without_dask(lab: Lab, folder: Path) -> Lab:
    """The same project, built here."""
    other = Lab(lab.root, folder / "store-of-its-own")
    other.kinds, other.tools = lab.kinds, lab.tools
    return other


def test_no_usable_worker_is_an_error_with_the_reason(
    lab: Lab, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P29: a cluster whose only worker differs ends the build with what differs, and nothing is made."""
    monkeypatch.setattr(dask, "_FIRST_WORKER", 20.0)
    with_ffmpeg(lab)
    cluster.worker("other", VIDBUILD_FFMPEG=other_ffmpeg(tmp_path))
    lab.new_executor = on_dask(cluster.scheduler, DESCRIBE)
    with pytest.raises(ExecutorError, match=r"no worker can be used of 'tcp://127\..*': 'other' on .*: its ffmpeg"):
        lab.build(diamond(lab))
    assert lab.ran() == []
    assert lab.events[-1].type == "run_failed"
    lab.new_executor = None
    assert lab.build(diamond(lab)).status == "built"


def test_a_scheduler_without_workers(lab: Lab, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster that has no worker is an error after a bounded time, with what to start."""
    monkeypatch.setattr(dask, "_FIRST_WORKER", 0.5)
    lab.new_executor = on_dask(cluster.scheduler)
    with pytest.raises(ExecutorError, match="no worker can be used of") as raised:
        lab.build(diamond(lab))
    assert raised.value.hint == "start workers: dask worker ADDRESS"
    assert raised.value.code == 4


def test_a_worker_that_does_not_see_the_store(lab: Lab, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that finds no file of the driver in the run's folder is not used: what it makes would be lost."""
    monkeypatch.setattr(dask, "_FIRST_WORKER", 20.0)
    cluster.worker("far")

    monkeypatch.setattr("vidbuild.dask_executor.on_worker.NONCE", "another")  # here alone: the worker has the usual one
    lab.new_executor = on_dask(cluster.scheduler)
    with pytest.raises(ExecutorError, match="it does not see the cache's folder"):
        lab.build(diamond(lab))


def test_a_killed_worker_costs_its_step_once(lab: Lab, cluster: Cluster) -> None:
    """P29: what a killed worker ran is attempted again on another, with an event; all else is kept, and made once."""
    workers = {name: cluster.worker(name, "--no-nanny") for name in ("one", "two")}
    lab.new_executor = on_dask(cluster.scheduler)
    killed: list[str] = []

    def kill() -> None:
        child = lab.root / "child"
        _wait_until(child.exists)
        ancestors = _ancestors(int(child.read_text().split()[0]))
        for name, process in workers.items():
            if process.pid in ancestors:
                process.send_signal(signal.SIGKILL)
                killed.append(name)
        (lab.root / "go").touch()

    thread = threading.Thread(target=kill)
    thread.start()
    report = lab.build(graph(step("s", "sleep"), step("x", inputs={"s": Product("s")}), step("y", z=1)), jobs=None)
    thread.join()
    assert report.status == "built"
    assert len(killed) == 1
    assert lab.ran() == ["s", "s", "x", "y"]
    (retried,) = [event for event in lab.events if isinstance(event, StepRetried)]
    assert (
        retried.failure.message == f"the worker '{killed[0]}' on {socket.gethostname()} died in the middle of the step"
    )
    lab.new_executor = None
    assert digests(lab.build(graph(step("s", "sleep")))) == {"s": digests(report)["s"]}


def test_a_worker_that_comes_back_at_its_address(lab: Lab, cluster: Cluster) -> None:
    """P29: another process that has the address of a killed one is opened anew, and runs the step and what follows."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])

    def begin() -> subprocess.Popen[bytes]:
        return cluster.worker("same", "--no-nanny", "--worker-port", port)

    first = begin()
    lab.new_executor = on_dask(cluster.scheduler)

    def replace() -> None:
        _wait_until((lab.root / "child").exists)
        first.kill()
        first.wait()
        begin()
        (lab.root / "go").touch()

    thread = threading.Thread(target=replace)
    thread.start()
    report = lab.build(graph(step("s", "sleep"), step("x", inputs={"s": Product("s")})), jobs=None)
    thread.join()
    assert report.status == "built"
    assert lab.ran() == ["s", "s", "x"]
    assert len([event for event in lab.events if isinstance(event, StepRetried)]) == 1


def test_a_process_that_has_not_opened_the_run(lab: Lab, cluster: Cluster) -> None:
    """P29: a run that a worker has forgotten is opened there again, and its steps are attempted again."""
    cluster.worker("one", "--no-nanny")
    lab.new_executor = on_dask(cluster.scheduler)

    def forget() -> None:
        _wait_until((lab.root / "child").exists)
        with Client(str(cluster.scheduler)) as client:
            client.run(_forget_runs)
        (lab.root / "go").touch()

    thread = threading.Thread(target=forget)
    thread.start()
    report = lab.build(graph(step("s", "sleep"), step("x", inputs={"s": Product("s")})), jobs=None)
    thread.join()
    assert report.status == "built"
    (retried,) = [event for event in lab.events if isinstance(event, StepRetried)]
    assert retried.failure.message == "the worker was started again, or updated, in the middle of the run"


def _forget_runs() -> None:
    """As a process does that was started again: on the worker, this is another one's table."""
    from vidbuild.dask_executor import on_worker

    on_worker._SITES.clear()


def test_a_step_whose_workers_all_die_says_so(lab: Lab, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """P29: once no worker is left the build ends with that, in bounded time, and nothing of the step is kept."""
    only = cluster.worker("only", "--no-nanny")
    lab.new_executor = on_dask(cluster.scheduler)
    child = lab.root / "child"
    began = time.monotonic()

    def kill() -> None:
        _wait_until(child.exists)
        monkeypatch.setattr(dask, "_FIRST_WORKER", 1.0)
        only.kill()

    threading.Thread(target=kill, daemon=True).start()
    with pytest.raises(ExecutorError, match="no worker is left of"):
        lab.build(graph(step("s", "sleep")))
    assert time.monotonic() - began < 60
    _wait_until(lambda: not [pid for pid in child.read_text().split() if Path(f"/proc/{pid}").exists()])
    assert not list((lab.store.root / "v1" / "traces").rglob("*.*"))


def test_two_schedulers_at_one_store_make_each_step_once(lab: Lab, tmp_path: Path, cluster: Cluster) -> None:
    """P28: builds through two clusters share what the other makes, and both end with the same."""
    (tmp_path / "second").mkdir()
    second = Cluster(tmp_path / "second")
    try:
        cluster.worker("first")
        second.worker("second")
        plan = graph(*[step(f"s{number}", "crowd", n=number) for number in range(6)])
        found: dict[str, object] = {}

        def build(each: Cluster, name: str) -> None:
            own = Lab(lab.root, lab.store.root)
            own.new_executor = on_dask(each.scheduler)
            with SHARED.sharing():
                found[name] = digests(own.build(plan))

        threads = [threading.Thread(target=build, args=(each, name)) for each, name in ((cluster, "a"), (second, "b"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        second.close()
    assert found["a"] == found["b"]
    assert lab.ran() == sorted(plan.steps)


def test_a_scheduler_that_refuses() -> None:
    """A port at which nothing listens is said at once, with what to start."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    began = time.monotonic()
    with pytest.raises(ExecutorError, match="nothing listens there") as raised:
        SHARED.get(Scheduler("tcp", "127.0.0.1", port), 1)
    assert time.monotonic() - began < 2
    assert raised.value.hint == f"start it: dask scheduler --port {port}, and workers with it; or leave out --executor"


def test_a_port_that_is_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that says nothing costs a bounded time."""
    monkeypatch.setattr("vidbuild.dask_executor.connection._TIMEOUT", 1.0)
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = Scheduler("tcp", "127.0.0.1", server.getsockname()[1])
        with pytest.raises(ExecutorError, match=f"cannot use the scheduler '{address}'"):
            SHARED.get(address, 1)
    assert time.monotonic() - began < 20


def test_a_scheduler_that_ends(lab: Lab, cluster: Cluster) -> None:
    """A scheduler that is gone in the middle of a build ends it with words, and its steps with it."""
    cluster.worker("one")
    lab.new_executor = on_dask(cluster.scheduler)
    child = lab.root / "child"

    def end() -> None:
        _wait_until(child.exists)
        cluster.kill_scheduler()

    threading.Thread(target=end, daemon=True).start()
    with pytest.raises(ExecutorError, match="lost the scheduler"):
        lab.build(graph(step("s", "sleep")))
    _wait_until(lambda: not [pid for pid in child.read_text().split() if Path(f"/proc/{pid}").exists()])


def _wait_until(condition: Callable[[], object], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("it did not happen in time")
        time.sleep(0.02)
    return True


def _ancestors(pid: int) -> list[int]:
    found = []
    while pid > 1:
        found.append(pid)
        pid = int(Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[1])
    return found
