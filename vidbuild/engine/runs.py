"""What builds did, kept under `.vidbuild/runs/`: an event log and a small state each; it knows nothing of stores.

A run is alive while it holds the lock on its folder; one that is not and never said how it ended was killed.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vidbuild.engine import durable
from vidbuild.engine.events import Event, RunEnded, StepCached, StepFailed
from vidbuild.engine.lock import Lock, is_held
from vidbuild.errors import Failure
from vidbuild.record import dataclass, field

KEPT = 50
ALIVE = ("pending", "running", "paused")
STATES = (*ALIVE, "completed", "failed", "cancelled")
_STATE_AFTER = {
    "run_started": "running",
    "run_paused": "paused",
    "run_resumed": "running",
    "run_finished": "completed",
    "run_failed": "failed",
    "run_cancelled": "cancelled",
}


@dataclass(frozen=True, slots=True)
class Run:
    """A past or running build.

    state: one of STATES; a build that waits for the cache is pending, and a killed one is failed.
    note: what its caller wanted to know of it later.
    """

    id: str
    entry: str
    state: str
    started: float
    ended: float | None
    killed: bool = False
    note: Mapping[str, Any] = field(default_factory=dict)

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self.state in ALIVE


class RunLog:
    """Listens to one build and keeps what it tells, readable by others at any moment."""

    def __init__(self, folder: Path, entry: str, note: Mapping[str, Any] | None = None) -> None:
        durable.make_folder(folder)
        _prune(folder)
        self.id = new_id()
        self.folder = folder / self.id
        lock = Lock.attempt(self.folder / "lock")
        assert lock is not None  # noqa: S101 - the name is new
        self._lock = lock
        self._state: dict[str, Any] = {"id": self.id, "entry": entry, "state": "pending", "started": time.time()}
        if note:
            self._state["note"] = dict(note)
        self._write_state()
        self._events = (self.folder / "events.jsonl").open("w", encoding="utf-8", errors="surrogatepass")

    def __call__(self, event: Event) -> None:
        """Keep an event; cached steps come in thousands and are written with what follows them."""
        self._events.write(event.to_line())
        if isinstance(event, StepCached):
            return
        self._events.flush()
        if isinstance(event, StepFailed) and event.failure.command:
            self._save_command(event.step, event.failure)
        if event.type in _STATE_AFTER:
            self._state["state"] = _STATE_AFTER[event.type]
            if isinstance(event, RunEnded):
                self._state["ended"] = event.time
            else:
                self._write_state()

    def close(self) -> None:
        """Say how the run ended; one that was thrown out of the middle is failed."""
        self._events.close()
        if self._state["state"] in ALIVE:
            self._state |= {"state": "failed", "ended": time.time()}
        self._write_state()
        self._lock.release()

    def _save_command(self, step: str, failure: Failure) -> None:
        """Keep the exact command that failed, as a script that can be read and run by hand."""
        import shlex

        title = " ".join(f"step {step}: {failure.message}".split())
        text = f"#!/bin/sh\n# {title}\n{shlex.join(failure.command)}\n"
        script(self.folder, step).write_text(text, encoding="utf-8", errors="surrogateescape")

    def _write_state(self) -> None:
        temp = durable.temp_beside(self.folder / "state.json")
        temp.write_text(json.dumps(self._state), encoding="utf-8")
        temp.replace(self.folder / "state.json")


def script(run: Path, step: str) -> Path:
    """Where the command is that a step of the run in this folder failed with, if it was one."""
    return run / f"{step.replace(':', '-').replace('/', '-')}.sh"


def new_id() -> str:
    """An id that sorts by time: 20260131-235959-123-a1b2 (UTC)."""
    now = time.time()
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now))
    return f"{stamp}-{int(now * 1000) % 1000:03}-{os.urandom(2).hex()}"


def past_runs(folder: Path) -> list[Run]:
    """All runs that can be read, oldest first."""
    return [run for name in _ids(folder) if (run := read_run(folder, name)) is not None]


def read_run(folder: Path, run: str) -> Run | None:
    """One run as it stands now, or None where there is no such run."""
    if run not in _ids(folder):
        return None
    try:
        data = _state_of(folder / run)
        dead = data["state"] in ALIVE and not is_held(folder / run / "lock")
        data = _state_of(folder / run) if dead else data  # it may have ended between the two looks
        killed = dead and data["state"] in ALIVE
        state = "failed" if killed else data["state"]
        return Run(run, data["entry"], state, data["started"], data.get("ended"), killed, data.get("note", {}))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _state_of(run: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((run / "state.json").read_text(encoding="utf-8"))
    return data


def read_events(folder: Path, run: str) -> Iterator[dict[str, Any]]:
    """The run's events so far; a line that is torn at the end is left out."""
    with (folder / run / "events.jsonl").open(encoding="utf-8", errors="surrogatepass") as lines:
        for line in lines:
            if not line.endswith("\n"):
                return
            yield json.loads(line)


def _ids(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def _prune(folder: Path) -> None:
    for name in _ids(folder)[: -KEPT + 1]:
        if not is_held(folder / name / "lock"):
            durable.remove_folder(folder / name)
