"""Videos in a real browser: its metadata, every frame that it decodes, plays and seeks to, and the audio."""

from __future__ import annotations

import array
import base64
import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from tests.support import decoding
from tests.support.browser_page import Page, Playable
from tests.support.chromium import VARIABLE, PageError, executable
from vidbuild.media.ffmpeg import ffmpeg

RATE = 48_000
AAC_FRAME = 1024
MICROSECOND = 1e-6
ALL = 300  # of a video with more frames than that not all are sought
PLAYS = 6
BLOCK = 5  # pixels: programs sharpen and place the colours of a 4:2:0 picture differently, but not their averages
APART = 20  # of 255; Chromium makes the purest blue up to 14 too dark, and BT.601 would be further off
BT709 = (
    *(1.164384, 0.0, 1.792741, -248.1),
    *(1.164384, -0.213249, -0.532909, 76.88),
    *(1.164384, 2.112402, 0.0, -289.02),
)


def at(frame: int, fps: int) -> float:
    """The middle of a frame: a seek to its very start may be rounded into the one before."""
    return float(Fraction(2 * frame + 1, 2 * fps))


def raw(path: Path, *options: str) -> bytes:
    """What ffmpeg writes of a video to stdout."""
    args = ["-i", str(path), *options, "-"]
    kept = ffmpeg.capture(args, cwd=path.parent, env={}, timeout=60, what="decode", loglevel="error", max_bytes=1 << 30)
    return kept.output


def heard(path: Path) -> array.array[int]:
    """The left channel as ffmpeg decodes it."""
    return array.array("h", raw(path, "-map", "0:a", "-filter:a", "pan=mono|c0=c0", "-c:a", "pcm_s16le", "-f", "s16le"))


def ending(path: Path, track: str) -> Fraction:
    """When a track ends, in seconds."""
    last = decoding.packets(path, track)[-1]
    return last.time + last.duration


def check_picture(playable: Playable, frame: int, answer: dict[str, Any]) -> None:
    """The browser shows this frame, at its time, sample by sample as ffmpeg decodes it."""
    shown, fps = playable.shown, playable.video.fps
    assert answer["format"] == "I420"
    assert abs(answer["time"] - frame / fps) <= MICROSECOND
    alike = [other for other, digest in enumerate(shown.digests) if digest == answer["digest"]]
    assert answer["digest"] == shown.digests[frame], f"frame {frame} looks like {alike or 'none that ffmpeg decodes'}"


def test_size_and_duration(playable: Playable) -> None:
    """The browser reads the size and the exact duration: that of the longer track, video or whole AAC frames."""
    found = playable.page.fresh().call("load", playable.url)
    video = playable.video
    assert (found["width"], found["height"]) == video.size
    pictures, sound = (ending(video.path, track) for track in ("v:0", "a:0"))
    assert pictures == Fraction(video.frames, video.fps)
    assert abs(sound - pictures) <= Fraction(AAC_FRAME, 2 * RATE)
    assert abs(found["duration"] - max(sound, pictures)) <= MICROSECOND


def decode(playable: Playable, coded: Path) -> list[dict[str, Any]]:
    """What the browser's decoder makes of a video's coded pictures, which stand in a file of the site."""
    path = playable.video.path
    content = path.read_bytes()
    start = content.index(b"avcC")
    description = content[start + 4 : start - 4 + int.from_bytes(content[start - 4 : start], "big")]
    codec = f"avc1.{description[1:4].hex()}"
    answer = base64.b64encode(description).decode()
    sizes = [[packet.size, packet.key] for packet in decoding.packets(path)]
    shown = playable.page.fresh().call("decode", coded.name, codec, answer, sizes, playable.video.fps)
    assert isinstance(shown, list)
    return shown


def coded(playable: Playable) -> bytes:
    """A video's coded pictures, one behind the other, as they stand in the MP4."""
    return raw(playable.video.path, "-map", "0:v:0", "-c", "copy", "-f", "rawvideo")


def test_every_frame_is_decoded(playable: Playable, site: Path) -> None:
    """The browser's decoder, given every coded picture in turn, makes exactly the samples that ffmpeg's makes."""
    file = site / "pictures.bin"
    file.write_bytes(coded(playable))
    answer = decode(playable, file)
    assert len(answer) == playable.video.frames
    for frame, picture in enumerate(answer):
        check_picture(playable, frame, picture)


