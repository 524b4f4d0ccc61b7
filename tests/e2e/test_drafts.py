"""`vidbuild build --draft`: a quick look beside the video."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.support.workspace import Workspace
from vidbuild.media.ffmpeg import ffmpeg

SPEC = """\
vidbuild: 1
title: Quick look
output: {size: 640x360, fps: 30}
voice: espeak:en-us
scenes:
  - {id: one, type: title, title: One, narration: Some words are spoken here.}
  - {id: two, type: title, title: Two, duration: 1}
"""
AMBER = (255, 178, 36)


def frame(video: Path, at: float, target: Path) -> Image.Image:
    """Return a frame of a video."""
    args = ["-y", "-ss", str(at), "-i", f"file:{video}", "-frames:v", "1", f"file:{target}"]
    ffmpeg.run(args, cwd=target.parent, env={}, timeout=60, what="read a frame")
    return Image.open(target).convert("RGB")


def near(color: object) -> bool:
    """Return whether a color is that of the mark, as far as an encoder keeps it."""
    return isinstance(color, tuple) and all(abs(one - other) < 24 for one, other in zip(color, AMBER, strict=True))


def test_a_draft_is_small_marked_and_silent(workspace: Workspace, tmp_path: Path) -> None:
    """It has a quarter of the pixels, a mark in the corner of every scene and in its metadata, and captions."""
    workspace.write("video.yaml", SPEC)
    shown = workspace.build("--draft")
    assert "video.draft.mp4" in shown.stdout
    assert not [step for step in workspace.ran() if step.startswith(("speak", "align", "music", "still", "report"))]
    video = workspace.root / "build" / "video.draft.mp4"
    length = shown.data["video_seconds"]
    for at in (0.0, length - 0.2):
        image = frame(video, at, tmp_path / "frame.png")
        assert image.size == (320, 180)
        assert near(image.getpixel((2, 2)))
        assert not near(image.getpixel((200, 100)))
    samples = tmp_path / "samples.raw"
    args = ["-i", f"file:{video}", "-map", "0:a", "-f", "s16le", f"file:{samples}"]
    ffmpeg.run(args, cwd=tmp_path, env={}, timeout=60, what="read the audio")
    assert samples.stat().st_size > length * 48_000 * 2
    assert not any(samples.read_bytes())
    assert "Some words are spoken here." in workspace.read("build/video.draft.srt").replace("\n", " ")
    assert b"Draft, made by vidbuild" in video.read_bytes()


def test_commands_know_drafts(workspace: Workspace) -> None:
    """check, explain, graph, a dry run and a verified build are about the draft's own steps."""
    workspace.write("video.yaml", SPEC)
    assert "speak" not in workspace.run("graph", "--draft").stdout
    assert workspace.run("check", "--draft").stdout == "video.yaml: ok\n"
    assert workspace.run("build", "-n", "--draft").stdout.splitlines()[-1].startswith("would build video.draft.mp4")
    workspace.build("--draft", "--verify")
    assert workspace.run("explain", "--draft").stdout.splitlines()[-1].endswith("steps cached")
    assert "speak:one  will run" in workspace.run("explain").stdout


@pytest.mark.parametrize("option", ["--frozen", "--offline"])
def test_a_draft_needs_no_online_voice(workspace: Workspace, option: str) -> None:
    """A spec with an online voice has a draft without the network and without takes; its video is refused."""
    workspace.write("video.yaml", SPEC.replace("espeak:en-us", "edge:en-US-AriaNeural"))
    workspace.build("--draft", option)
    assert "en-US-AriaNeural" in workspace.build(option, code=2).stderr
