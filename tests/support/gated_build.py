"""A real build under a test's control: its ffmpeg waits at a gate, so that the build can be examined and signaled."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import imageio_ffmpeg

from tests.support.workspace import Workspace

PATIENCE = 30.0

_GATE = """\
#!/bin/sh
[ "$1" = -version ] && exec {real} "$@"
while [ ! -e {opened} ]; do sleep 0.05; done
exec {real} "$@"
"""


def until(what: Callable[[], Any], description: str) -> Any:
    """Wait until something is true, and return it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {PATIENCE:g} s in vain: {description}")


class Gate:
    """An ffmpeg that waits, once it was started to make anything, until the gate is opened."""

    def __init__(self, space: Workspace) -> None:
        self.opened = space.root / "gate-is-open"
        real = imageio_ffmpeg.get_ffmpeg_exe()
        self.program = space.write("gate.sh", _GATE.format(real=real, opened=self.opened))
        self.program.chmod(0o755)

    def waiting(self) -> list[int]:
        """The processes that stand at the gate; they may write nowhere, so the system is asked for them."""
        return [pid for pid, words in _running() if str(self.program) in words and "-version" not in words]

    def open(self) -> None:
        """Let everybody through, now and later."""
        self.opened.touch()

    def close(self) -> None:
        """Stop letting processes through."""
        self.opened.unlink()


@dataclass
class Controlled:
    """A build that runs in a process of its own, with its gate."""

    space: Workspace
    gate: Gate
    child: subprocess.Popen[str]
    events_path: Path
    said: list[str] = field(default_factory=list)

    def at_the_gate(self) -> None:
        """Wait until a step of the build is in the middle of what it does."""
        until(self.gate.waiting, "no step came to the gate")

    def events(self) -> list[dict[str, Any]]:
        """Return the build's events so far."""
        lines = self.events_path.read_text(encoding="utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def wait_for_event(self, kind: str) -> dict[str, Any]:
        """Wait until the build emits an event of this type."""
        found: dict[str, Any] = until(
            lambda: next((each for each in self.events() if each["type"] == kind), None), f"no {kind} was emitted"
        )
        return found

    def send(self, number: signal.Signals) -> None:
        """Send the build a signal, and it alone."""
        self.child.send_signal(number)

    def end_now(self) -> None:
        """Leave nothing behind, whatever the test came to."""
        self.gate.open()
        if self.child.poll() is None:
            self.child.kill()
        for pipe in (self.child.stdout, self.child.stderr):
            if pipe is not None:
                pipe.close()
        self.child.wait(PATIENCE)

    def ends(self) -> tuple[int, str, str]:
        """Wait for its end: exit code, stdout, stderr."""
        out, err = self.child.communicate(timeout=PATIENCE)
        return self.child.returncode, out, err


def controlled(space: Workspace, *args: str, jobs: int = 2, own_session: bool = True) -> Controlled:
    """Start `vidbuild build ARGS` with a gate that is closed."""
    gate, events = Gate(space), space.root / "events.jsonl"
    events.touch()
    child = subprocess.Popen(
        [sys.executable, "-m", "vidbuild", "build", "--events", str(events), "-j", str(jobs), *args],
        cwd=space.root,
        env={**os.environ, "VIDBUILD_FFMPEG": str(gate.program)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=own_session,
        process_group=None if own_session else 0,
    )
    return Controlled(space, gate, child, events)


def _running() -> Iterator[tuple[int, list[str]]]:
    """Every process and the words of its command line."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield int(path.parent.name), path.read_text(encoding="utf-8", errors="replace").split("\0")


def state_of(pid: int) -> str:
    """What a process is doing, by the system's letter: R, S, T (stopped), Z; "" where it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]
    except OSError:
        return ""
