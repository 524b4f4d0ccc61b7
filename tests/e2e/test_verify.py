"""`build --verify`: a second build from an empty cache finds wrong cached results and steps that do not reproduce."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

import vidbuild
from tests.support.fake_edge import FakeEdge
from tests.support.paths import ROOT
from tests.support.workspace import SMALL, Workspace
from vidbuild.api import engine, environment, plan_cache
from vidbuild.api import verify as verifying
from vidbuild.api.verify import Verification, verify_results
from vidbuild.engine.store import writable
from vidbuild.engine.store.blobs import SourceChangedError
from vidbuild.engine.store.digest_cache import DigestCache
from vidbuild.engine.store.memo import Memos
from vidbuild.engine.store.store import Store
from vidbuild.plan import kinds

FIRST = "segment.h264"  # of a film's files, in the order of their names, where only pictures differ


@pytest.fixture
def project(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A small project, and a folder of its own for what is temporary."""
    workspace.write("video.yaml", SMALL)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return workspace


def verify(space: Workspace, **options: Any) -> Verification:
    """Build and verify."""
    (found,) = verifying.verify([space.root / "video.yaml"], **options)
    return found


def made_by(monkeypatch: pytest.MonkeyPatch, **functions: str) -> None:
    """Let functions of broken_steps run kinds of step, under the same keys."""
    for module in (engine, verifying):
        changed = {
            name: replace(kind, run=f"tests.support.broken_steps:{functions[name]}") if name in functions else kind
            for name, kind in kinds.KINDS.items()
        }
        monkeypatch.setattr(module, "KINDS", MappingProxyType(changed))
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    monkeypatch.setattr(engine, "FIXED", {**environment.FIXED, "PYTHONPATH": path})


def poison(space: Workspace) -> None:
    """Store the second scene's segment, uncorrupted, under the key of the first scene."""
    store = Store(space.root / ".vidbuild")
    keys = {each.step: each.key for each in vidbuild.explain(space.root / "video.yaml")}
    right, wrong = store.trace(keys["render:one"]), store.trace(keys["render:two"])
    assert right is not None
    assert wrong is not None
    assert right.outputs["segment.h264"] != wrong.outputs["segment.h264"]
    taken = {**right.outputs, FIRST: wrong.outputs[FIRST]}
    store.write_trace(replace(right, outputs=taken))
    for row in (store.home / "index").iterdir():
        row.unlink()


def test_a_reproducible_build_is_verified_and_its_cache_left_alone(project: Workspace, tmp_path: Path) -> None:
    """All outputs are identical when rebuilt; the cache does not change, and no temporary file is left."""
    spec = project.root / "video.yaml"
    result = vidbuild.build(spec)
    before = project.snapshot()
    (found,) = verify_results([spec], [result], vidbuild.BuildOptions())
    assert (found.status, found.ok, found.difference, found.reused) == ("same", True, None, ())
    assert project.snapshot() == before
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_stale_result_in_the_cache_is_named(project: Workspace) -> None:
    """An intact trace of intact but wrong bytes is found, and the message has the command that fixes it."""
    project.build()
    poison(project)
    outcome = project.run("build", "--verify")
    assert outcome.code == 1
    assert "built video.mp4" in outcome.stdout
    assert "not verified: 'video.mp4' differs when rebuilt from an empty cache" in outcome.stderr
    why = "the cache has other bytes for the same key"
    assert f"first step that differs: render:one, its '{FIRST}': {why}" in outcome.stderr
    assert "hint: vidbuild build --fresh render:one" in outcome.stderr
    fixed = project.run("build", "--verify", "--fresh", "render:one")
    assert fixed.code == 0, fixed.stdout
    assert "verified: 6 outputs identical when rebuilt from an empty cache" in fixed.stdout


