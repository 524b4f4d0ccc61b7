"""A project in a folder of its own, built through the real command."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vidbuild
from tests.support import canary, event_log, ready_commands

JOBS = {"-j", "--jobs"}
REAL_TEMP = tempfile.gettempdir()  # each test has one of its own

SMALL = """\
vidbuild: 1
title: A small video
output: {size: 160x90, fps: 24}
scenes:
  - {id: one, type: title, title: One, duration: 0.5}
  - {id: two, type: title, title: Two, duration: 0.5}
"""


@dataclass(frozen=True)
class Outcome:
    """How one command ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def data(self) -> dict[str, Any]:
        """The one JSON object that `--json` put on stdout."""
        data = json.loads(self.stdout)
        assert isinstance(data, dict)
        return data


class Workspace:
    """A project: write files, run commands, ask what the last build ran."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.last: Outcome | None = None
        root.mkdir(parents=True)
        self.write("vidbuild.toml", "")

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def read(self, name: str) -> str:
        """Read a text file of the project."""
        return (self.root / name).read_text(encoding="utf-8")

    def run(self, *args: str, env: Mapping[str, str] | None = None, timeout: float = 300) -> Outcome:
        """Run `vidbuild ARGS` in the project; check the events of every build in it."""
        cache = self.root / (env or {}).get("VIDBUILD_CACHE", ".vidbuild")
        before = event_log.runs(cache)
        done = ready_commands.run(args, self.root, {**os.environ, **(env or {})}, timeout)
        assert not canary.holds_secret(done.stdout + done.stderr), f"a secret was printed:\n{done.stderr!r}"
        # What verifying finds, and what happens to a video after it was built, is no run's end.
        alone = args[:1] == ("build",) and not {"--verify", "--publish"} & set(args)
        event_log.check_runs(event_log.runs(cache) - before, done.returncode if alone else None)
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    def build(self, *args: str, spec: str = "video.yaml", code: int = 0) -> Outcome:
        """Build with --json and expect the exit code.

        A build that succeeds has one worker unless the test asks for more: tests run side by side, and to start a
        second worker costs more than it does for a few small scenes.
        """
        if code == 0 and not JOBS & set(args):
            args = (*args, "-j", "1")
        self.last = self.run("build", spec, "--json", *args)
        assert self.last.code == code, f"exit {self.last.code}\n{self.last.stdout}\n{self.last.stderr}"
        return self.last

    def still(self, scene: str = "a", at: float | None = None) -> Path:
        """Render a frame of a scene in this process, which is quicker than the command by its start; return the PNG."""
        return vidbuild.still(self.root / "video.yaml", scene, at)

    def ran(self) -> list[str]:
        """The ids of the steps that the last build ran, sorted."""
        assert self.last is not None, "nothing was built yet"
        return sorted(self.last.data["steps"]["ran"])

    def explain(self, step: str | None = None, spec: str = "video.yaml") -> str:
        """Return the output of `vidbuild explain`."""
        outcome = self.run("explain", spec, *([step] if step else []))
        assert outcome.code == 0, outcome.stderr
        return outcome.stdout

    def snapshot(self) -> dict[str, tuple[int, bytes]]:
        """Every file of the project with its time of change and content, to prove that nothing was written."""
        files = (path for path in sorted(self.root.rglob("*")) if path.is_file())
        return {str(path.relative_to(self.root)): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}

    def eject(self) -> Path:
        """Copy the project to where it outlives the test, and print the place: for use while writing a test."""
        kept = Path(tempfile.mkdtemp(prefix="vidbuild-ejected-", dir=REAL_TEMP))
        shutil.copytree(self.root, kept, dirs_exist_ok=True)
        sys.stderr.write(f"ejected to {kept}\n")
        return kept
