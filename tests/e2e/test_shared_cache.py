"""A cache that several machines share, through the command: fetched on another machine, written only by who may."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest

from tests.support.audio_lab import ENV
from tests.support.fake_speech import FakeSpeech, settings
from tests.support.object_server import BUCKET, Fault, ObjectServer
from tests.support.workspace import SMALL, Workspace

STEPS = 10  # of the small video with a key of their own: its two scenes share their silence and its times


@pytest.fixture
def project(workspace: Workspace) -> Workspace:
    """A small video whose project names a remote cache."""
    workspace.write("video.yaml", SMALL)
    workspace.write("vidbuild.toml", f'[cache]\nremote = "s3://{BUCKET}/cache"\n')
    return workspace


def new_keys(project: Workspace) -> tuple[str, str]:
    """Make a pair of keys and trust the public one; return both."""
    keys = project.run("cache", "keygen", "--json").data
    assert project.run("cache", "trust", keys["public"]).code == 0
    return keys["private"], keys["public"]


def forget(project: Workspace) -> None:
    """Be another machine: without cache and outputs."""
    for name in (".vidbuild", "build"):
        shutil.rmtree(project.root / name, ignore_errors=True)


def test_another_machine_fetches_what_one_has_built(project: Workspace, s3: ObjectServer) -> None:
    """P34, N24: nothing is written without the flag. Then all steps are fetched, none runs, the bytes are the same."""
    private, _ = new_keys(project)
    first = project.run("build", "--json")
    assert first.data["remote_cache"]["misses"] >= STEPS
    assert not s3.puts()
    video = (project.root / "build" / "video.mp4").read_bytes()
    forget(project)
    written = project.run("build", "--remote-write", env={"VIDBUILD_CACHE_KEY": private})
    assert f"0 rejected, {STEPS} written" in written.stderr
    forget(project)
    s3.clear()
    outcome = project.run("build", "--json")
    assert (outcome.data["steps"]["ran"], outcome.data["remote_cache"]["hits"] >= STEPS) == ([], True)
    assert "hits, 0 missed, 0 rejected, 0 written (read-only)" in outcome.stderr
    assert (project.root / "build" / "video.mp4").read_bytes() == video
    assert not s3.puts()
    assert "remote cache" not in project.run("build").stderr


def test_results_of_another_key_are_not_used(project: Workspace, s3: ObjectServer) -> None:
    """P34, P35: a pull request builds with a key of its own: main rejects what it wrote, and builds the same video."""
    keys = project.run("cache", "keygen", "--json").data
    settings = project.read("vidbuild.toml")
    project.run("cache", "trust", keys["public"])
    project.run("build", "--remote-write", env={"VIDBUILD_CACHE_KEY": keys["private"]})
    video = (project.root / "build" / "video.mp4").read_bytes()
    forget(project)
    project.write("vidbuild.toml", settings)
    new_keys(project)
    outcome = project.run("build", "--json")
    found = outcome.data["remote_cache"]
    assert (found["hits"], found["rejected"] >= STEPS, outcome.code) == (0, True, 0)
    assert (project.root / "build" / "video.mp4").read_bytes() == video
    assert s3.puts()


def test_a_dead_remote_costs_little_and_no_result(project: Workspace, s3: ObjectServer) -> None:
    """P32, P33: a warning and code 0; with --require-remote code 4, before anything is built."""
    new_keys(project)
    s3.fault = lambda _request: Fault(-1)
    began = time.monotonic()
    outcome = project.run("build", "--json")
    assert time.monotonic() - began < 40
    assert outcome.code == 0
    assert "the server does not answer" in outcome.data["remote_cache"]["trouble"]
    assert any(each["code"] == "VB910" for each in outcome.data["warnings"])
    forget(project)
    s3.clear()
    s3.fault = lambda _request: Fault(403)
    strict = project.run("build", "--require-remote")
    assert (strict.code, (project.root / "build").exists()) == (4, False)
    assert "access is denied" in strict.stderr


def test_writing_needs_a_key_and_a_place(project: Workspace, s3: ObjectServer) -> None:
    """P34: both are said before anything is built."""
    without_key = project.run("build", "--remote-write")
    assert (without_key.code, "with a private key" in without_key.stderr) == (2, True)
    project.write("vidbuild.toml", "")
    without_place = project.run("build", "--remote-write", env={"VIDBUILD_CACHE_KEY": "x"})
    assert (without_place.code, "has no remote cache" in without_place.stderr) == (2, True)
    assert not (project.root / "build").exists()
    assert not s3.requests


def test_a_private_key_in_the_project_is_refused_and_not_shown(project: Workspace) -> None:
    """It would let everybody who reads the project write what all others use."""
    keys = project.run("cache", "keygen", "--json").data
    settings = f'{project.read("vidbuild.toml")}keys = ["{keys["private"]}"]\n'
    project.write("vidbuild.toml", settings)
    for command in (["check"], ["build"], ["cache", "pull"]):
        outcome = project.run(*command)
        assert outcome.code == 2
        assert "vidbuild.toml:3:1: this is a private key" in outcome.stderr
        assert keys["private"].partition(":")[2] not in outcome.stdout + outcome.stderr
    assert project.run("cache", "trust", keys["private"]).code == 2
    assert project.read("vidbuild.toml") == settings


def test_results_are_pushed_and_pulled_without_a_build(project: Workspace, s3: ObjectServer) -> None:
    """What this machine has is written once; another machine fetches it before it builds."""
    private, _ = new_keys(project)
    project.run("build", "--no-remote")
    assert not s3.requests
    env = {"VIDBUILD_CACHE_KEY": private}
    first = project.run("cache", "push", "--json", env=env)
    assert first.data["written"] == STEPS, first
    assert project.run("cache", "push", "--json", env=env).data == {
        "written": 0,
        "kept": STEPS,
        "replaced": 0,
        "bytes": 0,
    }
    forget(project)
    assert project.run("cache", "pull", "--json").data == {"fetched": STEPS, "rejected": 0}
    s3.clear()
    assert project.run("build", "--json").data["status"] == "built"
    assert not s3.requests


def test_another_take_replaces_the_first_on_request(
    project: Workspace, s3: ObjectServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A take that was spoken again stays on its machine, until it replaces the shared one and others fetch it."""
    private, _ = new_keys(project)
    spoken = "{id: one, type: title, title: One, narration: One two., voice: 'speech:near/alloy'}"
    project.write("video.yaml", SMALL.replace("{id: one, type: title, title: One, duration: 0.5}", spoken))
    monkeypatch.setenv("VIDBUILD_CONFIG", str(tmp_path / "config.toml"))
    with FakeSpeech(tmp_path, ENV, ["ok", "wav-22050"]) as server:
        (tmp_path / "config.toml").write_text(settings(server, "near", model="m"))
        monkeypatch.setenv("VIDBUILD_CACHE_KEY", private)
        assert project.run("build", "--remote-write").code == 0
        first, video = tmp_path / "first", project.root / "build" / "video.mp4"
        shutil.copytree(project.root / ".vidbuild", first)
        old = video.read_bytes()
        assert project.run("build", "--fresh", "speak:one").code == 0
        assert len(server.queries) == 2
    new = video.read_bytes()
    assert new != old
    assert project.run("cache", "push", "--json").data["replaced"] == 0
    outcome = project.run("cache", "push", "--replace", "speak:*", "--json")
    assert (outcome.data["replaced"], outcome.data["written"]) == (1, 0)
    assert project.run("cache", "push", "--replace", "speak:one", "--json").data["replaced"] == 0
    wrong = project.run("cache", "push", "--replace", "speak:tow")
    assert (wrong.code, "no step matches 'speak:tow'" in wrong.stderr) == (2, True)
    s3.clear()
    shutil.rmtree(project.root / ".vidbuild")
    shutil.copytree(first, project.root / ".vidbuild")
    assert project.run("cache", "pull", "--json").data == {"fetched": 0, "rejected": 0}
    assert project.run("cache", "pull", "--replace", "speak:one", "--json").data["fetched"] > 1
    assert project.run("build", "--offline", "--json").data["steps"]["ran"] == []
    assert video.read_bytes() == new
    assert not s3.puts()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "publish = 's3://videos'",
        "[cache]\nremote = 's3://videos'\n",
        "[cache] # ours\nkeys = [\n  'KEY',\n]\nread = true\n",
    ],
)
def test_a_key_is_added_to_the_settings(project: Workspace, text: str) -> None:
    """What is there stays, comments too; a key that is trusted already is not added again."""
    first, second = (project.run("cache", "keygen", "--json").data["public"] for _ in range(2))
    project.write("vidbuild.toml", text.replace("KEY", first))
    assert project.run("cache", "trust", second).code == 0
    once = project.read("vidbuild.toml")
    assert second in once
    assert all(line in once for line in text.replace("KEY", first).splitlines() if "keys" not in line)
    assert project.run("cache", "trust", second).code == 0
    assert project.read("vidbuild.toml") == once


def test_verifying_uses_nothing_of_the_remote(project: Workspace, s3: ObjectServer) -> None:
    """The second build makes everything itself: otherwise it would compare a result with itself."""
    private, _ = new_keys(project)
    project.run("build", "--remote-write", env={"VIDBUILD_CACHE_KEY": private})
    s3.clear()
    outcome = project.run("build", "--verify", "--json")
    assert outcome.code == 0
    assert not any("/ac/" in each.key for each in s3.requests)
    assert json.loads(outcome.stdout)


def test_offline_asks_nothing(project: Workspace, s3: ObjectServer, tmp_path: Path) -> None:
    """A build that is to use no network does not ask the remote cache either."""
    new_keys(project)
    assert project.run("build", "--offline").code == 0
    assert not s3.requests
    assert tmp_path.is_dir()
