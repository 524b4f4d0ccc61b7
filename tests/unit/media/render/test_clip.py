"""Clips: which frames of a recording are shown when, and how many are decoded for that."""

from __future__ import annotations

import array
import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.support.clip_lab import (
    H264,
    decoded_by,
    decoded_pictures,
    decoded_samples,
    extracting,
    number,
    numbered,
    numbers,
    recording,
    scene,
)
from tests.support.marks import WITH_REAL_MEDIA
from tests.support.paths import REAL_MEDIA
from tests.support.render_lab import ENV, decoded, made, render_context, shown
from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import ffmpeg, filtergraph
from vidbuild.media.render import compose
from vidbuild.media.render.clip import open_clip
from vidbuild.media.render.encode_plan import encode_plan
from vidbuild.media.render.motion import Motion
from vidbuild.media.render.playback import Playback
from vidbuild.steps import render

LAG = 8  # frames ffmpeg may leave out of its count: a decoder's thread can still be counting when the totals print
AHEAD = 16  # pictures a decoder is fed before the first of them comes out, and while the end goes back to it
LONG_GROUPS = ("-c:v", "libx264", "-preset", "fast", "-qp", "8", "-g", "100", "-pix_fmt", "yuv420p")
ROUNDING = Fraction(49, 100_000)  # seconds: less than half a millisecond
SIZE = (320, 180)
CODE = (210, 151, 310, 169)  # where the timecode stands in such a picture


def expected(start_ms: int, frame: int, fps: int, source_fps: Fraction, last: int) -> int:
    """The number of the picture on a recording's screen in the middle of a frame; one that comes there is the next's.

    So no picture is shown more than half a frame early or late. A container that rounds times to milliseconds has a
    picture almost half of one early.
    """
    middle = Fraction(start_ms, 1000) + (frame + Fraction(1, 2)) / fps - ROUNDING
    before = middle * source_fps
    return min(last, math.ceil(before) - 1)


@WITH_REAL_MEDIA
@pytest.mark.parametrize("fps", [24, 25, 30, 50, 60])
@pytest.mark.parametrize("start_ms", [0, 5000, 9517])
def test_the_timecode_is_the_one_of_its_time(
    timecodes: list[Image.Image], tmp_path: Path, start_ms: int, fps: int
) -> None:
    """At any rate of the video, frame k shows the timecode that is on the recording's screen in the middle of it."""
    source = tmp_path / "example.mp4"
    source.symlink_to(REAL_MEDIA / "example.mp4")
    picture = scene(source, Playback(start_ms, 0, 12, "cover"), 12, fps, SIZE)
    found = [matched(image, timecodes) for image in shown(picture)]
    assert found == [expected(start_ms, frame, fps, Fraction(30), 1271) for frame in range(12)]
    for frame, index in enumerate(found):
        assert abs(Fraction(index, 30) - Fraction(start_ms, 1000) - Fraction(frame, fps)) <= Fraction(
            1, 2 * fps
        ) + Fraction(1, 30)


@WITH_REAL_MEDIA
def test_the_timecode_runs_on_through_transitions(timecodes: list[Image.Image], tmp_path: Path) -> None:
    """A scene's head, middle and tail, rendered separately, show the timecodes of the scene in one, and hold the last.

    A window that lies behind the part that plays shows the last picture as well.
    """
    source = tmp_path / "example.mp4"
    source.symlink_to(REAL_MEDIA / "example.mp4")
    playback = Playback(7300, 0, 20, "cover")
    want = [expected(7300, min(frame, 19), 25, Fraction(30), 1271) for frame in range(26)]
    found = []
    for window in ((0, 6), (6, 12), (18, 6), (24, 2)):
        found += [matched(image, timecodes) for image in shown(scene(source, playback, 26, 25, SIZE, window))]
    assert found == want


