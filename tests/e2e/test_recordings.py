"""Recordings of terminals, through the command: which frames show what, and what an edit costs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.support.workspace import Workspace
from vidbuild.media.ffmpeg import ffmpeg

WIDTH, HEIGHT, FPS = 320, 180, 24
ENTERED = 12  # the frame at which the window has appeared: the recording begins
SPEC = """\
vidbuild: 1
title: Recordings
voice: espeak:en-us
output: {size: 320x180, fps: 24}
scenes:
  - id: a
    type: command
    cast: demo.cast
    narration: We start it, and after that, [[ready]] it is ready to be used by all of us.
  - id: b
    type: command
    cast: demo.cast
"""
HEADER = '{"version": 2, "width": 20, "height": 4}\n'
EVENTS = [
    [0.0, "o", "\x1b[?25l$ go\r\n"],
    [0.75, "o", "one\r\n"],
    [1.0, "m", "ready"],
    [1.5, "o", "\x1b[31mtwo\x1b[0m"],
]


def written(events: list[list[object]]) -> str:
    """Return a recording."""
    return HEADER + "".join(f"{json.dumps(event)}\n" for event in events)


def changes(video: Path, folder: Path) -> list[int]:
    """Return the frames of a video that clearly differ from the one before."""
    raw = folder / "frames.gray"
    arguments = ["-i", str(video), "-f", "rawvideo", "-pix_fmt", "gray", str(raw)]
    ffmpeg.run(arguments, cwd=folder, env={}, timeout=120, what="decode a video")
    frames = np.frombuffer(raw.read_bytes(), np.uint8).reshape(-1, HEIGHT, WIDTH).astype(np.int16)
    moved = np.abs(np.diff(frames, axis=0)).max(axis=(1, 2))
    return [int(frame) + 1 for frame in np.flatnonzero(moved > 40)]


def test_frames_show_a_recording_in_time(workspace: Workspace, tmp_path: Path) -> None:
    """Output appears at its own time, a marker at the cue of its name, and a silent scene lasts as long as it plays."""
    workspace.write("demo.cast", written(EVENTS))
    workspace.write("video.yaml", SPEC)
    workspace.build()
    folder = workspace.root / "build"
    first, second = json.loads((folder / "video.timing.json").read_text())["scenes"]
    begin, cue = (round(seconds * FPS) for seconds in (first["start"], first["cues"]["ready"] - first["start"]))
    entered = [frame for frame in changes(folder / "video.mp4", tmp_path) if frame < round(first["end"] * FPS)]
    expected = [ENTERED + round(0.75 * FPS), cue + round(0.5 * FPS)]
    assert [frame - begin for frame in entered if frame - begin > ENTERED] == expected
    assert 1.5 < second["end"] - second["start"] < 4


def test_a_changed_recording_draws_its_scenes_alone(workspace: Workspace) -> None:
    """A recording is an input like any other: without a change nothing runs, and a change is drawn again."""
    workspace.write("demo.cast", written(EVENTS))
    workspace.write("video.yaml", SPEC + "  - {id: c, type: title, title: End, duration: 1}\n")
    workspace.build()
    workspace.build()
    assert workspace.ran() == []
    workspace.write("demo.cast", written([*EVENTS[:-1], [1.5, "o", "two!"]]))
    workspace.build()
    ran = set(workspace.ran())
    assert len({"draw:a", "draw:b"} & ran) == 1, "both scenes have one drawing"
    assert len({"render:a", "render:b"} & ran) == 1, "and change at the same places of it, if not at the same times"
    assert not {"draw:c", "speak:a"} & ran


def test_check_locates_a_bad_recording(workspace: Workspace) -> None:
    """An error stands at the line of the recording, a cut recording is a warning, and both come from `check`."""
    workspace.write("demo.cast", HEADER + '[0, "o", "a"]\n[1, "o" "b"]\n[2, "o", "c"]\n')
    workspace.write("video.yaml", SPEC)
    assert "demo.cast:3:1: the event is no valid JSON" in workspace.run("check", "video.yaml").stderr
    workspace.write("demo.cast", written(EVENTS) + '[3, "o", "thr')
    checked = workspace.run("check", "video.yaml")
    assert checked.code == 0
    assert "demo.cast:6:1: warning: the recording is cut short" in checked.stderr
