"""Clips in a corner of a scene, by the pixels and samples of what is built, against plain decoding of their files."""

from __future__ import annotations

import array
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from imageio_ffmpeg import get_ffmpeg_exe
from PIL import Image, ImageChops

from tests.support import clip_files
from tests.support.plain_decode import RATE, Plain, number_of, onsets, plain
from tests.support.render_lab import made
from tests.support.workspace import Workspace

WIDTH, HEIGHT, FPS = 160, 90, 25
HEAD = f"vidbuild: 1\ntitle: T\noutput: {{size: {WIDTH}x{HEIGHT}, fps: {FPS}}}\n%sscenes:\n"
SCENE = "  - {id: %s, type: title, title: A, duration: %s, overlays: [{clip: %s, %s}]}\n"
# A clip of 16:9 of size 0.7: the area of a square of 0.7 times 90 pixels, 4 pixels from the edges.
BOX = (72, 38, 156, 86)
AT, START = 0.4, 0.48
APPEARING, DISAPPEARING = 0.2, 0.12  # seconds that it takes at the most
AAC_FRAME = 1024  # samples: a scene's sound begins at the frame that is nearest to its start
FILES = (
    "plain.mp4",
    "plain.ts",
    "plain.mpg",
    "recorder.mkv",
    "picture-late.mkv",
    "joined-picture-ends-first.ts",
    "cut.mp4",
    "two-sounds.mkv",
    "silent.mp4",
    "moving.gif",
)