@WITH_REAL_MEDIA
def test_the_last_picture_of_a_recording_stays(timecodes: list[Image.Image], tmp_path: Path) -> None:
    """Past a recording's end its very last picture is shown."""
    source = made(
        tmp_path / "cut.mp4", "-t", "4", "-i", str(REAL_MEDIA / "example.mp4"), "-c:v", "libx264", "-qp", "4", "-an"
    )
    picture = scene(source, Playback(3900, 0, 9, "cover"), 9, 30, SIZE)
    assert [matched(image, timecodes) for image in shown(picture)] == [117, 118, 119] + [119] * 6


@pytest.fixture(scope="module")
def timecodes(tmp_path_factory: pytest.TempPathFactory) -> list[Image.Image]:
    """The burned-in timecodes of a recording's first ten seconds, decoded one after the other without any seeking."""
    target = tmp_path_factory.mktemp("codes") / "codes.mkv"
    made(
        target,
        "-i",
        str(REAL_MEDIA / "example.mp4"),
        "-frames:v",
        "300",
        "-vf",
        "scale=320:180:flags=bicubic",
        "-an",
        "-c:v",
        "ffv1",
    )
    return [image.crop(CODE).convert("L") for image in decoded(target, SIZE)]


def matched(image: Image.Image, codes: list[Image.Image]) -> int:
    """Which of the timecodes a picture shows; it is clearly nearer to that one than to any other."""
    own = image.crop(CODE).convert("L")
    errors = sorted(
        (ImageStat.Stat(ImageChops.difference(own, code)).var[0], index) for index, code in enumerate(codes)
    )
    assert errors[0][0] < 0.5 * errors[1][0]
    return errors[0][1]


@pytest.mark.parametrize("rate", ["24000/1001", "30000/1001", "60000/1001", "12", "100", "240"])
@pytest.mark.parametrize("fps", [24, 30, 60])
def test_any_rate_becomes_any_other(tmp_path: Path, rate: str, fps: int) -> None:
    """Pictures are repeated or left out so that none is more than half a frame from its time, at odd rates too."""
    exact = Fraction(rate)
    source = recording(tmp_path / "r.mp4", 250, fps=rate)
    want = [expected(433, frame, fps, exact, 249) for frame in range(10)]
    assert numbers(source, 433, 10, fps) == want


def test_two_windows_of_an_odd_rate_meet(tmp_path: Path) -> None:
    """However a scene is divided, its parts show what the whole shows, though starts are no whole microseconds."""
    source = recording(tmp_path / "r.mkv", 200, fps="30000/1001")
    playback = Playback(567, 0, 60, "cover")
    whole = [number(image) for image in shown(scene(source, playback, 60, 24))]
    for at in (1, 7, 31, 59):
        parts = [shown(scene(source, playback, 60, 24, window=window)) for window in ((0, at), (at, 60 - at))]
        assert [number(image) for part in parts for image in part] == whole, at


@pytest.mark.parametrize(
    ("window", "first", "shows"),
    [(None, 75, 20), ((0, 5), 75, 5), ((15, 5), 100, 5), ((20, 10), 100, 1), ((29, 1), 100, 1)],
)
def test_only_what_is_shown_is_decoded(tmp_path: Path, window: tuple[int, int] | None, first: int, shows: int) -> None:
    """From the key frame before the first picture that is shown to the last one, in every window of a scene."""
    source = recording(tmp_path / "a.mp4", 250)
    picture = scene(source, Playback(3000, 0, 20, "cover"), 30, window=window)
    start = 90 + min(window[0] if window else 0, 19)
    decoded = start + shows - first
    assert max(1, decoded - LAG) <= decoded_pictures(picture) <= decoded + AHEAD


def test_a_still_of_a_clip_decodes_one_group_of_pictures_at_most(tmp_path: Path) -> None:
    """A hold of many frames after a clip costs no picture more than the clip."""
    picture = scene(recording(tmp_path / "a.mp4", 250), Playback(0, 0, 4, "cover"), 200)
    assert 1 <= decoded_pictures(picture) <= 4 + AHEAD


