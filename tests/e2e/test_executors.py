"""Builds on a Dask cluster, through the command: the same files, clear refusals, and nothing that outlives a build."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guard import guard
from tests.support import processes
from tests.support.executor_lab import Cluster
from tests.support.gated_build import controlled, until
from tests.support.workspace import SMALL, Workspace

BATCH = """\
batch: 1
videos:
  - {spec: video.yaml, vars: {word: Alpha}}
  - {spec: video.yaml, vars: {word: Beta}}
"""


@pytest.fixture(autouse=True)
def talking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds talk to their clusters."""
    monkeypatch.setenv(guard.LOOPBACK, "1")


def outputs(folder: Path) -> dict[str, str]:
    """File -> digest."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_a_build_on_a_cluster_makes_the_same_files(workspace: Workspace) -> None:
    """N24, P29: outputs, steps and reasons are those of a build here; the next build finds all cached, without Dask."""
    workspace.write("video.yaml", SMALL)
    here = workspace.build("-o", "here", "-j", "2").data
    there = workspace.run(
        *("build", "video.yaml", "--json", "-o", "there", "-j", "2", "--executor", "dask"),
        env={"VIDBUILD_CACHE": "another"},
    )
    assert there.code == 0, there.stderr
    assert outputs(workspace.root / "there") == outputs(workspace.root / "here")
    assert sorted(there.data["steps"]["ran"]) == sorted(here["steps"]["ran"])
    assert there.data["warnings"] == here["warnings"]
    # An import of Dask would fail now, and a cached build imports none.
    workspace.write("broken/distributed.py", "raise RuntimeError('imported')\n")
    path = os.pathsep.join([str(workspace.root / "broken"), os.environ["PYTHONPATH"]])
    again = workspace.run(
        *("build", "video.yaml", "--json", "-o", "there", "--executor", "dask"),
        env={"VIDBUILD_CACHE": "another", "PYTHONPATH": path},
    )
    assert (again.code, again.data["status"]) == (0, "up-to-date"), again.stderr


def test_a_batch_keeps_one_cluster(workspace: Workspace) -> None:
    """N18: the rows of a batch run on a cluster, and what they share is made once."""
    spec = SMALL.replace("title: A small video", 'title: "{{ word }}"\nvars: {word: none}')
    workspace.write("video.yaml", spec.replace("title: Two,", 'title: "{{ word }}",'))
    workspace.write("batch.yaml", BATCH)
    outcome = workspace.run("batch", "--json", "--executor", "dask", "-j", "2", "--events", "events.jsonl")
    assert outcome.code == 0, outcome.stderr
    assert outcome.data["success_count"] == 2
    events = [json.loads(line) for line in workspace.read("events.jsonl").splitlines()]
    started = [
        event["step"].rpartition("/")[2].rpartition(" ")[2] for event in events if event["type"] == "step_started"
    ]
    assert sum("draw:one" in step for step in started) == 1
    assert sum("draw:two" in step for step in started) == 2


REFUSED = {
    "ray": (2, "unknown executor 'ray'", "expected 'local', 'dask' or 'dask:tls://HOST:8786'"),
    "dask:tcp://127.0.0.1:PORT": (
        2,
        "has no TLS: anyone who can reach that port can run any code on this cluster",
        "use 'dask:tls://127.0.0.1:PORT', or --insecure-executor on a network of your own",
    ),
    "dask:tls://127.0.0.1:PORT": (
        4,
        "cannot reach the scheduler 'tls://127.0.0.1:PORT': nothing listens there",
        "start it: dask scheduler --port PORT, and workers with it; or leave out --executor",
    ),
}


@pytest.mark.parametrize("executor", REFUSED)
def test_what_cannot_be_used_is_refused_with_a_hint(workspace: Workspace, executor: str) -> None:
    """P41: a wrong executor is exit code 2, one that does not answer 4; the hint says what to do."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
    workspace.write("video.yaml", SMALL)
    code, message, hint = REFUSED[executor]
    outcome = workspace.run("build", "--executor", executor.replace("PORT", port))
    assert outcome.code == code, outcome.stderr
    assert message.replace("PORT", port) in outcome.stderr
    assert f"hint: {hint.replace('PORT', port)}" in outcome.stderr


