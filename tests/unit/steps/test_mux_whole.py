"""The mux step for VP9, AV1 and HEVC: what ffmpeg reads of the files, and what must never be muxed."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.support import decoding
from tests.support.decoding import Decoder
from tests.support.render_lab import ENV, Drawing, apart, context, decoded, made, pixel, render_context
from vidbuild import seal
from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.audio import adts
from vidbuild.media.codecs import profiles
from vidbuild.media.container import ffmetadata, ogg, webm
from vidbuild.media.container.ffmetadata import Chapter
from vidbuild.media.container.webm_index import AudioTrack, VideoTrack
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.render.motion import Motion
from vidbuild.steps import mux_codec, render, soundtrack

SIZE = (64, 36)
RATE = 48_000
LENGTHS = (45, 31, 62)
STARTS = (0, 45, 76)
FRAMES = sum(LENGTHS)
CLICK = 9600
CASES = [("webm", "vp9"), ("webm", "av1"), ("mp4", "av1"), ("mp4", "hevc")]
CHAPTERS = [Chapter(0, "One"), Chapter(45 * 1600, "Zwei & drei")]
VOICES = ["natural:heart"]


def level(index: int) -> int:
    """The gray of a scene."""
    return 60 + 50 * index


class Scenes:
    """Segments and sounds of three scenes, each made once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._made: dict[tuple[object, ...], Path] = {}

    def segment(self, codec: str, frames: int, gray: int, size: tuple[int, int] = SIZE) -> Path:
        """A scene of one gray."""
        key = (codec, frames, gray, size)
        if key not in self._made:
            folder = self.root / "-".join(map(str, key))
            drawing = Drawing(folder / "d", size).add("background", colour=(gray, gray, gray))
            profile = {**profiles.profile(codec, "standard"), "fps": 30}
            step = render_context(folder / "s", drawing.picture(Motion(30, frames)), profile=profile)
            render.run(step)
            self._made[key] = step.out / profiles.segment(codec)
        return self._made[key]

    def sound(self, frames: int) -> Path:
        """A scene's audio with a click, without the encoder's first frame."""
        path = self.root / f"{frames}.aac"
        if not path.exists():
            samples = frames * RATE // 30
            click = f"aevalsrc='gte(n,{CLICK})*lt(n,{CLICK + 480})*sin(n/4)*0.5':s=48000:d={samples / RATE + 0.1}"
            made(path, "-f", "lavfi", "-i", click, "-ac", "2", "-c:a", "aac", "-b:a", "128k", "-f", "adts")
            path.write_bytes(b"".join(adts.split(path.read_bytes())[1 : adts.frames_to_keep(samples) + 1]))
        return path

    def context(self, root: Path, encoding: str, codec: str, **changes: Any) -> Context:
        """The step for these scenes."""
        root.mkdir(parents=True, exist_ok=True)
        inputs = {"chapters": root / "chapters.ffmeta", "captions": root / "captions.json"}
        inputs["chapters"].write_text(ffmetadata.write(CHAPTERS, FRAMES * 1600), encoding="utf-8")
        cues = [
            {"start": 4800, "end": 48000, "lines": ["a < b & c", "second"], "speaker": ""},
            {"start": 72000, "end": 100000, "lines": ["Ende"], "speaker": "Eva"},
        ]
        inputs["captions"].write_text(json.dumps(cues), encoding="utf-8")
        order = []
        for index, frames in enumerate(LENGTHS):
            inputs[f"render:s{index}"] = self.segment(codec, frames, level(index))
            inputs[f"timing:s{index}"] = root / f"{index}.json"
            timing = {"fps": 30, "frames": frames, "samples": frames * 1600}
            inputs[f"timing:s{index}"].write_text(json.dumps(timing), encoding="utf-8")
            inputs[f"audio:s{index}"] = self.sound(frames)
            order.append({"scene": f"s{index}"})
        own = {"title": "T & T", "description": "Of it", "language": "pt-BR", "fps": 30, "order": order}
        if encoding == "webm":
            sound = context(root / "sound", {**own, "format": "opus"}, inputs)
            soundtrack.run(sound)
            inputs["soundtrack"] = sound.out / "soundtrack.opus"
            own["format"] = "webm"
        return context(root / "s", {**own, "codec": codec, "synthetic_voices": VOICES, **changes}, inputs)


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Scenes:
    """The scenes that all tests here share."""
    return Scenes(tmp_path_factory.mktemp("scenes"))


def muxed(scenes: Scenes, root: Path, encoding: str, codec: str) -> Path:
    """The video of these scenes."""
    step = scenes.context(root, encoding, codec)
    mux_codec.run(step)
    assert json.loads((step.out / "render.json").read_text(encoding="utf-8")) == {"frames": FRAMES}
    return step.out / f"video.{encoding}"


