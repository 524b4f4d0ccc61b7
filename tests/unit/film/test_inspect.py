"""Looking into media files: real ones, ones made for a purpose, and files that are not what they should be."""

from __future__ import annotations

import http.server
import threading
from pathlib import Path

import pytest
from filmlab import REAL, made, turned

from vidbuild.errors import StepError
from vidbuild.media.inspect import MediaInfo, inspect, parse

real = pytest.mark.skipif(not REAL.is_dir(), reason="the shared real media are not here")
TEST = ("-f", "lavfi", "-i", "testsrc2=s=64x36:r=25")
SECOND = ("-f", "lavfi", "-i", "testsrc2=s=64x36:r=25:d=1")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


@real
@pytest.mark.parametrize(
    ("name", "size", "duration", "sound", "more"),
    [
        ("example.mp4", (1280, 720), 42.4, (2, 48000), {"matrix": "bt709", "fps": 30.0}),
        ("man-on-green-screen.mp4", (1280, 720), 24.4, (2, 44100), {"matrix": "bt709"}),
        ("SAR-2by3.mp4", (427, 360), 2.0, (2, 44100), {"sar": 2 / 3, "matrix": "bt601"}),
        ("test_yuv422p.mp4", (640, 360), 2.0, (2, 44100), {"pixel_format": "yuv422p"}),
        ("testsrc-hevc.mp4", (640, 360), 2.0, (2, 44100), {"pixel_format": "yuv420p"}),
        ("h264-png.mp4", (640, 360), 2.0, (2, 44100), {"pixel_format": "yuv420p", "fps": 30.0}),
        ("mono.mp3", (0, 0), 6.63, (1, 16000), {"has_video": False}),
        ("new-commentary.mp3", (0, 0), 6.63, (1, 16000), {"has_video": False}),
    ],
)
def test_real_media(
    name: str, size: tuple[int, int], duration: float, sound: tuple[int, int], more: dict[str, object]
) -> None:
    """V15: size as seen, length, sound and colours of media made by others; a cover picture is not the video."""
    info = inspect(REAL / name)
    assert (info.width, info.height) == size
    assert info.duration == pytest.approx(duration, abs=0.01 if info.has_video else 0.11)  # an MP3's is estimated
    assert (info.channels, info.sample_rate) == sound
    assert {key: getattr(info, key) for key in more} == more


def test_the_picture_decides_how_long_a_file_is(tmp_path: Path) -> None:
    """V15: sound that is longer or shorter than the picture does not change the picture's length."""
    for length in ("0.4", "3"):
        tone = ("-f", "lavfi", "-i", f"sine=r=44100:d={length}")
        info = inspect(made(tmp_path / f"{length}.mp4", *SECOND, *tone, *H264, "-map", "0", "-map", "1"))
        assert info.duration == pytest.approx(1.0, abs=0.001)
        assert info.has_audio


def test_a_turned_picture_is_measured_as_it_is_seen(tmp_path: Path) -> None:
    """A phone's upright recording is taller than it is wide."""
    flat = made(tmp_path / "flat.mp4", *TEST, *H264, "-frames:v", "5")
    info = inspect(turned(flat, tmp_path / "turned.mp4"))
    assert (info.width, info.height) == (36, 64)
    assert abs(info.rotation) == 90


def test_colours_are_read_or_guessed(tmp_path: Path) -> None:
    """Which coefficients are used is taken from the file, and where it doesn't tell, from its size."""
    small = inspect(made(tmp_path / "a.mp4", *TEST, *H264, "-frames:v", "1"))
    assert (small.matrix, small.full_range) == ("bt601", False)
    large = ["-f", "lavfi", "-i", "color=s=1280x720", *H264, "-frames:v", "1"]
    assert inspect(made(tmp_path / "b.mp4", *large)).matrix == "bt709"
    told = [*TEST, "-vf", "scale=out_range=pc,setparams=colorspace=bt2020nc:range=pc", *H264, "-frames:v", "1"]
    wide = inspect(made(tmp_path / "c.mp4", *told, "-color_range", "pc", "-colorspace", "bt2020nc"))
    assert (wide.matrix, wide.full_range) == ("bt2020", True)