def test_a_scheduler_without_its_certificates(workspace: Workspace, tmp_path: Path) -> None:
    """A scheduler that is there but does not speak TLS is exit code 4, with the variables that name certificates."""
    cluster = Cluster(tmp_path)
    try:
        workspace.write("video.yaml", SMALL)
        address = f"{cluster.scheduler.host}:{cluster.scheduler.port}"
        outcome = workspace.run("build", "--executor", f"dask:tls://{address}")
    finally:
        cluster.close()
    assert outcome.code == 4, outcome.stderr
    assert f"cannot use the scheduler 'tls://{address}'" in outcome.stderr
    assert "hint: set DASK_DISTRIBUTED__COMM__TLS__CA_FILE" in outcome.stderr


def test_a_scheduler_is_reached_by_tls(workspace: Workspace, tmp_path: Path) -> None:
    """With certificates in Dask's own variables a build runs on the workers, and without them it is refused."""
    cluster = Cluster(tmp_path, tls=True)
    try:
        workspace.write("video.yaml", SMALL)
        cluster.worker("one")
        address = f"dask:tls://{cluster.scheduler.host}:{cluster.scheduler.port}"
        refused = workspace.run("build", "--executor", address)
        outcome = workspace.run("build", "video.yaml", "--json", "--executor", address, env=cluster.certificates)
    finally:
        cluster.close()
    assert (refused.code, "hint: set DASK_DISTRIBUTED__COMM__TLS__CA_FILE" in refused.stderr) == (4, True)
    assert outcome.code == 0, outcome.stderr
    assert outcome.data["status"] == "built"


@pytest.fixture
def marked(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A project whose processes can be found."""
    workspace.write("video.yaml", SMALL)
    for name, value in processes.marked(workspace.root).items():
        monkeypatch.setenv(name, value)
    yield workspace
    for pid in processes.alive(workspace.root):
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_a_build_that_is_ended(marked: Workspace, number: signal.Signals) -> None:
    """P19: once the driver is killed, or terminated twice, no worker, no step and no ffmpeg of it is left."""
    build = controlled(marked, "--executor", "dask")
    try:
        until(lambda: build.gate.waiting() or build.child.poll() is not None, "no step came to the gate")
        assert build.gate.waiting(), build.ends()
        build.send(number)
        if number is signal.SIGTERM:
            build.send(number)
        build.child.wait(30)
        until(lambda: not processes.alive(marked.root), f"left: {processes.alive(marked.root)}")
    finally:
        build.end_now()
    build.gate.open()
    assert marked.run("build", "video.yaml", "--json").data["status"] == "built"


def test_the_terminals_interrupt_lets_running_steps_end(marked: Workspace) -> None:
    """P41: Ctrl-C reaches the whole process group: workers go on, the build ends with 130, and its steps are kept."""
    build = controlled(marked, "--executor", "dask", own_session=False)
    try:
        until(lambda: build.gate.waiting() or build.child.poll() is not None, "no step came to the gate")
        os.killpg(build.child.pid, signal.SIGINT)
        assert build.child.stderr is not None
        assert any("stopping" in line for line in build.child.stderr)
        build.gate.open()
        code, _, err = build.ends()
    finally:
        build.end_now()
    assert code == 130, err
    assert any(event["type"] == "step_finished" for event in build.events())
    assert not any(event["type"] in {"step_failed", "step_retried"} for event in build.events())


def test_workers_of_another_machine_build_the_video(workspace: Workspace, tmp_path: Path) -> None:
    """P29: the workers of a scheduler, in a folder of their own, make the same files; one that differs is warned of."""
    cluster = Cluster(tmp_path)
    try:
        workspace.write("video.yaml", SMALL)
        workspace.build("-o", "here")
        cluster.worker("one")
        other = tmp_path / "ffmpeg"
        other.write_text('#!/bin/sh\nexec echo "ffmpeg version 0.9"\n')
        other.chmod(0o755)
        cluster.worker("two", VIDBUILD_FFMPEG=str(other))
        cluster.wait_for_workers(2)
        address = f"dask:tcp://{cluster.scheduler.host}:{cluster.scheduler.port}"
        outcome = workspace.run(
            *("build", "video.yaml", "--json", "-o", "there", "--executor", address, "--insecure-executor"),
            env={"VIDBUILD_CACHE": "another"},
        )
    finally:
        cluster.close()
    assert outcome.code == 0, outcome.stderr
    assert outputs(workspace.root / "there") == outputs(workspace.root / "here")
    (warning,) = [each for each in outcome.data["warnings"] if each["code"] == "VB909"]
    where = f"the worker 'two' on {socket.gethostname()}"
    assert warning["message"].startswith(f"{where} is not used: its ffmpeg is 'ffmpeg 0.9 ")
