"""Builds whose ffmpeg hangs, floods, lies or leaves others behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.support.kill_rounds import ids, read
from tests.support.processes import alive, marked, tools, until
from tests.support.stub_ffmpeg import stand_in
from tests.support.workspace import Workspace
from vidbuild.api import engine as api_engine
from vidbuild.api.build import build
from vidbuild.engine.store.store import Store
from vidbuild.plan.kinds import KINDS

SPEC = """\
vidbuild: 1
title: One scene
output: {size: 160x90, fps: 24}
scenes:
  - {id: one, type: title, title: One, duration: 0.4}
  - {id: two, type: title, title: Two, duration: 0.4}
"""
FLOOD = 40_000_000


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    """Two scenes and nothing built."""
    workspace.write("video.yaml", SPEC)
    return workspace


def env(space: Workspace, name: str) -> Mapping[str, str]:
    """The environment in which that stand-in is the ffmpeg."""
    return {**marked(space.root), "VIDBUILD_FFMPEG": str(stand_in(space.root, name, FLOOD))}


def kept(space: Workspace) -> list[str]:
    """The steps that left a trace."""
    store = Store(space.root / ".vidbuild")
    traces = (store.trace(path.name) for path in sorted((store.home / "traces").glob("*/*")))
    return [trace.step for trace in traces if trace is not None]


@pytest.mark.parametrize("name", ["hanging", "deaf"])
def test_a_tool_that_hangs_fails_its_step(project: Workspace, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """P11, P19: past the step's time limit the build fails with a message, caches nothing and leaves no process."""
    for variable, value in env(project, name).items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(api_engine, "KINDS", {each: replace(kind, seconds=1.0) for each, kind in KINDS.items()})
    result = build(project.root / "video.yaml")
    assert result.status == "failed"
    assert re.search("took longer than 1 s and was stopped", result.steps.failed[0].error)
    assert not [step for step in kept(project) if step.startswith("render")]
    assert until(lambda: not alive(project.root)), alive(project.root)


def test_a_tool_that_floods_is_reported_in_a_few_lines(project: Workspace) -> None:
    """V19: forty megabytes on stderr neither block the build nor fill its memory, its log or the run's."""
    done = project.run("build", "video.yaml", "--events", "events.jsonl", env=env(project, "flooding"))
    assert done.code == 1
    assert "failed: ffmpeg could not" in done.stderr
    assert len(done.stderr) < 100_000
    runs = [path for path in (project.root / ".vidbuild").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in [*runs, project.root / "events.jsonl"]) < 1_000_000


def test_a_truncated_output_is_not_cached(project: Workspace) -> None:
    """V8: an ffmpeg that truncates its output but reports success fails its step by name; the next build is clean."""
    done = project.run("build", "video.yaml", env=env(project, "truncating"))
    assert done.code == 1
    assert re.search(r"video\.yaml:\d+:\d+: (render|audio):", done.stderr)
    assert not [step for step in kept(project) if step.startswith(("render", "mux"))]
    project.build()
    assert "render:one" in project.ran()


def test_what_a_tool_leaves_behind_is_gone(project: Workspace) -> None:
    """P19: stray files and processes that hold on to its pipes neither hold a build up nor outlive it."""
    assert project.run("build", "video.yaml").code == 0
    video = (project.root / "build" / "video.mp4").read_bytes()
    for name in ("straying", "forking"):
        own = {**env(project, name), "VIDBUILD_CACHE": str(project.root / f"cache-{name}")}
        done = project.run("build", "video.yaml", "-o", name, env=own)
        assert done.code == 0, done.stderr
        assert until(lambda: not alive(project.root)), alive(project.root)
        assert (project.root / name / "video.mp4").read_bytes() == video
    assert list(project.root.rglob("stray")) == []


class Started:
    """A build in a process of its own, with a render step running."""

    def __init__(self, space: Workspace, name: str) -> None:
        self.path = space.root / "events.jsonl"
        self.space = space
        self.process = subprocess.Popen(
            [sys.executable, "-m", "vidbuild", "build", "video.yaml", "-j", "1", "--events", self.path.name],
            cwd=space.root,
            env={**os.environ, **env(space, name)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert until(lambda: bool(tools(space.root)) and any(s.startswith("render") for s in self.running())), (
            self.events()
        )

    def events(self) -> list[dict[str, Any]]:
        """Return the events so far."""
        return read(self.path)

    def running(self) -> set[str]:
        """The steps that were started and have not ended."""
        return ids(self.events(), "step_started") - ids(self.events(), "step_finished")

    def ended(self) -> int:
        """The exit code, once all of the build is gone."""
        said, _ = self.process.communicate(timeout=60)
        assert until(lambda: not alive(self.space.root)), alive(self.space.root)
        assert b"Traceback" not in said
        return self.process.returncode


SIGNALS = pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])


@SIGNALS
def test_one_signal_lets_a_render_step_end(project: Workspace, number: signal.Signals, code: int) -> None:
    """P19: the running step finishes and is cached, nothing else starts, no process is left."""
    build = Started(project, "slow")
    running = build.running()
    build.process.send_signal(number)
    assert build.ended() == code
    assert build.events()[-1]["type"] == "run_cancelled"
    assert running <= ids(build.events(), "step_finished")
    assert len(ids(build.events(), "step_finished") - running) < 5
    project.build(code=0)
    assert not running & set(project.ran())


@pytest.mark.parametrize(("name", "number", "code"), [("hanging", signal.SIGINT, 130), ("deaf", signal.SIGTERM, 143)])
def test_two_signals_end_a_tool_that_hangs(project: Workspace, number: signal.Signals, code: int, name: str) -> None:
    """P19: the second signal ends the build at once, with a tool that hangs or does not listen; nothing is kept."""
    build = Started(project, name)
    running = build.running()
    build.process.send_signal(number)
    time.sleep(0.5)  # two that come together are one
    assert build.process.poll() is None
    build.process.send_signal(number)
    assert build.ended() == code
    assert not running & set(kept(project))
    assert build.events()[-1]["type"] == "run_cancelled"
