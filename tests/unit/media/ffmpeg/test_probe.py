"""Probing media files: real ones, ones made for a purpose, and files of other kinds."""

from __future__ import annotations

import http.server
import struct
import threading
from pathlib import Path

import pytest

from tests.support.marks import WITH_REAL_MEDIA
from tests.support.paths import REAL_MEDIA
from tests.support.render_lab import made, turned
from vidbuild.errors import StepError
from vidbuild.media.ffmpeg.media_info import MediaInfo
from vidbuild.media.ffmpeg.probe import parse_log, probe

TEST = ("-f", "lavfi", "-i", "testsrc2=s=64x36:r=25")
SECOND = ("-f", "lavfi", "-i", "testsrc2=s=64x36:r=25:d=1")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


@WITH_REAL_MEDIA
@pytest.mark.parametrize(
    ("name", "size", "duration", "sound", "more"),
    [
        ("example.mp4", (1280, 720), 42.4, (2, 48000), {"matrix": "bt709", "fps": 30.0}),
        ("man-on-green-screen.mp4", (1280, 720), 24.433, (2, 44100), {"matrix": "bt709"}),
        ("SAR-2by3.mp4", (427, 360), 2.02, (2, 44100), {"sar": 2 / 3, "matrix": "bt601"}),
        ("test_yuv422p.mp4", (640, 360), 2.02, (2, 44100), {"pixel_format": "yuv422p"}),
        ("testsrc-hevc.mp4", (640, 360), 2.02, (2, 44100), {"pixel_format": "yuv420p"}),
        ("h264-png.mp4", (640, 360), 2.02, (2, 44100), {"pixel_format": "yuv420p", "fps": 30.0}),
        ("mono.mp3", (0, 0), 6.63, (1, 16000), {"has_video": False}),
        ("new-commentary.mp3", (0, 0), 6.63, (1, 16000), {"has_video": False}),
    ],
)
def test_real_media(
    name: str, size: tuple[int, int], duration: float, sound: tuple[int, int], more: dict[str, object]
) -> None:
    """V15: displayed size, length, audio and colors of media made by others; a cover image is not the video.

    The audio of five of them ends 20 or 33 ms after the picture, as its edit list says.
    """
    info = probe(REAL_MEDIA / name)
    assert (info.width, info.height) == size
    assert info.duration == pytest.approx(duration, abs=0.01 if info.has_video else 0.11)  # an MP3's is estimated
    assert (info.channels, info.sample_rate) == sound
    assert {key: getattr(info, key) for key in more} == more


def test_the_longer_of_picture_and_sound_decides_how_long_a_file_is(tmp_path: Path) -> None:
    """V15: sound that ends first changes nothing; the last picture stays until longer sound ends."""
    for length, lasts in (("0.4", 1.0), ("3", 3.0)):
        tone = ("-f", "lavfi", "-i", f"sine=r=44100:d={length}")
        info = probe(made(tmp_path / f"{length}.mp4", *SECOND, *tone, *H264, "-map", "0", "-map", "1"))
        assert info.duration == pytest.approx(lasts, abs=0.001)
        assert info.has_audio


def test_a_turned_picture_is_measured_as_it_is_seen(tmp_path: Path) -> None:
    """A phone's upright recording is taller than it is wide."""
    flat = made(tmp_path / "flat.mp4", *TEST, *H264, "-frames:v", "5")
    info = probe(turned(flat, tmp_path / "turned.mp4"))
    assert (info.width, info.height) == (36, 64)


def test_the_color_matrix_is_read_or_guessed(tmp_path: Path) -> None:
    """The coefficients are those that the file names, or else those of its size."""
    small = probe(made(tmp_path / "a.mp4", *TEST, *H264, "-frames:v", "1"))
    assert (small.matrix, small.full_range) == ("bt601", False)
    large = ["-f", "lavfi", "-i", "color=s=1280x720", *H264, "-frames:v", "1"]
    assert probe(made(tmp_path / "b.mp4", *large)).matrix == "bt709"
    declared = [*TEST, "-vf", "scale=out_range=pc,setparams=colorspace=bt2020nc:range=pc", *H264, "-frames:v", "1"]
    wide = probe(made(tmp_path / "c.mp4", *declared, "-color_range", "pc", "-colorspace", "bt2020nc"))
    assert (wide.matrix, wide.full_range) == ("bt2020", True)