def read(path: Path, *options: str) -> str:
    """What ffmpeg writes and prints."""
    args = ["-i", str(path), *options, "-"]
    return ffmpeg.capture(args, cwd=path.parent, env=ENV, timeout=60, what="read").output.decode()


@pytest.mark.parametrize(("encoding", "codec"), CASES)
def test_every_frame_is_at_its_time(scenes: Scenes, tmp_path: Path, encoding: str, codec: str) -> None:
    """All frames are there at a constant rate, to the container's precision, and scenes begin at their frames."""
    path = muxed(scenes, tmp_path, encoding, codec)
    shown = decoding.strictly(path, Decoder(ffmpeg.executable(), ()))
    precision = Fraction(1, 2000) if encoding == "webm" else Fraction(0)
    assert len(shown.times) == FRAMES
    assert all(abs(time - Fraction(frame, 30)) <= precision for frame, time in enumerate(shown.times))
    frames = decoded(path, SIZE)
    for index, start in enumerate(STARTS):
        for frame in (start, start + LENGTHS[index] - 1):
            assert apart(pixel(frames[frame], 30, 20), (level(index),) * 3) <= 3
    assert seal.state_of(path) == "intact"


@pytest.mark.parametrize(("encoding", "codec"), CASES)
def test_audio_is_in_sync(scenes: Scenes, tmp_path: Path, encoding: str, codec: str) -> None:
    """Each scene's click is within half an AAC frame of its time, and the audio is as long as the video."""
    path = muxed(scenes, tmp_path, encoding, codec)
    args = ["-i", str(path), "-map", "0:a", "-ac", "1", "-ar", "48000", "-f", "s16le", "-"]
    data = ffmpeg.capture(args, cwd=tmp_path, env=ENV, timeout=60, what="decode", loglevel="error").output
    levels, found = memoryview(data).cast("h"), list[int]()
    for at in range(len(levels)):
        if abs(levels[at]) > 4000 and (not found or at - found[-1] > 4000):
            found.append(at)
    expected = [start * 1600 + CLICK for start in STARTS]
    assert len(found) == len(expected)
    assert all(abs(at - wanted) <= 560 for at, wanted in zip(found, expected, strict=True))
    if encoding == "webm":
        assert len(levels) == FRAMES * 1600, "not a sample more or less"
    else:
        assert abs(len(levels) - FRAMES * 1600) <= 512


@pytest.mark.parametrize("codec", ["vp9", "av1"])
def test_a_webm_has_all_that_an_mp4_has(scenes: Scenes, tmp_path: Path, codec: str) -> None:
    """Title, language, chapters, captions, colors and the mark of synthetic speech are in it, as ffmpeg reads it."""
    path = muxed(scenes, tmp_path, "webm", codec)
    data = read(path, "-f", "ffmetadata")
    assert "title=T & T\n" in data
    assert [each.title for each in ffmetadata.parse(data)] == ["One", "Zwei & drei"]
    assert [round(each.start / 48) for each in ffmetadata.parse(data)] == [0, 1500]
    assert "compositeWithTrainedAlgorithmicMedia" in data
    assert "synthetic voices: natural:heart" in data
    captions = read(path, "-map", "0:s", "-c", "copy", "-f", "webvtt")
    assert "00:00.100 --> 00:01.000\na &lt; b &amp; c\nsecond\n" in captions
    assert "00:01.500 --> 00:02.083\n<v Eva>Ende</v>\n" in captions
    args = ["-i", str(path), "-f", "null", "-"]
    shown = ffmpeg.capture(args, cwd=tmp_path, env=ENV, timeout=60, what="read", loglevel="info").text
    assert "yuv420p(tv, bt709, progressive), 64x36" in shown
    assert "30 fps" in shown
    assert "Stream #0:1(por): Audio: opus, 48000 Hz, stereo" in shown
    assert "Stream #0:2(por): Subtitle: webvtt" in shown
    assert f"Duration: 00:00:{FRAMES / 30:05.2f}, start: 0.000000" in shown


@pytest.mark.parametrize(("codec", "entry"), [("av1", b"av01"), ("hevc", b"hvc1")])
def test_an_mp4_has_the_entry_that_players_need(scenes: Scenes, tmp_path: Path, codec: str, entry: bytes) -> None:
    """HEVC is `hvc1`, with its parameter sets in the entry alone, as Apple's players require."""
    data = muxed(scenes, tmp_path, "mp4", codec).read_bytes()
    assert entry in data[: data.index(b"mdat")]
    assert b"hev1" not in data
    assert b"colrnclx\x00\x01\x00\x01\x00\x01\x00" in data