def test_a_step_with_random_output_is_named(project: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two steps that do not reproduce, the first in the graph's order is named, with its file."""
    made_by(monkeypatch, captions="random_captions", report="random_report")
    found = verify(project)
    assert (found.status, found.output) == ("different", "video.srt")
    assert found.difference is not None
    assert (found.difference.step, found.difference.file) == ("captions", "captions.srt")
    assert not found.difference.repeatable
    assert "the step is not reproducible" in found.difference.why


def test_a_step_that_depends_on_the_environment_is_named(project: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second build has another time zone and hash seed, so a step that uses them is found."""
    made_by(monkeypatch, captions="captions_of_a_zone")
    found = verify(project)
    assert (found.status, found.output) == ("different", "video.vtt")
    assert found.difference is not None
    assert found.difference.step == "captions"


def test_a_difference_that_reaches_no_output_is_named(project: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a step's result differs and no output does, the build is verified, and the step is named."""
    made_by(monkeypatch, timeline="random_times")
    found = verify(project)
    assert found.ok
    assert found.difference is not None
    assert (found.difference.step, found.difference.file) == ("timeline:one", "note")


def test_a_cache_that_cannot_be_written_is_no_difference(project: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that was built is in such a cache afterwards, so only the outputs are compared."""
    monkeypatch.setattr(writable, "can_be_written", lambda store: project.root not in store.root.parents)
    found = verify(project)
    assert (found.status, found.difference) == ("same", None)


def test_a_stale_plan_is_named_with_its_change(project: Workspace) -> None:
    """A cached plan of another spec is found, since the second build compiles its own."""
    spec = project.root / "video.yaml"
    vidbuild.build(spec)
    store = Store(project.root / ".vidbuild")
    key = plan_cache.key_of(spec, DigestCache(store.home / "files"), plan_cache.Given({}), plan_cache.Scope())
    assert key is not None
    memos = Memos(store)
    plan = memos.get(key)
    assert plan is not None
    (drawn,) = [step for step in plan["graph"] if step["id"] == "draw:one"]
    drawn["params"]["fields"]["title"] = "Once"
    memos.put(key, plan)
    found = verify(project)
    assert (found.status, found.output) == ("different", "video.mp4")
    assert found.difference is not None
    assert found.difference.step == "draw:one"
    assert found.difference.why == "the cached result has another key: title changed"


def test_cached_audio_of_network_voices_is_reused(
    project: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """V20: only the first build sends a request to the service, and the output says so."""
    monkeypatch.setenv("VIDBUILD_TEST_LOOPBACK", "1")
    spoken = SMALL.replace(
        "title: One, duration: 0.5", 'title: One, narration: "One two.", voice: "edge:en-US-AriaNeural"'
    )
    project.write("video.yaml", spoken)
    with FakeEdge(tmp_path, {"PATH": os.environ.get("PATH", "")}) as server:
        monkeypatch.setenv("VIDBUILD_EDGE_ENDPOINT", server.endpoint)
        outcome = project.build("--verify")
        assert server.connections == 1
    assert outcome.data["verified"]["status"] == "same"
    assert outcome.data["verified"]["reused"] == ["speak:one"]
    assert "reused 1 recording of network voices from the cache: speak:one" in outcome.stderr


def test_what_was_not_built_is_not_verified(project: Workspace) -> None:
    """A wrong spec fails as it does without --verify, and a dry run has nothing to verify."""
    project.write("bad.yaml", "vidbuild: 1\n")
    outcome = project.run("build", "--verify", "-k", "bad.yaml", "video.yaml")
    assert outcome.code == 2
    assert "video.yaml: verified: 6 outputs identical" in outcome.stdout
    assert "bad.yaml: verified" not in outcome.stdout
    dry = project.run("build", "--verify", "-n")
    assert dry.code == 2
    assert "--verify needs a build: a dry run has no outputs to compare" in dry.stderr


@pytest.mark.parametrize(
    ("trouble", "message"),
    [
        (SourceChangedError("/x/take.wav"), "the cache's '/x/take.wav' changed meanwhile"),
        (OSError(28, "No space left on device", "/x/y"), "no space left on device: '/x/y'"),
    ],
    ids=["rot", "full disk"],
)
def test_a_second_build_that_fails_is_reported(
    project: Workspace, monkeypatch: pytest.MonkeyPatch, trouble: Exception, message: str
) -> None:
    """An error of the second build is reported as a failure, and neither as a bug nor as a difference."""

    def fail(*_: object) -> None:
        raise trouble

    monkeypatch.setattr(verifying._SecondBuild, "verify", fail)
    (found,) = verifying.verify([project.root / "video.yaml"])
    assert (found.status, found.error) == ("failed", message)