@pytest.mark.parametrize(
    ("size", "matrix"), [("720x576", "bt601"), ("1280x536", "bt709"), ("608x1080", "bt709"), ("576x720", "bt709")]
)
def test_a_size_decides_only_as_it_is_stored(tmp_path: Path, size: str, matrix: str) -> None:
    """A wide 720p video is HD though its height is small, and turning a recording never changes its colors."""
    picture = ("-f", "lavfi", "-i", f"color=s={size}", *H264, "-frames:v", "1")
    flat = made(tmp_path / "a.mp4", *picture)
    assert probe(flat).matrix == matrix
    found = probe(turned(flat, tmp_path / "turned.mp4"))
    assert f"{found.height}x{found.width}" == size
    assert found.matrix == matrix


@pytest.mark.parametrize(
    ("details", "matrix", "primaries", "transfer", "interlaced", "full"),
    [
        ("(tv, bt709, progressive)", "bt709", "bt709", "bt709", False, False),
        ("(tv, bt2020nc/bt2020/smpte2084, progressive)", "bt2020", "bt2020", "smpte2084", False, False),
        ("(pc, unknown/bt709/iec61966-2-1)", "bt601", "bt709", "iec61966-2-1", False, True),
        ("(tv, smpte170m, top coded first (swapped))", "bt601", "smpte170m", "smpte170m", True, False),
        ("(top first)", "bt601", "", "", True, False),
        ("(pc)", "bt601", "", "", False, True),
        ("", "bt601", "", "", False, False),
    ],
)
def test_properties_of_frames_are_parsed(
    details: str, matrix: str, primaries: str, transfer: str, *, interlaced: bool, full: bool
) -> None:
    """Range, colors and order of lines are read separately, in all the forms in which ffmpeg prints them."""
    declared = f"  Stream #0:0: Video: h264 (Main) (avc1 / 0x3), yuv420p{details}, 720x576 [SAR 1:1], 25 fps, 25 tbr"
    packets = "#media_type 0: video\n#dimensions 0: 720x576\n0, 0, 0, 1, 622080, 0x0\n"
    info = parse_log(declared, packets)
    assert (info.pixel_format, info.stored, info.fps) == ("yuv420p", (720, 576), 25.0)
    assert (info.matrix, info.primaries, info.transfer) == (matrix, primaries, transfer)
    assert (info.interlaced, info.full_range) == (interlaced, full)


def test_moving_pictures_are_counted_without_covers(tmp_path: Path) -> None:
    """A camera's second view counts, a cover does not."""
    two = made(tmp_path / "two.mkv", *SECOND, *SECOND, "-map", "0", "-map", "1", *H264)
    assert probe(two).videos == 2
    cover = made(tmp_path / "cover.png", *TEST, "-frames:v", "1")
    covered = (
        "-i",
        str(two),
        "-i",
        str(cover),
        "-map",
        "0:0",
        "-map",
        "1",
        "-c",
        "copy",
        "-disposition:v:1",
        "attached_pic",
    )
    assert probe(made(tmp_path / "covered.mp4", *covered)).videos == 1


@pytest.mark.parametrize(("name", "options"), [("a.mkv", ()), ("a.mp4", ("-movflags", "+faststart"))])
def test_a_truncated_file_is_as_long_as_its_frames(tmp_path: Path, name: str, options: tuple[str, ...]) -> None:
    """V9: a truncated download, whose index lists more, has its frames' length and is marked as truncated."""
    whole = made(tmp_path / name, *TEST, "-frames:v", "100", *H264, "-g", "10", *options)
    assert not probe(whole).truncated
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    info = probe(whole)
    assert info.truncated
    assert 1.0 < info.duration < 3.0


