"""The quickstart of HTTPX as a video: a spec, images and a recording that others made."""

from __future__ import annotations

import array
import json
import math
import shutil
import subprocess
from typing import Any

import pytest

from tests.support.paths import REAL
from tests.support.workspace import Workspace
from vidbuild.media.ffmpeg import ffmpeg

RATE = 48_000
AAC_FRAME = 1024
MARGIN = 24  # samples that the encoder may smear an onset by

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real inputs are not beside this checkout")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy of the real project, built at small size."""
    space = Workspace(tmp_path_factory.mktemp("real") / "project")
    shutil.copytree(REAL, space.root, dirs_exist_ok=True)
    for path in space.root.rglob("*"):
        path.chmod(path.stat().st_mode | 0o200)
    text = space.read("httpx/video.yaml")
    assert "size: 1080p, fps: 30" in text
    space.write("httpx/video.yaml", text.replace("size: 1080p, fps: 30", "size: 320x180, fps: 24"))
    space.build(spec="httpx/video.yaml")
    return space


def timing(space: Workspace) -> dict[str, Any]:
    """The build's timing.json."""
    data = json.loads(space.read("httpx/build/video.timing.json"))
    assert isinstance(data, dict)
    return data


def decoded(space: Workspace, *options: str) -> bytes:
    """The video's decoded pictures or sound."""
    video = str(space.root / "httpx" / "build" / "video.mp4")
    command = [str(ffmpeg.executable()), "-v", "error", "-i", video, *options, "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def heard(space: Workspace) -> array.array[int]:
    """The sound's left channel."""
    return array.array("h", decoded(space, "-map", "0:a", "-f", "s16le", "-ac", "1"))


def test_every_frame_is_there(built: Workspace) -> None:
    """The file has exactly as many frames as its scenes together."""
    planned = timing(built)["duration"] * 24
    frames = len(decoded(built, "-map", "0:v", "-f", "rawvideo", "-pix_fmt", "gray", "-vf", "scale=16:9")) // (16 * 9)
    assert frames == round(planned)


def test_every_scene_shows_something(built: Workspace) -> None:
    """In the middle and at the end of each scene there is more than a background."""
    frames = decoded(built, "-map", "0:v", "-f", "rawvideo", "-pix_fmt", "gray")
    size = 320 * 180
    for scene in timing(built)["scenes"]:
        for share in (0.6, 0.9):
            at = round((scene["start"] + (scene["end"] - scene["start"]) * share) * 24)
            picture = frames[at * size : (at + 1) * size]
            assert max(picture) - min(picture) > 100, f"nothing to see in '{scene['id']}'"


def test_narration_starts_when_it_should(built: Workspace) -> None:
    """V16: each scene's first word begins at its time on the timeline, to within half an AAC frame."""
    sound = heard(built)
    for scene in timing(built)["scenes"]:
        if scene["type"] == "clip":
            continue  # its own sound is heard before the narrator
        start = round(scene["narration"]["start"] * RATE)
        window = range(start - RATE // 4, start + RATE // 4)
        loudest = max(abs(sound[index]) for index in range(start, start + RATE))
        onset = next(index for index in window if abs(sound[index]) > loudest * 0.02)
        assert abs(onset - start) <= AAC_FRAME // 2 + RATE // 100 + MARGIN, scene["id"]


def test_the_sound_is_level_and_does_not_clip(built: Workspace) -> None:
    """Every narrated scene is about as loud as the next, and no sample is at full scale."""
    sound = heard(built)
    assert max(abs(value) for value in sound) < 32767 * 10 ** (-1 / 20)
    levels = []
    for scene in timing(built)["scenes"]:
        if scene["type"] != "clip":
            spoken = sound[round(scene["narration"]["start"] * RATE) : round(scene["narration"]["end"] * RATE)]
            levels.append(10 * math.log10(sum(value * value for value in spoken) / len(spoken)))
    assert max(levels) - min(levels) < 3


def test_cues_are_the_engines_words(built: Workspace) -> None:
    """Every cue of the spec is in the timing report, inside its scene, at a word that the voice itself placed."""
    scenes = {scene["id"]: scene for scene in timing(built)["scenes"]}
    assert set(scenes["features"]["cues"]) == {"cli", "http2", "async"}
    assert set(scenes["install"]["cues"]) == {"typed", "done"}
    for scene in scenes.values():
        assert all(scene["start"] <= at <= scene["end"] for at in scene["cues"].values())
        assert all(word["from"] == "engine" for word in scene["words"])


def test_verbatim_fields_stay_verbatim(built: Workspace) -> None:
    """Double braces in code are code; where the scene asks for it, they are a template."""
    explained = built.run("explain", "httpx/video.yaml", "draw:install", "--json").data
    assert "pip install httpx" in json.dumps(explained)
    explained = built.run("explain", "httpx/video.yaml", "draw:first-request", "--json").data
    assert "{{ not a template }}" in json.dumps(explained)


def test_a_changed_word_speaks_one_scene(built: Workspace) -> None:
    """P2: one edited sentence speaks its own scene, renders none, and leaves the other six as they are."""
    text = built.read("httpx/video.yaml")
    built.write("httpx/video.yaml", text.replace("Install it with pip.", "Install it with pip, now."))
    built.build(spec="httpx/video.yaml")
    ran = built.ran()
    assert {step for step in ran if ":" in step} == {"speak:install", "timeline:install", "audio:install"}
    built.write("httpx/video.yaml", text)
    built.build(spec="httpx/video.yaml")
    assert built.ran() == []
