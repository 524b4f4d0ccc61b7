"""Rows with captions that are encoded apart take the place of a segment's, checked with independent decoders."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support import decoding
from tests.support.render_lab import Drawing, render_context
from tests.unit.media.h264.test_strip import CODE, SIZE, marked, rows, samples, scene
from vidbuild.engine.graph.context import Context
from vidbuild.media.h264 import h264, segment
from vidbuild.media.h264.h264 import H264Error
from vidbuild.media.h264.strip import inserted, laid_over
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.bands import ROW, key_frames
from vidbuild.media.render.changed_frames import changed_frames
from vidbuild.media.render.drawing import Layer, Stack
from vidbuild.media.render.motion import Motion, Track
from vidbuild.steps import burn, caption_layer, render, strip

ROWS = (8, 11)
TOP, END = (row * ROW for row in ROWS)
BOX = (40, TOP + 6, 100, 30)
BLUE, RED = (0, 0, 140), (250, 30, 30)
DARK, BRIGHTER = 25, 82  # their luma

# A caption in two of the states, with one of its words lit in the second.
STATES = ((0, 0), (10, 1), (25, 2), (31, 0))


def png(size: tuple[int, int], color: tuple[int, int, int]) -> bytes:
    """An image of one color."""
    file = io.BytesIO()
    Image.new("RGBA", size, (*color, 255)).save(file, "PNG")
    return file.getvalue()


def captions(file: Path, frames: int, fps: int, states: tuple[tuple[int, int], ...] = STATES) -> Path:
    """The captions of a scene."""
    stack = Stack((("page", 0, 0), ("word", 10, 5)), ((), (0,), (0, 1)))
    layer = Layer(caption_layer.NAME, "", *BOX, stays=True, stack=stack)
    shown = tuple(each for each in states if each[0] < frames)
    motion = Motion(fps, frames, {caption_layer.NAME: Track(states=shown)})
    caption_layer.write(file, layer, motion, {"page": png(BOX[2:], BLUE), "word": png((30, 20), RED)})
    return file


def burned(root: Path, picture: Animation, shown: Path) -> Context:
    """Run the step that burns captions into a segment."""
    own = render_context(root, picture, rows=list(ROWS))
    own = replace(own, inputs={**own.inputs, "captions": shown})
    burn.run(own)
    assert [path.name for path in own.out.iterdir()] == ["strip.h264"]
    return own


@dataclass
class Made:
    """What the steps write, and the whole of it. marks: the strip of the mark of progress."""

    plain: bytes
    burned: bytes
    marks: bytes = b""

    def written(self, path: Path) -> Path:
        """The whole as a stream by itself."""
        index, data = segment.read(self.plain), self.plain
        if self.marks:
            index, data = inserted(data, index, self.marks), data + self.marks
        whole, added = laid_over(data, index, self.burned, ROWS[1])
        data += self.burned + added
        assert [len(frame) for frame in segment.frames(data, whole)] == list(whole.sizes)
        spans = zip(whole.slices[::2], whole.slices[1::2], strict=True)
        units = [*h264.scan(self.plain).sets, *(data[start:end] for start, end in spans)]
        path.write_bytes(b"".join(CODE + unit for unit in units))
        return path


def made(root: Path, picture: Animation, **states: Any) -> Made:
    """Run the steps of a picture with captions."""
    plain = render_context(root / "render", picture, rows=list(ROWS))
    render.run(plain)
    file = captions(root / "captions.json", picture.motion.frames, picture.motion.fps, **states)
    own = burned(root / "burn", picture, file)
    return Made((plain.out / render.SEGMENT).read_bytes(), (own.out / burn.STRIP).read_bytes())


def luma(frame: bytes, x: int, y: int) -> int:
    """The brightness of a pixel of a 4:2:0 frame."""
    return frame[y * SIZE[0] + x]


SCENES: dict[str, tuple[tuple[tuple[int, int], ...], dict[str, Any]]] = {
    "still": ((), {}),
    "above": (((40, 40),), {}),
    "into the rows": (((40, 40), (120, 50)), {}),
    "below": (((200, 20),), {}),
    "with an exit": (((60, 30),), {"leave": True}),
    "one frame": ((), {"frames": 1}),
    "over many frame numbers": (((40, 40), (120, 50)), {"frames": 99}),
    "a long hold": (((40, 40),), {"frames": 400, "fps": 24}),
}


def check(whole: Path, plain: Path, frames: int) -> None:
    """Around the rows, every frame is that of the segment; in them, captions are in their frames alone."""
    shown = list(zip(*map(samples, (whole, plain)), strict=True))
    assert len(shown) == frames
    page, word = (BOX[0] + 80, BOX[1] + 24), (BOX[0] + 20, BOX[1] + 12)
    for frame, (ours, own) in enumerate(shown):
        assert rows(ours, 0, TOP) == rows(own, 0, TOP), frame
        assert rows(ours, END, SIZE[1]) == rows(own, END, SIZE[1]), frame
        is_shown, is_lit = 10 <= frame < 31, 25 <= frame < 31
        assert (abs(luma(ours, *page) - DARK) < 6) == is_shown, frame
        if is_shown:
            assert abs(luma(ours, *word) - (BRIGHTER if is_lit else DARK)) < 14, frame
        else:
            inside = zip(rows(ours, TOP, END)[0], rows(own, TOP, END)[0], strict=True)
            assert sum(abs(one - other) for one, other in inside) / (SIZE[0] * (END - TOP)) < 2.5, frame


@pytest.mark.parametrize("name", SCENES)
def test_decoders_show_captions_in_their_rows(name: str, tmp_path: Path) -> None:
    """V16: all decoders show the segment around the rows to the bit, and in them the captions in their frames."""
    boxes, options = SCENES[name]
    picture = scene(tmp_path / "d", *boxes, **options)
    whole = made(tmp_path, picture).written(tmp_path / "whole.h264")
    frames, fps = picture.motion.frames, picture.motion.fps
    changed = changed_frames(picture.layers, picture.motion)
    # A key frame that repeats another one has captions of its own, so these rows are encoded anew.
    again = key_frames(changed, frames, 10 * fps).repeats
    times = sorted({*changed, *again, *(at for at, _ in STATES if at < frames)})
    decoding.prove_segment(whole, tmp_path, frames, fps, moments=times, seeks=(0, frames // 2, frames - 1))
    check(whole, tmp_path / "render/out/segment.h264", frames)


def test_captions_and_marks_of_progress(tmp_path: Path) -> None:
    """V16: both strips are in their own rows of one frame."""
    picture = scene(tmp_path / "d", (40, 40))
    Drawing(tmp_path / "mark", SIZE).add("progress", (0, 224, 70, 10), (250, 40, 40)).having(
        "progress", stays=True
    ).done()
    plain = render_context(tmp_path / "render", picture, strip=11, rows=list(ROWS))
    render.run(plain)
    file = captions(tmp_path / "captions.json", 60, 30)
    own = burned(tmp_path / "burn", picture, file)
    mark = marked(tmp_path / "strip", picture, tmp_path / "mark")
    strip.run(mark)
    parts = (plain.out / render.SEGMENT, own.out / burn.STRIP, mark.out / strip.STRIP)
    both = Made(*(path.read_bytes() for path in parts))
    whole = both.written(tmp_path / "whole.h264")
    decoding.prove_segment(whole, tmp_path, 60, 30, moments=range(60), seeks=(0, 30, 59))
    without = replace(both, marks=b"").written(tmp_path / "without.h264")
    for frame, (ours, other) in enumerate(zip(samples(whole), samples(without), strict=True)):
        assert rows(ours, 0, END) == rows(other, 0, END), frame
        assert rows(ours, 13 * ROW, SIZE[1]) != rows(other, 13 * ROW, SIZE[1]), frame


def test_other_captions_leave_the_segment_alone(tmp_path: Path) -> None:
    """Captions are in the strip alone; the same captions give the same bytes."""
    picture = scene(tmp_path / "d", (40, 40))
    one, same, other = (
        made(tmp_path / name, picture, states=states)
        for name, states in (("one", STATES), ("same", STATES), ("other", ((0, 0), (12, 2))))
    )
    assert one.plain == same.plain == other.plain
    assert one.burned == same.burned != other.burned


def test_a_scene_without_captions_in_a_motion(tmp_path: Path) -> None:
    """Of a motion in which no caption is shown, the file says nothing, and the rows are the scene's own."""
    picture = scene(tmp_path / "d", (40, 40))
    both = made(tmp_path, picture, states=((0, 0),))
    assert (tmp_path / "captions.json").read_text(encoding="utf-8") == "{}\n"
    ours, own = samples(both.written(tmp_path / "whole.h264")), samples(tmp_path / "render/out/segment.h264")
    assert ours == own


