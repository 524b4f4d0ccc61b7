"""Segments are searched once: what is found is what h264 finds, frame by frame."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.media.h264.test_h264 import stream
from vidbuild.media.h264 import h264, segment

KINDS = {"sps": 0x67, "pps": 0x68, "sei": 0x06, "idr": 0x65, "slice": 0x41}


def sets(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The parameter sets of a real stream, and the start of what follows."""
    data = stream(tmp_path_factory.mktemp("segment"), frames=1)
    return b"".join(h264.START + unit for unit in h264.units(data) if h264.unit_type(unit) in {h264.SPS, h264.PPS})


def test_a_real_stream_has_the_same_frames(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Checks, sizes and bytes are those that h264 finds, with several slices a picture as well."""
    data = stream(tmp_path_factory.mktemp("real"), fps=24, frames=30)
    found = segment.read(data)
    assert found.stream == h264.scan(data)
    frames = list(h264.mp4_frames(data))
    assert list(found.sizes) == [len(frame) for frame in frames]
    assert list(segment.frames(data, found)) == frames


@settings(max_examples=80, deadline=None)
@given(
    found=st.lists(
        st.tuples(st.sampled_from(["sei", "slice", "idr"]), st.booleans(), st.binary(max_size=9), st.integers(0, 3)),
        max_size=14,
    ),
    long=st.booleans(),
)
def test_any_units_give_the_same_frames(
    parameter_sets: bytes, found: list[tuple[str, bool, bytes, int]], *, long: bool
) -> None:
    """Whatever the units, their zeros and their order: the same frames as by the plain way, or the same complaint."""
    start = b"\x00" * long + h264.START
    units = [
        bytes([KINDS[kind]]) + bytes([0x80 if first else 0x40]) * (kind != "sei") + h264.escape(rest) + b"\x00" * zeros
        for kind, first, rest, zeros in found
    ]
    data = parameter_sets + start + b"\x65\x88" + b"".join(start + unit for unit in units)
    made = segment.read(data)
    assert made.stream == h264.scan(data)
    assert list(segment.frames(data, made)) == list(h264.mp4_frames(data))
    assert sum(made.counts) * 2 == len(made.slices)


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x00\x00", b"no stream", b"x\x00\x00\x01\x65\x88", b"\x00\x00\x01\x41\x80"]
)
def test_what_is_no_segment_is_refused(data: bytes) -> None:
    """Bytes that h264 refuses are refused with the same words."""
    with pytest.raises(h264.H264Error) as plain:
        h264.scan(data)
    with pytest.raises(h264.H264Error, match=str(plain.value)):
        segment.read(data)


@pytest.fixture(scope="module")
def parameter_sets(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The parameter sets of a real stream."""
    return sets(tmp_path_factory)
