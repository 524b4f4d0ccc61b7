"""A strip that is encoded apart takes the place of a segment's lower rows, checked with independent decoders."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageDraw

from tests.support import decoding, render_lab
from tests.support.render_lab import Drawing, render_context
from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.h264 import h264, segment
from vidbuild.media.h264.h264 import H264Error
from vidbuild.media.h264.strip import inserted
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.bands import ROW
from vidbuild.media.render.changed_frames import changed_frames
from vidbuild.media.render.motion import Effect, Motion, Track
from vidbuild.steps import render, strip

SIZE, STRIP = (192, 234), 11  # the lowest 26 pixels: two rows of macroblocks, of which the last is cut off
TOP = 13 * ROW
CODE = b"\x00\x00\x00\x01"


def hatched(draw: ImageDraw.ImageDraw) -> None:
    """Lines that show whatever is predicted from behind an edge."""
    choose = random.Random(7)
    for y in range(0, SIZE[1], 5):
        draw.line((0, y, SIZE[0], y + choose.randrange(5)), fill=(choose.randrange(256), 90, y % 256), width=1 + y % 3)


def scene(folder: Path, *boxes: tuple[int, int], frames: int = 60, fps: int = 30, leave: bool = False) -> Animation:
    """Items, each (top, height), that rise one after the other over a background full of lines."""
    drawing, tracks = Drawing(folder, SIZE).add("background", paint=hatched), {}
    for index, (top, height) in enumerate(boxes):
        drawing.add(f"item-{index}", (20 + 8 * index, top, 100, height), (230 - 70 * index, 240, 60 + 60 * index))
        tracks[f"item-{index}"] = Track(enter=Effect(5 + 20 * index, 8, "rise"))
    drawing.having("background", stays=True)
    leaving = Effect(frames - 6, 6, "fade") if leave else None
    return drawing.picture(Motion(fps, frames, tracks, exit=leaving))


@dataclass
class Both:
    """What the two steps write: the segment and the strip, and the whole that is made of them."""

    segment: bytes
    strip: bytes

    @property
    def units(self) -> list[bytes]:
        """The whole's slices."""
        index = inserted(self.segment, segment.read(self.segment), self.strip)
        data = self.segment + self.strip
        assert [len(frame) for frame in segment.frames(data, index)] == list(index.sizes)
        spans = list(zip(index.slices[::2], index.slices[1::2], strict=True))
        return [data[start:end] for start, end in spans]

    def written(self, path: Path) -> Path:
        """The whole as a stream by itself."""
        sets = h264.scan(self.segment).sets
        path.write_bytes(b"".join(CODE + unit for unit in (*sets, *self.units)))
        return path


def marked(root: Path, picture: Animation, mark: Path) -> Context:
    """Return a step's context with a mark among its inputs."""
    own = render_context(root, picture, strip=STRIP)
    return replace(own, inputs={**own.inputs, "progress": mark})


def made(root: Path, picture: Animation, mark: tuple[int, int, int, int] = (0, 224, 70, 10)) -> Both:
    """Run both steps of a picture with a mark."""
    Drawing(root / "mark", SIZE).add("progress", mark, (250, 40, 40)).having("progress", stays=True).done()
    plain = render_context(root / "render", picture, strip=STRIP)
    render.run(plain)
    own = marked(root / "strip", picture, root / "mark")
    strip.run(own)
    assert [path.name for path in own.out.iterdir()] == ["strip.h264"]
    return Both((plain.out / render.SEGMENT).read_bytes(), (own.out / strip.STRIP).read_bytes())


def samples(path: Path) -> list[bytes]:
    """Every frame of a stream as the decoder's own samples."""
    target = render_lab.made(path.with_suffix(".yuv"), "-i", str(path), "-fps_mode", "passthrough", "-f", "rawvideo")
    data, each = target.read_bytes(), SIZE[0] * SIZE[1] * 3 // 2
    return [data[at : at + each] for at in range(0, len(data), each)]


