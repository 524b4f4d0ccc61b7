"""Small media files as people have them: each has numbered pictures, and a beep every half second."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.support.clip_lab import numbered
from tests.support.render_lab import made

FPS = 25
H264 = ("-c:v", "libx264", "-preset", "veryfast", "-qp", "8", "-g", "25", "-bf", "2", "-pix_fmt", "yuv420p")
NO_B = (*H264, "-bf", "0")
AAC = ("-c:a", "aac")
VP8 = ("-c:v", "libvpx", "-b:v", "1M", "-g", "25", "-deadline", "realtime")
OPUS = ("-c:a", "libopus")
MPEG2 = ("-c:v", "mpeg2video", "-q:v", "2", "-g", "12", "-bf", "2", "-c:a", "mp2")
MOVING = (
    "-vf",
    "select='lt(n,6)+eq(n,20)+eq(n,21)'",
    "-fps_mode",
    "vfr",
)  # a recorder writes nothing while all is still
NO_LENGTHS = ("-f", "webm", "-live", "1")
SECONDS = 3.0

Maker = Callable[[Path], Path]


def picture(seconds: float = SECONDS, late: float = 0.0, fps: int | str = FPS) -> tuple[str, ...]:
    """Numbered pictures as an input of ffmpeg's, which begin late."""
    kind, form, option, graph = numbered(fps, "64x36")
    return ("-itsoffset", f"{late}", "-t", f"{seconds}", kind, form, option, graph)


def beeps(seconds: float = SECONDS, late: float = 0.0, pitch: int = 1000) -> tuple[str, ...]:
    """Beeps as an input of ffmpeg's, which begins late; the first beep is at 0.2 s of it."""
    graph = f"aevalsrc=sin(2*PI*{pitch}*t)*between(mod(t\\,0.5)\\,0.2\\,0.3):s=48000:d={seconds}"
    return ("-itsoffset", f"{late}", "-f", "lavfi", "-i", graph)


def coded(*options: str, inputs: Sequence[str] = (*picture(), *beeps())) -> Maker:
    """A file that ffmpeg makes of inputs with these options; its name says the container."""
    return lambda path: made(path, *inputs, *options)


def cut(start: float, length: float, *options: str, codecs: Sequence[str] = (*H264, *AAC)) -> Maker:
    """A part of a file, cut without coding it again."""

    def make(path: Path) -> Path:
        whole = made(path.with_name(f"whole-{path.name}"), *picture(5), *beeps(5), *codecs)
        return made(path, "-ss", f"{start}", "-i", str(whole), "-t", f"{length}", "-c", "copy", *options)

    return make


def joined(one: Maker, other: Maker) -> Maker:
    """Two files, one behind the other in one file, as `cat` and many recorders join them."""

    def make(path: Path) -> Path:
        parts = [each(path.with_name(f"{index}-{path.name}")) for index, each in enumerate((one, other))]
        path.write_bytes(b"".join(part.read_bytes() for part in parts))
        return path

    return make


def truncated(path: Path) -> Path:
    """Half of a download."""
    whole = made(path, *picture(), *beeps(), *H264, *AAC, "-movflags", "+faststart")
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
    return whole


def with_edits(*edits: tuple[float, float]) -> Maker:
    """An MP4 whose edit lists present these parts of it: (length, start) in seconds; a start of -1 is an empty edit."""

    def make(path: Path) -> Path:
        whole = made(path, *picture(5), *beeps(5), *H264, *AAC)
        data = whole.read_bytes()
        whole.write_bytes(_edited(data, edits))
        return whole

    return make


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        assert size >= 8, "the boxes of a small file have short sizes"
        yield kind, data[at + 8 : at + size]
        at += size


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def _edited(data: bytes, edits: Sequence[tuple[float, float]]) -> bytes:
    """Replace every track's edit list. The index is the last box, so no offset into the data changes."""
    out = b""
    for kind, content in _boxes(data):
        out += _box(kind, _edited_movie(content, edits) if kind == b"moov" else content)
    return out


def _edited_movie(movie: bytes, edits: Sequence[tuple[float, float]]) -> bytes:
    out, total, scale = b"", sum(length for length, _ in edits), 1
    for kind, content in _boxes(movie):
        kept = content
        if kind == b"mvhd":
            scale = struct.unpack_from(">I", content, 12)[0]
            kept = content[:16] + struct.pack(">I", round(total * scale)) + content[20:]
        elif kind == b"trak":
            kept = _edited_track(content, edits, scale)
        out += _box(kind, kept)
    return out


