"""WebM and the codecs of MP4s, through the real command."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import decoding
from tests.support.decoding import Decoder
from tests.support.render_lab import decoded, differ, fake_ffmpeg
from tests.support.workspace import Workspace
from vidbuild.media.ffmpeg import ffmpeg

SPEC = """vidbuild: 1
title: A video
output: {size: 320x180, %s}
voice: espeak:en-us
also: [page]
defaults: {transition: {type: fade, duration: 0.2}}
scenes:
  - {id: one, type: title, title: One, narration: "The first one."}
  - {id: two, type: list, items: [First, Second], duration: 1}
  - {id: three, type: title, title: Three, duration: 1}
"""
CASES = {
    "vp9": ("format: webm", "webm"),
    "av1": ("format: webm, codec: av1", "webm"),
    "av1-mp4": ("codec: av1", "mp4"),
    "hevc": ("codec: hevc", "mp4"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_video_has_its_files_and_is_made_scene_by_scene(workspace: Workspace, case: str) -> None:
    """All files of a video are written; an edited scene is encoded again with its transition, and no other."""
    settings, suffix = CASES[case]
    workspace.write("video.yaml", SPEC % settings)
    first = workspace.build().data
    names = [Path(each["path"]).name for each in first["outputs"]]
    beside = ("srt", "vtt", "timing.json", "report.html", "poster.png", "html")
    assert names == [f"video.{suffix}", *(f"video.{each}" for each in beside)]
    seen = decoding.strictly(workspace.root / "build" / names[0], Decoder(ffmpeg.executable(), ()))
    assert len(seen.digests) == round(first["video_seconds"] * 30)
    page = workspace.read("build/video.html")
    assert f'<source src="video.{suffix}" type="video/{suffix}; codecs=' in page
    assert workspace.build().data["status"] == "up-to-date"
    workspace.write("video.yaml", SPEC.replace("title: Three", "title: Drei") % settings)
    workspace.build()
    changed = ["captions", "draw:three", "mux", "render:three", "report", "transcript", "transition:two+three"]
    assert sorted(workspace.ran()) == changed, "no other scene, and not the audio"


@pytest.mark.parametrize("case", CASES)
def test_the_same_bytes_from_any_number_of_jobs_and_processors(workspace: Workspace, case: str) -> None:
    """One job on one processor makes the same file as several on all."""
    workspace.write("video.yaml", SPEC % CASES[case][0])
    digests = [each["sha256"] for each in workspace.build("-j", "4").data["outputs"]]
    shutil.rmtree(workspace.root / ".vidbuild")
    processor = min(os.sched_getaffinity(0))
    code = f"import os, sys; os.sched_setaffinity(0, {{{processor}}}); os.execv(sys.argv[1], sys.argv[1:])"
    vidbuild = Path(sys.executable).with_name("vidbuild")
    done = subprocess.run(
        [sys.executable, "-c", code, vidbuild, "build", "video.yaml", "-j", "1", "--json"],
        cwd=workspace.root,
        capture_output=True,
        check=True,
        text=True,
    )
    assert re.findall(r'"sha256": "([0-9a-f]{64})"', done.stdout) == digests


def test_a_missing_encoder_is_found_by_check(workspace: Workspace, tmp_path: Path) -> None:
    """An ffmpeg without the encoder is an error at the codec, before anything is rendered."""
    real = str(ffmpeg.executable())
    body = f"""import subprocess
if args[-1] == "-encoders" or "-encoders" in args:
    out = subprocess.run([{real!r}, *args], stdout=subprocess.PIPE).stdout
    sys.stdout.buffer.write(b"".join(line for line in out.splitlines(True) if b"libsvtav1" not in line))
    sys.exit(0)
os.execv({real!r}, [{real!r}, *args])"""
    program = fake_ffmpeg(tmp_path / "ffmpeg", body)
    workspace.write("video.yaml", SPEC % "codec: av1")
    done = workspace.run("check", "video.yaml", env={"VIDBUILD_FFMPEG": str(program)})
    assert done.code == 1
    message = "ffmpeg has no encoder 'libsvtav1', which the codec 'av1' needs"
    assert f"video.yaml:3:32: encoder failed: {message}" in done.stderr
    assert "unset VIDBUILD_FFMPEG" in done.stderr
    assert workspace.run("check", "video.yaml").code == 0
    workspace.write("video.yaml", SPEC % "codec: hevc")
    assert workspace.run("check", "video.yaml", env={"VIDBUILD_FFMPEG": str(program)}).code == 0


def test_outputs_have_codecs_of_their_own(workspace: Workspace) -> None:
    """An output takes the spec's codec only if its format has it, and can be chosen by its name."""
    outputs = """outputs:
  - {name: web, format: webm}
  - {name: small, scenes: [two]}
  - {name: clip, format: gif, width: 160}
"""
    text = SPEC.replace("voice:", outputs + "voice:").replace("also: [page]\n", "")
    workspace.write("video.yaml", text % "codec: av1")
    outputs_made = workspace.build("--output-name", "small", "--output-name", "web").data["outputs"]
    names = [Path(each["path"]).name for each in outputs_made if each["kind"] == "video"]
    assert sorted(names) == ["video.small.mp4", "video.web.webm"]
    found = {name: decoding.packets(workspace.root / "build" / name) for name in names}
    assert all(found.values())
    assert b"V_AV1" in (workspace.root / "build" / "video.web.webm").read_bytes()
    assert b"av01" in (workspace.root / "build" / "video.small.mp4").read_bytes()


def test_a_draft_of_a_webm_is_an_mp4(workspace: Workspace) -> None:
    """A draft is H.264 whatever the codec of the video is."""
    workspace.write("video.yaml", SPEC % "format: webm, codec: av1")
    (video, *_) = workspace.build("--draft").data["outputs"]
    assert video["path"].endswith(".draft.mp4")
    assert b"avc1" in (workspace.root / video["path"]).read_bytes()


def test_the_file_can_be_named(workspace: Workspace) -> None:
    """`-o NAME.webm` names the file of a WebM; for another format it is refused with a way out."""
    workspace.write("video.yaml", SPEC % "format: webm")
    workspace.build("-o", "talk.webm")
    assert (workspace.root / "talk.webm").is_file()
    refused = workspace.run("build", "video.yaml", "-o", "talk.mp4")
    assert refused.code == 2
    assert "the format of the video is 'webm'" in refused.stderr


@pytest.mark.parametrize("case", CASES)
def test_captions_are_burned_into_every_codec(workspace: Workspace, case: str) -> None:
    """Captions in the picture and a mark of progress are part of each scene, which lack the rows of H.264's."""
    spec = SPEC.replace("also: [page]", "captions: {burn: true, style: box}\nprogress: bar") % CASES[case][0]
    workspace.write("video.yaml", spec)
    ran = workspace.build().data["steps"]["ran"]
    assert "typeset:one" in ran
    assert not {"burn:one", "strip:one"} & set(ran)
    shown = decoded(workspace.root / "build" / f"video.{CASES[case][1]}", (320, 180))
    plain = SPEC.replace("also: [page]", "progress: bar") % CASES[case][0]
    workspace.write("video.yaml", plain)
    workspace.build()
    without = decoded(workspace.root / "build" / f"video.{CASES[case][1]}", (320, 180))
    changed = [differ(one, other) > 1 for one, other in zip(shown, without, strict=True)]
    assert any(changed[:40])
    assert not any(changed[-20:]), "nothing is spoken there"