@dataclass(frozen=True)
class Built:
    """A built video: its frames, its samples, and scene -> where it begins, in seconds."""

    frames: list[Image.Image]
    sound: array.array[int]
    starts: Mapping[str, float]

    def at(self, scene: str, seconds: float) -> Image.Image:
        """Return the frame of a scene at a time."""
        return self.frames[round((self.starts[scene] + seconds) * FPS)]

    def audio(self, scene: str, seconds: float) -> array.array[int]:
        """Return the samples of a scene, so many seconds of them."""
        begin = (round(self.starts[scene] * RATE) + AAC_FRAME // 2) // AAC_FRAME * AAC_FRAME
        return self.sound[begin : begin + round(seconds * RATE)]


def build(space: Workspace, spec: str) -> Built:
    """Build a spec and decode its video with ffmpeg alone."""
    space.write("video.yaml", spec)
    space.build()
    video, raw, pcm = (space.root / name for name in ("build/video.mp4", "frames.rgb", "sound.pcm"))
    args = [get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", "-i", str(video), "-fps_mode", "passthrough"]
    args += ["-pix_fmt", "rgb24", "-f", "rawvideo", str(raw), "-map", "0:a", "-ac", "1", "-f", "s16le", str(pcm)]
    subprocess.run(args, check=True, timeout=120)
    data, size = raw.read_bytes(), WIDTH * HEIGHT * 3
    cut = [Image.frombytes("RGB", (WIDTH, HEIGHT), data[at : at + size]) for at in range(0, len(data), size)]
    timing = json.loads((space.root / "build" / "video.timing.json").read_text(encoding="utf-8"))
    return Built(cut, array.array("h", pcm.read_bytes()), {each["id"]: each["start"] for each in timing["scenes"]})


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, Mapping[str, Plain]]:
    """Each file in the corner of two scenes: whole from 0.4 s on, and from a later start on; with plain decoding."""
    space = Workspace(tmp_path_factory.mktemp("built") / "project")
    expected, spec = {}, HEAD % ""
    for index, name in enumerate(FILES):
        path = clip_files.FILES[name](space.root / name)
        expected[name] = plain(path, clip_files.TRACKS.get(name, 1))
        spec += SCENE % (f"whole-{index}", 2, name, f"size: 0.7, shape: rectangle, audio: keep, at: {AT}")
        spec += SCENE % (f"later-{index}", 2, name, f"size: 0.7, shape: rectangle, audio: keep, start: {START}")
    return build(space, spec), expected


@pytest.mark.parametrize("name", FILES)
def test_a_clip_in_a_corner_shows_each_picture_at_its_time(name: str, built: tuple[Built, Mapping[str, Plain]]) -> None:
    """Each frame shows the picture that is on the screen in the middle of it, counted from when the clip appears."""
    video, expected = built[0], built[1][name]
    for scene, at, start in (("whole", AT, 0.0), ("later", 0.0, START)):
        end = min(2.0, at + expected.end - start)
        for frame in range(round((at + APPEARING) * FPS), round(end * FPS) - 1):
            corner = video.at(f"{scene}-{FILES.index(name)}", frame / FPS).convert("L").crop(BOX)
            middle = start + (frame + 0.5) / FPS - at
            shown = {expected.number_at(middle - 0.002), expected.number_at(middle + 0.002)}
            assert number_of(corner.tobytes(), *corner.size) in shown, (scene, frame, middle)


@pytest.mark.parametrize("name", FILES)
def test_a_clip_in_a_corner_sounds_at_its_time(name: str, built: tuple[Built, Mapping[str, Plain]]) -> None:
    """Each beep begins within 10 ms of where plain decoding has it, counted from when the clip appears."""
    video, expected = built[0], built[1][name]
    for scene, at, start in (("whole", AT, 0.0), ("later", 0.0, START)):
        heard = onsets(video.audio(f"{scene}-{FILES.index(name)}", 2))
        cut = expected.sound[round(start * RATE) : round((start + 2 - at) * RATE)]
        wanted = [at + each for each in onsets(cut)]
        assert len(heard) == len(wanted), (scene, heard, wanted)
        assert all(abs(one - other) <= 0.012 for one, other in zip(heard, wanted, strict=True)), (heard, wanted)


def still_of(box: Image.Image) -> float:
    """Return the mean brightness of a part of a frame."""
    data = box.convert("L").tobytes()
    return sum(data) / len(data)


@pytest.fixture
def white(workspace: Workspace) -> Workspace:
    """A project with a white clip of one second."""
    made(workspace.root / "white.mp4", "-f", "lavfi", "-i", "color=white:s=64x36:r=25:d=1", "-pix_fmt", "yuv420p")
    return workspace


def test_a_clip_disappears_when_it_ends(white: Workspace) -> None:
    """A clip that is shorter than the rest of its scene disappears; one that ends just before the scene stays."""
    ended = build(white, (HEAD % "") + SCENE % ("a", 3, "white.mp4", "at: 0.4") + SCENE % ("b", 1.4, "white.mp4", ""))
    inside = (122, 68, 150, 82)
    seen = {at: still_of(ended.at("a", at).crop(inside)) > 200 for at in (0.36, 0.4 + APPEARING, 1.32, 1.56, 2.9)}
    assert list(seen.values()) == [False, True, True, False, False]
    assert still_of(ended.at("b", 0).crop(inside)) > 200
    assert still_of(ended.at("b", 1.36).crop(inside)) > 200


def test_until_ends_a_clip(white: Workspace) -> None:
    """A clip is visible until its `until`, and a warning names one that is later than the end of the clip."""
    built = build(white, (HEAD % "") + SCENE % ("a", 3, "white.mp4", "at: 0.4, until: 0.8"))
    inside = (122, 68, 150, 82)
    assert [still_of(built.at("a", at).crop(inside)) > 200 for at in (0.76, 0.8 + DISAPPEARING)] == [True, False]
    white.write("video.yaml", (HEAD % "") + SCENE % ("a", 3, "white.mp4", "until: 2.5"))
    done = white.run("check", "video.yaml")
    assert "'until' is at 2.5 s, but the clip ends at 1.0 s" in done.stderr


def test_shapes_and_corners(white: Workspace) -> None:
    """A clip is in its corner, in its shape: a circle and round corners leave out what is outside of them."""
    looks = {
        "a": ("top-left", "shape: rectangle", False, True),
        "b": ("top-right", "shape: circle", True, False),
        "c": ("bottom-left", "shape: rounded", False, False),
        "d": ("bottom-right", "shape: rectangle, fit: cover", True, True),
    }
    made(white.root / "black.mp4", "-f", "lavfi", "-i", "color=black:s=64x36:r=25:d=0.4", "-pix_fmt", "yuv420p")
    scene = "  - {id: %s, type: clip, src: black.mp4, overlays: [{clip: white.mp4, corner: %s, %s}]}\n"
    video = build(white, HEAD % "" + "".join(scene % (name, *look[:2]) for name, look in looks.items()))
    for name, (corner, _, square, sharp) in looks.items():
        shown = video.at(name, 0.2).convert("L").point([0] * 200 + [255] * 56)
        left, top, right, bottom = shown.getbbox() or (0, 0, 0, 0)
        assert (left < 8, right > WIDTH - 8) == (corner.endswith("left"), corner.endswith("right")), name
        assert (top < 8, bottom > HEIGHT - 8) == (corner.startswith("top"), corner.startswith("bottom")), name
        assert (right - left == bottom - top) == square, name
        assert (shown.getpixel((left, top)) == 255) == sharp, name
        assert shown.getpixel(((left + right) // 2, (top + bottom) // 2)) == 255, name


def test_two_layers_of_one_file_beside_a_clip_scene(white: Workspace) -> None:
    """A clip scene can have the same file in two corners."""
    both = "{clip: white.mp4}, {clip: white.mp4, corner: top-left}"
    spec = HEAD % "" + f"  - {{id: a, type: clip, src: white.mp4, overlays: [{both}]}}\n"
    assert still_of(build(white, spec).at("a", 0.5)) > 200


@pytest.mark.parametrize("effect", ["fade", "push", "morph"])
def test_a_clip_goes_on_in_a_transition(workspace: Workspace, effect: str) -> None:
    """In a transition, the clip of the leaving scene goes on, and that of the coming one begins with its own frames."""
    made(workspace.root / "n.mp4", *clip_files.picture(4), *clip_files.H264)
    look = "size: 0.7, shape: rectangle"
    scenes = SCENE % ("a", 2, "n.mp4", look) + SCENE % ("b", 2, "n.mp4", f"{look}, start: 1")
    with_it = build(workspace, HEAD % f"defaults: {{transition: {{type: {effect}, duration: 0.8}}}}\n" + scenes)
    # The first frame of a scene in its transition is that of the file at its start plus half of the transition.
    for scene, seconds, number in (("a", 1.56, 39), ("b", 0.44, 36)):
        corner = with_it.at(scene, seconds).convert("L").crop(BOX)
        assert number_of(corner.tobytes(), *corner.size) == number
    moving = ImageChops.difference(with_it.at("a", 1.8), with_it.at("a", 1.88)).crop(BOX).getbbox()
    assert moving is not None
