"""Footage: several clips on one narration, crops that keep a point, and subtitles, by the pixels of built videos."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from imageio_ffmpeg import get_ffmpeg_exe
from numpy.typing import NDArray

from tests.support.clip_lab import numbered
from tests.support.plain_decode import COLUMNS
from tests.support.render_lab import made
from tests.support.workspace import Workspace

SIZE = (160, 90)
FPS = 25
H264 = ("-c:v", "libx264", "-qp", "4", "-g", "25", "-pix_fmt", "yuv420p")
RATE = 48_000
NARRATION = "Here is the first sentence. The second one is here. A third one follows. And the last one ends it."
HEAD = f"vidbuild: 1\ntitle: F\nvoice: espeak:en-us\noutput: {{size: %dx%d, fps: {FPS}}}\nscenes:\n"
SPEC = (
    HEAD % SIZE
    + f"""\
  - id: two
    type: clip
    audio: mute
    clips: [{{src: a.mov, start: 1}}, {{src: b.mov, speed: 2}}]
    narration: {NARRATION}
  - id: four
    type: clip
    audio: mute
    clips: [{{src: a.mov}}, {{src: b.mov}}, {{src: a.mov, start: 2}}, {{src: b.mov, start: 1, end: 1.4, loop: true}}]
    narration: {NARRATION}
  - id: cue
    type: clip
    audio: mute
    clips: [{{src: a.mov, loop: false, end: 0.4}}, {{src: b.mov, at: now}}]
    narration: One two three [[now]] four five six.
  - id: turn
    type: clip
    clips:
      - {{src: a.mov, end: 1}}
      - {{src: b.mov, start: 1, end: 2, speed: 2}}
      - {{src: a.mov, start: 3, end: 3.2, loop: 3}}
  - id: shared
    type: clip
    duration: 4
    clips: [{{src: a.mov, weight: 3}}, {{src: b.mov}}]
