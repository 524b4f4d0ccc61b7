"""Streams made of bands and skipped slices, checked with independent decoders."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from tests.support import decoding
from tests.support.render_lab import Drawing, apart, decoded, made, render_context, shown
from vidbuild.media.ffmpeg import filtergraph
from vidbuild.media.h264 import encode, h264, slices, stitch
from vidbuild.media.h264.bits import Reader
from vidbuild.media.h264.encode import PROFILES
from vidbuild.media.h264.h264 import H264Error
from vidbuild.media.render import compose, tiles
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.bands import ROW, Band, KeyFrames
from vidbuild.media.render.changed_frames import changed_frames
from vidbuild.media.render.encode_plan import EncodePlan, encode_plan
from vidbuild.media.render.motion import Effect, Motion, Track
from vidbuild.steps import render

STANDARD = PROFILES["standard"]
SIZE = (192, 448)


def hatched(draw: ImageDraw.ImageDraw) -> None:
    """Lines as a band's edges must not be near: what is predicted from behind an edge would be seen."""
    choose = random.Random(7)
    for y in range(0, SIZE[1], 5):
        draw.line((0, y, SIZE[0], y + choose.randrange(5)), fill=(choose.randrange(256), 90, y % 256), width=1 + y % 3)


def scene(folder: Path, frames: int = 70, fps: int = 30, *, size: tuple[int, int] = SIZE) -> Animation:
    """Three items that come one after the other, far enough apart to be bands, over a background full of lines."""
    drawing = Drawing(folder, size).add("background", paint=hatched)
    tracks = {}
    for index, effect in enumerate(("rise", "fade", "cut")):
        box = (20, 60 + 140 * index, size[0] - 60, 40)
        colour = (230 - 70 * index, 240, 60 + 60 * index)
        drawing.add(f"item-{index}", box, colour, paint=lambda draw: draw.text((5, 5), "as it is said", fill=(0, 0, 0)))
        tracks[f"item-{index}"] = Track(enter=Effect(5 + 20 * index, 8 if effect != "cut" else 0, effect))
    return drawing.picture(Motion(fps, frames, tracks))


def segment_of(root: Path, picture: Animation, kind: str = "standard") -> Path:
    """Return a picture's segment."""
    step = render_context(root, picture, profile=dict(PROFILES[kind]))
    render.run(step)
    return step.out / render.SEGMENT


@pytest.mark.parametrize(("fps", "size"), [(30, SIZE), (60, SIZE), (24, (180, 446)), (50, (202, 440))])
def test_decoders_by_different_people_see_the_same(tmp_path: Path, fps: int, size: tuple[int, int]) -> None:
    """Every frame is there, at its time, alike in all decoders to the bit; holds are still; seeking goes anywhere."""
    picture = scene(tmp_path / "d", fps=fps, size=size)
    segment = segment_of(tmp_path / "s", picture)
    times = changed_frames(picture.layers, picture.motion)
    assert len(times) < 70
    decoding.prove_segment(segment, tmp_path, 70, fps, moments=times, seeks=(0, 1, 6, 12, 30, 46, 69))


def test_a_long_hold_is_still_across_its_key_frames(tmp_path: Path) -> None:
    """Where a player could start in the middle of a hold, the picture is the same to the bit as before and after."""
    picture = scene(tmp_path / "d", frames=400, fps=24)
    segment = segment_of(tmp_path / "s", picture)
    keys = h264.scan(segment.read_bytes()).idrs
    assert keys == (0, 45, 285), "where the picture changes last, and ten seconds later"
    times = changed_frames(picture.layers, picture.motion)
    decoding.prove_segment(segment, tmp_path, 400, 24, moments=times, seeks=(44, 45, 284, 285, 286, 399))


def test_frame_numbers_wrap(tmp_path: Path) -> None:
    """frame_num has few bits: after many skipped frames it wraps, and coded ones fit in after them."""
    picture = scene(tmp_path / "d", frames=99)
    segment = segment_of(tmp_path / "s", picture)
    sets = stitch_sets(segment.read_bytes())
    assert 1 << sets.frame_number_bits < 40
    decoding.prove_segment(segment, tmp_path, 99, 30)


def stitch_sets(data: bytes) -> slices.ParameterSets:
    """A stream's parameter sets."""
    found = h264.scan(data).sets
    sequence = next(unit for unit in found if h264.unit_type(unit) == h264.SPS)
    return slices.ParameterSets.read(sequence, next(unit for unit in found if h264.unit_type(unit) == h264.PPS))


def bands_of(root: Path, picture: Animation) -> tuple[EncodePlan, Path]:
    """What is coded of a picture, and the folder with each band's own stream."""
    step = render_context(root, picture)
    render.run(step)
    return encode_plan(picture, STANDARD), step.scratch


