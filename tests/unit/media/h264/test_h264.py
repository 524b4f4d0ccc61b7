"""Reading H.264: streams that x264 made, and units made by hand."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tests.support.render_lab import made
from vidbuild.media.h264 import encode, h264
from vidbuild.media.h264.bits import Reader, Writer
from vidbuild.media.h264.h264 import H264Error


def stream(folder: Path, *, size: str = "128x72", fps: int = 30, frames: int = 7, extra: str = "") -> bytes:
    """A stream with the settings that segments have."""
    options: list[str] = []
    for name, value in encode.settings(
        {**encode.PROFILES["standard"], "x264": encode.PROFILES["standard"]["x264"] + extra}, fps, 40
    ).items():
        options += ["-f" if name == "format" else f"-{name}", str(value)]
    source = f"testsrc2=s={size}:r={fps}"
    return made(folder / "s.h264", "-f", "lavfi", "-i", source, "-frames:v", str(frames), *options).read_bytes()


@pytest.mark.parametrize("fps", [24, 25, 30, 50, 60])
def test_frames_and_rate_at_every_rate(tmp_path: Path, fps: int) -> None:
    """A segment's frames are counted, and its rate is the true one, at every rate a spec may ask for."""
    found = h264.scan(stream(tmp_path, fps=fps))
    assert found.frames == 7
    assert found.parameters.fps == Fraction(fps)


@pytest.mark.parametrize(
    ("width", "height"), [(1920, 1080), (1280, 720), (1080, 1920), (1080, 1080), (128, 72), (2, 2), (854, 480)]
)
def test_sizes_are_read_with_their_cropping(tmp_path: Path, width: int, height: int) -> None:
    """The size is what is shown, also where it isn't a multiple of a macroblock's 16 pixels."""
    found = h264.scan(stream(tmp_path, size=f"{width}x{height}", frames=1)).parameters
    assert (found.width, found.height) == (width, height)


@pytest.mark.parametrize(
    "described",
    [
        "sar=23/17",
        "sar=4/3",
        "overscan=crop",
        "overscan=show",
        "videoformat=pal:range=pc",
        "colorprim=bt709:transfer=bt709:colormatrix=bt709",
        "chromaloc=3",
        "sar=23/17:overscan=crop:videoformat=pal:colorprim=bt709:chromaloc=5",
    ],
)
def test_the_rate_is_read_behind_any_description(tmp_path: Path, described: str) -> None:
    """What a stream describes before its rate (E.1.1), each as x264 writes it, does not move what follows."""
    found = h264.scan(stream(tmp_path, fps=25, frames=1, extra=f":{described}")).parameters
    assert (found.width, found.height) == (128, 72)
    assert found.fps == 25


def test_key_frames_are_found(tmp_path: Path) -> None:
    """Decoding can start at an IDR picture at least every ten seconds, and those are returned."""
    found = h264.scan(stream(tmp_path, frames=250, fps=24))
    assert found.idrs == (0, 240)
    assert found.frames == 250


def test_several_slices_are_one_frame(tmp_path: Path) -> None:
    """A picture in four slices counts once."""
    data = stream(tmp_path, extra=":slices=4", frames=5)
    assert sum(h264.unit_type(unit) in {h264.SLICE, h264.IDR} for unit in h264.units(data)) == 20
    assert h264.scan(data).frames == 5
    assert len(list(h264.mp4_frames(data))) == 5


def test_settings_give_what_joining_needs(tmp_path: Path) -> None:
    """No B-frames and one reference: frames are in the order in which they are shown (picture order count type 2)."""
    data = stream(tmp_path, frames=20)
    sequence = next(unit for unit in h264.units(data) if h264.unit_type(unit) == h264.SPS)
    bits = Reader(h264.unescape(sequence[1:]))
    bits.read(24)
    numbers = [bits.unsigned() for _ in range(4)]  # id, chroma, two bit depths
    flags = bits.read(2)
    frame_numbers, order, references = bits.unsigned(), bits.unsigned(), bits.unsigned()
    assert (numbers, flags) == ([0, 1, 0, 0], 0)
    assert (order, references) == (2, 1)
    assert frame_numbers >= 0


def test_streams_of_one_profile_share_their_parameter_sets(tmp_path: Path) -> None:
    """Segments of different length and content can be joined: their parameter sets are the same bytes."""
    one = h264.scan(stream(tmp_path / "a", frames=3))
    other = h264.scan(stream(tmp_path / "b", frames=100))
    assert one.sets == other.sets
    assert len(one.sets) == 2


