"""How long a clip is, what it shows and when it sounds: over files as people have them, against plain decoding."""

from __future__ import annotations

import array
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from tests.support import clip_files
from tests.support.plain_decode import RATE, Plain, number_of, onsets, plain
from tests.support.workspace import Workspace

SIZE = (160, 90)
FPS = 25
AAC_FRAME = 1024  # samples: each scene's sound begins at the frame that is nearest to the scene's start
FADE = 0.03  # seconds: more than a scene's sound takes to fade in
START = 0.48  # of the second scene of each file


@dataclass(frozen=True)
class Scene:
    """What a scene of a built video shows and plays."""

    numbers: tuple[int, ...]
    sound: array.array[int]


@dataclass(frozen=True)
class Built:
    """The scenes of a video, by id."""

    scenes: Mapping[str, Scene]


def nearest_frame(seconds: float) -> int:
    """The sample with which the AAC frame begins that is nearest to a time; the later one of two."""
    return (round(seconds * RATE) + AAC_FRAME // 2) // AAC_FRAME * AAC_FRAME


def decoded(video: Path) -> tuple[list[int], array.array[int]]:
    """Decode a built video: the numbers that its frames show, and its samples."""
    gray, pcm = video.with_suffix(".gray"), video.with_suffix(".pcm")
    args = [get_ffmpeg_exe(), "-nostdin", "-y", "-i", str(video), "-map", "0:v", "-fps_mode", "passthrough"]
    args += ["-pix_fmt", "gray", "-f", "rawvideo", str(gray), "-map", "0:a", "-ac", "1", "-f", "s16le", str(pcm)]
    subprocess.run(args, check=True, capture_output=True, timeout=300)
    frame = SIZE[0] * SIZE[1]
    data = gray.read_bytes()
    return (
        [number_of(data[at : at + frame], *SIZE) for at in range(0, len(data), frame)],
        array.array("h", pcm.read_bytes()),
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[Path, Plain]]:
    """Every file, and what plain decoding makes of it."""
    folder = tmp_path_factory.mktemp("files")
    made = {name: make(folder / name) for name, make in clip_files.FILES.items()}
    return {name: (path, plain(path, clip_files.TRACKS.get(name, 1))) for name, path in made.items()}


@pytest.fixture(scope="module")
def built(files: Mapping[str, tuple[Path, Plain]], tmp_path_factory: pytest.TempPathFactory) -> Built:
    """One video of all files: each whole, and each from a later start on."""
    project = Workspace(tmp_path_factory.mktemp("built") / "project")
    lines = ["vidbuild: 1", "title: Clips", f"output: {{size: {SIZE[0]}x{SIZE[1]}, fps: {FPS}}}", "scenes:"]
    for index, (name, (path, expected)) in enumerate(files.items()):
        project.write(name, path.read_bytes())
        lines += [f"  - {{id: whole-{index}, type: clip, src: {name}}}"]
        lines += [f"  - {{id: later-{index}, type: clip, src: {name}, start: {START}}}"] if later(expected) else []
    project.write("video.yaml", "\n".join(lines) + "\n")
    project.build("-o", "out")
    numbers, sound = decoded(project.root / "out" / "video.mp4")
    timing = json.loads((project.root / "out" / "video.timing.json").read_text(encoding="utf-8"))
    scenes = {}
    for scene in timing["scenes"]:
        first, last = round(scene["start"] * FPS), round(scene["end"] * FPS)
        begin, end = (nearest_frame(scene[name]) for name in ("start", "end"))
        part = sound[begin:end]
        scenes[scene["id"]] = Scene(tuple(numbers[first:last]), part)
    return Built(scenes)


def later(expected: Plain) -> bool:
    """Whether a file is long enough for a start later than its beginning."""
    return expected.end > START + 0.1


def parts(name: str, files: Mapping[str, tuple[Path, Plain]], built: Built) -> list[tuple[float, Scene]]:
    """Return the start and the scene of each part of a file that the video has: all of it, and the later one."""
    index = list(files).index(name)
    found = [(0.0, built.scenes[f"whole-{index}"])]
    return [*found, (START, built.scenes[f"later-{index}"])] if later(files[name][1]) else found


def test_most_files_have_a_later_part(files: Mapping[str, tuple[Path, Plain]]) -> None:
    """The files long enough to be played from a later start are the rule."""
    assert sum(later(expected) for _, expected in files.values()) > len(files) * 0.8


@pytest.mark.parametrize("name", clip_files.FILES)
def test_a_clip_is_as_long_as_plain_decoding_finds(
    name: str, files: Mapping[str, tuple[Path, Plain]], built: Built
) -> None:
    """N2: a clip lasts until the last picture and the last sample of its file have been presented, to a frame."""
    index, expected = list(files).index(name), files[name][1]
    assert abs(len(built.scenes[f"whole-{index}"].numbers) / FPS - expected.end) <= 1 / FPS


@pytest.mark.parametrize("name", clip_files.FILES)
def test_a_clip_shows_each_picture_at_its_time(
    name: str, files: Mapping[str, tuple[Path, Plain]], built: Built
) -> None:
    """N2: each frame shows the picture that is on the screen in the middle of it, from any start on."""
    expected = files[name][1]
    for start, scene in parts(name, files, built):
        for frame, number in enumerate(scene.numbers):
            middle = start + (frame + 0.5) / FPS
            shown = {expected.number_at(middle - 0.002), expected.number_at(middle + 0.002)}
            assert number in shown, (start, frame, middle)


@pytest.mark.parametrize("name", clip_files.FILES)
def test_a_clip_sounds_at_its_time(name: str, files: Mapping[str, tuple[Path, Plain]], built: Built) -> None:
    """N2: each beep begins within 10 ms of where plain decoding has it, from any start on, and there are no others."""
    for start, scene in parts(name, files, built):
        first = round(start * RATE)
        want, got = (
            [at for at in onsets(sound) if at > FADE]  # what sounds at the start fades in
            for sound in (files[name][1].sound[first : first + len(scene.sound)], scene.sound)
        )
        assert len(got) == len(want), (start, got, want)
        assert all(abs(one - other) <= 0.010 for one, other in zip(got, want, strict=True)), (start, got, want)