def rows(frame: bytes, top: int, end: int) -> list[bytes]:
    """Rows of pixels [top, end) of a 4:2:0 frame: those of each plane."""
    width, size = SIZE[0], SIZE[0] * SIZE[1]
    chroma = (frame[at + top * width // 4 : at + end * width // 4] for at in (size, size + size // 4))
    return [frame[top * width : end * width], *chroma]


SCENES: dict[str, tuple[tuple[tuple[int, int], ...], dict[str, Any]]] = {
    "still": ((), {}),
    "above": (((40, 40),), {}),
    "into the strip": (((40, 40), (180, 50)), {}),
    "in the strip alone": (((212, 20),), {}),
    "with an exit": (((60, 30),), {"leave": True}),
    "one frame": ((), {"frames": 1}),
    "over many frame numbers": (((40, 40), (180, 50)), {"frames": 99}),
    "a long hold": (((40, 40),), {"frames": 400, "fps": 24}),
}


@pytest.mark.parametrize("name", SCENES)
def test_decoders_show_both_to_the_bit(name: str, tmp_path: Path) -> None:
    """V16: above the strip all decoders show the segment, in it what the same rows of one rendering with the mark show.

    Every frame is there, holds are still, and decoding can start at each key frame.
    """
    boxes, options = SCENES[name]
    picture = scene(tmp_path / "d", *boxes, **options)
    both = made(tmp_path, picture)
    whole = both.written(tmp_path / "whole.h264")
    frames, fps = picture.motion.frames, picture.motion.fps
    times = changed_frames(picture.layers, picture.motion)
    decoding.prove_segment(whole, tmp_path, frames, fps, moments=times, seeks=(0, frames // 2, frames - 1))
    at_once = marked(tmp_path / "at-once", picture, tmp_path / "mark")
    render.run(at_once)
    plain, with_mark = tmp_path / "render/out/segment.h264", at_once.out / render.SEGMENT
    shown = list(zip(*map(samples, (whole, plain, with_mark)), strict=True))
    assert len(shown) == frames
    for frame, (ours, above, below) in enumerate(shown):
        assert rows(ours, 0, TOP) == rows(above, 0, TOP), frame
        assert rows(ours, TOP, SIZE[1]) == rows(below, TOP, SIZE[1]), frame
        assert rows(ours, TOP, SIZE[1]) != rows(above, TOP, SIZE[1]), frame


def test_another_mark_leaves_the_segment_alone(tmp_path: Path) -> None:
    """The mark is in the strip's few bytes; the same mark gives the same bytes."""
    picture = scene(tmp_path / "d", (40, 40))
    one, other = (made(tmp_path / str(wide), picture, (0, 224, wide, 10)) for wide in (40, 80))
    assert one.segment == other.segment
    assert one.strip != other.strip
    assert one.strip == made(tmp_path / "again", picture, (0, 224, 40, 10)).strip
    assert len(one.strip) < len(one.segment) / 5


def test_a_mark_above_the_strip_fails(tmp_path: Path) -> None:
    """V9: no mark is cut off: one that reaches higher than its rows ends the step."""
    picture = scene(tmp_path / "d")
    with pytest.raises(StepError, match="the mark of progress does not fit into the lowest 11 pixels"):
        made(tmp_path, picture, (0, TOP - 1, 70, 10))


def test_a_strip_of_something_else_is_refused(tmp_path: Path) -> None:
    """V9: other frames, key frames, settings or rows than the segment's, and no strip at all, are each named."""
    good = made(tmp_path / "good", scene(tmp_path / "d", (40, 40)))
    short = made(tmp_path / "short", scene(tmp_path / "e", (40, 40), frames=50))
    leaving = made(tmp_path / "exit", scene(tmp_path / "f", (40, 40), leave=True))
    faster = made(tmp_path / "faster", scene(tmp_path / "g", (40, 40), fps=60))
    whole = render_context(tmp_path / "whole", scene(tmp_path / "h", (40, 40)))
    render.run(whole)
    undivided = (whole.out / render.SEGMENT).read_bytes()
    sets = b"".join(CODE + unit for unit in h264.scan(good.segment).sets)
    for data, instead, words in (
        (good.segment, short.strip, "expected 60 frames, got 50"),
        (good.segment, leaving.strip, "key frames are at other places"),
        (good.segment, faster.strip, "encoded with different parameters"),
        (good.segment, sets, "no slices at the lower edge"),
        (good.segment, good.segment, "no slices at the lower edge"),
        (undivided, good.strip, "the segment has no rows for it"),
    ):
        with pytest.raises(H264Error, match=words):
            inserted(data, segment.read(data), instead)


@given(cut=st.integers(0, 4000), turned=st.integers(0, 4000))
@settings(max_examples=60, deadline=None)
def test_damaged_strips_end_in_an_error_or_a_whole_index(good: Both, cut: int, turned: int) -> None:
    """V9: whatever a strip's bytes are, no frame gets lost and nothing else than an H264Error is raised."""
    damaged = bytearray(good.strip[: len(good.strip) - cut % len(good.strip)])
    if damaged:
        damaged[turned % len(damaged)] ^= 0x55
    try:
        index = inserted(good.segment, segment.read(good.segment), bytes(damaged))
    except H264Error:
        return
    assert len(index.sizes) == len(index.counts) == 60


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Both:
    """What both steps write."""
    root = tmp_path_factory.mktemp("good")
    return made(root, scene(root / "d", (40, 40)))
