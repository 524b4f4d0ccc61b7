"""Media made to open other files or a network: wherever a user's file meets ffmpeg, nothing else is opened."""

from __future__ import annotations

import ctypes
import http.server
import os
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.render_lab import ENV, context, made
from vidbuild.errors import StepError
from vidbuild.media.audio import pcm
from vidbuild.media.audio.clip_audio import ClipAudio
from vidbuild.media.ffmpeg import ffmpeg, filtergraph
from vidbuild.media.ffmpeg.media_info import MediaInfo
from vidbuild.media.ffmpeg.probe import probe
from vidbuild.media.ffmpeg.seek import seek_point
from vidbuild.media.render.clip import Clip, clip_frames
from vidbuild.media.render.drawing import Layer
from vidbuild.media.render.motion import Motion
from vidbuild.media.render.playback import Playback

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify tells who opens a file, and only Linux has it")

IN_ACCESS, IN_OPEN, IN_NONBLOCK = 0x1, 0x20, 0o4000
SOURCE = ("-f", "lavfi", "-i", "testsrc=s=64x36:r=25", "-f", "lavfi", "-i", "sine", "-t", "0.4")
TS = ("-c:v", "libx264", "-c:a", "aac", "-f", "mpegts")
MP4 = ("-c:v", "libx264", "-c:a", "aac")


class Canary:
    """A file that must not be opened, and a server that must not be asked."""

    def __init__(self, path: Path, address: str, watch: int) -> None:
        self.path = path
        self.address = address
        self.asked: list[str] = []
        self._watch = watch

    def touched(self) -> bool:
        """Whether anybody opened the file or asked the server since this was asked last."""
        try:
            seen = len(os.read(self._watch, 65536))
        except BlockingIOError:
            seen = 0
        asked, self.asked[:] = len(self.asked), []
        return bool(seen or asked)


@contextmanager
def serving(asked: list[str]) -> Iterator[str]:
    """The address of a server on this machine that notes what it is asked for."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transport stream that every reader could play."""
    return made(tmp_path_factory.mktemp("canary") / "secret.ts", *SOURCE, *TS)


@pytest.fixture
def canary(recording: Path, loopback: None) -> Iterator[Canary]:
    """A canary beside the project, watched by the kernel."""
    assert loopback is None
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(IN_NONBLOCK)
    assert watch >= 0
    assert libc.inotify_add_watch(watch, os.fsencode(recording), IN_OPEN | IN_ACCESS) >= 0
    asked: list[str] = []
    with serving(asked) as address:
        found = Canary(recording, address, watch)
        found.asked = asked
        yield found
    os.close(watch)


def hls(canary: Canary) -> bytes:
    """A playlist as web players read it."""
    head = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n"
    parts = (str(canary.path), f"file:{canary.path}", f"{canary.address}/a.ts", f"concat:{canary.path}|{canary.path}")
    return (head + "".join(f"#EXTINF:1.0,\n{part}\n" for part in parts) + "#EXT-X-ENDLIST\n").encode()


def dash(canary: Canary) -> bytes:
    """A manifest of the other kind of web player."""
    return (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT1S">'
        f"<BaseURL>{canary.address}/</BaseURL><Period><AdaptationSet mimeType='video/mp4'><Representation id='0' "
        f"bandwidth='1' width='64' height='36' codecs='avc1'><BaseURL>file:{canary.path}</BaseURL>"
        f"<SegmentList duration='1'><SegmentURL media='{canary.address}/b.ts'/></SegmentList>"
        "</Representation></AdaptationSet></Period></MPD>"
    ).encode()


def concat(canary: Canary) -> bytes:
    """A list of files as ffmpeg itself reads it."""
    return f"ffconcat version 1.0\nfile '{canary.path}'\nfile {canary.address}/c.ts\n".encode()


def svg(canary: Canary) -> bytes:
    """A drawing that shows another file."""
    links = "".join(f'<image href="{link}" width="9" height="9"/>' for link in (canary.path, f"{canary.address}/d.png"))
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="36">{links}</svg>'.encode()


