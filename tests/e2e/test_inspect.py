"""Inspecting videos, through the command."""

from __future__ import annotations

import json
import os

import pytest

from tests.support.render_lab import made
from tests.support.workspace import Workspace

SPOKEN = """\
vidbuild: 1
title: Spoken
output: {size: 160x90, fps: 25}
voice: espeak:en-us
scenes:
  - {id: one, type: title, title: One, narration: Welcome to the first of the scenes.}
  - {id: two, type: title, title: Two, narration: "Now the second one, which is longer."}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A built video with speech."""
    space = Workspace(tmp_path_factory.mktemp("inspect") / "project")
    space.write("video.yaml", SPOKEN)
    space.build()
    return space


def test_a_built_video_is_within_the_limits(built: Workspace) -> None:
    """What vidbuild builds has its loudness and peak, good captions and chapters, and speech on time."""
    outcome = built.run("inspect", "build/video.mp4", "--strict", "--json")
    data = outcome.data
    assert (outcome.code, data["status"], data["problems"]) == (0, "ok", [])
    assert abs(data["audio"]["loudness"] + 16) <= 1
    assert data["audio"]["peak"] <= -1
    assert [each["title"] for each in data["chapters"]] == ["One", "Two"]
    assert {track["cues"] for track in data["captions"]} == {2}
    assert [each["scene"] for each in data["sync"]] == ["one", "two"]
    assert all(abs(each["offset"]) <= 0.1 for each in data["sync"])


def test_speech_that_comes_late_is_found(built: Workspace, workspace: Workspace) -> None:
    """Sound that is shifted by 0.4 s against the timing file is measured so, and is over a limit of 0.2 s."""
    source = built.root / "build" / "video.mp4"
    workspace.write("late.timing.json", built.read("build/video.timing.json"))
    made(
        workspace.root / "late.mp4", "-i", str(source), "-map", "0:v", "-map", "0:a", "-c:v", "copy", "-c:a", "aac",
        "-af", "adelay=400:all=1", "-shortest",
    )  # fmt: skip
    before = built.run("inspect", "build/video.mp4", "--json").data["sync"]
    outcome = workspace.run("inspect", "late.mp4", "--max-offset", "0.2", "--json")
    assert outcome.code == 1
    shifts = [late["offset"] - each["offset"] for each, late in zip(before, outcome.data["sync"], strict=True)]
    assert all(abs(shift - 0.4) <= 0.03 for shift in shifts)
    assert [each["limit"] for each in outcome.data["problems"]] == ["max_offset", "max_offset"]
    assert "late: the maximum is 0.2 s" in workspace.run("inspect", "late.mp4", "--max-offset", "0.2").stderr


def test_each_limit_decides_the_exit_code(built: Workspace) -> None:
    """A limit fails the command only if an option sets it."""
    for option, value in (
        ("--max-loudness", "-30"),
        ("--min-loudness", "-5"),
        ("--max-peak", "-20"),
        ("--max-frozen", "0.5"),
        ("--max-silent", "0.3"),
        ("--min-duration", "600"),
        ("--max-duration", "1"),
    ):
        outcome = built.run("inspect", "build/video.mp4", option, value, "--json")
        limits = {each["limit"] for each in outcome.data["problems"]}
        assert (outcome.code, limits) == (1, {option[2:].replace("-", "_")})
    assert built.run("inspect", "build/video.mp4").code == 0


def test_audio_alone(workspace: Workspace) -> None:
    """A file with audio alone is measured."""
    made(workspace.root / "a.mp3", "-f", "lavfi", "-t", "3", "-i", "sine=frequency=500", "-c:a", "libmp3lame")
    outcome = workspace.run("inspect", "a.mp3", "--json")
    assert (outcome.code, outcome.data["video"]) == (0, None)
    assert abs(outcome.data["duration"] - 3) <= 0.06
    assert outcome.data["audio"]["loudness"] < -10


def test_wrong_numbers_of_a_timing_file(built: Workspace, workspace: Workspace) -> None:
    """A number beyond all numbers in a timing file is a located error, and no crash."""
    (workspace.root / "video.mp4").write_bytes((built.root / "build" / "video.mp4").read_bytes())
    timing = built.read("build/video.timing.json")
    first = json.loads(timing)["duration"]
    workspace.write("video.timing.json", timing.replace(f'"duration": {first}', '"duration": 1e999'))
    outcome = workspace.run("inspect", "video.mp4")
    assert outcome.code == 2
    assert "video.timing.json:5:14: expected a finite number, got 1e999" in outcome.stderr


def test_a_timing_file_of_another_video(built: Workspace, workspace: Workspace) -> None:
    """A timing file of a video that lasts longer is reported, and fails a limit of sync."""
    timing = built.read("build/video.timing.json")
    workspace.write("other.timing.json", timing)
    made(workspace.root / "a.mp4", "-f", "lavfi", "-t", "2", "-i", "testsrc=s=160x90:r=25", "-f", "lavfi", "-t", "2",
         "-i", "sine")  # fmt: skip
    outcome = workspace.run("inspect", "a.mp4", "--timing", "other.timing.json", "--max-offset", "0.5")
    assert outcome.code == 1
    assert "the timing file is of a video of" in outcome.stderr


@pytest.mark.parametrize("name", ["pipe", "folder", "absent.mp4"])
def test_no_file(workspace: Workspace, name: str) -> None:
    """A folder, a pipe and a file that does not exist are refused at once."""
    os.mkfifo(workspace.root / "pipe")
    (workspace.root / "folder").mkdir()
    outcome = workspace.run("inspect", name, timeout=20)
    assert (outcome.code, outcome.stderr.startswith(f"vidbuild: cannot read '{name}': ")) == (2, True)
