"""A segment without its holds, lengthened again, is bit for bit the segment of the whole motion."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import decoding
from tests.support.render_lab import render_context
from tests.unit.media.h264.test_strip import CODE, samples, scene
from tests.unit.media.h264.test_strip import made as with_mark
from vidbuild.media.h264 import h264, segment, slices
from vidbuild.media.h264.bits import Writer
from vidbuild.media.h264.h264 import H264Error
from vidbuild.media.h264.holds import lengthened
from vidbuild.media.h264.strip import inserted
from vidbuild.media.render import holds
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.changed_frames import changed_frames
from vidbuild.media.render.hold import Hold
from vidbuild.media.render.holds import Shortened
from vidbuild.steps import render

SCENES: dict[str, tuple[tuple[tuple[int, int], ...], dict[str, Any]]] = {
    "still": ((), {}),
    "an end that rests": (((40, 40),), {}),
    "two items": (((40, 40), (120, 50)), {"frames": 99}),
    "at 24 a second": (((40, 40), (120, 50)), {"fps": 24}),
    "at 25 a second": (((40, 40), (120, 50)), {"fps": 25}),
    "at 60 a second": (((40, 40), (120, 50), (10, 20)), {"fps": 60, "frames": 170}),
    "with an exit": (((60, 30),), {"leave": True, "frames": 131}),
    "one frame": ((), {"frames": 1}),
    "two frames": ((), {"frames": 2}),
    "a still scene of many seconds": ((), {"frames": 500, "fps": 24}),
    "a long hold": (((40, 40), (120, 50)), {"frames": 777, "fps": 24}),
    "a long hold before an exit": (((40, 40),), {"frames": 533, "fps": 24, "leave": True}),
}


def shortened(picture: Animation) -> tuple[Animation, Shortened]:
    """A picture without its holds, and what it lacks."""
    found = holds.shortened(picture.motion, 10 * picture.motion.fps)
    return replace(picture, motion=found.short), found


def rendered(root: Path, picture: Animation, **params: Any) -> bytes:
    """The segment of a picture."""
    step = render_context(root, picture, **params)
    render.run(step)
    return (step.out / render.SEGMENT).read_bytes()


def units(data: bytes) -> list[bytes]:
    """The slices of a stream."""
    return [unit for unit in h264.units(data) if h264.unit_type(unit) in segment.SLICES]


def pieces(data: bytes, index: segment.Segment) -> list[bytes]:
    """The slices of an index."""
    assert [len(frame) for frame in segment.frames(data, index)] == list(index.sizes)
    return [data[start:end] for start, end in zip(index.slices[::2], index.slices[1::2], strict=True)]


@pytest.mark.parametrize("name", SCENES)
def test_holds_are_added_to_the_bit(name: str, tmp_path: Path) -> None:
    """P1: what is rendered without holds and lengthened is what is rendered with them, and all decoders show it."""
    boxes, options = SCENES[name]
    picture = scene(tmp_path / "d", *boxes, **options)
    short, found = shortened(picture)
    data, whole = rendered(tmp_path / "short", short), rendered(tmp_path / "whole", picture)
    index = segment.read(data)
    assert len(index.sizes) == found.short.frames
    slices_, longer = lengthened(data, index, found.holds).laid_out()
    assert pieces(slices_, longer) == units(whole)
    assert longer.stream == h264.scan(whole)
    path = tmp_path / "longer.h264"
    path.write_bytes(b"".join(CODE + unit for unit in (*longer.stream.sets, *pieces(slices_, longer))))
    frames, fps = picture.motion.frames, picture.motion.fps
    times = changed_frames(picture.layers, picture.motion)
    decoding.prove_segment(path, tmp_path, frames, fps, moments=times, seeks=(0, frames // 2, frames - 1))


def test_a_strip_is_lengthened_with_its_segment(tmp_path: Path) -> None:
    """V16: a mark of progress is in all frames of the holds too, also in key frames that repeat another one."""
    picture = scene(tmp_path / "d", (40, 40), (180, 50), frames=620, fps=24)
    short, found = shortened(picture)
    both = with_mark(tmp_path, short)
    data = both.segment + both.strip
    index = inserted(both.segment, segment.read(both.segment), both.strip)
    slices_, longer = lengthened(data, index, found.holds).laid_out()
    path = tmp_path / "longer.h264"
    path.write_bytes(b"".join(CODE + unit for unit in (*longer.stream.sets, *pieces(slices_, longer))))
    assert longer.stream.idrs == (0, 33, 273, 513)
    shown, without_holds = samples(path), samples(both.written(tmp_path / "short.h264"))
    assert len(shown) == 620
    assert shown[-1] == shown[273] == without_holds[-1]
    assert set(shown) == set(without_holds)


def test_holds_of_something_else_are_refused(tmp_path: Path) -> None:
    """V9: frames that change, that are not there, or that do not repeat a key frame are no holds."""
    picture = scene(tmp_path / "d", (40, 40))
    short, found = shortened(picture)
    data = rendered(tmp_path / "short", short)
    index = segment.read(data)
    assert found.holds == (Hold(1, 3), Hold(11, 45))
    for wrong, words in (
        ((Hold(3, 5),), "frame 3 is no hold"),
        ((Hold(0, 5),), "frame 0 is no hold"),
        ((Hold(13, 5), Hold(1, 1)), r"holds after frames \[13\]: the segment has 12"),
        ((Hold(11, 45, (7,)),), "the hold at frame 11 does not repeat a key frame"),
    ):
        with pytest.raises(H264Error, match=words):
            lengthened(data, index, wrong)


def test_a_corrupt_slice_is_refused(tmp_path: Path) -> None:
    """P21: a slice that ends in its header is an error of the stream."""
    picture = scene(tmp_path / "d", (40, 40))
    short, found = shortened(picture)
    data = rendered(tmp_path / "short", short)
    index = segment.read(data)
    spans = index.slices[:]
    at = 2 * sum(index.counts[:3])  # the first slice of a frame that gets a new number
    spans[at + 1] = spans[at] + 2
    with pytest.raises(H264Error, match="corrupt slice"):
        lengthened(data, replace(index, slices=spans), found.holds)


SETS = {bits: slices.ParameterSets(b"", b"", 120, 68, bits, 26) for bits in (4, 5, 9, 16)}


@given(
    st.sampled_from(sorted(SETS)),
    st.integers(0, (1 << 20) - 1),
    st.integers(0, 15),
    st.integers(0, 15),
    st.lists(st.sampled_from((0, 0, 0, 1, 2, 3, 128, 255)), min_size=1, max_size=24).map(bytes),
)
def test_renumbering_changes_the_number_alone(size: int, first: int, before: int, after: int, rest: bytes) -> None:
    """Whatever follows the number, escapes are where they must be, and no other bit changes."""
    sets = SETS[size]

    def unit(number: int) -> bytes:
        head = Writer().unsigned(first).unsigned(5).unsigned(0).put(size, number).put(3, 0).unsigned(2).signed(3)
        return b"\x41" + h264.escape(head.to_bytes(1) + rest)

    assert slices.renumbered(unit(before), sets, after) == unit(after)
    assert slices.frame_number(unit(after), sets) == after
