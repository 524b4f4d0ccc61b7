"""Run records under `.vidbuild/runs/`: for each run an event log and a small state file.

A run is alive while it holds the lock on its folder. A run that is neither alive nor ended was killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.engine.disk import durable
from vidbuild.engine.disk.lock import Lock, is_held
from vidbuild.engine.runs.events import Event, RunEnded, StepCached, StepFailed
from vidbuild.errors import Failure, os_error_text
from vidbuild.frozen import dataclass, field

KEPT = 50
ALIVE = ("pending", "running", "paused")
STATES = (*ALIVE, "completed", "failed", "cancelled")
_ID = re.compile(r"\d{8}-\d{6}-\d{3}-[0-9a-f]{4}").fullmatch
_STATE_AFTER = {
    "run_started": "running",
    "run_paused": "paused",
    "run_resumed": "running",
    "run_finished": "completed",
    "run_failed": "failed",
    "run_cancelled": "cancelled",
}


@dataclass(frozen=True, slots=True)
class RunTarget:
    """The record of one target of a run. metadata: the caller's own data about it."""

    name: str
    build_name: str
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """A past or running build.

    entry: the build names of its targets, joined by commas.
    state: one of STATES; a build that waits for the cache is pending, a killed one failed.
    suspended: whether it is suspended (Ctrl-Z).
    """

    id: str
    entry: str
    state: str
    started: float
    ended: float | None
    killed: bool = False
    targets: tuple[RunTarget, ...] = ()
    suspended: bool = False

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self.state in ALIVE

    def target(self, build_name: str) -> RunTarget | None:
        """Return its target of this build name, if it has one."""
        return next((each for each in self.targets if each.build_name == build_name), None)


class RunLog:
    """Writes the record of one run; other processes can read it at any time.

    targets: the targets of the run.
    write_error: which file could not be written and why, "" if none; it never ends a build.
    """

    def __init__(self, folder: Path, targets: Sequence[RunTarget]) -> None:
        self.write_error = ""
        self._lock: Lock | None = None
        self._events: durable.AppendLog | None = None
        earlier = _own(folder)
        self.id = new_id(earlier[-1] if earlier else "")
        self.folder = folder / self.id
        self._state: dict[str, Any] = {
            "id": self.id,
            "entry": ", ".join(target.build_name for target in targets),
            "state": "pending",
            "started": time.time(),
            "targets": [
                {"name": each.name, "build_name": each.build_name, "metadata": dict(each.metadata)} for each in targets
            ],
        }
        try:
            durable.make_folder(folder)
            _prune(folder)
            durable.make_folder(self.folder, synced=False)
            self._lock = Lock.attempt(self.folder / "lock")
            self._write_state()
            self._events = durable.AppendLog(self.folder / "events.jsonl")
        except OSError as error:
            self._give_up(error)

    def __call__(self, event: Event) -> None:
        """Append an event; cached steps come in thousands and are written together with the next other event."""
        if self._events is not None:
            self._events.add(event.to_line(), at_once=not isinstance(event, StepCached))
        if isinstance(event, StepFailed) and event.failure.command:
            self._save_command(event.step, event.failure)
        if event.type in _STATE_AFTER:
            self._state["state"] = _STATE_AFTER[event.type]
            if isinstance(event, RunEnded):
                self._state["ended"] = event.time
            else:
                self._write_state()

    def suspended(self, function: Callable[[], None]) -> None:
        """Call a function, with the run recorded as suspended until it returns."""
        self._state["halted"] = True
        self._write_state()
        try:
            function()
        finally:
            del self._state["halted"]
            self._write_state()

    def close(self) -> None:
        """Record how the run ended, as failed if an exception interrupted it."""
        if self._events is not None:
            self._events.close()
            self.write_error = self.write_error or self._events.write_error
        if self._state["state"] in ALIVE:
            self._state |= {"state": "failed", "ended": time.time()}
        self._write_state()
        if self._lock is not None:
            self._lock.release()

    def _save_command(self, step: str, failure: Failure) -> None:
        """Save the exact command that failed, as a shell script."""
        import shlex

        title = " ".join(f"step {step}: {failure.message}".split())
        text = f"#!/bin/sh\n# {title}\n{shlex.join(failure.command)}\n"
        self._write(script(self.folder, step), text.encode("utf-8", "surrogateescape"))

    def _write_state(self) -> None:
        self._write(self.folder / "state.json", json.dumps(self._state).encode())

    def _write(self, path: Path, data: bytes) -> None:
        if not self.write_error:
            try:
                durable.write(path, data, synced=False)
            except OSError as error:
                self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        self.write_error = f"cannot write '{error.filename or self.folder}': {os_error_text(error)}"