@pytest.mark.parametrize("fps", [30, 60])
def test_a_band_is_decoded_as_its_encoder_meant_it(tmp_path: Path, fps: int) -> None:
    """V16: within the whole each band is, to the bit, what it is alone: nothing is predicted from another band."""
    picture = scene(tmp_path / "d", fps=fps)
    shots, scratch = bands_of(tmp_path / "s", picture)
    assert len(shots.bands) >= 5
    whole = sampled(tmp_path / "s" / "out" / render.SEGMENT, SIZE[1])
    for index, band in enumerate(shots.bands):
        above, below = band.guard_rows
        height = (above + band.rows + below) * ROW
        own = sampled(scratch / shots.file(index), height)
        for samples, frame in zip(own, band.frames, strict=True):
            mine = planes(samples, above * ROW, band.rows * ROW, height)
            assert mine == planes(whole[frame], band.row * ROW, band.rows * ROW), (index, frame)


def sampled(path: Path, height: int) -> list[bytes]:
    """Every frame of a stream as the decoder's own samples."""
    target = made(path.with_suffix(".yuv"), "-i", str(path), "-fps_mode", "passthrough", "-f", "rawvideo")
    data, each = target.read_bytes(), SIZE[0] * height * 3 // 2
    return [data[at : at + each] for at in range(0, len(data), each)]


def test_bands_are_composed_as_the_whole_is(tmp_path: Path) -> None:
    """Composed and converted band by band, the pictures are the ones composed and converted as a whole."""
    picture = scene(tmp_path / "d")
    shots = encode_plan(picture, STANDARD)
    streams, _ = tiles.band_streams(picture, shots.bands, "yuv420p")
    every = (*changed_frames(picture.layers, picture.motion), picture.motion.frames)
    whole = converted(tmp_path / "whole", compose.to_encoder_pixels(compose.frames(picture), "yuv420p"), SIZE[1])
    for index, (stream, band) in enumerate(zip(streams, shots.bands, strict=True)):
        above, below = band.guard_rows
        height = (above + band.rows + below) * ROW
        own = converted(tmp_path / str(index), stream, height)
        for samples, frame in zip(own, band.frames, strict=False):  # one more than is encoded may follow
            mine = planes(samples, above * ROW, band.rows * ROW, height)
            assert mine == planes(whole[every.index(frame)], band.row * ROW, band.rows * ROW), (index, frame)


def converted(target: Path, stream: filtergraph.Stream, height: int) -> list[bytes]:
    """A stream's encodable pictures as raw planes."""
    options = {"format": "rawvideo", "fps_mode": "passthrough"}
    args = filtergraph.arguments(filtergraph.output(stream.filter("setpts", "N"), target, options))
    made(target.with_suffix(".done.nut"), *args, "-f", "lavfi", "-i", "color=d=0.1:r=10")
    data, each = target.read_bytes(), SIZE[0] * height * 3 // 2
    return [data[at : at + each] for at in range(0, len(data), each)]


