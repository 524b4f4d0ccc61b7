"""What builds did, kept under `.vidbuild/runs/`: an event log and a small state each; it knows nothing of stores.

A run is alive while it holds the lock on its folder; one that is not and never said how it ended was killed.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vidbuild.engine import durable
from vidbuild.engine.events import Event, RunEnded, StepCached
from vidbuild.engine.lock import Lock, is_held
from vidbuild.record import dataclass

KEPT = 50
_ENDED = {"run_finished": "completed", "run_failed": "failed", "run_cancelled": "cancelled"}


@dataclass(frozen=True, slots=True)
class Run:
    """A past or running build. state: running, completed, failed or cancelled; a killed one is failed."""

    id: str
    entry: str
    state: str
    started: float
    ended: float | None
    killed: bool = False


class RunLog:
    """Listens to one build and keeps what it tells, readable by others at any moment."""

    def __init__(self, folder: Path, entry: str) -> None:
        durable.make_folder(folder)
        _prune(folder)
        self.id = new_id()
        self._folder = folder / self.id
        lock = Lock.attempt(self._folder / "lock")
        assert lock is not None  # noqa: S101 - the name is new
        self._lock = lock
        self._state: dict[str, Any] = {"id": self.id, "entry": entry, "state": "running", "started": time.time()}
        self._write_state()
        self._events = (self._folder / "events.jsonl").open("w", encoding="utf-8", errors="surrogatepass")

    def __call__(self, event: Event) -> None:
        """Keep an event; cached steps come in thousands and are written with what follows them."""
        self._events.write(event.to_line())
        if not isinstance(event, StepCached):
            self._events.flush()
        if isinstance(event, RunEnded):
            self._state |= {"state": _ENDED[event.type], "ended": event.time}

    def close(self) -> None:
        """Say how the run ended; one that was thrown out of the middle is failed."""
        self._events.close()
        if self._state["state"] == "running":
            self._state |= {"state": "failed", "ended": time.time()}
        self._write_state()
        self._lock.release()

    def _write_state(self) -> None:
        temp = durable.temp_beside(self._folder / "state.json")
        temp.write_text(json.dumps(self._state), encoding="utf-8")
        temp.replace(self._folder / "state.json")


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
        data = json.loads((folder / run / "state.json").read_text(encoding="utf-8"))
        state, ended = data["state"], data.get("ended")
        killed = state == "running" and not is_held(folder / run / "lock")
        return Run(run, data["entry"], "failed" if killed else state, data["started"], ended, killed)
    except (OSError, ValueError, KeyError, TypeError):
        return None


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
