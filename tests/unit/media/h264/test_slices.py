"""Picture parameter sets, written field by field (7.3.2.2): which are those of our settings, and their QP."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.render_lab import made
from vidbuild.media.h264 import encode, h264, slices
from vidbuild.media.h264.bits import Writer
from vidbuild.media.h264.h264 import H264Error

FIELDS = {
    "set": 0,
    "sequence": 0,
    "cabac": 1,
    "bottom_order": 0,
    "groups": 0,
    "references": 0,
    "references_back": 0,
    "weighted": 0,
    "weighted_back": 0,
    "qp": 0,
    "switching_qp": 0,
    "chroma": 0,
    "deblocking": 1,
    "constrained": 0,
    "redundant": 0,
}
WIDTHS = {
    "cabac": 1,
    "bottom_order": 1,
    "weighted": 1,
    "weighted_back": 2,
    "deblocking": 1,
    "constrained": 1,
    "redundant": 1,
}
SIGNED = {"qp", "switching_qp", "chroma"}


def picture_set(**changes: int) -> bytes:
    """Return a picture parameter set with these fields, and the usual others."""
    out = Writer()
    for name, value in {**FIELDS, **changes}.items():
        if name in WIDTHS:
            out.put(WIDTHS[name], value)
        elif name in SIGNED:
            out.signed(value)
        else:
            out.unsigned(value)
    return b"\x68" + h264.escape(out.put(1, 1).to_bytes())


@pytest.fixture(scope="module")
def sequence(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The sequence parameter set of a stream with our settings."""
    folder: Path = tmp_path_factory.mktemp("sequence")
    options: list[str] = []
    for name, value in encode.settings(encode.PROFILES["standard"], 30, 40).items():
        options += ["-f" if name == "format" else f"-{name}", str(value)]
    data = made(folder / "s.h264", "-f", "lavfi", "-i", "color=s=64x64:r=30", "-frames:v", "1", *options).read_bytes()
    return next(unit for unit in h264.units(data) if h264.unit_type(unit) == h264.SPS)


@pytest.mark.parametrize("qp", [0, -3, 7])
@pytest.mark.parametrize("other", [{}, {"switching_qp": -9}, {"chroma": -2}, {"chroma": 3}, {"constrained": 1}])
def test_the_initial_qp_is_read(sequence: bytes, qp: int, other: dict[str, int]) -> None:
    """The QP counts from 26, whatever the fields that do not concern slices."""
    assert slices.ParameterSets.read(sequence, picture_set(qp=qp, **other)).qp == 26 + qp


@pytest.mark.parametrize(
    "other",
    [
        {"set": 1},
        {"cabac": 0},
        {"groups": 1},
        {"references": 2},
        {"weighted": 1},
        {"weighted_back": 1},
        {"weighted_back": 2},
        {"deblocking": 0},
        {"redundant": 1},
    ],
)
def test_a_picture_set_of_other_settings_is_refused(sequence: bytes, other: dict[str, int]) -> None:
    """A field with which slice headers have other parts than ours is refused."""
    with pytest.raises(H264Error, match="not from our encoder settings"):
        slices.ParameterSets.read(sequence, picture_set(**other))


def test_a_picture_set_that_is_cut_is_refused(sequence: bytes) -> None:
    """A set that ends too early is corrupt."""
    with pytest.raises(H264Error, match="corrupt parameter set"):
        slices.ParameterSets.read(sequence, picture_set()[:2])
