"""The samples that are made in place of a segment are those that are made of it slice by slice, byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.media.h264.test_holds import rendered, shortened
from tests.unit.media.h264.test_strip import scene
from vidbuild.media.h264 import h264, in_place, segment
from vidbuild.media.h264.h264 import H264Error
from vidbuild.media.h264.holds import lengthened
from vidbuild.media.h264.stitch import LONG_START
from vidbuild.media.render.hold import Hold

Made = tuple[h264.StreamInfo, list[int], bytes]


def slice_by_slice(data: bytes, holds: Sequence[Hold]) -> Made:
    """The frames as `segment` and `holds` make them."""
    index = segment.read(data)
    longer = lengthened(data, index, holds)
    return longer.stream, list(longer.sizes), segment.stored(longer.units)


def in_its_place(data: bytes, holds: Sequence[Hold]) -> Made | None:
    """The frames as `in_place` makes them; None if it does not."""
    found = in_place.samples(data, holds)
    return None if found is None else (found.stream, list(found.sizes), b"".join(found.pieces))


def outcome(make: Callable[[bytes, Sequence[Hold]], Made | None], data: bytes, holds: Sequence[Hold]) -> object:
    """What is made, or the error's text."""
    try:
        return make(data, holds)
    except H264Error as error:
        return str(error)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Sequence[Hold], list[bytes]]:
    """A segment with several slices in a frame and several key frames, its holds, and its units."""
    root = tmp_path_factory.mktemp("in-place")
    short, found = shortened(scene(root / "d", (40, 40), (120, 50), frames=777, fps=24))
    data = rendered(root / "short", short)
    return data, found.holds, list(h264.units(data))


def test_a_segment_with_holds_is_lengthened_in_place(sample: tuple[bytes, Sequence[Hold], list[bytes]]) -> None:
    """P1: a segment of ours is not processed slice by slice, and has the same frames, with its holds and without."""
    data, holds, _ = sample
    assert any(hold.keys for hold in holds)
    for wanted in (holds, ()):
        made = in_its_place(data, wanted)
        assert made is not None
        assert made == slice_by_slice(data, wanted)


HOLDS = st.builds(
    Hold, st.integers(-1, 20), st.integers(0, 40), st.lists(st.integers(0, 39), max_size=2, unique=True).map(sorted)
)
HOLDS = HOLDS.filter(lambda hold: all(key < hold.frames for key in hold.keys))


@settings(max_examples=300, deadline=None)
@given(
    order=st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=9)), max_size=12),
    kept=st.integers(0, 60),
    holds=st.lists(HOLDS, max_size=3, unique_by=lambda hold: hold.frame),
    code=st.sampled_from([LONG_START] * 4 + [h264.START, b"\x00" + LONG_START]),
    end=st.sampled_from([b"", b"", b"", b"\x00", b"\x00\x00\x01"]),
)
def test_any_segment_has_the_same_frames(
    sample: tuple[bytes, Sequence[Hold], list[bytes]],
    order: list[tuple[int, bytes]],
    kept: int,
    holds: list[Hold],
    code: bytes,
    end: bytes,
) -> None:
    """Whatever slices follow each other, cut or changed: the same frames or the same refusal, or none in place."""
    _, _, units = sample
    added = []
    for number, instead in order:
        unit = units[number % len(units)]
        added.append(unit[:4] + instead + unit[4 + len(instead) :] if len(instead) % 2 else unit[: 2 + len(instead)])
    data = b"".join(code + unit for unit in (*units[: 2 + kept], *added)) + end
    made = outcome(in_its_place, data, holds)
    assert made is None or made == outcome(slice_by_slice, data, holds)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 1 << 30), st.sampled_from([b"\x00", b"\x00\x00", b"\x00\x00\x03", b"\x01", b"\xff"]))
def test_an_escape_near_a_number_is_kept_or_left_to_the_other_way(
    sample: tuple[bytes, Sequence[Hold], list[bytes]], seed: int, inserted: bytes
) -> None:
    """A slice whose escapes change with its number has another length, and no place in the segment."""
    _, holds, units = sample
    number = 2 + seed % (len(units) - 2)
    unit = units[number]
    at = 4 + seed % 3
    changed = [*units[:number], unit[:1] + h264.escape(unit[1:at] + inserted + unit[at:]), *units[number + 1 :]]
    data = b"".join(LONG_START + each for each in changed)
    made = outcome(in_its_place, data, holds)
    assert made is None or made == outcome(slice_by_slice, data, holds)


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x00\x00\x01", LONG_START, LONG_START * 2, LONG_START + b"\x41"])
def test_what_is_no_segment_is_left_to_the_other_way(data: bytes) -> None:
    """Nothing is made in place of bytes that are no segment, whose error is the same as always."""
    assert in_place.samples(data, ()) is None


def test_a_segment_with_short_start_codes_is_left_to_the_other_way(
    sample: tuple[bytes, Sequence[Hold], list[bytes]],
) -> None:
    """A start code of three bytes has no room for a length."""
    _, holds, units = sample
    data = b"".join(h264.START + unit for unit in units)
    assert in_place.samples(data, holds) is None
    assert slice_by_slice(data, holds) == in_its_place(b"".join(LONG_START + unit for unit in units), holds)