@pytest.mark.parametrize("playable", ["every-scene"], indirect=True)
def test_damage_is_noticed(playable: Playable, site: Path) -> None:
    """A coded picture with a few wrong bytes in it does not pass for the right one."""
    data = bytearray(coded(playable))
    first = decoding.packets(playable.video.path)[0].size
    for at_byte in range(first // 2, first // 2 + 8):
        data[at_byte] ^= 0x5A
    file = site / "damaged.bin"
    file.write_bytes(data)
    try:
        digest = decode(playable, file)[0]["digest"]
    except PageError:
        return
    assert digest != playable.shown.digests[0]


def test_seeking(playable: Playable) -> None:
    """Sent anywhere, back and forth, the browser shows the frame of that time, bit for bit, with the time k / fps."""
    video, page = playable.video, playable.page.fresh()
    page.call("load", playable.url)
    frames = [*range(video.frames)] if video.frames <= ALL else [*video.worth_a_look(playable.keys, ALL)]
    random.Random(1).shuffle(frames)
    for frame in frames:
        answer = page.call("seek", at(frame, video.fps))
        assert abs(answer["mediaTime"] - frame / video.fps) <= MICROSECOND, f"sent to {frame}: {answer}"
        check_picture(playable, frame, answer)


def rightly(planes: bytes, size: tuple[int, int]) -> Image.Image:
    """A 4:2:0 picture in RGB, as Rec. ITU-R BT.709 has it."""
    width, height = size
    half = ((width + 1) // 2, (height + 1) // 2)
    brightness = Image.frombytes("L", size, planes[: width * height])
    blue, red = (
        Image.frombytes("L", half, part).resize(size, Image.Resampling.BILINEAR)
        for part in (planes[width * height :][: half[0] * half[1]], planes[width * height + half[0] * half[1] :])
    )
    return Image.merge("RGB", (brightness, blue, red)).convert("RGB", BT709)


def test_colors_on_a_canvas(playable: Playable) -> None:
    """On a canvas each frame has the intended colors."""
    video, page = playable.video, playable.page.fresh()
    page.call("load", playable.url)
    pictures = raw(video.path, "-map", "0:v:0", "-f", "rawvideo")
    each = len(pictures) // video.frames
    for frame in video.worth_a_look(playable.keys, 24):
        page.call("seek", at(frame, video.fps))
        seen = Image.frombytes("RGBA", video.size, base64.b64decode(page.call("look"))).convert("RGB")
        wanted = rightly(pictures[frame * each : (frame + 1) * each], video.size)
        apart = max(ImageChops.difference(seen.reduce(BLOCK), wanted.reduce(BLOCK)).tobytes())
        assert apart <= APART, f"frame {frame} has other colours: {apart} apart"


def played(page: Page, url: str, seconds: float) -> dict[str, Any]:
    """How one play from start to end went."""
    page.fresh().call("load", url)
    answer = page.call("play", seconds * 3 + 20, timeout=seconds * 3 + 40)
    assert isinstance(answer, dict)
    return answer


@pytest.mark.parametrize("playable", ["every-scene", "larger"], indirect=True)
def test_playing(playable: Playable) -> None:
    """It plays to the end without waiting; every frame shown has the time k / fps, and none is dropped or corrupted.

    A busy machine makes a browser wait and drop frames of any video, so the best of several plays counts.
    """
    video = playable.video
    for _ in range(PLAYS):
        answer = played(playable.page, playable.url, video.frames / video.fps)
        assert answer["corrupted"] == 0
        assert answer["total"] == video.frames
        shown = [time * video.fps for time, _ in answer["times"]]
        assert all(abs(each - round(each)) <= video.fps * MICROSECOND for each in shown)
        assert shown == sorted(set(shown))
        waits = [wait for wait in answer["waits"] if wait[1] > 0]
        if not answer["dropped"] and not waits:
            return
    pytest.fail(f"none of {PLAYS} plays was smooth; the last dropped {answer['dropped']} frames and waited {waits}")


def test_the_sound_is_decoded(playable: Playable) -> None:
    """The browser decodes the sound of the MP4: whole, as ffmpeg does, and it begins when the first words do."""
    answer = playable.page.fresh().call("hear", playable.url)
    assert (answer["channels"], answer["rate"]) == (2, RATE)
    seen = array.array("h", base64.b64decode(answer["samples"]))
    wanted = heard(playable.video.path)
    assert len(seen) == len(wanted) == round(answer["duration"] * RATE)
    assert max(abs(one - two) for one, two in zip(seen, wanted, strict=True)) <= 2
    timing = json.loads(playable.video.path.with_name("video.timing.json").read_text(encoding="utf-8"))
    starts = [scene["narration"]["start"] for scene in timing["scenes"] if scene["narration"]]
    onset = next((number for number, sample in enumerate(seen) if abs(sample) > 300), None)
    if not starts:
        assert onset is None
    else:
        assert onset is not None
        assert -AAC_FRAME / 2 / RATE <= onset / RATE - starts[0] <= 0.1


def test_a_missing_browser_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a browser the tests fail, and print what to install."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none"))
    with pytest.raises(AssertionError, match="there is no Chromium: apt-get install chromium"):
        executable()