def script(run: Path, step: str) -> Path:
    """Return the path of the script with the command that a step of the run in this folder failed with."""
    return run / f"{step.replace(':', '-').replace('/', '-')}.sh"


def new_id(after: str = "") -> str:
    """An id like 20260131-235959-123-a1b2 (UTC) that sorts by time, and after a given one if a clock went back."""
    stamp = _stamp(time.time_ns() // 1_000_000)
    if stamp <= after:
        with contextlib.suppress(ValueError):
            import calendar

            seconds = calendar.timegm(time.strptime(after[:15], "%Y%m%d-%H%M%S"))
            stamp = _stamp(seconds * 1000 + int(after[16:19]) + 1)
    return f"{stamp}-{os.urandom(2).hex()}"


def _stamp(milliseconds: int) -> str:
    seconds, fraction = divmod(milliseconds, 1000)
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(seconds))}-{fraction:03}"


def past_runs(folder: Path) -> list[Run]:
    """Return all runs whose record can be read, oldest first."""
    return [run for name in _ids(folder) if (run := read_run(folder, name)) is not None]


def read_run(folder: Path, run: str) -> Run | None:
    """Return one run in its current state; None if there is no such run or its record cannot be read."""
    if run not in _ids(folder):
        return None
    try:
        data = _state_of(folder / run)
        dead = data["state"] in ALIVE and not is_held(folder / run / "lock")
        if dead:  # read it again: the run may have ended between the first read and the test of its lock
            data = _state_of(folder / run)
        killed = dead and data["state"] in ALIVE
        state = "failed" if killed else data["state"]
        started, ended = float(data["started"]), data.get("ended")
        ended = None if ended is None else float(ended)
        suspended = state in ALIVE and data.get("halted") is True
        return Run(run, str(data["entry"]), state, started, ended, killed, _targets_of(data), suspended)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _targets_of(data: Mapping[str, Any]) -> tuple[RunTarget, ...]:
    """Return the targets of a run; earlier versions recorded one, with its metadata as a note."""
    if "targets" not in data:
        return (RunTarget("", str(data["entry"]), data.get("note", {})),)
    return tuple(RunTarget(str(each["name"]), str(each["build_name"]), each["metadata"]) for each in data["targets"])


def _state_of(run: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((run / "state.json").read_text(encoding="utf-8"))
    return data


def read_events(folder: Path, run: str) -> Iterator[dict[str, Any]]:
    """Yield the run's events so far, without torn or corrupt lines; none if the log cannot be read."""
    with contextlib.suppress(OSError), (folder / run / "events.jsonl").open("rb") as lines:
        for line in lines:
            event = _event(line)
            if event is not None:
                yield event


def _event(line: bytes) -> dict[str, Any] | None:
    if not line.endswith(b"\n"):
        return None
    try:
        event = json.loads(line.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and "type" in event else None


def _ids(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def _own(folder: Path) -> list[str]:
    """Return the names that are run ids; all other files in the folder are not ours."""
    return [name for name in _ids(folder) if _ID(name)]


def _prune(folder: Path) -> None:
    for name in _own(folder)[: -KEPT + 1]:
        if not is_held(folder / name / "lock"):
            durable.remove_folder(folder / name)
