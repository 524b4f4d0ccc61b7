"""Zooms into clips through the command: the pixels of a plain decode, cropped and scaled, as the clip plays on."""

from __future__ import annotations

import json
import subprocess
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from imageio_ffmpeg import get_ffmpeg_exe
from PIL import Image, ImageChops

from tests.support.render_lab import made
from tests.support.workspace import Workspace

FPS = 30
SIZE = (320, 180)
SOURCE = (640, 360)
ACCENT = (0, 230, 0)
LINE = 3  # pixels at the edges of an enlarged part that its line covers, or blends with
MEAN = 4.5  # of 255: what scaling by another library and H.264 change on average
GROWING = 12  # frames
HEAD = """\
vidbuild: 1
title: T
output: {size: 320x180, fps: 30}
theme: {extends: midnight, accent: '#00e600'}
scenes:
"""
Box = tuple[int, int, int, int]


def decoded(file: Path) -> list[Image.Image]:
    """Return the frames of a file, decoded by ffmpeg alone."""
    args = ["-v", "error", "-i", str(file), "-fps_mode", "passthrough", "-f", "image2pipe", "-c:v", "ppm", "-"]
    flags = ["-sws_flags", "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp"]
    raw = subprocess.run([get_ffmpeg_exe(), *args[:4], *flags, *args[4:]], check=True, capture_output=True).stdout
    head = raw.index(b"255\n") + 4
    width, height = map(int, raw[:head].split()[1:3])
    length = head + width * height * 3
    return [Image.frombytes("RGB", (width, height), raw[at + head : at + length]) for at in range(0, len(raw), length)]


def recorded(space: Workspace) -> list[Image.Image]:
    """Write a recording with a counter in its upper left corner, and return its frames."""
    source = ("-f", "lavfi", "-i", f"testsrc2=s={SOURCE[0]}x{SOURCE[1]}:r={FPS}:d=4")
    tags = ("-colorspace", "bt709", "-color_range", "tv", "-vf", "scale=out_color_matrix=bt709")
    return decoded(made(space.root / "c.mkv", *source, *tags, "-c:v", "ffv1", "-pix_fmt", "yuv420p"))


def built(space: Workspace, scenes: str) -> list[Image.Image]:
    """Build a video of these scenes, and return its frames."""
    space.write("video.yaml", HEAD + scenes)
    space.build()
    return decoded(space.root / "build" / "video.mp4")


def away(shown: Image.Image, truth: Image.Image) -> float:
    """Return by how much two pictures of a size differ on average, without the line at the edges."""
    inner = (LINE, LINE, shown.width - LINE, shown.height - LINE)
    difference = ImageChops.difference(shown.crop(inner), truth.crop(inner))
    return float(np.asarray(difference, np.int16).mean())


def enlarged(frame: Image.Image, region: tuple[float, float, float, float], size: tuple[int, int]) -> Image.Image:
    """Return a region of a frame of the source in another size. region: x, y, width, height."""
    x, y, width, height = region
    return frame.resize(size, Image.Resampling.BICUBIC, box=(x, y, x + width, y + height))


def assert_shows(
    shown: Image.Image, source: list[Image.Image], index: int, region: tuple[float, float, float, float]
) -> None:
    """Require the pixels of a region of this frame of the source, and of no other near it."""
    near = range(max(0, index - 2), min(len(source), index + 3))
    found = {each: away(shown, enlarged(source[each], region, shown.size)) for each in near}
    assert found[index] < MEAN, found
    assert found[index] == min(found.values()), found


def at_speed(start: float, frames: int, speed: float) -> list[int]:
    """The frames of the source in the middle of each frame."""
    tie, first = Fraction(447, 1_000_000), Fraction(str(start))
    return [int((first + (at + Fraction(1, 2)) * Fraction(str(speed)) / FPS - tie) * FPS) for at in range(frames)]


ONCE = at_speed(1, 15, 2)  # a pass of half a second at twice the speed


PLAYED = {
    "plain": ("end: 3", [*range(90)]),
    "fast": ("start: 0.5, end: 3.5, speed: 2", at_speed(0.5, 45, 2)),
    "slow": ("start: 1, end: 2, speed: 0.4", at_speed(1, 75, 0.4)),
    "again": ("start: 1, end: 1.5, loop: true, duration: 3", [*range(30, 45)] * 6),
    "frozen": ("end: 2, freeze: [{at: 0.8, for: 1}]", [*range(24), *[24] * 30, *range(24, 60)]),
    "late": ("start: 1, end: 2, at: 1.3", [30] * 39 + [*range(30, 60)]),
    "poster": ("start: 1, end: 2, at: 1.3, poster: 3", [90] * 39 + [*range(30, 60)]),
    "ended": ("end: 1.2, duration: 3", [*range(36), *[35] * 54]),
    "all": (
        "start: 1, end: 2, speed: 2, loop: 4, at: 0.5, freeze: [{at: 1.2, for: 0.5}]",
        ONCE[:1] * 15 + ONCE + ONCE[:6] + ONCE[6:7] * 15 + ONCE[6:] + ONCE * 2,
    ),
}