def test_captions_that_are_composed_with_a_scene_choose_its_key_frames(tmp_path: Path) -> None:
    """A hold of both is the same pictures to the bit: it begins with a key frame, which is repeated, whatever moves."""
    picture = scene(tmp_path / "d", frames=500, fps=24)
    picture = replace(picture, motion=replace(picture.motion, keys=(240, 480)))
    own = render_context(tmp_path / "render", picture)
    render.run(replace(own, inputs={**own.inputs, "captions": captions(tmp_path / "captions.json", 500, 24)}))
    file = own.out / render.SEGMENT
    assert h264.scan(file.read_bytes()).idrs == (0, 31, 271)
    assert len(set(samples(file)[31:])) == 1


def test_rows_of_something_else_are_refused(tmp_path: Path) -> None:
    """V9: other frames, key frames, settings or rows than the segment's, and no rows at all, are each named."""
    good = made(tmp_path / "good", scene(tmp_path / "d", (40, 40)))
    short = made(tmp_path / "short", scene(tmp_path / "e", (40, 40), frames=50))
    leaving = made(tmp_path / "exit", scene(tmp_path / "f", (40, 40), leave=True))
    faster = made(tmp_path / "faster", scene(tmp_path / "g", (40, 40), fps=60))
    whole = render_context(tmp_path / "whole", scene(tmp_path / "h", (40, 40)))
    render.run(whole)
    undivided = (whole.out / render.SEGMENT).read_bytes()
    for data, instead, end, words in (
        (good.plain, short.burned, ROWS[1], "expected 60 frames, got 50"),
        (good.plain, leaving.burned, ROWS[1], "key frames are at other places"),
        (good.plain, faster.burned, ROWS[1], "encoded with different parameters"),
        (good.plain, good.plain, ROWS[1], "no slices at the lower edge"),
        (undivided, good.burned, ROWS[1], "the segment has no rows for it"),
        (good.plain, good.burned, ROWS[1] + 1, "the segment has no rows for it"),
        (good.plain, good.burned, ROWS[0], "it has no rows above row 8"),
        (good.plain, good.burned, 16, "it has no rows above row 16"),
    ):
        with pytest.raises(H264Error, match=words):
            laid_over(data, segment.read(data), instead, end)
