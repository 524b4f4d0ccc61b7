"""The animate and assemble steps: scenes and transitions as an animated WebP or GIF, read by Pillow."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support.render_lab import SIZE, Drawing, apart, context, fake_ffmpeg, pixel, render_context, shown
from vidbuild import seal
from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.animated.rungs import ladder
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.motion import Effect, Motion, Track
from vidbuild.steps import animate, assemble

GROUND, BOX = (20, 20, 20), (10, 10, 40, 30)


def scene(folder: Path, frames: int = 40, fps: int = 30, late: int = 39) -> Animation:
    """A gray scene in which a white box fades in at the start, and one in the corner appears in its last frame."""
    drawing = Drawing(folder).add("background", colour=GROUND).add("box", BOX).add("late", (100, 50, 40, 30))
    tracks = {"box": Track(enter=Effect(2, 9, "fade")), "late": Track(enter=Effect(late, 0, "cut"))}
    return drawing.picture(Motion(fps, frames, tracks))


def animated(root: Path, picture: Animation, encoding: str, rungs: list[list[int]], **params: Any) -> Context:
    """Run the step for a scene."""
    whole = {"format": encoding, "rungs": rungs, "fps": picture.motion.fps, **params}
    step = render_context(root, picture, **whole)
    animate.run(step)
    return step


def assembled(root: Path, parts: list[Context], max_bytes: int | None = None, loops: int = 0) -> Context:
    """Run the step that makes a file of these parts."""
    names = [f"animate:s{number}" for number, _ in enumerate(parts)]
    own = {key: parts[0].params[key] for key in ("format", "rungs", "fps")}
    params = {**own, "order": names, "loops": loops, "max_bytes": max_bytes}
    step = context(root, params, dict(zip(names, (part.out for part in parts), strict=True)))
    assemble.run(step)
    return step


def rungs_of(encoding: str, rate: int = 10, size: tuple[int, int] = SIZE) -> list[list[int]]:
    """The ladder as a step has it."""
    return [list(rung) for rung in ladder(encoding, rate, size)]


def read(path: Path) -> list[tuple[int, Image.Image]]:
    """The frames of a file, each with its duration in milliseconds."""
    frames = []
    with Image.open(path) as file:
        for number in range(getattr(file, "n_frames", 1)):
            file.seek(number)
            file.load()
            frames.append((int(file.info["duration"]), file.convert("RGB")))
    return frames


@pytest.mark.parametrize("encoding", ["webp", "gif"])
@pytest.mark.parametrize(("fps", "rate"), [(30, 15), (30, 5), (24, 12), (60, 20), (25, 25)])
def test_the_end_of_a_scene_is_shown_whatever_the_rate(tmp_path: Path, encoding: str, fps: int, rate: int) -> None:
    """What appears in the last frame before a cut is in the image, and all durations add up to the scene's."""
    picture = scene(tmp_path / "d", 41, fps, late=40)
    step = animated(tmp_path / "a", picture, encoding, rungs_of(encoding, rate)[:1])
    frames = read(assembled(tmp_path / "b", [step]).out / f"animation.{encoding}")
    assert apart(pixel(frames[-1][1], 120, 65), (255, 255, 255)) <= 4
    assert apart(pixel(frames[-1][1], 30, 25), (255, 255, 255)) <= 4
    assert apart(pixel(frames[0][1], 120, 65), GROUND) <= 4
    assert abs(sum(duration for duration, _ in frames) - 41_000 / fps) <= 5


@pytest.mark.parametrize("encoding", ["webp", "gif"])
def test_each_image_is_the_frame_at_the_end_of_its_time(tmp_path: Path, encoding: str) -> None:
    """Every image is what the compositor makes of the last frame in its time, and none is missing."""
    picture = scene(tmp_path / "d")
    step = animated(tmp_path / "a", picture, encoding, rungs_of(encoding)[:1])
    frames = read(assembled(tmp_path / "b", [step]).out / f"animation.{encoding}")
    sources, at = shown(picture), 0
    assert len(frames) == 5, "four of the fade, and the last"
    for duration, frame in frames:
        at += duration
        for spot in ((30, 25), (120, 65), (80, 80)):
            assert apart(pixel(frame, *spot), pixel(sources[round(at * 30 / 1000) - 1], *spot)) <= 5


def test_scenes_follow_each_other_and_a_file_is_sealed(tmp_path: Path) -> None:
    """The second scene begins whole at its time, and the file plays as often as asked for."""
    one = animated(tmp_path / "1", scene(tmp_path / "d1"), "webp", rungs_of("webp")[:1])
    light = Drawing(tmp_path / "d2").add("background", colour=(200, 200, 200)).picture(Motion(30, 25))
    two = animated(tmp_path / "2", light, "webp", rungs_of("webp")[:1])
    step = assembled(tmp_path / "3", [one, two], loops=2)
    frames = read(step.out / "animation.webp")
    assert apart(pixel(frames[-1][1], 30, 25), (200, 200, 200)) <= 4
    assert frames[-1][0] == 834
    assert sum(duration for duration, _ in frames) == 2167
    assert seal.state_of(step.out / "animation.webp") == "intact"
    with Image.open(step.out / "animation.webp") as file:
        assert file.info["loop"] == 2
    assert json.loads((step.out / "render.json").read_text(encoding="utf-8"))["frames"] == 65