def sdp(canary: Canary) -> bytes:
    """A description of a stream that comes over a network."""
    port = canary.address.rsplit(":", 1)[1]
    return f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 33\n".encode()


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of RIFF."""
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def subtitled(canary: Canary) -> bytes:
    """An AVI whose subtitles are a playlist: these are opened as a file within the file (GAB2)."""
    playlist = hls(canary)
    gab2 = b"GAB2\0" + struct.pack("<HI", 2, 2) + b"a\0" + struct.pack("<HI", 4, len(playlist)) + playlist
    main = struct.pack("<14I", 40_000, 0, 0, 0x10, 10, 0, 2, 0, 64, 36, 0, 0, 0, 0)
    video = b"vids" + b"MJPG" + struct.pack("<10I", 0, 0, 0, 1, 25, 0, 10, 0, 0, 0) + bytes(8)
    text = b"txts" + bytes(4) + struct.pack("<10I", 0, 0, 0, 1, 25, 0, 10, 0, 0, 0) + bytes(8)
    shape = struct.pack("<IiiHH4sIiiII", 40, 64, 36, 1, 24, b"MJPG", 64 * 36 * 3, 0, 0, 0, 0)
    streams = chunk(b"LIST", b"strl" + chunk(b"strh", video) + chunk(b"strf", shape))
    streams += chunk(b"LIST", b"strl" + chunk(b"strh", text) + chunk(b"strf", b""))
    head = chunk(b"LIST", b"hdrl" + chunk(b"avih", main) + streams)
    return chunk(b"RIFF", b"AVI " + head + chunk(b"LIST", b"movi" + chunk(b"01tx", gab2) * 3))


def referring(canary: Canary) -> bytes:
    """Return a QuickTime file whose samples are in another file: its data reference is an absolute path."""
    data = bytearray(made(canary.path.parent / "own.mov", *SOURCE, *MP4).read_bytes())
    own = b"\0\0\0\x0curl \0\0\0\x01"
    path = os.fsencode(canary.path)
    alias = bytes(4) + struct.pack(">HH", 150, 2) + bytes(142)
    alias += struct.pack(">HH", 2, len(path)) + path + b"\0" * (len(path) % 2) + struct.pack(">HH", 18, 1) + b"/\0"
    alias += struct.pack(">hH", -1, 0)
    other = struct.pack(">I4sI", 12 + len(alias), b"alis", 0) + alias
    return _grown(bytes(data), own, other)


def _grown(data: bytes, old: bytes, new: bytes) -> bytes:
    """The file with one box in it replaced by a longer one, and all boxes around it longer by as much."""
    more = len(new) - len(old)
    while (at := data.find(old)) >= 0:
        data = data[:at] + new + data[at + len(old) :]
        for name in (b"dref", b"dinf", b"minf", b"mdia", b"trak", b"moov"):
            place = data.rindex(name, 0, at) - 4
            size = int.from_bytes(data[place : place + 4], "big") + more
            data = data[:place] + size.to_bytes(4, "big") + data[place + 4 :]
    return data


def linked(canary: Canary) -> bytes:
    """Return a Matroska file that continues in another of the folder."""
    data = made(canary.path.parent / "own.mkv", *SOURCE, *MP4).read_bytes()
    at = data.index(b"\x15\x49\xa9\x66") + 4  # Info: its size in eight bytes follows
    size = int.from_bytes(data[at : at + 8], "big") & ((1 << 56) - 1)
    name = os.fsencode(canary.path.name)
    more = b"\x3e\xb9\x23\x90" + b"n" * 16 + b"\x3e\x83\xbb" + bytes([0x80 | len(name)]) + name  # NextUID, NextFilename
    grown = (1 << 56 | size + len(more)).to_bytes(8, "big")
    return data[:at] + grown + more + data[at + 8 :]


Maker = Callable[[Canary], bytes]
FOREIGN: dict[str, Maker] = {
    "hls.m3u8": hls, "hls.mp4": hls, "hls.wav": hls, "hls.gif": hls, "dash.mpd": dash, "dash.mkv": dash,
    "concat.ffconcat": concat, "concat.mp3": concat, "svg.svg": svg, "svg.webm": svg, "sdp.sdp": sdp, "sdp.mp4": sdp,
    "subtitled.avi": subtitled, "subtitled.mp4": subtitled,
}  # fmt: skip
OWN: dict[str, Maker] = {"referring.mov": referring, "referring.mp4": referring, "linked.mkv": linked}


def as_clip(path: Path, folder: Path) -> None:
    """Compose a picture of it, without having looked into it first."""
    info = MediaInfo("mov", 1.0, has_video=True, width=64, height=36, stored=(64, 36), fps=25.0)
    stream = clip_frames(
        Clip(path, info), Layer("clip", "", 0, 0, 64, 36), Motion(25, 2, {}, Playback(0, 0, 2, "cover")), {}
    )
    args = filtergraph.arguments(filtergraph.output(stream, folder / "frames.raw", {"format": "rawvideo"}))
    ffmpeg.run(args, cwd=folder, env=ENV, timeout=30, what="compose")


WAYS: dict[str, Callable[[Path, Path], object]] = {
    "inspect": lambda path, _folder: probe(path, env=ENV),
    "seek": lambda path, _folder: seek_point(path, 0.1, ENV),
    "recording": lambda path, folder: pcm.decode(path, folder, ENV, "read it"),
    "sound": lambda path, folder: ffmpeg.run(
        ClipAudio(path, 1, 0.0, regular=True).extract(0, 9600, folder / "clip.raw", ENV),
        cwd=folder,
        env=ENV,
        timeout=30,
        what="read its sound",
    ),
    "film": as_clip,
}
"""Every place at which a user's file is given to ffmpeg."""


