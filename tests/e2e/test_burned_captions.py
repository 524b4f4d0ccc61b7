"""Captions in the picture, by the pixels of videos that the real command built, sandboxed and from the cache."""

from __future__ import annotations

import io
import json
import subprocess
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pysubs2
import pytest
from PIL import Image, ImageSequence

from tests.support.marks import WALLS
from tests.support.workspace import Workspace
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.plan import burned
from vidbuild.plan.variant import VideoSpec, own_variant
from vidbuild.spec.load import load

SIZE, FPS = (640, 360), 24
ACCENT = (122, 165, 255)  # of midnight, on which a spoken word stands
HEAD = """\
vidbuild: 1
title: Captions in the picture
voice: espeak:en-us
output: {{size: {size}, fps: 24{output}}}
captions: {captions}
scenes:
"""
TWO = """\
  - {id: a, type: title, title: One, duration: 6, narration: "Each word is lit while the voice speaks it."}
  - {id: b, type: list, title: Two, items: [one, two], duration: 6, narration: "One more sentence, and two items."}
"""
WALL = """\
  - {id: a, type: image, src: wall.png, fit: cover, duration: 6, narration: "Each word is lit while it is spoken."}
  - {id: b, type: image, src: wall.png, fit: cover, duration: 6, narration: "One more sentence, and two items."}
"""
KARAOKE = "{burn: true, style: karaoke}"

Pictures = npt.NDArray[np.int16]


def spec(scenes: str = TWO, captions: str = KARAOKE, output: str = "", size: str = "640x360") -> str:
    """The text of a spec."""
    return HEAD.format(captions=captions, output=output, size=size) + scenes