def test_a_zoomed_clip_plays_on(workspace: Workspace) -> None:
    """Each frame shows the region of the frame that the clip has then, whatever its speed, passes and pauses."""
    source = recorded(workspace)
    zoom = "callouts: [{zoom: [0, 0, 160, 90], at: 0.3, until: 1.6}]"
    scenes = [f"  - {{id: {name}, type: clip, src: c.mkv, {fields}, {zoom}}}\n" for name, (fields, _) in PLAYED.items()]
    video = built(workspace, "".join(scenes))
    timing = json.loads((workspace.root / "build" / "video.timing.json").read_text(encoding="utf-8"))
    for scene in timing["scenes"]:
        numbers = PLAYED[scene["id"]][1]
        shown = video[round(scene["start"] * FPS) : round(scene["end"] * FPS)]
        for at in (0, 5, 9):
            assert_shows(shown[at], source, numbers[at], (0, 0, *SOURCE))
        enlarged_at = range(9 + GROWING, min(len(shown), 48), 2)
        assert len(enlarged_at) >= 10
        for at in enlarged_at:
            assert_shows(shown[at], source, numbers[at], (0, 0, 160, 90))
        for at in range(48 + GROWING, len(shown), 5):
            assert_shows(shown[at], source, numbers[at], (0, 0, *SOURCE))


def line(frame: Image.Image, before: Image.Image) -> Box:
    """Return the box of what differs from the frame without a zoom: left, top, right, bottom."""
    difference = np.asarray(ImageChops.difference(frame, before), np.int16).max(axis=2) > 70
    columns, rows = np.flatnonzero(difference.sum(axis=0) > 8), np.flatnonzero(difference.sum(axis=1) > 8)
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def test_the_region_grows_and_shrinks_while_the_clip_plays(workspace: Workspace) -> None:
    """From its own place to the whole area and back, in the same shape, with the frames of their times."""
    source = recorded(workspace)
    clip = "  - {id: a, type: clip, src: c.mkv, end: 3, %s}\n"
    region = (320, 180, 160, 90)
    shown = built(workspace, clip % f"callouts: [{{zoom: {[*region]}, at: 1, until: 2}}]")
    plain = built(workspace, clip % "audio: mute")
    boxes = {at: line(shown[at], plain[at]) for at in (*range(32, 40), *range(62, 69))}
    widths = [boxes[at][2] - boxes[at][0] for at in range(32, 40)]
    assert all(one < other for one, other in pairwise(widths))
    back = [boxes[at][2] - boxes[at][0] for at in range(62, 69)]
    assert all(one > other for one, other in pairwise(back))
    for at, box in boxes.items():
        width, height = box[2] - box[0], box[3] - box[1]
        assert abs(width / height - 16 / 9) < 0.06, (at, box)
        found = away(shown[at].crop(box), enlarged(source[at], region, (width, height)))
        assert found < 2.5 * MEAN, (at, box, found)


def test_a_region_of_a_framed_clip(workspace: Workspace) -> None:
    """A named region in percent fills the area of a clip that is shown whole, with as much around it as has room."""
    source = recorded(workspace)
    fields = "fit: contain, freeze: [{at: 0, for: 2}], end: 0.5"
    marks = "regions: {count: ['50%', '50%', '25%', '10%']}, callouts: [{zoom: count}]"
    shown = built(workspace, f"  - {{id: a, type: clip, src: c.mkv, {fields}, {marks}}}\n")[50]
    green = np.asarray(ImageChops.difference(shown, Image.new("RGB", SIZE, ACCENT)), np.int16).max(axis=2) < 60
    columns, rows = np.flatnonzero(green.sum(axis=0) > 60), np.flatnonzero(green.sum(axis=1) > 100)
    area = shown.crop((int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1))
    assert area.width > 0.7 * SIZE[0]
    assert away(area, enlarged(source[0], (320, 153, 160, 90), area.size)) < MEAN


def test_a_zoom_goes_on_in_a_transition(workspace: Workspace) -> None:
    """In a cross-fade, the region of a clip that is still enlarged plays on and mixes with the next scene's."""
    source = recorded(workspace)
    clip = "  - {id: %s, type: clip, src: c.mkv, start: %s, end: %s, callouts: [{zoom: %s}]}\n"
    first, second = clip % ("a", 0, 1, [0, 0, 160, 90]), clip % ("b", 2, 3, [320, 180, 160, 90])
    fade = first.replace("callouts", "transition: {type: fade, duration: 0.4}, callouts")
    shown = built(workspace, fade + second)
    for at in range(6):  # of the 12 frames of the transition, those before the next scene's zoom begins
        leaving = enlarged(source[24 + at], (0, 0, 160, 90), SIZE)
        coming = enlarged(source[60], (0, 0, *SOURCE), SIZE)
        mixed = Image.blend(leaving, coming, (at + 1) / 13)
        assert away(shown[24 + at], mixed) < 2 * MEAN, at


def test_a_zoom_waits_for_the_clip_under_an_image(workspace: Workspace) -> None:
    """An image that covers a clip is no part of it: a zoom before the clip plays is an error, and its hint works."""
    recorded(workspace)
    Image.new("RGB", (64, 36), (255, 0, 0)).save(workspace.root / "red.png")
    fields = "src: c.mkv, end: 2, at: 1.25, poster: red.png"
    scene = f"  - {{id: a, type: clip, {fields}, callouts: [{{zoom: [0, 0, 160, 90]%s}}]}}\n"
    workspace.write("video.yaml", HEAD + scene % "")
    done = workspace.run("check", "video.yaml")
    assert done.code == 2
    text = done.stdout + done.stderr
    assert f"video.yaml:6:{scene.index('{zoom') + 1}: " in text
    assert "the zoom begins at 0.0 s, but the poster covers the clip until 1.3 s" in text
    assert "hint: begin it later: 'at: 1.3'" in text
    workspace.write("video.yaml", HEAD + scene % ", at: 1.3")
    done = workspace.run("check", "video.yaml")
    assert (done.code, done.stdout) == (0, "video.yaml: ok\n")
