"""Which audio of a clip's file is used, and what is reported about it: by `build`, and in the same words by `check`."""

from __future__ import annotations

import array
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from tests.support import clip_files
from tests.support.plain_decode import RATE
from tests.support.render_lab import made
from tests.support.workspace import Workspace

SPEC = """\
vidbuild: 1
title: Tracks
output: {{size: 160x90, fps: 25}}
scenes:
  - {{id: a, type: clip, src: {name}{more}}}
"""


def project(workspace: Workspace, name: str, more: str = "") -> None:
    """A project with one clip of a file that is made for it."""
    workspace.write("video.yaml", SPEC.format(name=name, more=more))


def pitch(video: Path) -> float:
    """How many times a second the sound of a video crosses zero upwards while it is loud."""
    pcm = video.with_suffix(".pcm")
    args = [get_ffmpeg_exe(), "-nostdin", "-y", "-i", str(video), "-map", "0:a", "-ac", "1", "-f", "s16le", str(pcm)]
    subprocess.run(args, check=True, capture_output=True, timeout=60)
    sound = array.array("h", pcm.read_bytes())[: RATE // 2]
    peak = max(map(abs, sound))
    loud = [at for at, sample in enumerate(sound) if abs(sample) > peak // 2]
    part = sound[loud[0] : loud[-1]]
    return sum(one < 0 <= other for one, other in pairwise(part)) * RATE / len(part)


@pytest.mark.parametrize(("more", "expected"), [("", 1000), (", audio_track: 1", 400), (", audio_track: 2", 1000)])
def test_the_track_that_is_used_is_heard(workspace: Workspace, more: str, expected: int) -> None:
    """A clip sounds as the file's default track does, or as the selected one; a warning is in `build` and `check`."""
    clip_files.FILES["two-sounds.mkv"](workspace.root / "two-sounds.mkv")
    project(workspace, "two-sounds.mkv", more)
    checked = workspace.run("check", "video.yaml")
    built = workspace.run("build", "video.yaml", "-o", "out")
    assert (checked.code, built.code) == (0, 0), checked.stderr + built.stderr
    for outcome in (checked, built):
        warned = "video.yaml:5:30: warning: the file has 2 audio tracks" in outcome.stdout + outcome.stderr
        assert warned == (more == "")
    assert abs(pitch(workspace.root / "out" / "video.mp4") - expected) < 0.05 * expected


def test_sound_that_no_decoder_knows_stops_only_a_clip_that_plays_it(workspace: Workspace) -> None:
    """`check` and `build` name the codec where the clip is; with `audio: mute`, as the hint says, both accept it."""
    path = workspace.root / "a.mov"
    made(path, *clip_files.picture(1), *clip_files.beeps(1), *clip_files.H264, "-c:a", "pcm_s16le")
    path.write_bytes(path.read_bytes().replace(b"sowt", b"apac"))
    project(workspace, "a.mov")
    for command in ("check", "build"):
        outcome = workspace.run(command, "video.yaml")
        text = outcome.stdout + outcome.stderr
        assert outcome.code == 2, text
        assert "video.yaml:5:30:" in text
        assert "'a.mov': audio codec: expected one that ffmpeg decodes, got 'apple_apac'" in text
        assert "set 'audio: mute'" in text
    project(workspace, "a.mov", ", audio: mute")
    assert workspace.run("check", "video.yaml").code == 0
    workspace.build("-o", "out")
    assert (workspace.root / "out" / "video.mp4").is_file()


def test_an_encrypted_clip_is_called_encrypted(workspace: Workspace) -> None:
    """`check` and `build` say that the file needs a key, and not that it is damaged."""
    key = ("-encryption_scheme", "cenc-aes-ctr", "-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb")
    encrypted = (*key, "-encryption_kid", "a7e61c373e219033c21091fa607bf3b8")
    path = workspace.root / "a.mp4"
    made(path, *clip_files.picture(1), *clip_files.beeps(1), *clip_files.H264, *clip_files.AAC, *encrypted)
    project(workspace, "a.mp4")
    for command in ("check", "build"):
        outcome = workspace.run(command, "video.yaml")
        assert outcome.code != 0
        assert "'a.mp4' is encrypted: expected a file that plays without a key" in outcome.stdout + outcome.stderr
