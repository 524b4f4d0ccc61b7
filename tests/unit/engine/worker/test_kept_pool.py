"""Workers that are kept from one run to the next."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.background_build import wait_until
from tests.support.engine_lab import Lab, Steering, graph, step
from tests.unit.engine.sandbox.test_sandboxed_steps import Contained
from vidbuild.engine.disk import durable
from vidbuild.engine.keys.tools import Tool
from vidbuild.engine.sandbox.sandbox import missing
from vidbuild.engine.store.blobs import Blobs
from vidbuild.engine.worker import execute
from vidbuild.engine.worker.inputs import LinkedInputs
from vidbuild.engine.worker.kept_pool import KeptPool
from vidbuild.engine.worker.process import WorkerProcess
from vidbuild.frozen import replaced


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[WorkerProcess]:
    """The workers that were started."""
    found: list[WorkerProcess] = []

    def counted(*arguments: Any) -> WorkerProcess:
        found.append(WorkerProcess(*arguments))
        return found[-1]

    monkeypatch.setattr("vidbuild.engine.worker.pool.WorkerProcess", counted)
    return found


@pytest.fixture
def kept(lab: Lab) -> Iterator[KeptPool]:
    """A pool that keeps the workers of the lab's builds in this thread."""
    pool = KeptPool()
    pool.keep_in_this_thread()
    lab.new_executor = pool.executor
    yield pool
    pool.close()


def test_the_next_run_has_the_workers_of_the_last_one(lab: Lab, kept: KeptPool, started: list[WorkerProcess]) -> None:
    """Two runs have one worker, which leaves nothing behind; the end of the pool ends it."""
    for text in ("one", "two"):
        report = lab.build(graph(step("x", text=text)), jobs=1)
        assert report.status == "built"
    assert len(started) == 1
    assert list((lab.store.home / "tmp").iterdir()) == []
    kept.close()
    assert started[0]._child.poll() == 0
    assert lab.build(graph(step("x", text="three")), jobs=1).status == "built"
    assert len(started) == 2


def test_a_worker_that_died_meanwhile_fails_no_step(lab: Lab, kept: KeptPool, started: list[WorkerProcess]) -> None:
    """A kept worker that the system has killed is replaced before it gets a step."""
    del kept
    assert lab.build(graph(step("x", text="one")), jobs=1).status == "built"
    os.kill(started[0]._child.pid, signal.SIGKILL)
    wait_until(started[0]._has_ended, "the end of the worker")
    assert lab.build(graph(step("x", text="two")), jobs=1).status == "built"
    assert len(started) == 2


def test_workers_are_ended_in_the_middle_of_steps(lab: Lab, kept: KeptPool, started: list[WorkerProcess]) -> None:
    """P19: a cancelled run ends its workers with all that they run; the next one starts others."""
    del kept
    ran = lab.log

    def cancelled() -> bool:
        return ran.with_name("child").exists()

    report = lab.build(graph(step("slow", "sleep")), Steering(cancelled=cancelled), jobs=1, grace=0.0)
    assert report.status == "cancelled"
    assert started[0]._child.poll() is not None
    assert lab.build(graph(step("x", text="two")), jobs=1).status == "built"
    assert len(started) == 2