@pytest.mark.parametrize("declared", [0.5, 100.0, 3_000_000.0])
def test_a_wrong_length_in_the_header_is_ignored(tmp_path: Path, declared: float) -> None:
    """The last frame's own time counts, whatever the file's header has."""
    path = made(tmp_path / "a.mkv", *TEST, "-frames:v", "50", *H264)
    content = bytearray(path.read_bytes())
    at = content.index(b"\x44\x89\x88") + 3  # Matroska's element for the duration, eight bytes long
    content[at : at + 8] = struct.pack(">d", declared * 1000)
    path.write_bytes(content)
    assert probe(path).duration == pytest.approx(2.0, abs=0.01)


def test_a_recording_without_its_index_has_a_way_out(tmp_path: Path) -> None:
    """An MP4 that was cut before its index is an error that names ways to a whole file."""
    whole = made(tmp_path / "a.mp4", *TEST, "-frames:v", "30", *H264)
    content = whole.read_bytes()
    whole.write_bytes(content[: content.index(b"moov") - 4])
    with pytest.raises(StepError, match="the file is truncated: its index is missing") as caught:
        probe(whole, field="src")
    assert "copy or download it again" in (caught.value.hint or "")
    assert not caught.value.failure.transient


def test_errors_are_at_the_field_that_names_the_file(tmp_path: Path) -> None:
    """Every error of a file is at one place of the spec, with ffmpeg's own message."""
    for name, content in (("gone.mp4", None), ("empty.mp4", b""), ("words.mp4", b"only words\n" * 99)):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(StepError, match=name) as caught:
            probe(tmp_path / name, field="src")
        assert caught.value.failure.field == "src"
    assert caught.value.failure.log


def test_a_recording_without_a_length_is_measured(tmp_path: Path) -> None:
    """A browser's recording has no duration in its head, and is read to its end for it."""
    path = tmp_path / "live.webm"
    made(path, *TEST, "-c:v", "libvpx", "-frames:v", "50", "-f", "webm", "-live", "1")
    assert probe(path).duration == pytest.approx(2.0, abs=0.05)


def test_a_file_that_starts_later_is_measured_from_its_start(tmp_path: Path) -> None:
    """A recording cut out of a longer one, whose times begin at an hour, is as long as it is."""
    path = made(tmp_path / "late.ts", *TEST, *H264, "-frames:v", "50", "-output_ts_offset", "3600")
    assert probe(path).duration == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        (("-c:v", "gif"), "a.gif"),
        (("-c:v", "apng"), "a.apng"),
        (("-c:v", "ffv1"), "a.mkv"),
        (("-c:v", "mjpeg"), "a.avi"),
    ],
)
def test_other_containers_are_read(tmp_path: Path, codec: tuple[str, str], name: str) -> None:
    """Recordings come in many containers."""
    info = probe(made(tmp_path / name, *TEST, *codec, "-frames:v", "25"))
    assert (info.width, info.height, info.has_audio) == (64, 36, False)
    assert info.duration == pytest.approx(1.0, abs=0.05)


def test_names_are_taken_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """V18: a name that looks like an option, an address or a pattern is the name of a file."""
    monkeypatch.chdir(tmp_path)
    for name in ("-i.mp4", "http:x%03d.mp4", "a 'b';[c],d=\\e.mp4", "日本語 🎬.mp4"):
        made(tmp_path / "plain.mp4", *TEST, *H264, "-frames:v", "2").rename(tmp_path / name)
        assert probe(Path(name)).width == 64, name


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
        probe(tmp_path / "x.mp4")


def test_a_missing_file_starts_no_process(tmp_path: Path) -> None:
    """A file that cannot be opened is an error with the reason, without starting anything."""
    with pytest.raises(StepError, match=r"'gone\.mp4' cannot be read: no such file or directory"):
        probe(tmp_path / "gone.mp4")


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    """V9: a recording that was truncated while it was copied is an error that names that."""
    whole = made(tmp_path / "whole.mp4", *TEST, *H264, "-frames:v", "50").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StepError, match="truncated"):
        probe(tmp_path / "cut.mp4")


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
            probe(tmp_path / "x.mp4")
        server.shutdown()
    assert asked == []


def test_a_log_without_anything_known_gives_nothing() -> None:
    """Properties that ffmpeg does not print are not made up."""
    assert parse_log("", "") == MediaInfo(format="", duration=0.0)
