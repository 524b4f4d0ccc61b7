"""Media with absurd properties: refused with the limit and the actual value, soon and in little memory."""

from __future__ import annotations

import contextlib
import os
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.render_lab import ENV, context, made
from vidbuild.errors import SpecProblem, StepError
from vidbuild.media.audio import pcm
from vidbuild.media.ffmpeg import limits
from vidbuild.media.ffmpeg.check_limits import duration, video
from vidbuild.media.ffmpeg.media_info import MediaInfo
from vidbuild.media.ffmpeg.packets import Listing
from vidbuild.media.ffmpeg.probe import probe
from vidbuild.voices import recorded

LONG = 60
TEST = ("-f", "lavfi", "-i", "testsrc=s=64x36:r=25")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def of_size(width: int, height: int) -> Callable[[Path], Path]:
    """A video of one picture."""

    def make(folder: Path) -> Path:
        source = f"color=black:s={width}x{height}:r=1"
        return made(folder / "x.mp4", "-f", "lavfi", "-i", source, "-frames:v", "1", *H264)

    return make


def quick(folder: Path) -> Path:
    """Fifty thousand pictures a second."""
    return made(folder / "x.mp4", "-f", "lavfi", "-i", "testsrc=s=64x36:r=50000", "-frames:v", "60", "-c:v", "mjpeg")


def endless(folder: Path) -> Path:
    """Two pictures that are a hundred hours apart."""
    hours = "setpts=N*360000/TB"
    return made(folder / "x.mkv", *TEST, "-frames:v", "2", "-vf", hours, "-fps_mode", "passthrough", *H264)


def crowded(folder: Path) -> Path:
    """A hundred streams of sound beside a picture."""
    sound = ("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "0.04")
    return made(
        folder / "x.mkv", *TEST, *sound, "-map", "0:v", *["-map", "1:a"] * 100, "-c:v", "mjpeg", "-c:a", "pcm_u8"
    )


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            of_size(4096, 64),
            r"'x\.mp4': frame size: expected one side at most 32 times the other, got 4096 x 64",
        ),
        (quick, r"'x\.mp4': frame rate: expected at most 1000 fps, got 50000 fps"),
        (endless, r"'x\.mkv': duration: expected at most 12 hours, got 1\d\d\.\d hours"),
        (crowded, "streams: expected at most 64, got more"),
    ],
    ids=["narrow", "quick", "endless", "crowded"],
)
def test_an_absurd_clip_is_refused(tmp_path: Path, make: Callable[[Path], Path], words: str) -> None:
    """V19: a clip over a limit is an error at its field that names the limit and what was found."""
    path = make(tmp_path)
    with pytest.raises(StepError, match=words) as caught:
        probe(path, env=ENV, field="src")
    assert caught.value.failure.field == "src"


def test_a_picture_over_the_limit_is_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """V19: ffmpeg itself gets the limit, so no buffer is made for a larger frame."""
    path = of_size(640, 360)(tmp_path)
    monkeypatch.setattr(limits, "CLIP_PIXELS", 640 * 359)
    with pytest.raises(StepError, match=r"frame size: expected at most 229760 pixels, got 640 x 36[08]") as caught:
        probe(path, env=ENV, field="src")
    assert caught.value.failure.field == "src"


def test_the_largest_clips_are_welcome(tmp_path: Path) -> None:
    """What a camera of today makes is under every limit: 8K, upright, at 240 pictures a second."""
    path = made(tmp_path / "x.mp4", "-f", "lavfi", "-i", "color=black:s=4320x7680:r=240", "-frames:v", "1", *H264)
    assert probe(path, env=ENV).height == 7680


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"width": 0, "height": 90}, "got 0 x 90"),
        ({"width": 99_999, "height": 9_999}, "sides of 1 to 16384 pixels"),
        ({"stored": (8192, 4353)}, "8192 x 4353 pixels"),
        ({"rate": 1000.5}, "got 1000.5 fps"),
    ],
)
def test_limits_of_pictures(facts: dict[str, int], words: str) -> None:
    """Each limit on its own, one beyond it."""
    plain: dict[str, Any] = {"width": 160, "height": 90, "stored": (160, 90), "rate": 25.0}
    video(MediaInfo("x", 1.0, **plain), "a", "src")
    with pytest.raises(SpecProblem, match=words):
        video(MediaInfo("x", 1.0, **{**plain, **facts}), "a", "src")


@pytest.mark.parametrize(
    ("seconds", "words"), [(-1.0, "ends 1 s before it begins"), (float("nan"), "before it begins")]
)
def test_a_length_is_a_length(seconds: float, words: str) -> None:
    """A file that ends before it begins, or whose length is no number, has none."""
    with pytest.raises(SpecProblem, match=words):
        duration(seconds, limits.CLIP_SECONDS, "a", "src")
    duration(0.0, limits.CLIP_SECONDS, "a", "src")