def test_workers_clean_up_at_the_same_time(
    lab: Lab, kept: KeptPool, started: list[WorkerProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    """P19: a cancelled run asks all its workers to end before it waits for the first one."""
    del kept
    calls: list[str] = []

    def noting(name: str) -> None:
        real = getattr(WorkerProcess, name)

        def noted(worker: WorkerProcess) -> Any:
            calls.append(name)
            return real(worker)

        monkeypatch.setattr(WorkerProcess, name, noted)

    noting("terminate")
    noting("reap")

    def cancelled() -> bool:
        return len(started) == 2 and all(worker.step for worker in started)

    plan = graph(step("one", "sleep"), step("two", "sleep", n=2))
    report = lab.build(plan, Steering(cancelled=cancelled), grace=0.0, jobs=2)
    assert report.status == "cancelled"
    assert calls.index("reap") >= 2


def test_idle_workers_survive_a_cancelled_run(lab: Lab, kept: KeptPool, started: list[WorkerProcess]) -> None:
    """Only the worker in the middle of a step is ended: another one may have loaded a large model."""
    child = lab.log.with_name("child")

    def cancelled() -> bool:
        return child.exists() and len(started) == 2 and any(each.step is None for each in started)

    report = lab.build(
        graph(step("slow", "sleep"), step("y", text="1")), Steering(cancelled=cancelled), grace=0.0, jobs=2
    )
    assert report.status == "cancelled"
    assert len(started) == 2
    assert sorted(each._child.poll() is None for each in started) == [False, True]
    assert lab.build(graph(step("x", text="three")), jobs=2).status == "built"
    assert len(started) == 2
    kept.close()
    assert all(each._child.poll() is not None for each in started)


def test_a_run_in_another_thread_has_workers_of_its_own(lab: Lab, kept: KeptPool, started: list[WorkerProcess]) -> None:
    """A worker dies with its thread, so that a run in another one neither gets nor leaves any."""
    del kept
    lab.build(graph(step("x", text="one")), jobs=1)
    thread = threading.Thread(target=lab.build, args=(graph(step("x", text="two")),), kwargs={"jobs": 1})
    thread.start()
    thread.join()
    assert [each._child.poll() for each in started] == [None, 0]
    lab.build(graph(step("x", text="three")), jobs=1)
    assert len(started) == 2


def test_idle_workers_are_ended(lab: Lab, kept: KeptPool, started: list[WorkerProcess]) -> None:
    """Workers that no run has had for so long are ended, and others started when they are needed."""
    lab.build(graph(step("x", text="one")), jobs=1)
    kept.close_if_idle(3600.0)
    assert started[0]._child.poll() is None
    kept.close_if_idle(0.0)
    assert started[0]._child.poll() == 0


def test_a_tool_that_was_replaced_ends_the_workers(lab: Lab, kept: KeptPool, started: list[WorkerProcess]) -> None:
    """A worker may have loaded the tool that was replaced: the new one's steps run in others."""
    del kept
    lab.kinds["concat"] = replaced(lab.kinds["concat"], tools=("renderer",))
    for number, (identity, workers) in enumerate((("1", 1), ("1", 1), ("2", 2), ("2", 2))):
        lab.tools["renderer"] = Tool(list, lambda identity=identity: identity)  # type: ignore[misc] # bound now
        assert lab.build(graph(step("x", text=str(number))), jobs=1).status == "built"
        assert len(started) == workers


def test_blobs_are_hashed_again_in_each_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kept worker hashes a blob once in a run and not once in its life: disk rot changes no stat."""
    digest = hashlib.sha256(b"content").hexdigest()
    blobs = Blobs(tmp_path / "blobs")
    blobs.path(digest).parent.mkdir(parents=True)
    blobs.path(digest).write_bytes(b"content")
    hashed: list[Path] = []

    def hash_file(path: Path) -> str:
        hashed.append(path)
        return digest

    monkeypatch.setattr(durable, "hash_file", hash_file)
    for number, (build, count) in enumerate((("one", 1), ("one", 1), ("two", 2), ("two", 2), ("one", 3))):
        execute._forget_intact_of_other_builds(tmp_path / build)
        folder = tmp_path / str(number)
        folder.mkdir()
        assert LinkedInputs({"a": {"as": "a.bin", "blob": digest}}, folder, blobs)["a"].read_bytes() == b"content"
        assert len(hashed) == count


@pytest.mark.skipif(bool(missing()), reason="steps cannot be sandboxed here")
def test_kept_workers_see_the_folders_of_new_sources(tmp_path: Path, started: list[WorkerProcess]) -> None:
    """A run whose sources lie elsewhere has workers that can read them; so has one whose folder was replaced."""
    lab = Contained(tmp_path / "project", tmp_path / "cache")
    kept = KeptPool()
    kept.keep_in_this_thread()
    lab.new_executor = kept.executor
    try:
        for folder, text in (("one", "1"), ("one", "2"), ("two", "3"), ("one", "4")):
            report = lab.build(graph(step("x", "noop", {"f": lab.source(f"{folder}/file.txt", text)})), jobs=1)
            assert report.status == "built", report.steps["x"].failure
        assert len(started) == 2
        shutil.rmtree(lab.root / "one")
        report = lab.build(graph(step("x", "noop", {"f": lab.source("one/file.txt", "5")})), jobs=1)
        assert report.status == "built", report.steps["x"].failure
        assert len(started) == 3
    finally:
        kept.close()


@pytest.mark.skipif(bool(missing()), reason="steps cannot be sandboxed here")
def test_folders_that_are_used_no_more_are_not_read(
    tmp_path: Path, started: list[WorkerProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers that are started anew can read the folders of the last runs, and not of all that ever were."""
    monkeypatch.setattr("vidbuild.engine.worker.kept_pool._REMEMBERED", 3)
    lab = Contained(tmp_path / "project", tmp_path / "cache")
    kept = KeptPool()
    kept.keep_in_this_thread()
    lab.new_executor = kept.executor

    def readable() -> set[str]:
        assert kept._setup is not None
        assert kept._setup.sandbox is not None
        return {Path(each).name for each in kept._setup.sandbox.read} & {"old", "new", "newest"}

    try:
        for number, (folder, expected) in enumerate(
            (("old", {"old"}), ("new", {"old", "new"}), ("new", {"old", "new"}), ("new", {"old", "new"}))
        ):
            source = lab.source(f"{folder}/file.txt", str(number))
            assert lab.build(graph(step("x", "noop", {"f": source})), jobs=1).status == "built"
            assert readable() == expected
        assert len(started) == 2
        source = lab.source("newest/file.txt", "9")
        assert lab.build(graph(step("x", "noop", {"f": source})), jobs=1).status == "built"
        assert readable() == {"new", "newest"}
    finally:
        kept.close()
