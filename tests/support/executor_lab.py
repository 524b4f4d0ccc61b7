"""What executors must have in common: the same graphs, run by each of them, and what is compared of the runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.guard import guard
from tests.support.engine_lab import Lab, digests, states
from tests.support.paths import ROOT
from vidbuild.dask_executor.address import Scheduler
from vidbuild.dask_executor.connection import SHARED
from vidbuild.dask_executor.executor import DaskExecutor, Describing
from vidbuild.engine.runs.build_report import BuildReport
from vidbuild.engine.runs.events import Event
from vidbuild.engine.worker.executor import Executor, NewExecutor, RunSetup
from vidbuild.frozen import values

CERTIFICATE = "DASK_DISTRIBUTED__COMM__TLS__"
LOCAL_CLUSTER, SAME_CODE = Scheduler(), Describing()
# Fields that depend on the machine, the moment or the order.
MOMENTARY = {"time", "run", "seconds", "wait", "jobs", "expected", "ended", "log", "remaining", "started"}


def on_dask(scheduler: Scheduler = LOCAL_CLUSTER, describing: Describing = SAME_CODE) -> NewExecutor:
    """Return what runs steps on a cluster of two processes, or of a scheduler, as an engine takes it."""

    def new_executor(setup: RunSetup) -> Executor:
        return DaskExecutor(SHARED.get(scheduler, 2), setup, None, describing)

    return new_executor


@contextmanager
def loopback() -> Iterator[None]:
    """Let the tests talk to themselves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(guard.LOOPBACK, "1")
        yield


def emitted(events: list[Event], root: Path) -> dict[str, list[dict[str, Any]]]:
    """Step ("" for the run and its targets) -> its events in order, without the moment and the project's place."""
    found: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        kept = {name: value for name, value in values(event).items() if name not in MOMENTARY}
        failure = kept.get("failure")
        if failure is not None:
            kept["failure"] = {name: value for name, value in values(failure).items() if name != "log"}
        found.setdefault(getattr(event, "step", ""), []).append({"type": event.type, **kept})
    text = json.dumps(found, default=str).replace(str(root), "PROJECT")
    placed: dict[str, list[dict[str, Any]]] = json.loads(text)
    return placed


def outcome(lab: Lab, report: BuildReport) -> Mapping[str, Any]:
    """Return what must be the same of a run, whatever ran its steps."""
    return {
        "status": report.status,
        "digests": digests(report),
        "states": states(report),
        "reasons": {name: each.reason for name, each in report.steps.items()},
        "keys": {name: each.key for name, each in report.steps.items()},
        "failures": {
            name: each.failure and (each.failure.message, each.failure.hint) for name, each in report.steps.items()
        },
        "ran": lab.ran(),
        "events": emitted(lab.events, lab.root),
    }


def _certificates(folder: Path) -> dict[str, str]:
    """Write a certificate that is its own authority, and its key; return the variables that name them."""
    from distributed import Security

    made = Security.temporary()
    found = {}
    for name, text in (
        ("CA_FILE", made.tls_ca_file),
        ("CLIENT__CERT", made.tls_client_cert),
        ("CLIENT__KEY", made.tls_client_key),
    ):
        path = folder / f"{name}.pem"
        path.write_text(text)
        found[CERTIFICATE + name] = str(path)
    return found


class Cluster:
    """A scheduler and workers of their own, as commands of Dask, so that they can differ, refuse and be killed."""

    def __init__(self, folder: Path, *, tls: bool = False) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self.certificates = _certificates(folder) if tls else {}
        self._tls = ["--protocol", "tls"] if tls else []
        for name, option in (("CA_FILE", "ca-file"), ("CLIENT__CERT", "cert"), ("CLIENT__KEY", "key")):
            self._tls += [f"--tls-{option}", self.certificates[CERTIFICATE + name]] if tls else []
        self.scheduler = self._begin()

    def _begin(self) -> Scheduler:
        file = self._folder / "scheduler.json"
        self._start(
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            str(file),
            *self._tls,
        )
        self.file = file
        for _ in range(600):
            if file.exists() and file.stat().st_size:
                scheme, _, place = json.loads(file.read_text())["address"].partition("://")
                host, _, port = place.rpartition(":")
                return Scheduler(scheme, host, int(port))
            time.sleep(0.05)
        raise AssertionError("the scheduler did not start")

    def worker(self, name: str, *options: str, **env: str) -> subprocess.Popen[bytes]:
        """Start a worker with variables of its own."""
        return self._start(
            *("worker", "--scheduler-file", str(self.file), "--no-dashboard", "--nthreads", "1", "--name", name),
            *("--host", "127.0.0.1", "--local-directory", str(self._folder), *self._tls, *options),
            **env,
        )

    def _start(self, command: str, *arguments: str, **env: str) -> subprocess.Popen[bytes]:
        with (self._folder / f"{command}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", command, *arguments],
                stdout=log,
                stderr=log,
                env={**os.environ, guard.LOOPBACK: "1", "PYTHONPATH": str(ROOT), **env},
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def wait_for_workers(self, count: int) -> None:
        """Wait until the scheduler has so many workers."""
        from distributed import Client

        with Client(str(self.scheduler), timeout=30) as client:
            client.wait_for_workers(count, timeout=60)

    def kill_scheduler(self) -> None:
        """Kill the scheduler at once."""
        self._processes[0].kill()

    def close(self) -> None:
        """End everything."""
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
