"""The runs that an earlier version recorded: its log had other step kinds, and one target without a name."""

from __future__ import annotations

import shutil

import pytest

from tests.support.paths import ROOT
from tests.support.workspace import SMALL, Workspace

OLD = ROOT / "tests" / "unit" / "engine" / "runs" / "old" / "runs"
FIRST, FAILED, SECOND = "20261129-113253-911-20c6", "20261129-113255-881-1a69", "20261129-113256-549-e8d4"
SPOKEN = SMALL.replace("title: Two, duration: 0.5", 'title: Two, narration: Hello there., voice: "espeak:en-us"')


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    """A project with three old runs and the specs that they built, of which one is corrected since."""
    shutil.copytree(OLD, workspace.root / ".vidbuild" / "runs")
    for name in ("talk", "bad"):
        workspace.write(f"{name}.yaml", SPOKEN)
    return workspace


def test_old_runs_are_listed(project: Workspace) -> None:
    """P22: old runs stand in the list with their states and counts."""
    rows = [line.split(maxsplit=3) for line in project.run("runs").stdout.splitlines()]
    assert rows == [
        [SECOND, "completed", "talk.yaml", "7 ran, 0.78 s"],
        [FAILED, "failed", "bad.yaml", "1 failed, 1 ran, 0.27 s"],
        [FIRST, "completed", "talk.yaml", "13 ran, 1.9 s"],
    ]


def test_an_old_run_is_shown(project: Workspace) -> None:
    """P22, P39: an old run is shown with its steps, by the ids that they had, and with its error."""
    text = project.run("runs", "show", FAILED).stdout
    assert "state     failed (exit code 2)" in text
    assert "time:two   failed" in text
    assert "videos:" not in text
    data = project.run("runs", "show", SECOND, "--json").data
    assert (data["state"], data["suspended"], data["targets"]) == ("completed", False, [])
    assert (data["steps"], data["ran"], data["cached"]) == (13, 7, 6)
    assert {step["step"] for step in data["progress"] if step["state"] == "ran"} > {"film:two", "sound:two", "join"}


def test_an_old_run_is_explained(project: Workspace) -> None:
    """P39: `explain --last SPEC` finds the old run of the spec."""
    lines = project.run("explain", "--last", "talk.yaml").stdout.splitlines()
    assert lines[0] == f"{SECOND}  talk.yaml  completed"
    assert "film:two  ran: narration changed" in lines
    assert project.run("explain", "--last", "bad.yaml").stdout.startswith(f"{FAILED}  bad.yaml  failed")


def test_an_old_run_is_continued(project: Workspace) -> None:
    """P22: a build continues an old run that failed, with that run's spec."""
    outcome = project.run("build", "--resume", FAILED, "--json")
    assert outcome.code == 0, outcome.stderr
    assert [(build["spec"], build["status"]) for build in outcome.data["builds"]] == [
        ("talk.yaml", "built"),
        ("bad.yaml", "built"),
    ]
    assert f"bad: continuing {FAILED}: 0 of " in outcome.stderr