def through_all(path: Path, folder: Path) -> dict[str, bool]:
    """Whether each way of reading a file was content with it; what they wrote is in the folder."""
    content = {}
    for way, read in WAYS.items():
        try:
            read(path, folder)
            content[way] = True
        except StepError:
            content[way] = False
    return content


@pytest.mark.parametrize("name", FOREIGN)
def test_nothing_that_a_file_names_is_opened(tmp_path: Path, canary: Canary, name: str) -> None:
    """V26: playlists and drawings, under any name and inside of media, reach no other file and no network."""
    step = context(tmp_path / "step", {}, {})
    path = tmp_path / name
    path.write_bytes(FOREIGN[name](canary))
    canary.touched()
    content = through_all(path, step.scratch)
    assert not canary.touched()
    assert not any(content[way] for way in ("inspect", "recording", "film")), content


@pytest.mark.parametrize("name", OWN)
def test_what_has_media_of_its_own_shows_that_alone(tmp_path: Path, canary: Canary, name: str) -> None:
    """V26: QuickTime's data references and Matroska's linked segments are not followed."""
    step = context(tmp_path / "step", {}, {})
    path = tmp_path / name
    path.write_bytes(OWN[name](canary))
    canary.touched()
    through_all(path, step.scratch)
    assert not canary.touched()


def ignore(_: bytes) -> None:
    """Read no output."""


def test_without_protection_the_canary_is_read(tmp_path: Path, canary: Canary) -> None:
    """V26: without restrictions ffmpeg does open the files that these media name, so the tests above can fail."""
    sung = set()
    for name, maker in (("hls.m3u8", hls), ("concat.ffconcat", concat)):
        (tmp_path / name).write_bytes(maker(canary))
        canary.touched()
        args = (
            ["-safe", "0"] if maker is concat else ["-allowed_extensions", "ALL", "-allowed_segment_extensions", "ALL"]
        )
        for options in (args, args[:2]):  # an older one does not know the last option
            ffmpeg.stream(
                [*options, "-i", str(tmp_path / name), "-f", "null", "-"],
                ignore,
                cwd=tmp_path,
                env=ENV,
                timeout=30,
                what="look",
                check=False,
            )
        if canary.touched():
            sung.add(name)
    assert sung == {"hls.m3u8", "concat.ffconcat"}
    reference = tmp_path / "referring.mov"
    reference.write_bytes(referring(canary))
    canary.touched()
    opened = ["-enable_drefs", "1", "-use_absolute_path", "1", "-i", str(reference), "-f", "null", "-"]
    ffmpeg.stream(opened, ignore, cwd=tmp_path, env=ENV, timeout=30, what="look", check=False)
    assert canary.touched()


@pytest.mark.parametrize(
    "name", ["concat:a.ts|a.ts", "http:a.ts", "subfile,,start,0,end,9,,:a.ts", "data:video,AA", "pipe:0", "cache:a.ts"]
)
def test_a_name_is_never_an_address(tmp_path: Path, name: str) -> None:
    """V26: what looks like a protocol is the name of a file, which is not there."""
    made(tmp_path / "a.ts", *SOURCE, *TS)
    for way in ("inspect", "recording", "sound", "film"):
        with pytest.raises(StepError, match=r"no such file|file not found"):
            WAYS[way](tmp_path / name, context(tmp_path / way, {}, {}).scratch)