def test_a_transition_is_animated(tmp_path: Path) -> None:
    """The frames between two scenes mix evenly; whole scenes are composed too."""
    one = Drawing(tmp_path / "a").add("background", colour=(20, 20, 20)).picture(Motion(30, 12))
    two = Drawing(tmp_path / "b").add("background", colour=(220, 220, 220)).picture(Motion(30, 12))
    for effect in ("fade", "dip"):
        root = tmp_path / effect
        root.mkdir()
        inputs = {"a.layers": one.folder, "b.layers": two.folder}
        for side, each in (("a", one), ("b", two)):
            inputs[f"{side}.motion"] = root / f"{side}.json"
            inputs[f"{side}.motion"].write_text(each.motion.to_json(), encoding="utf-8")
        own = {"effect": effect, "frames": 12, "color": "#ffffff", "direction": "", "language": "en"}
        params = {**own, "size": list(SIZE), "format": "webp", "rungs": rungs_of("webp", 15)[:1], "fps": 30}
        step = context(root / "s", params, inputs)
        animate.run(step)
        frames = read(assembled(root / "t", [step]).out / "animation.webp")
        levels = [pixel(frame, 80, 45)[0] for _, frame in frames]
        assert len(levels) == 6
        if effect == "fade":
            assert apart(levels, [20 + 200 * (2 * k + 2) / 13 for k in range(6)]) <= 5
        else:
            assert levels[2] > 200 > levels[0] + 50, "white in the middle"


def test_images_are_scaled(tmp_path: Path) -> None:
    """Frames are scaled to the width of the rung, each as if its own frame had been."""
    step = animated(tmp_path / "a", scene(tmp_path / "d"), "webp", [[90, 10, 80, 45]])
    frames = read(assembled(tmp_path / "b", [step]).out / "animation.webp")
    assert frames[0][1].size == (80, 45)
    assert apart(pixel(frames[-1][1], 15, 12), (255, 255, 255)) <= 4
    assert apart(pixel(frames[-1][1], 40, 12), GROUND) <= 4


@pytest.mark.parametrize("encoding", ["webp", "gif"])
def test_the_first_rung_that_is_small_enough_is_taken(tmp_path: Path, encoding: str) -> None:
    """Each limit leads to the best rung below it, whose file is never larger; one byte less, to another rung."""

    def paint(draw: Any) -> None:
        for number in range(60):
            shade = 40 + 3 * number % 200
            draw.line((0, number, 90, (7 * number) % 60), fill=(shade, 255 - shade, 2 * shade % 255, 255))

    picture = scene(tmp_path / "d")
    drawing = Drawing(tmp_path / "e").add("background", colour=GROUND).add("art", (20, 20, 90, 60), paint=paint)
    picture = drawing.picture(replace(picture.motion, tracks={"art": Track(enter=Effect(3, 20, "fade"))}))
    step = animated(tmp_path / "a", picture, encoding, rungs_of(encoding, 15))
    sizes = [(assembled(tmp_path / "b", [step]).out / f"animation.{encoding}").stat().st_size]
    smallest = re.compile(r"got ([\d,]+) at the lowest quality")
    with pytest.raises(StepError, match=smallest) as raised:
        assembled(tmp_path / "none", [step], 1000)
    assert raised.value.failure.field == "output.max_bytes"
    least = int(smallest.findall(raised.value.failure.message)[0].replace(",", ""))
    while sizes[-1] > least:
        made = assembled(tmp_path / f"b{len(sizes)}", [step], sizes[-1] - 1)
        sizes.append((made.out / f"animation.{encoding}").stat().st_size)
        assert sizes[-1] < sizes[-2]
    assert len(sizes) > 4
    same = assembled(tmp_path / "same", [step], sizes[1])
    assert (same.out / f"animation.{encoding}").stat().st_size == sizes[1]


@pytest.mark.parametrize("encoding", ["webp", "gif"])
def test_the_same_bytes_are_made_again(tmp_path: Path, encoding: str) -> None:
    """Two runs of both steps write the same bytes."""
    made = []
    for number in range(2):
        step = animated(tmp_path / f"a{number}", scene(tmp_path / f"d{number}"), encoding, rungs_of(encoding))
        file = assembled(tmp_path / f"b{number}", [step]).out / f"animation.{encoding}"
        made.append((file.read_bytes(), *(path.read_bytes() for path in sorted(step.out.iterdir()))))
    assert made[0] == made[1]


def test_an_ffmpeg_that_composes_too_little_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lost frame is an error, whatever the exit code is."""
    body = f"sys.stdout.buffer.write(bytes({SIZE[0] * SIZE[1] * 3 + 5}))"
    monkeypatch.setenv(ffmpeg.VARIABLE, str(fake_ffmpeg(tmp_path / "ffmpeg", body)))
    with pytest.raises(StepError, match="composed 1 images and 5 bytes, expected 7"):
        animated(tmp_path / "a", scene(tmp_path / "d"), "webp", rungs_of("webp"))
