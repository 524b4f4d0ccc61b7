"""Segments of VP9, AV1 and HEVC: frames that change are encoded, and all others repeat them, bit for bit."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.support import decoding
from tests.support.decoding import Decoder
from tests.support.render_lab import SIZE, Drawing, apart, decoded, fake_ffmpeg, pixel, render_context
from vidbuild.errors import StepError
from vidbuild.media.codecs import av1, hevc, ivf, profiles, vp9, whole
from vidbuild.media.codecs.errors import CodecError
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.bands import KeyFrames
from vidbuild.media.render.motion import Effect, Motion, Track
from vidbuild.steps import render

CODECS = ("vp9", "av1", "hevc")
DECODERS = {"vp9": ("vp9", "libvpx-vp9"), "av1": ("libdav1d", "libaom-av1"), "hevc": ("hevc",)}
CHANGES = {*range(3, 8), *range(54, 58)}


def moving(folder: Path, frames: int = 70, size: tuple[int, int] = SIZE) -> Animation:
    """A scene that changes from frame 3 to 7 and 54 to 57."""
    drawing = Drawing(folder, size).add("background", colour=(10, 15, 31))
    drawing.add("a", (10, 10, size[0] // 2, 20), (238, 242, 255))
    track = Track(enter=Effect(3, 4, "fade"), leave=Effect(54, 3, "fade"))
    return drawing.picture(Motion(30, frames, {"a": track}))


def settings(codec: str, **changes: Any) -> dict[str, Any]:
    """The profile of a codec, with a key frame each second."""
    return {**profiles.profile(codec, "standard"), "fps": 30, "keyint_seconds": 1, **changes}


def segment(root: Path, codec: str, picture: Animation | None = None) -> Path:
    """The file of a scene's segment."""
    step = render_context(root / "s", picture or moving(root / "d"), profile=settings(codec))
    render.run(step)
    assert {path.name for path in step.out.iterdir()} == {profiles.segment(codec), "thumb.jpg", "render.json"}
    return step.out / profiles.segment(codec)


@pytest.mark.parametrize("codec", CODECS)
def test_every_frame_is_there(tmp_path: Path, codec: str) -> None:
    """A segment has all frames, a key frame at its start and in long holds, and few are encoded."""
    path = segment(tmp_path, codec)
    found = whole.read(codec, path.read_bytes())
    assert (len(found.frames), found.size) == (70, SIZE)
    assert found.keys[0] == 0
    assert max(second - first for first, second in pairwise([*found.keys, 70])) <= 30
    facts = json.loads((path.parent / "render.json").read_text(encoding="utf-8"))
    assert facts == {"frames": 70, "coded": facts["coded"], "bands": 1}
    assert facts["coded"] <= len(CHANGES) + 6


@pytest.mark.parametrize("codec", CODECS)
def test_all_decoders_show_the_same_frames(tmp_path: Path, codec: str) -> None:
    """Strict decoders of different authors agree on every frame, and what is held does not change."""
    path = segment(tmp_path, codec)
    decoders = [Decoder(ffmpeg.executable(), ("-c:v", name)) for name in DECODERS[codec]]
    first, *others = (decoding.strictly(path, decoder).digests for decoder in decoders)
    assert len(first) == 70
    assert all(other == first for other in others)
    after_key = {1 + key for key in whole.read(codec, path.read_bytes()).keys}  # AV1 may improve a key frame once
    changed = {frame for frame in range(1, 70) if first[frame] != first[frame - 1]}
    assert changed - CHANGES <= (after_key if codec == "av1" else set())
    assert len(changed) >= len(CHANGES) - 2


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("frames", [1, 2, 3])
def test_the_shortest_scenes(tmp_path: Path, codec: str, frames: int) -> None:
    """A scene of a few frames is a segment like any other."""
    path = segment(tmp_path, codec, moving(tmp_path / "d", frames))
    assert len(whole.read(codec, path.read_bytes()).frames) == frames
    assert len(decoded(path)) == frames


@pytest.mark.parametrize("codec", CODECS)
def test_colors_are_those_of_the_scene(tmp_path: Path, codec: str) -> None:
    """A player that reads the tags of the stream shows the colors of the theme."""
    size = (322, 182)  # no multiple of what any codec encodes in
    last = decoded(segment(tmp_path, codec, moving(tmp_path / "d", 20, size)), size)[-1]
    assert apart(pixel(last, size[0] - 1, size[1] - 1), (10, 15, 31)) <= 3
    assert apart(pixel(last, 40, 20), (238, 242, 255)) <= 3


@pytest.mark.parametrize("codec", CODECS)
def test_the_same_bytes_every_time(tmp_path: Path, codec: str) -> None:
    """The same scene makes the same segment again."""
    assert segment(tmp_path / "a", codec).read_bytes() == segment(tmp_path / "b", codec).read_bytes()


@pytest.mark.parametrize("codec", CODECS)
def test_segments_have_equal_parameters(tmp_path: Path, codec: str) -> None:
    """What a container has of a stream once does not depend on the scene."""
    one = whole.read(codec, segment(tmp_path / "a", codec).read_bytes())
    other = Drawing(tmp_path / "o").add("background", colour=(200, 30, 90)).picture(Motion(30, 5))
    two = whole.read(codec, segment(tmp_path / "b", codec, other).read_bytes())
    assert one.parameters == two.parameters