def pictures(workspace: Workspace, name: str = "build/video.mp4") -> Pictures:
    """Every frame of a video, in RGB."""
    command = [str(ffmpeg.executable()), "-v", "error", "-i", name, "-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
    data = subprocess.run(command, cwd=workspace.root, capture_output=True, check=True).stdout
    return np.frombuffer(data, np.uint8).reshape(-1, SIZE[1], SIZE[0], 3).astype(np.int16)


def plates(shown: Pictures) -> npt.NDArray[np.bool_]:
    """Whether each pixel of each frame has the accent's color, as the plate of a lit word, in the lower half."""
    near = np.abs(shown[:, SIZE[1] // 2 :] - np.array(ACCENT, np.int16)).max(axis=3) < 24
    found: npt.NDArray[np.bool_] = near
    return found


def timing(workspace: Workspace, name: str = "build/video.timing.json") -> dict[str, Any]:
    """The timing file of a video."""
    data: dict[str, Any] = json.loads(workspace.read(name))
    return data


def frame(seconds: float) -> int:
    """The frame that is nearest to a time."""
    return round(seconds * FPS)


@WALLS
def test_each_word_is_lit_while_it_is_spoken(workspace: Workspace) -> None:
    """P9, V16: of a sandboxed build, the lit word goes from word to word at the times of the timing file."""
    workspace.write("video.yaml", spec())
    assert workspace.run("build", env={"VIDBUILD_SANDBOX": "required"}).code == 0
    lit, facts = plates(pictures(workspace)), timing(workspace)
    words = facts["scenes"][0]["words"]
    assert len(words) == 9
    assert not lit[: frame(words[0]["start"]) - 1].any(axis=(1, 2)).any()
    centers = []
    for word, following in pairwise(words):
        middle = frame((word["start"] + min(word["end"], following["start"])) / 2)
        assert lit[middle].sum() > 150, word
        centers.append(float(np.nonzero(lit[middle])[1].mean()))
    assert sum(one > other - 4 for one, other in pairwise(centers)) == 1  # at the end of the first line
    changes = [index + 1 for index, (one, other) in enumerate(pairwise(lit)) if (one != other).sum() > 100]
    starts = [frame(word["start"]) for word in words]
    assert changes[: len(starts)] == starts


def test_captions_are_in_the_picture_when_the_file_says(workspace: Workspace) -> None:
    """The picture has letters in the rows of captions in the frames of each caption of the SRT, and in no others."""
    Image.new("RGB", SIZE, "#336699").save(workspace.root / "wall.png")
    workspace.write("video.yaml", spec(WALL, captions="{burn: true, style: box}"))
    workspace.build()
    workspace.write("plain.yaml", spec(WALL, captions="{}"))
    workspace.build(spec="plain.yaml")
    burned, plain = pictures(workspace), pictures(workspace, "build/plain.mp4")
    assert len(burned) == len(plain)
    differs = np.abs(burned - plain).max(axis=3)
    shown = [int((each > 60).sum()) > 100 for each in differs[:, SIZE[1] // 2 :]]
    expected = [False] * len(burned)
    for event in pysubs2.load(str(workspace.root / "build" / "video.srt")):
        for index in range(frame(event.start / 1000), frame(event.end / 1000)):
            expected[index] = True
    assert shown == expected
    assert differs[:, : SIZE[1] // 2].max() < 40  # above, both show the same
    assert differs[:, -SIZE[1] // 12 :].max() < 40  # and in the lower margin


def test_nothing_is_rendered_again_when_they_are_turned_off_and_on(workspace: Workspace) -> None:
    """P1: both states stay in the cache. Other words of one scene render the rows of its captions alone."""
    workspace.write("video.yaml", spec())
    workspace.build()
    first = workspace.ran()
    assert {"burn:a", "burn:b", "typeset:a", "typeset:b", "render:a", "render:b"} <= set(first)
    video = (workspace.root / "build" / "video.mp4").read_bytes()
    workspace.write("video.yaml", spec(captions="{}"))
    workspace.build()
    assert not [step for step in workspace.ran() if step.startswith(("burn", "typeset", "speak", "audio"))]
    workspace.write("video.yaml", spec())
    workspace.build()
    assert workspace.ran() == []
    assert (workspace.root / "build" / "video.mp4").read_bytes() == video
    workspace.write("video.yaml", spec(TWO.replace("is lit", "is bright")))
    workspace.build()
    ran = workspace.ran()
    assert {"typeset:a", "burn:a"} <= set(ran)
    assert not [step for step in ran if step.startswith(("render", "draw")) or step.endswith(":b")]


def test_any_number_of_jobs_makes_the_same(workspace: Workspace) -> None:
    """V13: one worker or three, from two empty caches."""
    workspace.write("video.yaml", spec(output=", profile: standard") + "progress: dots\n")
    for jobs in ("1", "3"):
        done = workspace.run("build", "-j", jobs, "-o", f"out{jobs}", env={"VIDBUILD_CACHE": f"cache{jobs}"})
        assert done.code == 0, done.stderr
    one, three = ((workspace.root / f"out{jobs}" / "video.mp4").read_bytes() for jobs in "13")
    assert one == three


@pytest.mark.parametrize("profile", ["standard", "compat"])
def test_in_transitions_and_over_clips(workspace: Workspace, profile: str) -> None:
    """Captions go on in a transition, and are over a clip that plays; no step encodes rows of these apart."""
    target = workspace.root / "a.mp4"
    source = ("-f", "lavfi", "-i", f"testsrc2=s=640x360:r={FPS}:d=4", "-pix_fmt", "yuv420p", str(target))
    subprocess.run([str(ffmpeg.executable()), "-v", "error", *source], check=True)
    scenes = """\
  - {id: a, type: title, title: One, narration: "One.", transition: {type: fade, duration: 1}, duration: 3}
  - {id: b, type: clip, src: a.mp4, audio: mute, pause_before: 0, narration: "Words begin at once, over a clip."}
"""
    workspace.write("video.yaml", spec(scenes, output=f", profile: {profile}"))
    workspace.build()
    ran = workspace.ran()
    assert ("burn:a" in ran) == (profile == "standard")
    assert "burn:b" not in ran
    lit, words = plates(pictures(workspace)), timing(workspace)["scenes"][1]["words"]
    start = words[0]["start"]
    assert lit[frame(start) + 3].sum() > 40  # in the transition
    assert lit[frame((words[3]["start"] + words[3]["end"]) / 2)].sum() > 100


def test_in_animated_images(workspace: Workspace) -> None:
    """A WebP has captions too."""
    workspace.write("video.yaml", spec(output=", format: webp, width: 640", captions="{burn: true, style: karaoke}"))
    workspace.build()
    with Image.open(io.BytesIO((workspace.root / "build" / "video.webp").read_bytes())) as image:
        shown = [np.asarray(each.convert("RGB"), np.int16) for each in ImageSequence.Iterator(image)]
    assert max(each.sum() for each in plates(np.stack(shown))) > 150


@pytest.mark.parametrize(("kind", "size"), [("list", "640x360"), ("code", "640x360"), ("table", "360x640")])
def test_content_ends_above_the_captions(workspace: Workspace, kind: str, size: str) -> None:
    """A full scene leaves the place of the captions free: there is nothing in its picture that they would cover."""
    many = {
        "list": "items: [one, two, three, four, five, six, seven, eight]",
        "code": f'language: python, code: "{"value = 1;  # a line" + chr(92) + "n"}{"value = 2" + chr(92) + "n" * 1}" ',
        "table": "columns: [A, B], rows: [" + ", ".join(["[one, two]"] * 9) + "]",
    }[kind]
    scene = f'  - {{id: a, type: {kind}, title: One, {many}, narration: "Each word is lit."}}\n'
    text = spec(scene, "{burn: true, style: box}", size=size).replace("voice", "theme: paper\nvoice")
    path = workspace.write("video.yaml", text)
    assert workspace.run("still", "video.yaml", "a", "-o", "still.png").code == 0
    with Image.open(workspace.root / "still.png") as image:
        shown = np.asarray(image.convert("L"), dtype=np.int16)
    of = load(path)
    place = burned.place(VideoSpec(of, own_variant(of)), of.scenes[0])
    assert place is not None
    top = place.box[1]
    assert shown[top:].min() > 200
    assert shown[:top].min() < 100