def _edited_track(track: bytes, edits: Sequence[tuple[float, float]], scale: int) -> bytes:
    media = dict(_boxes(dict(_boxes(track))[b"mdia"]))
    clock = struct.unpack_from(">I", media[b"mdhd"], 12)[0]
    out = b""
    for kind, content in _boxes(track):
        kept = content
        if kind == b"tkhd":
            total = sum(length for length, _ in edits)
            kept = content[:20] + struct.pack(">I", round(total * scale)) + content[24:]
        elif kind == b"edts":
            delay = struct.unpack_from(">i", content, 20)[0]  # of the first picture or sample
            entries = b"".join(
                struct.pack(
                    ">IiI", round(length * scale), -1 if start < 0 else round(start * clock) + max(0, delay), 1 << 16
                )
                for length, start in edits
            )
            kept = _box(b"elst", struct.pack(">II", 0, len(edits)) + entries)
        out += _box(kind, kept)
    return out


TWO_SOUNDS = (*picture(), *beeps(2, pitch=400), *beeps(pitch=1000), "-map", "0", "-map", "1", "-map", "2")
SECOND_IS_DEFAULT = ("-disposition:a:0", "0", "-disposition:a:1", "default")

FILES: Mapping[str, Maker] = {
    "plain.mp4": coded(*H264, *AAC),
    "plain.mov": coded(*H264, "-c:a", "pcm_s16le"),
    "plain.mkv": coded(*H264, *AAC),
    "plain.webm": coded(*VP8, *OPUS),
    "plain.ts": coded(*H264, *AAC),
    "plain.m2ts": coded(*H264, "-c:a", "ac3", "-mpegts_m2ts_mode", "1"),
    "plain.mpg": coded(*MPEG2),
    "plain.vob": coded(*MPEG2),
    "plain.flv": coded(*H264, *AAC),
    "plain.wmv": coded("-c:v", "wmv2", "-q:v", "2", "-c:a", "wmav2"),
    "plain.ogv": coded("-c:v", "libtheora", "-q:v", "10", "-c:a", "libvorbis"),
    "plain.3gp": coded(*NO_B, *AAC),
    "plain.nut": coded(*H264, *AAC),
    "jpeg.avi": coded("-c:v", "mjpeg", "-q:v", "2", "-c:a", "pcm_s16le"),
    "packed.avi": coded("-c:v", "mpeg4", "-q:v", "2", "-bf", "2", "-c:a", "libmp3lame"),
    "b-frames.avi": coded(*H264, "-c:a", "libmp3lame"),
    "mp3.mp4": coded(*H264, "-c:a", "libmp3lame"),
    "opus.mp4": coded(*H264, *OPUS),
    "low-rate.mp4": coded(*H264, *AAC, "-ar", "16000"),
    "ntsc.mp4": coded(*H264, *AAC, inputs=(*picture(fps="30000/1001"), *beeps())),
    "sixty.mkv": coded(*H264, *AAC, inputs=(*picture(fps=60), *beeps())),
    "picture-ends-first.mp4": coded(*H264, *AAC, inputs=(*picture(0.6), *beeps())),
    "picture-ends-first.ts": coded(*H264, *AAC, inputs=(*picture(0.6), *beeps())),
    "picture-ends-first.avi": coded("-c:v", "mjpeg", "-c:a", "pcm_s16le", inputs=(*picture(0.6), *beeps())),
    "sound-ends-first.mp4": coded(*H264, *AAC, inputs=(*picture(), *beeps(1.1))),
    "sound-ends-first.webm": coded(*VP8, *OPUS, inputs=(*picture(), *beeps(1.1))),
    "one-picture.mp4": coded(*H264, *AAC, inputs=(*picture(1 / FPS), *beeps())),
    "one-picture.mkv": coded(*H264, *AAC, inputs=(*picture(1 / FPS), *beeps())),
    "one-picture-of-both.mp4": coded("-frames:v", "1", *H264, *AAC),
    "one-picture-alone.mp4": coded("-frames:v", "1", *H264, inputs=picture()),
    "silent.mp4": coded(*H264, inputs=picture()),
    "recorder.webm": coded(*MOVING, *VP8, *OPUS),
    "recorder.mkv": coded(*MOVING, *H264, *AAC),
    "recorder.mp4": coded(*MOVING, *H264, *AAC),
    "recorder-alone.mp4": coded(*MOVING, *H264, inputs=picture()),
    "no-lengths.webm": coded(*VP8, *OPUS, *NO_LENGTHS),
    "no-lengths-recorder.webm": coded(*MOVING, *VP8, *OPUS, *NO_LENGTHS),
    "sound-late.mp4": coded(*H264, *AAC, inputs=(*picture(), *beeps(2, late=0.8))),
    "sound-late.mkv": coded(*H264, *AAC, inputs=(*picture(), *beeps(2, late=0.8))),
    "sound-late.ts": coded(*H264, *AAC, inputs=(*picture(), *beeps(2, late=0.8))),
    "sound-late.flv": coded(*H264, *AAC, inputs=(*picture(), *beeps(2, late=0.8))),
    "picture-late.mp4": coded(*H264, *AAC, inputs=(*picture(2, late=0.8), *beeps())),
    "picture-late.mkv": coded(*H264, *AAC, inputs=(*picture(2, late=0.8), *beeps())),
    "picture-late.mpg": coded(*MPEG2, inputs=(*picture(2, late=0.8), *beeps())),
    "both-late.mp4": coded(*H264, *AAC, inputs=(*picture(late=1), *beeps(late=1.3))),
    "silence-between.mkv": coded(*H264, *AAC, "-af", "aselect='not(between(t,0.95,1.65))'"),
    "silence-between.ts": coded(*H264, *AAC, "-af", "aselect='not(between(t,0.95,1.65))'"),
    "trimmed.mp4": with_edits((2.0, 1.5)),
    "trimmed-between-key-frames.mp4": with_edits((1.7, 1.3)),
    "two-edits.mp4": with_edits((1.0, 0.0), (1.0, 3.0)),
    "edits-out-of-order.mp4": with_edits((1.0, 3.0), (1.0, 1.0)),
    "empty-edit.mp4": with_edits((0.5, -1), (2.0, 1.0)),
    "cut.mp4": cut(1.3, 2.1),
    "cut.mov": cut(1.3, 2.1),
    "cut.mkv": cut(1.3, 2.1),
    "cut.ts": cut(1.3, 2.1),
    "cut.flv": cut(1.3, 2.1),
    "cut.webm": cut(1.3, 2.1, codecs=(*VP8, *OPUS)),
    "cut-from-zero.mp4": cut(0, 1.9),
    "fragments.mp4": coded(*H264, *AAC, "-movflags", "frag_keyframe+empty_moov"),
    "fragments-of-delayed.mp4": coded(*H264, *AAC, "-movflags", "frag_keyframe+delay_moov+negative_cts_offsets"),
    "no-edit-list.mp4": coded(*H264, *AAC, "-use_editlist", "0"),
    "negative.mkv": coded(*H264, *AAC, "-output_ts_offset", "-1", "-avoid_negative_ts", "disabled"),
    "negative.mp4": coded(*H264, *AAC, "-output_ts_offset", "-1", "-avoid_negative_ts", "disabled"),
    "an-hour-in.ts": coded(*H264, *AAC, "-output_ts_offset", "3600"),
    "clock-wraps.ts": coded(*H264, *AAC, "-output_ts_offset", "95441"),
    "joined.ts": joined(coded(*H264, *AAC), coded(*H264, *AAC, inputs=(*picture(2), *beeps(2)))),
    "joined-picture-ends-first.ts": joined(
        coded(*H264, *AAC, inputs=(*picture(1), *beeps(2))), coded(*H264, *AAC, inputs=(*picture(2), *beeps(2)))
    ),
    "joined.mpg": joined(coded(*MPEG2), coded(*MPEG2, inputs=(*picture(2), *beeps(2)))),
    "joined.mkv": joined(coded(*H264, *AAC), coded(*H264, *AAC, inputs=(*picture(2), *beeps(2)))),
    "joined.flv": joined(coded(*H264, *AAC), coded(*H264, *AAC, inputs=(*picture(2), *beeps(2)))),
    "two-sounds.mov": coded(*H264, *AAC, inputs=TWO_SOUNDS),
    "two-sounds.mkv": coded(*H264, *AAC, *SECOND_IS_DEFAULT, inputs=TWO_SOUNDS),
    "two-sounds.ts": coded(*H264, *AAC, inputs=TWO_SOUNDS),
    "truncated.mp4": truncated,
    "moving.gif": coded("-r", "10", inputs=picture(fps=10)),
    "moving.webp": coded("-c:v", "libwebp_anim", "-lossless", "1", inputs=picture(fps=10)),
    "moving.apng": coded("-plays", "0", inputs=picture(fps=10)),
}

# The audio track that is the default, of the files in which it is not the first.
TRACKS: Mapping[str, int] = {"two-sounds.mkv": 2}