"""
)

Gray = NDArray[np.uint8]
Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Scene:
    """What a scene of a built video shows and plays. timing: its part of timing.json."""

    pictures: Gray
    sound: Samples
    timing: dict[str, Any]

    @property
    def numbers(self) -> list[int]:
        """The numbers of its pictures; those of the second recording are negative, since its columns are reversed."""
        return [number(picture) for picture in self.pictures]

    def word(self, text: str) -> int:
        """The frame at which a word begins, by the times of the voice."""
        start: float = next(word["start"] for word in self.timing["words"] if word["text"] == text)
        return round((start - float(self.timing["start"])) * FPS)


def number(picture: Gray) -> int:
    """The number that a picture shows; negative and less one of the recording whose lower half is white."""
    height, width = picture.shape
    row = picture[height // 4]
    value = sum(int(row[int((bit + 0.5) * width / COLUMNS)] > 128) << bit for bit in range(COLUMNS))
    return -value - 1 if picture[-4:].min() > 128 else value


def decoded(project: Workspace, size: tuple[int, int], pixels: str = "gray", name: str = "video") -> dict[str, Scene]:
    """Decode a built video with plain ffmpeg and return its scenes."""
    video = project.root / "out" / f"{name}.mp4"
    raw, pcm = video.with_suffix(".raw"), video.with_suffix(".pcm")
    args = [get_ffmpeg_exe(), "-nostdin", "-y", "-i", str(video), "-map", "0:v", "-fps_mode", "passthrough"]
    args += ["-pix_fmt", pixels, "-f", "rawvideo", str(raw), "-map", "0:a", "-ac", "1", "-f", "f32le", str(pcm)]
    subprocess.run(args, check=True, capture_output=True, timeout=300)
    shape = (-1, size[1], size[0]) if pixels == "gray" else (-1, size[1], size[0], 3)
    pictures, sound = np.fromfile(raw, np.uint8).reshape(shape), np.fromfile(pcm, np.float32)
    timing = json.loads(video.with_suffix(".timing.json").read_text(encoding="utf-8"))
    return {
        scene["id"]: Scene(
            pictures[round(scene["start"] * FPS) : round(scene["end"] * FPS)],
            sound[round(scene["start"] * RATE) : round(scene["end"] * RATE)],
            scene,
        )
        for scene in timing["scenes"]
    }


def recordings(root: Path) -> None:
    """Write two recordings of numbered pictures with a tone each; the second one is white at its lower edge."""
    for name, tone, drawn in (
        ("a.mov", 500, ()),
        ("b.mov", 900, ("-vf", "drawbox=y=ih*3/4:h=ih/4:color=white:t=fill")),
    ):
        sound = ("-f", "lavfi", "-i", f"sine=f={tone}:d=4:r={RATE}")
        made(root / name, *numbered(FPS), *sound, *drawn, "-t", "4", *H264, "-c:a", "pcm_s16le")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """One video of scenes with several clips, built."""
    space = Workspace(tmp_path_factory.mktemp("footage") / "project")
    recordings(space.root)
    space.write("video.yaml", SPEC)
    space.build("-o", "out")
    return space


@pytest.fixture(scope="module")
def built(project: Workspace) -> dict[str, Scene]:
    """Its scenes."""
    return decoded(project, SIZE)


def test_two_clips_change_with_a_sentence(built: dict[str, Scene]) -> None:
    """Two clips on four sentences change in the frame in which the third one begins, each from its own start."""
    scene = built["two"]
    cut = scene.word("A")
    assert scene.numbers[:cut] == [min(25 + index, 99) for index in range(cut)]
    shown = [-each - 1 for each in scene.numbers[cut:]]
    assert all(each >= 0 for each in shown)
    assert shown[:10] == [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]


def test_a_clip_for_each_sentence(built: dict[str, Scene]) -> None:
    """Four clips on four sentences change with each; the last one is repeated as long as the scene lasts."""
    scene = built["four"]
    cuts = [scene.word(first) for first in ("The", "A", "And")]
    numbers = scene.numbers
    assert numbers[: cuts[0]] == [*range(cuts[0])]
    assert numbers[cuts[0] : cuts[1]] == [-index - 1 for index in range(cuts[1] - cuts[0])]
    assert numbers[cuts[1] : cuts[2]] == [50 + index for index in range(cuts[2] - cuts[1])]
    assert numbers[cuts[2] :] == [-(25 + index % 10) - 1 for index in range(len(numbers) - cuts[2])]


def test_a_cue_and_a_last_frame(built: dict[str, Scene]) -> None:
    """A clip begins in the frame of its cue; the last frame of the shorter one before stays until then."""
    scene = built["cue"]
    cut = scene.word("four")
    assert scene.numbers[:cut] == [min(index, 9) for index in range(cut)]
    assert scene.numbers[cut : cut + 5] == [-1, -2, -3, -4, -5]


def test_without_narration_each_clip_plays_to_its_end(built: dict[str, Scene]) -> None:
    """The scene lasts as long as all of them together, at their speeds and with their passes, in picture and sound."""
    scene = built["turn"]
    half = [-(25 + 2 * index) - 1 for index in range(12)]
    assert scene.numbers[:25] == [*range(25)]
    assert scene.numbers[25:37] == half
    assert len(scene.numbers) == 25 + 13 + 15 or len(scene.numbers) == 25 + 12 + 15
    assert scene.numbers[-15:] == [75, 76, 77, 78, 79] * 3
    assert pitch(scene.sound, 0.5) == pytest.approx(500, abs=10)
    assert pitch(scene.sound, 1.25) == pytest.approx(900, abs=10)
    assert pitch(scene.sound, 1.65) == pytest.approx(500, abs=10)


def test_clips_share_a_duration_by_their_weights(built: dict[str, Scene]) -> None:
    """Of four seconds, a clip of weight 3 gets three, and the other one the last."""
    assert built["shared"].numbers == [*range(75), *(-index - 1 for index in range(25))]


def pitch(sound: Samples, time: float, span: float = 0.1) -> float:
    """The loudest pitch around a time, to 2 Hz."""
    part = sound[round((time - span / 2) * RATE) : round((time + span / 2) * RATE)]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), RATE // 2))
    return 2.0 * float(spectrum.argmax())


def test_a_change_of_one_clip_runs_its_scene_alone(project: Workspace) -> None:
    """Another start of one clip renders its scene again, and no other one; nothing is spoken or drawn again."""
    project.write("video.yaml", SPEC.replace("{src: a.mov, start: 1}", "{src: a.mov, start: 1.2}"))
    project.build("-o", "out")
    ran = project.ran()
    assert {step for step in ran if step.startswith(("render", "timeline", "speak", "draw"))} == {
        "timeline:two",
        "render:two",
    }
    project.write("video.yaml", SPEC)


CROP = """\
  - {id: middle, type: clip, src: a.mov, duration: 0.4}
  - {id: left, type: clip, src: a.mov, duration: 0.4, focal_point: [0%, 50%]}
  - {id: right, type: clip, src: a.mov, duration: 0.4, focal_point: [100%, 50%]}
  - {id: third, type: clip, src: a.mov, duration: 0.4, focal_point: [35%, 50%]}
  - {id: image, type: image, src: a.png, fit: cover, duration: 0.4, focal_point: [35%, 50%]}
  - {id: vector, type: image, src: a.svg, fit: cover, duration: 0.4, focal_point: [35%, 50%]}
  - {id: behind, type: title, title: ., duration: 0.4, background: {image: a.png, dim: 0, focal_point: [100%, 50%]}}
  - id: pointed
    type: clip
    src: a.mov
    duration: 0.4
    focal_point: [100%, 50%]
    callouts: [{blur: ["90%", "40%", "10%", "20%"]}]
