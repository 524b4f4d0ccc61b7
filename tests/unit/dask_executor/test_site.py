"""The steps of a run on one worker, without Dask: they run, end, and are stopped by files."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.engine_lab import STEPS, Lab
from vidbuild.dask_executor import on_worker, package
from vidbuild.dask_executor import site as module
from vidbuild.dask_executor.site import Site
from vidbuild.engine.runs.control import Control, request
from vidbuild.engine.worker import protocol
from vidbuild.engine.worker.protocol import Answer, ProgressUpdate, StepFailure, StepOutput, StepRetry
from vidbuild.errors import Failure


@pytest.fixture
def site(lab: Lab) -> Iterator[Site]:
    """Two steps at a time."""
    lab.store.prepare()
    found = Site(2, lab.root, lab.env, None, {"HERE": "mine"})
    yield found
    found.close(5)


def asked(lab: Lab, function: str, **params: Any) -> dict[str, Any]:
    """A request as the engine makes it."""
    return {
        "step": function,
        "run": f"{STEPS}:{function}",
        "params": params,
        "inputs": {},
        "folder": str(lab.root / "1"),
        "cache": str(lab.store.root),
        "blobs": str(lab.store.blobs.root),
        "lower": [],
        "env": {**lab.env, "HERE": "yours"},
        "network": False,
        "worker": "",
        "programs": [],
    }


def test_a_step_runs_with_this_machines_variables(lab: Lab, site: Site) -> None:
    """A step runs in a folder of its own below the run's, with this machine's variables instead of the driver's."""
    answer = site.run("s", asked(lab, "surroundings"), 60, lambda _: None)
    assert isinstance(answer, StepOutput)
    text = lab.store.blobs.path(answer.data["outputs"]["main.txt"][0]).read_text()
    assert "HERE" in text
    assert not (lab.root / "1").exists()
    assert not list(lab.root.glob("1-*"))


def test_progress_is_reported_meanwhile(lab: Lab, site: Site) -> None:
    """What a step reports before its end goes to the one who asked."""
    reports: list[Answer] = []
    assert isinstance(site.run("p", asked(lab, "progress"), 60, reports.append), StepOutput)
    assert reports == [ProgressUpdate(1, 3, "bytes"), ProgressUpdate(3, 3, "bytes")]


def test_a_time_limit_holds(lab: Lab, site: Site) -> None:
    """P31: a step that takes too long is stopped, and the next one runs."""
    answer = site.run("s", asked(lab, "sleep"), 0.5, lambda _: None)
    assert isinstance(answer, StepFailure)
    assert answer.failure.message == "took longer than 0.5 s and was stopped"
    assert isinstance(site.run("n", asked(lab, "noop"), 60, lambda _: None), StepOutput)


@pytest.mark.parametrize("how", ["a file", "no longer wanted", "closed"])
def test_steps_are_stopped(lab: Lab, site: Site, how: str) -> None:
    """P19: a request to cancel in the run's folder, a driver that is gone, and the run's end stop what runs."""
    child, wanted = lab.root / "child", [True]

    def stop() -> None:
        while not child.exists():
            time.sleep(0.01)
        if how == "a file":
            request(lab.root, Control.CANCEL)
        elif how == "closed":
            site.close(5)
        else:
            wanted.clear()

    thread = threading.Thread(target=stop)
    thread.start()
    answer = site.run("s", asked(lab, "sleep"), 60, lambda _: None, lambda: bool(wanted))
    thread.join()
    assert answer == StepFailure(module.STOPPED)
    assert not [pid for pid in child.read_text().split() if Path(f"/proc/{pid}").exists()]
    assert site.run("n", asked(lab, "noop"), 60, lambda _: None) == StepFailure(module.STOPPED)


def test_idle_processes_end(lab: Lab, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """N7: the processes of a run whose driver may be gone do not stay; the next step gets new ones."""
    monkeypatch.setattr(module, "_IDLE", 0.2)
    assert isinstance(site.run("n", asked(lab, "noop"), 60, lambda _: None), StepOutput)
    deadline = time.monotonic() + 10
    while any(thread.name == "vidbuild steps" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert isinstance(site.run("n", asked(lab, "noop"), 60, lambda _: None), StepOutput)


def test_a_fault_of_the_worker_reaches_all_who_wait(lab: Lab, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in the thread that owns the processes fails the step, and is no silence."""

    def broken(*_: object) -> None:
        raise RuntimeError("half-way")

    monkeypatch.setattr("vidbuild.engine.worker.pool.Pool.wait", broken)
    answer = site.run("n", asked(lab, "noop"), 60, lambda _: None)
    assert isinstance(answer, StepFailure)
    assert (answer.failure.message, answer.failure.fault) == ("the worker failed: RuntimeError: half-way", "bug")


@pytest.mark.parametrize(
    "answer",
    [
        ProgressUpdate(1, 2, "frames"),
        StepRetry(2, 0.5, Failure("no answer", fault="unreachable", transient=True)),
        StepOutput({"outputs": {"a": ["0" * 64, 1, 2, 3, 4]}, "sources": {}, "warnings": [], "seconds": 0.5}),
        StepFailure(Failure("no", "hint", "title", ("tool", "-x"), ("line",), "spec", transient=True)),
    ],
)
def test_a_message_survives_the_way(answer: Answer) -> None:
    """P29: what a worker sends on is what the driver reads, in every part."""
    assert protocol.read(module.line_of(answer).encode()) == answer


def test_runs_that_nothing_closed_are_forgotten(lab: Lab, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker keeps nothing of a run whose folder is gone, and what it has of others."""
    sites = {"gone": Site(1, lab.root / "gone", {}, None), "here": site}
    monkeypatch.setattr(on_worker, "_SITES", sites)
    on_worker._forget_ended()
    assert list(sites) == ["here"]


def test_an_update_ends_the_runs_that_were_opened_before(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No step of an earlier run is made with new code because a later run was opened with it on the same worker."""
    code = tmp_path / "package" / "draw.py"
    code.parent.mkdir()
    code.write_text("one")
    monkeypatch.setattr(package, "_root", lambda: code.parent)
    monkeypatch.setattr(package, "loaded", lambda: "one")
    monkeypatch.setattr(on_worker, "_CODE", package.Watcher())
    sites: dict[str, Site] = {}
    monkeypatch.setattr(on_worker, "_SITES", sites)
    worker: Any = SimpleNamespace(name="w", id="w-1", state=SimpleNamespace(nthreads=1))

    def opened(run: str) -> None:
        folder = lab.root / run
        folder.mkdir()
        (folder / on_worker.NONCE).write_text("secret")
        setup: dict[str, Any] = {
            "run": run,
            "folder": str(folder),
            "secret": "secret",
            "sandbox": None,
            "env": {},
            "is_local": True,
        }
        asyncio.run(on_worker.open_run({**setup, "describe": ""}, worker))

    opened("first")
    opened("second")
    assert list(sites) == ["first", "second"]
    code.write_text("another")
    opened("third")
    assert list(sites) == ["third"]
    with pytest.raises(on_worker.NotOpenError):
        on_worker.run_step("first", "key", "s", "{}", 1.0)
