"""Builds with an online voice, against a server on this machine that speaks its protocol, and with recordings."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.support.fake_edge import FakeEdge
from tests.support.workspace import Workspace
from vidbuild.media.ffmpeg import ffmpeg

SPEC = """\
vidbuild: 1
title: Spoken
output: {size: 128x72, fps: 24}
voice: VOICE
scenes:
  - {id: one, type: title, title: One, narration: "One two three."}
  - {id: two, type: title, title: Two, voice: "espeak:en-us", narration: "Four five."}
"""
ENV = {"PATH": os.environ.get("PATH", "")}


@pytest.fixture
def project(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A project whose first scene is spoken by the online voice; the server does not answer yet."""
    workspace.write("video.yaml", SPEC.replace("VOICE", '"edge:en-US-AriaNeural"'))
    monkeypatch.setenv("VIDBUILD_TEST_LOOPBACK", "1")
    return workspace


def words(space: Workspace) -> list[tuple[str, str]]:
    """The first scene's words and where their times come from."""
    scene = json.loads(space.read("build/video.timing.json"))["scenes"][0]
    return [(word["text"], word["from"]) for word in scene["words"]]


def test_an_online_voice_is_asked_once(project: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """V20: the words and their times come from the service, and what was spoken is never fetched again."""
    with FakeEdge(tmp_path, ENV) as server:
        monkeypatch.setenv("VIDBUILD_EDGE_ENDPOINT", server.endpoint)
        project.build()
        assert words(project) == [("One", "engine"), ("two", "engine"), ("three.", "engine")]
        project.write("video.yaml", project.read("video.yaml").replace("title: Spoken", "title: Said"))
        project.build()
        assert server.connections == 1
    project.build("--offline")
    assert project.ran() == []


def test_a_service_that_stumbles_is_asked_again(
    project: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """V20, P40: what the service is asked once more is an event, a line and a count, and no failure."""
    with FakeEdge(tmp_path, ENV, plan=["503", "ok"]) as server:
        monkeypatch.setenv("VIDBUILD_EDGE_ENDPOINT", server.endpoint)
        outcome = project.build("--events", "events.jsonl")
        assert server.connections == 2
    assert outcome.data["steps"]["retried"] == 1
    logged = [json.loads(line) for line in project.read("events.jsonl").splitlines()]
    (again,) = [event for event in logged if event["type"] == "step_retried"]
    assert (again["step"], again["attempt"], again["failure"]["fault"]) == ("speak:one", 2, "unreachable")
    assert "503" in again["failure"]["message"]
    assert logged[-1]["retried"] == 1
    assert "1 retried" in outcome.stderr
    assert "speak:one" in outcome.stderr.partition("503")[0].splitlines()[-1]


def test_a_service_that_fails_costs_only_its_scene(
    project: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """V20, P11: a refused voice is a failed step with its place; other steps are kept, and the next build continues."""
    monkeypatch.setenv("VIDBUILD_EDGE_ENDPOINT", "ws://127.0.0.1:9/no-service")
    outcome = project.build("--keep-going", code=4)
    (failed,) = outcome.data["steps"]["failed"]
    assert failed["step"] == "speak:one"
    assert "render:two" in outcome.data["steps"]["ran"]
    assert "video.yaml:4:8: speak:one failed" in outcome.stderr
    with FakeEdge(tmp_path, ENV) as server:
        monkeypatch.setenv("VIDBUILD_EDGE_ENDPOINT", server.endpoint)
        project.build()
        assert "speak:one" in project.ran()
        assert "render:two" not in project.ran()


def test_a_declared_fallback_speaks_and_is_named(
    project: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """V20: only a fallback that the spec declares is used, and a warning names it."""
    voice = "{engine: edge, name: en-US-AriaNeural, fallback: {engine: espeak, name: en-us}}"
    project.write("video.yaml", SPEC.replace("VOICE", voice))
    with FakeEdge(tmp_path, ENV, plan=["no-audio"]) as server:
        monkeypatch.setenv("VIDBUILD_EDGE_ENDPOINT", server.endpoint)
        outcome = project.build()
    assert "espeak:en-us" in outcome.stderr
    assert [source for _, source in words(project)] == ["engine"] * 3


def test_a_recording_is_used_as_it_is(workspace: Workspace) -> None:
    """A recorded narration sets the scene's length, and new bytes are used at once.

    In a language that espeak does not speak, its words are spread over it.
    """
    tone = ["-f", "lavfi", "-i", "sine=f=300:r=44100:d=1.5", "-ac", "1", str(workspace.root / "take.wav")]
    ffmpeg.run(tone, cwd=workspace.root, env=ENV, timeout=60, what="make a recording")
    text = SPEC.replace('"One two three."', '{audio: take.wav, text: "One [[here]] two three."}')
    workspace.write("video.yaml", text.replace("VOICE", "espeak:en-us\nlanguage: tlh"))
    workspace.build()
    assert words(workspace) == [("One", "spread"), ("two", "spread"), ("three.", "spread")]
    scene = json.loads(workspace.read("build/video.timing.json"))["scenes"][0]
    assert abs(scene["narration"]["end"] - scene["narration"]["start"] - 1.5) < 0.001
    ffmpeg.run(
        [*tone[:3], "sine=f=400:r=44100:d=1.5", *tone[4:]], cwd=workspace.root, env=ENV, timeout=60, what="again"
    )
    workspace.build()
    assert {"speak:one", "audio:one"} <= set(workspace.ran())
    assert "render:one" not in workspace.ran()


SCENE = '  - {id: one, type: title, title: One, narration: "One two three."}'


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("max_duration: 0.5", "over its max_duration of 0.5 s"),
        ("duration: 0.5", "more than the scene's duration of 0.5 s"),
        ("transition: {type: fade, duration: 1.5}", "this scene takes 1.5 s, more than half of the scene"),
    ],
)
def test_limits_that_only_speech_shows_are_spec_errors(workspace: Workspace, more: str, message: str) -> None:
    """V22: limits that a spoken narration exceeds exit 2, at their place, with the remedy."""
    text = SPEC.replace("VOICE", "espeak:en-us").replace(SCENE, SCENE[:-1] + f", {more}}}")
    workspace.write("video.yaml", text)
    outcome = workspace.build(code=2)
    assert message in outcome.stderr
    assert "video.yaml:6:" in outcome.stderr
    assert "hint: " in outcome.stderr