def test_coded_frames_hold_every_slice_and_nothing_else(tmp_path: Path) -> None:
    """A frame's bytes for an MP4 are its slices, each after its length; parameter sets and SEI are left out."""
    data = stream(tmp_path)
    frames = list(h264.mp4_frames(data))
    slices = [unit for unit in h264.units(data) if h264.unit_type(unit) in {h264.SLICE, h264.IDR}]
    assert frames == [len(unit).to_bytes(4, "big") + unit for unit in slices]


def test_a_cut_stream_is_not_what_was_planned(tmp_path: Path) -> None:
    """V9: a truncated segment has fewer frames, or none that can be read."""
    data = stream(tmp_path, frames=30)
    assert h264.scan(data[: len(data) // 2]).frames < 30
    with pytest.raises(h264.H264Error):
        h264.scan(data[:20])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no H.264 start code"),
        (b"GIF89a....", "no H.264 start code"),
        (b"junk\x00\x00\x01\x67", "no H.264 start code at"),
        (b"\x00\x00\x01\x65\x88\x84\x00", "does not start with parameter sets"),
        (b"\x00\x00\x00\x01\x09\xf0", "no sequence parameter set"),
        (b"\x00\x00\x01\x67\x64\x00\x28\xac", "end too early"),
    ],
)
def test_other_bytes_are_refused(data: bytes, words: str) -> None:
    """Bytes that are no stream, or begin in the middle of one, are an error."""
    with pytest.raises(h264.H264Error, match=words):
        h264.scan(data)


def test_changed_parameters_are_refused(tmp_path: Path) -> None:
    """Two segments of different sizes put behind each other are not one stream."""
    data = stream(tmp_path / "a") + stream(tmp_path / "b", size="64x36")
    with pytest.raises(h264.H264Error, match="a parameter set changes within the stream"):
        h264.scan(data)


@pytest.mark.parametrize(
    ("escaped", "plain"),
    [
        (b"\x00\x00\x03\x01", b"\x00\x00\x01"),
        (b"\x00\x00\x03\x00\x00\x03", b"\x00\x00\x00\x00"),
        (b"\x01\x02\x03", b"\x01\x02\x03"),
        (b"\x00\x03\x00", b"\x00\x03\x00"),
        (b"", b""),
    ],
)
def test_emulation_prevention_is_taken_out(escaped: bytes, plain: bytes) -> None:
    """7.4.1.1: a 3 after two zeros is not of the payload, and no other 3 is taken."""
    assert h264.unescape(escaped) == plain


@pytest.mark.parametrize(
    ("pixels", "params", "profile"),
    [
        ("yuv444p", "interlaced=1:bframes=2", 244),
        ("yuv422p", "bframes=2", 122),
        ("yuv420p10le", "bframes=0", 110),
        ("gray", "bframes=2", 100),
        ("yuv420p", "interlaced=1:bframes=0", 100),
        ("yuv420p", "cabac=0:bframes=0:8x8dct=0:weightp=0", 66),
    ],
)
def test_frames_of_another_profile_are_read_too(tmp_path: Path, pixels: str, params: str, profile: int) -> None:
    """A stream with B-frames, interlacing or other pixels is measured correctly, so a wrong profile is reported."""
    args = ["-f", "lavfi", "-i", "testsrc2=s=158x92:r=25", "-frames:v", "12", "-c:v", "libx264"]
    data = made(tmp_path / "i.h264", *args, "-pix_fmt", pixels, "-x264-params", params, "-f", "h264").read_bytes()
    sequence = next(unit for unit in h264.units(data) if h264.unit_type(unit) == h264.SPS)
    assert sequence[1] == profile
    found = h264.scan(data)
    assert (found.parameters.width, found.parameters.height) == (158, 92)
    assert found.parameters.fps == 25
    assert found.parameters.frames_only == ("interlaced" not in params)


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (
            Writer().put(24, 0x4D0028).unsigned(0).unsigned(1 << 20),
            "frame number: expected at most 16 bits, got 1048580",
        ),
        (
            Writer()
            .put(24, 0x4D0028)
            .unsigned(0)
            .unsigned(0)
            .unsigned(1)
            .put(1, 0)
            .signed(0)
            .signed(0)
            .unsigned(1 << 30),
            "picture order cycle: expected at most 255 frames, got 1073741824",
        ),
        (Writer().put(24, 0x4D0028).put(64, 0), "corrupt parameter set"),
    ],
)
def test_absurd_parameters_are_refused(payload: Writer, words: str) -> None:
    """V19: numbers that would take all memory, or all day, are not what any encoder writes."""
    with pytest.raises(H264Error, match=words):
        h264.parse_parameters(b"\x67" + payload.to_bytes())