def test_a_thumbnail_does_not_decode_a_clip_twice(tmp_path: Path) -> None:
    """A render step decodes a long clip once, and for its last frame, the thumbnail, one more group of pictures."""
    picture = scene(recording(tmp_path / "a.mp4", 250), Playback(1000, 0, 200, "cover"), 200)
    step = render_context(tmp_path / "step", picture)
    profile = step.params["profile"]
    args = render.encoder_arguments(picture, encode_plan(picture, profile), profile, step.scratch, step.out)
    assert 200 - LAG <= decoded_by(args, tmp_path) <= 200 + 25 + 25 + 2 * AHEAD


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
def test_only_the_used_audio_is_decoded(tmp_path: Path, container: str) -> None:
    """Of a long recording hardly more audio is decoded than is used, wherever that is."""
    tone = ("-f", "lavfi", "-i", "sine=r=48000:d=20")
    source = made(tmp_path / f"a.{container}", *numbered(size="64x36"), *tone, "-t", "20", *H264, "-c:a", "aac")
    args = extracting(source, 12_500, 48_000, tmp_path / "out.raw")
    assert 48_000 - LAG * 2048 <= decoded_samples(args, tmp_path) <= 3 * 48_000


@pytest.mark.parametrize("start_ms", [0, 1400])
@pytest.mark.parametrize(
    ("name", "coded"),
    [
        ("a.mp4", (*H264, "-c:a", "aac")),
        ("fragments.mp4", (*H264, "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov")),
        ("a.ts", (*H264, "-c:a", "aac")),
        ("six-channels.mkv", (*H264, "-ac", "6", "-c:a", "ac3")),
        ("a.webm", ("-c:v", "libvpx", "-b:v", "1M", "-g", "60", "-deadline", "realtime", "-c:a", "libopus")),
        ("mono.mov", (*H264, "-ac", "1", "-ar", "22050", "-c:a", "pcm_s16le")),
    ],
)
def test_a_clips_frames_and_audio_stay_together(
    tmp_path: Path, name: str, coded: tuple[str, ...], start_ms: int
) -> None:
    """V14: audio at frame n of the recording is at that frame in the video, to within a frame.

    Also where the times of the sound have a gap that is to be heard as one.
    """
    beeps = ("-f", "lavfi", "-i", "aevalsrc=sin(2*PI*1000*t)*lt(mod(t\\,1)\\,0.1):s=48000")
    source = made(tmp_path / name, *numbered(), *beeps, "-t", "4", *coded)
    raw = tmp_path / "heard.raw"
    ffmpeg.run(extracting(source, start_ms, 2 * 48_000, raw), cwd=tmp_path, env=ENV, timeout=60, what="decode")
    heard = array.array("f", raw.read_bytes())[::2]
    pictures = numbers(source, start_ms, 60)
    second = start_ms // 1000 + 1
    onset = next(at for at in range(14_400, len(heard)) if abs(heard[at]) > 0.1)
    assert abs(pictures.index(30 * second) / 30 - onset / 48_000) < 1 / 30