def planes(picture: bytes, top: int, rows: int, height: int = SIZE[1]) -> bytes:
    """Rows of a raw 4:2:0 picture."""
    width = SIZE[0]
    size = width * height
    parts = [picture[top * width : (top + rows) * width]]
    chroma = (size, size + size // 4)
    return b"".join([*parts, *(picture[at + top * width // 4 : at + (top + rows) * width // 4] for at in chroma)])


@pytest.mark.parametrize("fps", [24, 25, 30, 50, 60])
def test_the_plain_profile_shows_the_same(tmp_path: Path, fps: int) -> None:
    """V16: each frame is what was composed for it, and what x264 alone makes of it, within the encoder's noise."""
    picture = scene(tmp_path / "d", fps=fps)
    ours, plain = segment_of(tmp_path / "s", picture), segment_of(tmp_path / "p", picture, "compat")
    assert len(h264.scan(plain.read_bytes()).sets) == 2
    one, other, wanted = decoded(ours, SIZE), decoded(plain, SIZE), shown(picture)
    assert len(one) == len(other) == len(wanted) == 70
    for frame, (a, b, c) in enumerate(zip(one, other, wanted, strict=True)):
        assert noise(a, c) < 1.2 * noise(b, c) + 0.5, frame
        assert noise(a, b) < 2 * noise(b, c) + 0.5, frame


def noise(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures in levels."""
    means = ImageStat.Stat(ImageChops.difference(one, other)).mean
    return sum(means) / len(means)


def test_a_hold_costs_next_to_nothing(tmp_path: Path) -> None:
    """Ten seconds more of a still picture are a few bytes a frame."""
    picture = scene(tmp_path / "d", frames=70)
    longer = replace(picture, motion=replace(picture.motion, frames=270))
    short, long = segment_of(tmp_path / "s", picture), segment_of(tmp_path / "l", longer)
    assert (long.stat().st_size - short.stat().st_size) / 200 < 16


@pytest.mark.parametrize(
    ("size", "fps", "wanted"),
    [
        ((1920, 1080), 30, 40),
        ((1920, 1080), 60, 42),
        ((1080, 1920), 30, 40),
        ((1280, 720), 30, 31),
        ((3840, 2160), 30, 51),
        ((3840, 2160), 60, 52),
        ((7680, 4320), 60, 61),
        ((1920, 100), 30, 31),
        ((64, 7680), 24, 51),
        ((160, 90), 60, 30),
    ],
)
def test_the_level_is_the_whole_videos(size: tuple[int, int], fps: int, wanted: int) -> None:
    """A.3: the least level whose frame size, macroblocks a second and longest side are enough."""
    assert stitch.level(*size, fps) == wanted


def test_the_stream_has_the_level_and_size_of_the_whole(tmp_path: Path) -> None:
    """The parameter sets describe the whole frame, though each band was coded as a smaller one."""
    picture = scene(tmp_path / "d", size=(180, 446))
    data = segment_of(tmp_path / "s", picture).read_bytes()
    found = h264.scan(data)
    assert (found.parameters.width, found.parameters.height) == (180, 446)
    assert found.parameters.fps == 30
    sequence = next(unit for unit in found.sets if h264.unit_type(unit) == h264.SPS)
    assert sequence[3] == stitch.level(180, 446, 30)
    plain = h264.scan(segment_of(tmp_path / "p", picture, "compat").read_bytes())
    assert plain.sets == found.sets, "to the bit what x264 writes for the whole"


def coded(root: Path, extra: str = "", *, frames: int = 3, size: str = "64x64", keys: Sequence[int] = (0,)) -> bytes:
    """A band's stream as x264 writes it, or with settings that aren't ours."""
    profile = {**STANDARD, "x264": STANDARD["x264"] + extra}
    options: list[str] = []
    for name, value in encode.settings(profile, 30, 30, keys).items():
        options += ["-f" if name == "format" else f"-{name}", str(value)]
    source = f"testsrc2=s={size}:r=30"
    return made(root / "b.h264", "-f", "lavfi", "-i", source, "-frames:v", str(frames), *options).read_bytes()


def together(
    bands: Sequence[tuple[Band, bytes]], keys: KeyFrames | None = None, height: int = 64, frames: int = 6
) -> bytes:
    """What stitching gives, at once."""
    return b"".join(stitch.stitch(bands, keys or KeyFrames(), frames, height, 30))


WHOLE = Band(0, 4, 4, (0, 2, 5))


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (":bframes=1:force-cfr=1", "output order differs"),
        (":no-cabac=1", "not from our encoder settings"),
        (":weightp=2", "not from our encoder settings"),
        (":slices=2", "a band has"),
        (":stitchable=0:crf=30", "nothing"),
    ],
)
def test_streams_of_other_settings_are_refused(tmp_path: Path, extra: str, words: str) -> None:
    """The writer refuses unknown settings, rather than write a stream that no decoder understands."""
    data = coded(tmp_path, extra)
    if words in {"nothing", "a band has"}:
        assert h264.scan(together([(WHOLE, data)])).frames == 6, "these are understood"
    else:
        with pytest.raises(H264Error, match=words):
            together([(WHOLE, data)])


def test_bands_that_are_not_as_planned_are_refused(tmp_path: Path) -> None:
    """Too few frames, other rows, key frames elsewhere, a gap, and other settings are each named."""
    data = coded(tmp_path / "a")
    for bands, keys, words in (
        ([(replace(WHOLE, frames=(0, 2)), data)], KeyFrames(), "expected 2 frames, got 3"),
        ([(Band(0, 3, 3, (0, 2, 5)), data)], KeyFrames(), "expected 3 rows of macroblocks, got 4"),
        ([(WHOLE, data)], KeyFrames(frozenset({0, 2})), r"expected key frames at \[0, 2\], got \[0\]"),
        ([(WHOLE, coded(tmp_path / "k", keys=(0, 1)))], KeyFrames(), r"expected key frames at \[0\], got \[0, 2\]"),
    ):
        with pytest.raises(H264Error, match=words):
            together(bands, keys)
    with pytest.raises(H264Error, match="the bands do not cover the frame"):
        together([(WHOLE, data)], height=128)
    other = coded(tmp_path / "o", ":8x8dct=0")
    pair = [(WHOLE, data), (WHOLE, other)]
    with pytest.raises(H264Error, match="the bands were encoded with different settings"):
        together(pair)


@pytest.mark.parametrize("keep", [30, 60, 200])
def test_a_cut_band_is_refused_or_whole(tmp_path: Path, keep: int) -> None:
    """V9: a truncated band has fewer frames, or headers that end too early; either is refused."""
    data = coded(tmp_path)
    with pytest.raises(H264Error):
        together([(WHOLE, data[:keep])])


def test_a_band_without_its_first_slice_is_refused(tmp_path: Path) -> None:
    """V9: rows of a picture whose beginning is lost belong to none."""
    data = coded(tmp_path, ":slice-max-mbs=4", frames=1)
    found = list(h264.units(data))
    lost = next(index for index, unit in enumerate(found) if h264.unit_type(unit) == h264.IDR)
    rest = b"".join(h264.START + unit for index, unit in enumerate(found) if index != lost)
    with pytest.raises(H264Error, match="no first slice"):
        together([(Band(0, 4, 4, (0,)), rest)])


def test_no_copy_is_made_of_what_was_coded(tmp_path: Path) -> None:
    """A long stream is in memory once: what stitching keeps of it is little beside it."""
    data = coded(tmp_path, ":qp=1", frames=40, size="320x256")
    band = Band(0, 16, 16, tuple(range(40)))
    tracemalloc.start()
    try:
        for _ in stitch.stitch([(band, data)], KeyFrames(), 40, 256, 30):
            pass
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < len(data) / 2


def test_repeated_key_frames_are_the_same_bytes(tmp_path: Path) -> None:
    """A key frame in a hold is the one with which the hold began."""
    data = together(
        [(Band(0, 4, 4, (0, 2)), coded(tmp_path, frames=2, keys=(0, 1)))], KeyFrames(frozenset({0, 2}), {4: 2})
    )
    found = [unit for unit in h264.units(data) if h264.unit_type(unit) in {h264.SLICE, h264.IDR}]
    assert [h264.unit_type(unit) for unit in found] == [5, 1, 5, 1, 5, 1]
    assert found[2] == found[4]


def names_of_keys(data: bytes) -> list[tuple[int, int]]:
    """Each key frame's place in a segment and its idr_pic_id."""
    found, frame, bits = [], -1, stitch_sets(data).frame_number_bits
    for unit in h264.units(data):
        if h264.unit_type(unit) in {h264.SLICE, h264.IDR}:
            frame += h264.starts_frame(unit)
        if h264.unit_type(unit) == h264.IDR:
            head = Reader(unit[1:9])
            _ = head.unsigned(), head.unsigned(), head.unsigned(), head.read(bits)
            found.append((frame, head.unsigned()))
    return list(dict.fromkeys(found))


@pytest.mark.parametrize(
    ("keys", "frames"),
    [
        (KeyFrames(frozenset({0})), 1),
        (KeyFrames(frozenset({0})), 2),
        (KeyFrames(frozenset({0, 1})), 3),
        (KeyFrames(frozenset({0, 1, 2, 3})), 4),
        (KeyFrames(frozenset({0, 2}), {4: 2}), 5),
    ],
)
def test_key_frames_side_by_side_differ(tmp_path: Path, keys: KeyFrames, frames: int) -> None:
    """7.4.3: no key frame is taken for the one before it, be that the last of the segment before."""
    at = sorted(keys.coded)
    stream = coded(tmp_path, frames=len(at), keys=range(len(at)))
    data = together([(Band(0, 4, 4, tuple(at)), stream)], keys, frames=frames)
    found = dict(names_of_keys(data))
    assert set(found) == keys.coded | set(keys.repeats)
    assert all(found[frame] != found.get(frame - 1) for frame in found)
    one = coded(tmp_path, frames=1)
    others = {names_of_keys(together([(Band(0, 4, 4, (0,)), one)], frames=count))[0][1] for count in (1, 5)}
    assert len(others) == 2
    assert frames == 1 or found.get(frames - 1) not in others


def test_colors_are_kept_in_every_band(tmp_path: Path) -> None:
    """A flat color across all bands stays one color: no band's edge is visible."""
    drawing = Drawing(tmp_path / "d", SIZE).add("background", colour=(122, 165, 255))
    for index in range(3):
        drawing.add(f"item-{index}", (20, 60 + 140 * index, 100, 40), (122, 165, 255))
    tracks = {f"item-{index}": Track(enter=Effect(3 + index, 4, "fade")) for index in range(3)}
    for image in decoded(segment_of(tmp_path / "s", drawing.picture(Motion(30, 12, tracks))), SIZE):
        least, most = zip(*image.getextrema(), strict=True)
        assert apart(least, (122, 165, 255)) <= 3
        assert apart(most, (122, 165, 255)) <= 3