def test_a_recording_without_a_length_is_measured(tmp_path: Path) -> None:
    """A browser's recording has no duration in its head, and is read to its end for it."""
    path = tmp_path / "live.webm"
    made(path, *TEST, "-c:v", "libvpx", "-frames:v", "50", "-f", "webm", "-live", "1")
    assert inspect(path).duration == pytest.approx(2.0, abs=0.05)


def test_a_file_that_starts_later_is_measured_from_its_start(tmp_path: Path) -> None:
    """A recording cut out of a longer one, whose times begin at an hour, is as long as it is."""
    path = made(tmp_path / "late.ts", *TEST, *H264, "-frames:v", "50", "-output_ts_offset", "3600")
    assert inspect(path).duration == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize(
    ("codec", "name"), [(("-c:v", "gif"), "a.gif"), (("-c:v", "ffv1"), "a.mkv"), (("-c:v", "mjpeg"), "a.avi")]
)
def test_other_containers_are_read(tmp_path: Path, codec: tuple[str, str], name: str) -> None:
    """Recordings come in many containers."""
    info = inspect(made(tmp_path / name, *TEST, *codec, "-frames:v", "25"))
    assert (info.width, info.height, info.has_audio) == (64, 36, False)
    assert info.duration == pytest.approx(1.0, abs=0.05)


def test_names_are_taken_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """V18: a name that looks like an option, an address or a pattern is the name of a file."""
    monkeypatch.chdir(tmp_path)
    for name in ("-i.mp4", "http:x%03d.mp4", "a 'b';[c],d=\\e.mp4", "日本語 🎬.mp4"):
        made(tmp_path / "plain.mp4", *TEST, *H264, "-frames:v", "2").rename(tmp_path / name)
        assert inspect(Path(name)).width == 64, name


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "'x.mp4' is empty"),
        (b"just some words, no media at all\n" * 50, "could not read 'x.mp4'"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.ts\n#EXT-X-ENDLIST\n", "could not read 'x.mp4'"),
        (b"ffconcat version 1.0\nfile secret.mp4\n", "could not read 'x.mp4'"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(400), "could not read 'x.mp4'"),
    ],
)
def test_what_is_not_media_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """V26: empty, foreign and damaged files are errors in plain words, and so are playlists that reach for others."""
    made(tmp_path / "secret.mp4", *TEST, *H264, "-frames:v", "2")
    (tmp_path / "x.mp4").write_bytes(content)
    with pytest.raises(StepError, match=words):
        inspect(tmp_path / "x.mp4")


def test_a_missing_file_is_told_as_such(tmp_path: Path) -> None:
    """What can't be opened says why, without starting anything."""
    with pytest.raises(StepError, match=r"'gone\.mp4' cannot be read: no such file or directory"):
        inspect(tmp_path / "gone.mp4")


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    """V9: a recording that was cut off while it was copied is an error that says so."""
    whole = made(tmp_path / "whole.mp4", *TEST, *H264, "-frames:v", "50").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StepError, match="cut short"):
        inspect(tmp_path / "cut.mp4")


def test_no_playlist_reaches_the_network(tmp_path: Path, loopback: None) -> None:
    """V26: a playlist that names an address is refused without asking there."""
    assert loopback is None
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:  # ty: the base class's signature is wider
            """Nothing is logged."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/a.ts"
        (tmp_path / "x.mp4").write_text(f"#EXTM3U\n#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n", encoding="utf-8")
        with pytest.raises(StepError):
            inspect(tmp_path / "x.mp4")
        server.shutdown()
    assert asked == []


def test_a_log_without_anything_known_gives_nothing() -> None:
    """What ffmpeg doesn't tell is not made up."""
    assert parse("", "") == MediaInfo(format="", duration=0.0)