CONTAINERS = {
    "a.mp4": LONG_GROUPS,
    "fragments.mp4": (*LONG_GROUPS, "-movflags", "frag_keyframe+empty_moov"),
    "open.mp4": (
        "-c:v",
        "libx264",
        "-qp",
        "8",
        "-x264-params",
        "keyint=40:open-gop=1:bframes=3",
        "-pix_fmt",
        "yuv420p",
    ),
    "refreshed.mp4": (
        "-c:v",
        "libx264",
        "-qp",
        "8",
        "-x264-params",
        "intra-refresh=1:keyint=30",
        "-pix_fmt",
        "yuv420p",
    ),
    "a.ts": LONG_GROUPS,
    "a.mpg": ("-c:v", "mpeg2video", "-q:v", "2", "-g", "60", "-bf", "2"),
    "a.flv": LONG_GROUPS,
    "a.webm": ("-c:v", "libvpx", "-b:v", "2M", "-g", "60", "-deadline", "realtime"),
    "a.ogv": ("-c:v", "libtheora", "-q:v", "10", "-g", "64"),
    "a.wmv": ("-c:v", "wmv2", "-q:v", "2", "-g", "60"),
    "hevc.mp4": ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=60:open-gop=1"),
    "ten-bit-422.mkv": ("-c:v", "libx264", "-qp", "8", "-g", "60", "-pix_fmt", "yuv422p10le"),
    "prores.mov": ("-c:v", "prores_ks", "-profile:v", "3"),
    "uncompressed.avi": ("-c:v", "rawvideo", "-pix_fmt", "bgr24"),
    "a.gif": ("-r", "50"),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_start_is_exact_in_every_container(tmp_path: Path, name: str) -> None:
    """V15: also where an index leads to pictures that cannot be decoded alone, or there is none at all."""
    fps = 50 if name == "a.gif" else 30
    source = recording(tmp_path / name, 200, CONTAINERS[name], fps=fps)
    for start_ms in (100, 1000, 2333, 3900):
        want = [expected(start_ms, frame, fps, Fraction(fps), 199) for frame in range(3)]
        assert numbers(source, start_ms, 3, fps) == want, start_ms


def test_what_lies_far_before_a_start_is_not_decoded(tmp_path: Path) -> None:
    """Where ffmpeg goes to the wrong picture, decoding begins a little sooner, not with the file."""
    source = recording(tmp_path / "a.ts", 255, CONTAINERS["a.ts"])
    for start_ms in range(4500, 8500, 500):
        picture = scene(source, Playback(start_ms, 0, 3, "cover"), 3)
        assert picture.clip is not None
        assert start_ms / 1000 - 4 <= picture.clip.seek_point(start_ms / 1000) <= start_ms / 1000
        assert decoded_pictures(picture) <= 3 * 100 + AHEAD


def test_a_recording_of_another_beginning_is_counted_from_there(tmp_path: Path) -> None:
    """Times that begin at an hour, and an edit list that leaves out a part before a key frame, change nothing."""
    source = recording(tmp_path / "a.mp4", 250)
    late = made(tmp_path / "late.ts", "-i", str(source), "-c", "copy", "-output_ts_offset", "3600")
    assert numbers(late, 1500) == [45, 46, 47]
    cut = made(tmp_path / "cut.mp4", "-ss", "1.5", "-i", str(source), "-t", "3", "-c", "copy")
    assert numbers(cut) == [45, 46, 47]
    assert numbers(cut, 1000) == [75, 76, 77]


def test_the_first_of_several_moving_pictures_is_shown(tmp_path: Path) -> None:
    """A second moving picture and a cover are left alone, though they have key frames elsewhere, or are the default."""
    one, other = recording(tmp_path / "one.mkv", 200, LONG_GROUPS), recording(tmp_path / "other.mkv", 200, size="64x36")
    both = ("-i", str(one), "-i", str(other), "-map", "0", "-map", "1", "-c", "copy")
    two = made(tmp_path / "two.mkv", *both, "-disposition:v:0", "0", "-disposition:v:1", "default")
    assert numbers(two, 4500) == [135, 136, 137]
    cover = made(tmp_path / "cover.png", "-f", "lavfi", "-i", "color=red:s=50x50", "-frames:v", "1")
    first = (
        "-i",
        str(cover),
        "-i",
        str(one),
        "-map",
        "0",
        "-map",
        "1",
        "-c",
        "copy",
        "-disposition:v:0",
        "attached_pic",
    )
    assert numbers(made(tmp_path / "covered.mp4", *first), 4500) == [135, 136, 137]


def test_a_clip_of_one_picture_shows_it(tmp_path: Path) -> None:
    """A recording that is a single picture is one that stays."""
    assert numbers(recording(tmp_path / "one.mp4", 1)) == [0, 0, 0]


def test_a_recording_that_changes_its_size_or_range_plays_on(tmp_path: Path) -> None:
    """Recorders of browsers and meetings change the size as they go: every frame is still there and has its picture."""
    whole = recording(tmp_path / "whole.ts", 20)
    for name, coded, size in (("small", H264, "64x36"), ("full", (*H264, "-color_range", "pc"), "128x72")):
        part = recording(tmp_path / f"{name}.ts", 20, coded, size=size)
        listed = tmp_path / f"{name}.txt"
        listed.write_text(f"file '{whole}'\nfile '{part}'\n", encoding="utf-8")
        both = made(tmp_path / f"{name}-both.ts", "-f", "concat", "-safe", "0", "-i", str(listed), "-c", "copy")
        assert numbers(both, 0, 44) == [*range(20), *range(20), 19, 19, 19, 19], name


def test_a_damaged_recording_looks_the_same_each_time(tmp_path: Path) -> None:
    """P1: what a decoder makes of damage does not depend on how many processors there are, nor on which was first."""
    source = made(tmp_path / "a.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=30", "-frames:v", "60", *H264)
    damaged = bytearray(source.read_bytes())
    for at in range(len(damaged) // 4, len(damaged) * 9 // 10, len(damaged) // 12):
        damaged[at] ^= 0xFF
    source.write_bytes(damaged)
    picture = scene(source, Playback(0, 0, 60, "cover"), 60)
    target = tmp_path / "out.raw"
    output = filtergraph.output(
        compose.hold_frames(compose.frames(picture), picture.motion), target, {"format": "rawvideo"}
    )
    made_of = set()
    for processors in ("1", "2", "3", "4", "16"):
        args = ["-cpucount", processors, *filtergraph.arguments(output)]
        ffmpeg.run(args, cwd=tmp_path, env=ENV, timeout=60, what="compose")
        made_of.add(target.read_bytes())
    assert len(made_of) == 1


def test_a_clip_without_a_file_is_an_error(tmp_path: Path) -> None:
    """A drawing with a place for a clip that the motion lacks is an error."""
    picture = scene(recording(tmp_path / "a.mp4", 3), Playback(0, 0, 3, "cover"), 3)
    with pytest.raises(StepError, match="layer 'clip' needs a clip, but there is none"):
        shown(replace(picture, clip=None))
    assert open_clip(tmp_path / "a.mp4", Motion(30, 3), ENV) is None


@pytest.mark.parametrize("late", ["picture", "sound"])
@pytest.mark.parametrize("name", ["c.ts", "c.nut", "c.mpg", "c.ogg", "c.mkv", "c.mp4"])
def test_tracks_that_begin_apart_stay_together(tmp_path: Path, name: str, late: str) -> None:
    """Frames and audio stay together, wherever a clip starts, though one track begins later in its file."""
    shift = ("-itsoffset", "0.8")
    lit = "color=black:s=160x90:r=25:d=5,drawbox=c=white:t=fill:enable='between(t,2,2.19)'"
    loud = 2.8 if late == "picture" else 1.2
    beep = f"aevalsrc='if(between(t,{loud},{loud}+0.2),sin(2*PI*1000*t),0)':d=5:s=48000"
    inputs = (*(shift if late == "picture" else ()), "-f", "lavfi", "-i", lit)
    inputs += (*(shift if late == "sound" else ()), "-f", "lavfi", "-i", beep)
    codecs = {
        "c.mpg": ("-c:v", "mpeg2video", "-c:a", "mp2"),
        "c.ogg": ("-c:v", "libvpx", "-auto-alt-ref", "0", "-c:a", "libvorbis"),
    }
    source = made(tmp_path / name, *inputs, *codecs.get(name, (*H264, "-bf", "0", "-c:a", "aac")))
    for start_ms in (0, 900, 1500):
        pictures = shown(scene(source, Playback(start_ms, 0, 75, "cover"), 75, 25))
        flash = next(index for index, image in enumerate(pictures) if number(image) == 255) / 25
        raw = tmp_path / "s.raw"
        ffmpeg.run(extracting(source, start_ms, 3 * 48000, raw), cwd=tmp_path, env=ENV, timeout=60, what="read")
        samples = array.array("f", raw.read_bytes())[::2]
        heard = next(index for index, sample in enumerate(samples) if abs(sample) > 0.1) / 48000
        assert abs(flash - heard) < 0.05, (start_ms, flash, heard)
