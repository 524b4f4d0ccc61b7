"""Many builds of one project at once, through the real command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.workspace import Workspace
from vidbuild.engine.store.store import Store
from vidbuild.errors import StoreError


@dataclass
class Racer:
    """A build that runs beside others: its process, its events, where its outputs go."""

    process: subprocess.Popen[bytes]
    events: Path
    folder: Path

    def ended(self, seconds: float = 120) -> tuple[int, str]:
        """Return its exit code and its output."""
        said, _ = self.process.communicate(timeout=seconds)
        return self.process.returncode, said.decode()

    def keys(self) -> Counter[str]:
        """How often it ran each key."""
        logged = [json.loads(line) for line in self.events.read_text(encoding="utf-8").splitlines()]
        return Counter(event["key"] for event in logged if event["type"] == "step_finished")


def race(space: Workspace, number: int, spec: str, folder: str, *args: str) -> Racer:
    """Start a build; number: its own among those that run at once."""
    events = space.root / f"events-{number}.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-m", "vidbuild", "build", spec, "-o", folder, "--events", str(events), *args],
        cwd=space.root,
        env=dict(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return Racer(process, events, space.root / folder)


@contextmanager
def meanwhile(*acts: Callable[[], object]) -> Any:
    """Do each of these again and again, in a thread of its own, until the block is left; what went wrong is raised."""
    stop, wrong, times = threading.Event(), [], Counter[int]()

    def loop(number: int) -> None:
        while not stop.is_set():
            try:
                with suppress(StoreError):  # it is in use: then nothing is cleared
                    acts[number]()
                    times[number] += 1
            except BaseException as error:  # noqa: BLE001 - raised at the end of the block
                wrong.append(error)
                return

    threads = [threading.Thread(target=loop, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    try:
        yield times
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert wrong == []


def dangling(store: Store) -> Sequence[str]:
    """The traces that stand without all their blobs."""
    found = []
    for path in sorted((store.home / "traces").glob("*/*")):
        trace = store.trace(path.name)
        if trace is not None and not all(store.blobs.path(blob.digest).exists() for blob in trace.outputs.values()):
            found.append(path.name)
    return found