@pytest.mark.parametrize(
    "packets",
    [
        "#tb 0: 1/25\n0, NOPTS, NOPTS, 1, 9, 0x0\n",
        "#tb 0: 1/0\n0, 0, 0, 1, 9, 0x0\n",
        "#tb 0: x/y\n0, 0, 0, 1, 9, 0x0\n",
        "0, 0, 0\n0,0,0,0,0\n",
        "",
    ],
)
def test_rubbish_in_place_of_packets_is_no_length(packets: str) -> None:
    """What cannot be read as a time is none."""
    listing = Listing()
    listing(packets.encode())
    assert [track.end for track in listing.tracks.values() if track.count] == []


@pytest.mark.parametrize("name", ["x.mp4", "x.wav", "x.mkv", "x.gif", "x"])
@pytest.mark.parametrize(
    "head", [b"", b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\1\0\1\0", b"\x1a\x45\xdf\xa3", b"GIF89a"]
)
def test_four_gigabytes_of_nothing_are_not_read(tmp_path: Path, name: str, head: bytes) -> None:
    """A large sparse file is refused by its beginning, whatever it is called: as a clip, and as a recording."""
    path = tmp_path / name
    path.write_bytes(head)
    os.truncate(path, 4 << 30)
    began = time.monotonic()
    with pytest.raises(StepError):
        probe(path, env=ENV)
    step = context(tmp_path / "step", {}, {})
    with contextlib.suppress(StepError):  # of a WAV file without an end, silence is read
        pcm.decode(path, step.scratch, ENV, "read it")
    assert time.monotonic() - began < LONG


def wav_of(folder: Path, rate: int, channels: int, samples: int = 2000) -> Path:
    """Return a WAV file with any header values."""
    data = bytes(2 * channels * samples)
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2, channels * 2 & 0xFFFF, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    path = folder / "take.wav"
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


@pytest.mark.parametrize(
    ("rate", "channels", "words"),
    [
        (1, 1, "'take.wav': sample rate: expected 4000 to 768000 Hz, got 1 Hz"),
        (1_000_000, 1, "'take.wav': sample rate: expected 4000 to 768000 Hz, got 1000000 Hz"),
        (48_000, 64, "'take.wav': audio channels: expected at most 24, got 64"),
        (300, 60_000, "got 300 Hz"),
        (0, 1, "the recording has no audio that ffmpeg can read"),
    ],
)
def test_an_absurd_recording_is_refused(tmp_path: Path, rate: int, channels: int, words: str) -> None:
    """V19: a recording over a limit is an error at its field that names the limit and what was found."""
    step = context(tmp_path / "step", {}, {})
    samples = 20
    recording = wav_of(tmp_path, rate, channels, samples)
    with pytest.raises(StepError, match=words) as caught:
        recorded.read(recording, step.out / "narration.wav", step.scratch, ENV)
    assert caught.value.failure.field == "narration.audio"


def test_a_recording_that_is_too_long_is_cut_off_and_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """V19: decoding stops at the limit, so an endless recording fills no disk; one just as long as it is welcome."""
    monkeypatch.setattr(limits, "RECORDING_SECONDS", 0.5)
    step = context(tmp_path / "step", {}, {})
    assert len(pcm.decode(wav_of(tmp_path, 48_000, 1, 24_000), step.scratch, ENV, "read it").samples) == 24_000
    with pytest.raises(
        SpecProblem, match=r"'take\.wav': duration: expected at most 0\.000138889 hours, got 0\.0 hours"
    ):
        pcm.decode(wav_of(tmp_path, 48_000, 1, 2_000_000), step.scratch, ENV, "read it")
    assert (step.scratch / "pcm-out.raw").stat().st_size < 500_000


def test_a_gif_of_many_pictures_is_read_through(tmp_path: Path) -> None:
    """A hundred thousand pictures are a clip like any other, of which little is remembered."""
    path = made(tmp_path / "x.gif", "-f", "lavfi", "-i", "color=s=2x2:r=50", "-frames:v", "2")
    data = path.read_bytes()
    start = data.index(b"\x21\xf9", data.index(b"\x2c") - 10)
    one = data[start : data.index(b"\x21\xf9", start + 2)] if data.count(b"\x21\xf9") > 1 else data[start:-1]
    path.write_bytes(data[:start] + one * 100_000 + b";")
    assert probe(path, env=ENV).duration == pytest.approx(2000, rel=0.01)