"""


def test_crops_keep_a_point(workspace: Workspace) -> None:
    """In a vertical video, the columns of a wide picture that are shown are those around its focal point."""
    ramp = "geq=lum='16+219*X/W':cb=128:cr=128"
    wide = ("-f", "lavfi", "-i", f"color=black:s=640x180:r={FPS},format=yuv444p,{ramp}")
    made(workspace.root / "a.mov", *wide, "-t", "1", "-c:v", "libx264", "-qp", "2", "-pix_fmt", "yuv420p")
    made(workspace.root / "a.png", *wide, "-frames:v", "1")
    stripes = "".join(
        f'<rect x="{x}" width="1" height="180" fill="rgb({x * 255 // 640},{x * 255 // 640},{x * 255 // 640})"/>'
        for x in range(640)
    )
    workspace.write("a.svg", f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="180">{stripes}</svg>')
    workspace.write("video.yaml", HEAD % (90, 180) + CROP)
    workspace.build("-o", "out")
    found = decoded(workspace, (90, 180))

    def shown(scene: str) -> tuple[float, float]:
        """The first and the last column of the source that a scene shows."""
        picture = found[scene].pictures[5]
        rows = picture[20:60]
        return float(rows[:, :2].mean()) / 255 * 640, float(rows[:, -2:].mean()) / 255 * 640

    assert shown("middle") == pytest.approx((275, 365), abs=9)
    assert shown("left") == pytest.approx((0, 90), abs=9)
    assert shown("right") == pytest.approx((550, 640), abs=9)
    for scene in ("third", "image", "vector"):
        assert shown(scene) == pytest.approx((0.35 * 640 - 45, 0.35 * 640 + 45), abs=9)
    hidden, plain = (found[scene].pictures[5][75:105, 30:].astype(int) for scene in ("pointed", "right"))
    assert np.abs(hidden - plain).max() > 20  # where the region is in the crop
    hidden, plain = (found[scene].pictures[5][:60].astype(int) for scene in ("pointed", "right"))
    assert np.abs(hidden - plain).max() < 8


SUBTITLED = """\
  - id: karaoke
    type: clip
    src: a.mov
    loop: true
    audio: mute
    subtitles: karaoke
    narration: &text Every word is lit. Then it ends.
  - {id: lower, type: clip, src: a.mov, loop: true, audio: mute, subtitles: lower, narration: *text}
  - {id: none, type: clip, src: a.mov, loop: true, audio: mute, narration: *text}
"""


def test_the_spoken_word_is_lit(workspace: Workspace) -> None:
    """In the middle of each word, by the times of the voice, its plate is in the accent's color, from left to right."""
    size = (480, 270)
    made(workspace.root / "a.mov", "-f", "lavfi", "-i", f"color=gray:s=480x270:r={FPS}", "-t", "1", *H264)
    workspace.write("video.yaml", HEAD % size + SUBTITLED)
    workspace.build("-o", "out")
    found = decoded(workspace, size, "rgb24")
    accent = np.array([0x7A, 0xA5, 0xFF])
    scene = found["karaoke"]
    words = scene.timing["words"]
    centers: list[float] = []
    for word in words:
        middle = (word["start"] + word["end"]) / 2 - scene.timing["start"]
        picture = scene.pictures[int(middle * FPS)].astype(int)
        lit = np.abs(picture - accent).max(axis=2) < 24
        assert lit.sum() > 60, word
        centers.append(float(np.nonzero(lit)[1].mean()))
    first, second = centers[:4], centers[4:]
    assert all(one < other - 8 for part in (first, second) for one, other in pairwise(part))
    before = scene.pictures[max(0, int((words[0]["start"] - scene.timing["start"]) * FPS) - 2)].astype(int)
    assert np.abs(before - before[0, 0]).max() < 16  # nothing is there before the first word


def test_subtitles_change_with_the_sentence(workspace: Workspace) -> None:
    """The plate of `lower` is there from the first word on, and becomes another one as the second sentence begins."""
    size = (480, 270)
    made(workspace.root / "a.mov", "-f", "lavfi", "-i", f"color=gray:s=480x270:r={FPS}", "-t", "1", *H264)
    workspace.write("video.yaml", HEAD % size + SUBTITLED)
    workspace.build("-o", "out")
    found = decoded(workspace, size)
    scene, plain = found["lower"], found["none"]
    assert len(scene.pictures) == len(plain.pictures)
    differs = [int((np.abs(one.astype(int) - 128) > 40).sum()) for one in scene.pictures]
    begin, change = scene.word("Every"), scene.word("Then")
    assert max(differs[:begin]) == 0
    assert min(differs[begin:]) > 500
    inside = [np.abs(one.astype(int) - other).max() for one, other in pairwise(scene.pictures)]
    assert [index + 1 for index, each in enumerate(inside) if each > 60] == [begin, change]
    assert max(int(np.abs(each.astype(int) - 128).max()) for each in plain.pictures) < 16
