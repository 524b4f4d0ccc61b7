"""What Dask calls on its workers: opens a run there, runs steps of it, and closes it.

It never plans, reads no traces and writes none: a worker gets steps as plain data, and adds blobs.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import distributed

from vidbuild.dask_executor import package
from vidbuild.dask_executor.site import Site, line_of
from vidbuild.engine.sandbox.sandbox import Sandbox
from vidbuild.engine.worker.protocol import Answer

if TYPE_CHECKING:
    from distributed.worker import Worker

TOPIC = "vidbuild"  # one for all runs: a scheduler keeps what it knows of a topic for as long as it lives
NONCE, SEEN = "nonce", "seen"
_PATIENCE = 60.0  # s in which a worker must have found out what its tools are
_CLOSING = 4.0  # s in which processes end
_HOME = str(Path(package.__file__).resolve().parents[2])
_BOOT = "import runpy, sys\nsys.path.append(sys.argv[1])\nrunpy.run_module(sys.argv[2], run_name='__main__')"

_SITES: dict[str, Site] = {}
_CODE = package.Watcher()


class NotOpenError(Exception):
    """This process has not opened the run, since it took the place of one that had, or its code has changed since."""


async def open_run(setup: Mapping[str, Any], dask_worker: Worker) -> dict[str, Any]:
    """Prepare to run steps, and describe this worker, for the driver to compare.

    setup: run, folder, secret, sandbox and env, as the driver has them; describe: the module that prints what
        identifies this machine's tools, or ""; question: what that module reads.

    Returns name, id and host; package: the code that this process has loaded; sees: whether it has the driver's folder
    of the run; and what the module printed as `tools`.
    """
    _forget_ended()
    if _CODE.begin():  # runs that were opened before it changed must not go on with the code of this one
        _close_all()
    folder = Path(setup["folder"])
    found: dict[str, Any] = {
        "name": str(dask_worker.name),
        "host": socket.gethostname(),
        "package": package.loaded(),
        "sees": _sees(folder, setup["secret"], str(dask_worker.id)),
        "id": str(dask_worker.id),
        "tools": {},
    }
    if found["sees"] and setup["describe"]:
        found["tools"] = await asyncio.to_thread(_described, setup["describe"], setup["question"])
    sandbox = _sandbox(setup["sandbox"], found["tools"].get("sandbox"), is_local=setup["is_local"])
    if found["sees"]:
        own = found["tools"].get("variables", {})
        _SITES[setup["run"]] = Site(dask_worker.state.nthreads, folder, setup["env"], sandbox, own)
    return found


def _forget_ended() -> None:
    """Forget runs whose folders are gone: a driver that was killed, or used other workers, closes none here."""
    for run, site in list(_SITES.items()):
        with contextlib.suppress(OSError):
            if not site.folder.exists():
                del _SITES[run]


def _close_all() -> None:
    """End the processes of all runs; several threads may do so at once."""
    for run in list(_SITES):
        if (site := _SITES.pop(run, None)) is not None:
            site.close(0.0)


def _sees(folder: Path, secret: str, worker: str) -> bool:
    """Whether the driver's file is here; leave one that the driver must see."""
    try:
        if (folder / NONCE).read_text() != secret:
            return False
        (folder / f"{SEEN}-{worker}").write_text(secret)
    except OSError:
        return False
    return True


def _described(module: str, question: Mapping[str, Any]) -> dict[str, Any]:
    """Ask a process of its own: what this one has loaded may be older than what its steps will run."""
    asked = subprocess.run(
        [sys.executable, "-P", "-c", _BOOT, _HOME, module],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    if asked.returncode:
        last = (asked.stderr.strip().splitlines() or ["it printed nothing"])[-1]
        return {"error": last}
    described: dict[str, Any] = json.loads(asked.stdout)
    return described


def _sandbox(given: Mapping[str, Any] | None, own: Mapping[str, Any] | None, *, is_local: bool) -> Sandbox | None:
    """Return the driver's sandbox; elsewhere, this machine's with the driver's folders of the store."""
    if given is None or is_local:
        return Sandbox.from_data(given) if given else None
    store = {name: given[name] for name in ("named", "keep", "write")}
    return Sandbox.from_data({**(own or given), **store})


def run_step(run: str, key: str, step: str, request: str, seconds: float) -> str:
    """Run a step of an opened run; return how it ended, as a line of the worker protocol.

    key: Dask's name for this attempt. Raises NotOpenError.
    """
    if _CODE.has_changed():  # the processes of its steps would run the new code, and the driver has the old one
        _close_all()
    site = _SITES.get(run)
    if site is None:
        raise NotOpenError("the worker was started again, or updated, in the middle of the run")
    worker = distributed.get_worker()
    report = partial(_report, worker, key)
    return line_of(site.run(step, json.loads(request), seconds, report, _wanted(worker, key)))


def _report(worker: Worker, key: str, answer: Answer) -> None:
    worker.log_event(TOPIC, [key, line_of(answer)])


def _wanted(worker: Worker, key: str) -> Callable[[], bool]:
    """Return what tells whether the scheduler still wants the result; it does not once the driver is gone."""

    def is_wanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is not None and task.state != "cancelled"

    return is_wanted


async def close_run(run: str) -> None:
    """End the processes of a run, with the steps that still run."""
    site = _SITES.pop(run, None)
    if site is not None:
        await asyncio.to_thread(site.close, _CLOSING)