@pytest.mark.parametrize(("encoding", "codec"), CASES)
def test_a_seek_shows_the_right_frame(scenes: Scenes, tmp_path: Path, encoding: str, codec: str) -> None:
    """The index leads to each scene."""
    path = muxed(scenes, tmp_path, encoding, codec)
    decoder = Decoder(ffmpeg.executable(), ())
    whole = decoding.strictly(path, decoder)
    for frame in (1, 30, 46, 76, 90, FRAMES - 2):
        assert decoding.sought(path, decoder, frame, 30).digests == whole.digests[frame : frame + 1]


@pytest.mark.parametrize(("encoding", "codec"), CASES)
def test_the_same_bytes_are_made_again(scenes: Scenes, tmp_path: Path, encoding: str, codec: str) -> None:
    """Two runs write the same bytes."""
    one, two = (muxed(scenes, tmp_path / name, encoding, codec) for name in "ab")
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize(("encoding", "codec"), CASES)
def test_wrong_segments_are_refused(scenes: Scenes, tmp_path: Path, encoding: str, codec: str) -> None:
    """A segment of another size, another length or another codec, and a damaged one, fail the step by name."""
    step = scenes.context(tmp_path, encoding, codec)
    good = step.inputs["render:s1"]
    damaged = tmp_path / "damaged"
    damaged.write_bytes(good.read_bytes()[:50])
    cases = (
        (scenes.segment(codec, 31, 90, (96, 54)), "'render:s1' is encoded with different parameters"),
        (scenes.segment(codec, 30, 90), "scene 's1': audio and video would drift apart: expected 31 frames, got 30"),
        (damaged, "'render:s1': corrupt segment"),
        (scenes.segment("hevc" if codec != "hevc" else "vp9", 31, 110), "'render:s1': corrupt segment"),
    )
    for number, (path, message) in enumerate(cases):
        wrong = context(tmp_path / f"w{number}", step.params, {**step.inputs, "render:s1": path})
        with pytest.raises(StepError, match=message):
            mux_codec.run(wrong)


def test_audio_that_is_too_short_is_refused(scenes: Scenes, tmp_path: Path) -> None:
    """Opus of a shorter video, and a file that is none, fail the step."""
    step = scenes.context(tmp_path, "webm", "vp9")
    path = tmp_path / "short.opus"
    made(path, "-f", "lavfi", "-i", "sine=d=1:r=48000", "-ac", "2", "-c:a", "libopus", "-f", "opus")
    for data, message in ((path.read_bytes(), "packets of Opus are too few"), (b"OggX" * 9, "corrupt audio")):
        path.write_bytes(data)
        wrong = context(tmp_path / message, step.params, {**step.inputs, "soundtrack": path})
        with pytest.raises(StepError, match=message):
            mux_codec.run(wrong)


def content(**changes: Any) -> webm.Content:
    """A file of two frames and three packets."""
    video, audio = VideoTrack("V_VP9", SIZE, 30, b""), AudioTrack(b"OpusHead", 312, "en")
    return webm.Content(video, audio, [4, 1], [0], [2, 2, 2], 2400)._replace(**changes)


class Sink:
    """Counts what is written."""

    def write(self, data: bytes | memoryview) -> int:
        """Write nothing."""
        return len(data)


@pytest.mark.parametrize(
    ("frames", "packets"), [([b"1234"], 3), ([b"1234", b"12"], 3), ([b"1234", b"1"], 2), ([b"1234", b"1", b"2"], 3)]
)
def test_frames_that_do_not_match_the_index(frames: list[bytes], packets: int) -> None:
    """A frame that is missing, left over or of another size is an error, not a wrong file."""
    with pytest.raises(webm.WebmError, match="track"):
        webm.write(Sink(), content(), (iter(frames), iter([b"ab"] * packets)), 0)


def test_key_frames_must_not_be_too_far_apart() -> None:
    """A block's time has 16 bits."""
    with pytest.raises(webm.WebmError, match="more than 32767 ms apart"):
        webm.write(Sink(), content(sizes=[1] * 1200), (iter([b"1"] * 1200), iter([b"ab"] * 3)), 0)


@pytest.mark.parametrize(
    "data", [b"", b"OggS", b"OggS" + bytes(22) + b"\x01\x05ab", b"OggS" + bytes(22) + b"\x01\x02ab"]
)
def test_damaged_ogg_files(data: bytes) -> None:
    """A file that ends too early, or has no Opus, is refused."""
    with pytest.raises(ogg.OggError):
        ogg.read(data)
