"""Audio in real builds: an edited narration leaves other scenes alone, and a bad recording causes a warning."""

from __future__ import annotations

import array
import json
import wave
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.workspace import Workspace
from vidbuild.media.audio import adts
from vidbuild.media.ffmpeg import ffmpeg

SPEC = """\
vidbuild: 1
title: Said
output: {size: 128x72, fps: 24}
voice: espeak:en-us
scenes:
  - {id: one, type: title, title: One, narration: First of all comes this.}
  - {id: two, type: title, title: Two, narration: NARRATION}
  - {id: quiet, type: title, title: Quiet, duration: 1.3}
  - {id: four, type: title, title: Four, narration: Then comes that., pause_before: 0.137}
  - {id: five, type: title, title: Five, narration: And this is all.}
"""


def packets(space: Workspace) -> dict[str, list[bytes]]:
    """The AAC frames of each scene in the finished video."""
    args = ["-i", str(space.root / "build/video.mp4"), "-map", "0:a", "-c", "copy", "-f", "adts", "-"]
    copied = ffmpeg.capture(args, cwd=space.root, env={}, timeout=60, what="take the sound out", loglevel="error")
    whole = [adts.payload(frame) for frame in adts.split(copied.output)]
    scenes = json.loads(space.read("build/video.timing.json"))["scenes"]
    starts = [round(scene["start"] * 24) * 2000 for scene in scenes]
    firsts = [*(adts.nearest_frame(start) for start in starts), len(whole)]
    return {scene["id"]: whole[first:end] for scene, (first, end) in zip(scenes, pairwise(firsts), strict=True)}


def test_a_word_leaves_the_sound_of_all_other_scenes_alone(workspace: Workspace) -> None:
    """With one narration longer, every other scene has the very AAC frames it had, and no other sound was made."""
    workspace.write("video.yaml", SPEC.replace("NARRATION", "Short."))
    workspace.build()
    before = packets(workspace)
    workspace.write("video.yaml", SPEC.replace("NARRATION", "Now it is rather longer than it was."))
    workspace.build()
    assert [step for step in workspace.ran() if step.startswith(("speak", "audio"))] == ["audio:two", "speak:two"]
    after = packets(workspace)
    assert len(after["two"]) > len(before["two"]) + 20
    for scene in ("one", "quiet", "four", "five"):
        assert abs(len(before[scene]) - len(after[scene])) <= 1
        assert all(one == two for one, two in zip(before[scene], after[scene], strict=False)), scene


def recording(path: Path, samples: array.array[int]) -> None:
    """A WAV file at 44.1 kHz, as a recorder writes it."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(44_100)
        file.writeframes(samples.tobytes())


@pytest.mark.parametrize(
    ("loud", "message"),
    [(0, "this narration is silent"), (20_000, "more gain would raise its peaks above -1.5 dBTP")],
)
def test_a_recording_that_stays_soft_is_a_warning(workspace: Workspace, loud: int, message: str) -> None:
    """A recording that cannot reach the loudness of the rest is a warning at its narration, and the video is built."""
    samples = array.array("h", (loud if index % 11_025 == 5000 else 0 for index in range(44_100)))
    recording(workspace.root / "take.wav", samples)
    scene = '  - {id: six, type: title, title: Six, narration: {audio: take.wav, text: "Well."}}\n'
    workspace.write("video.yaml", SPEC.replace("NARRATION", "Short.") + scene)
    outcome = workspace.run("build", "video.yaml")
    assert outcome.code == 0
    line = next(index for index, text in enumerate(workspace.read("video.yaml").splitlines(), 1) if "take" in text)
    line_shown = next(text for text in outcome.stderr.splitlines() if message in text)
    assert line_shown.startswith(f"video.yaml:{line}:")