@pytest.mark.parametrize("codec", CODECS)
def test_an_encoder_that_leaves_out_a_frame_is_noticed(
    tmp_path: Path, codec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream with fewer frames than requested is an error, though ffmpeg exits with 0."""
    real = ffmpeg.executable()
    body = f"""args = [str(int(each) - 1) if before == "-frames:v" and each == "13" else each
        for before, each in zip(["", *args], args)]
os.execv({str(real)!r}, [{str(real)!r}, *args])"""
    program = fake_ffmpeg(tmp_path / "ffmpeg", body)
    counted = len({0, *CHANGES} | ({1} if codec == "av1" else set()))
    monkeypatch.setenv("VIDBUILD_FFMPEG", str(program))
    program.write_text(program.read_text(encoding="utf-8").replace('"13"', f'"{counted}"'), encoding="utf-8")
    step = render_context(tmp_path / "s", moving(tmp_path / "d"), profile=settings(codec, keyint_seconds=10))
    with pytest.raises(StepError, match=f"ffmpeg wrote a corrupt segment: expected {counted} frames, got"):
        render.run(step)


@pytest.mark.parametrize("codec", CODECS)
def test_damage_is_noticed(tmp_path: Path, codec: str) -> None:
    """A segment that ends too early, begins with no key frame or is another file is refused."""
    data = segment(tmp_path, codec).read_bytes()
    for wrong in (b"", b"nothing", data[: len(data) - 3] if codec != "hevc" else data[:60]):
        with pytest.raises(CodecError):
            whole.read(codec, wrong)
    if codec != "hevc":
        frames = ivf.frames(data)
        with pytest.raises(CodecError, match="begin with"):
            whole.read(codec, ivf.file(frames[1:], data[8:12], SIZE, 30))


def test_other_key_frames_than_requested_are_refused(tmp_path: Path) -> None:
    """A stream whose key frames are elsewhere cannot be put together."""
    data = segment(tmp_path, "vp9", moving(tmp_path / "d", 2)).read_bytes()
    with pytest.raises(CodecError, match=r"expected key frames at \[0, 1\], got \[0\]"):
        whole.stitch("vp9", data, (0, 1), KeyFrames(frozenset({0, 1})), 2, b"")
    with pytest.raises(CodecError, match="expected 3 frames, got 2"):
        whole.stitch("vp9", data, (0, 1, 2), KeyFrames(), 3, b"")


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (b"\x00\x00", "no VP9 frame"),
        (b"\xb0\x00", "no VP9 frame of profile 0"),
        (b"\x84", "hidden"),
        (b"\x82\x00\x00\x00", "corrupt VP9 key frame"),
        (b"\x82\x49\x83", "corrupt VP9 frame"),
        (b"\x82\x49\x83\x42\xe0\x00", "RGB"),
    ],
)
def test_other_frames_of_vp9_are_refused(frame: bytes, message: str) -> None:
    """Frames of other profiles, hidden ones and damaged ones are none of ours."""
    with pytest.raises(CodecError, match=message):
        vp9.head(frame)


@pytest.mark.parametrize("unit", [b"\x80", b"\x12", b"\x12\x05\x00", b"\x12\xff\xff", b"\x10\x00", b"\x16\x00"])
def test_damaged_units_of_av1_are_refused(unit: bytes) -> None:
    """A temporal unit must consist of whole OBUs that have their sizes."""
    with pytest.raises(CodecError):
        list(av1.obus(unit))


@pytest.mark.parametrize(
    ("screen_content", "selects_mv", "bits"),
    [
        (2, True, "0 01 1 0 0 1 1 0 0101 000 00000100"),  # with the tools: the header says so, and has integer_mv
        (2, True, "0 01 1 0 0 0 0 0101 000 00000100"),
        (1, True, "0 01 1 0 0 1 0 0101 000 00000100"),  # of all frames: integer_mv alone is in the header
        (1, False, "0 01 1 0 0 0 0101 000 00000100"),
        (0, True, "0 01 1 0 0 0 0101 000 00000100"),
        (2, False, "0 01 1 1 0 0 0 0101 00000100"),  # of a resilient frame without the frame that it begins from
    ],
)
def test_a_frame_of_av1_is_kept_where_its_head_says(screen_content: int, selects_mv: bool, bits: str) -> None:
    """The slot is found in headers of all forms: another one would show another frame again."""
    text = bits.replace(" ", "")
    content = int(text.ljust(-(-len(text) // 8) * 8, "0"), 2).to_bytes(-(-len(text) // 8), "big")
    sequence = av1.Sequence(b"", 0, 0, (64, 64), (1, 1, 1), False, 0, screen_content, selects_mv, 4)
    unit = bytes([av1.FRAME << 3 | 2, len(content)]) + content
    assert av1.head(unit, sequence).kept == 0b100


def test_a_repeated_frame_takes_few_bytes(tmp_path: Path) -> None:
    """One byte of VP9, and a few of AV1 and HEVC."""
    sizes = {codec: min(map(len, whole.read(codec, segment(tmp_path / codec, codec).read_bytes()).frames))
             for codec in CODECS}  # fmt: skip
    assert sizes["vp9"] == 1
    assert sizes["av1"] == 3
    assert sizes["hevc"] < 60


def test_hevc_of_several_parameters_is_refused(tmp_path: Path) -> None:
    """A stream must keep its parameter sets, and have no frame of several slices."""
    data = segment(tmp_path / "a", "hevc", moving(tmp_path / "d", 4)).read_bytes()
    other = segment(tmp_path / "b", "hevc", moving(tmp_path / "e", 4, (322, 182))).read_bytes()
    with pytest.raises(CodecError, match="the parameters change"):
        hevc.read(data + other)
    start = data.index(b"\x00\x00\x01\x28")  # an IDR frame
    with pytest.raises(CodecError, match="several slices"):
        hevc.read(data[: start + 5] + bytes([data[start + 5] & 0x7F]) + data[start + 6 :])
