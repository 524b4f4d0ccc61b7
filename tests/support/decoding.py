"""Decodes videos strictly, with independent decoders, and returns what each decoded.

`prove` is the whole proof of one file. FFmpeg's own decoder says nothing of a wrong frame_num and repeats pictures
instead, so OpenH264, which does tell, and the slice headers themselves (h264_headers.py) are asked as well.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from tests.support import h264_headers
from vidbuild.media.container import mp4
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.media.h264 import h264

OLDER = "VIDBUILD_OLDER_FFMPEG"
TIMEOUT = 120
STRICT = ("-xerror", "-err_detect", "explode+crccheck+bitstream+buffer")
HASHES = ("-f", "framehash", "-hash", "sha256", "-")
SILENCE = bytes.fromhex("21 00 49 90 02 19 00 23 80")  # an AAC frame in which two channels are silent


@dataclass(frozen=True)
class Decoder:
    """A decoder: the ffmpeg that holds it, and the options that choose it."""

    program: Path
    options: tuple[str, ...] = ("-c:v", "h264")


@dataclass(frozen=True)
class Packet:
    """A coded picture in its file: when and for how long it is shown, in seconds; its bytes; whether it is a key."""

    time: Fraction
    duration: Fraction
    size: int
    key: bool


@dataclass(frozen=True)
class Shown:
    """Decoded pictures: when each is shown, in seconds, and the SHA-256 of all its samples."""

    times: tuple[Fraction, ...]
    digests: tuple[str, ...]


def pinned() -> tuple[Decoder, ...]:
    """The decoders in vidbuild's own ffmpeg: FFmpeg's, as it comes and with a thread for each slice, and OpenH264."""
    program = ffmpeg.executable()
    return (
        Decoder(program),
        Decoder(program, ("-c:v", "h264", "-threads", "4", "-thread_type", "slice")),
        openh264(),
    )


def openh264() -> Decoder:
    """Cisco's decoder, which shares no code with FFmpeg's."""
    return Decoder(ffmpeg.executable(), ("-c:v", "libopenh264"))


def older() -> Decoder:
    """Return the ffmpeg that $VIDBUILD_OLDER_FFMPEG names, or the one on PATH; AssertionError with what is missing."""
    found = shutil.which(os.environ.get(OLDER) or "ffmpeg")
    assert found, f"there is no older ffmpeg: apt-get install ffmpeg, or set {OLDER} to a path"
    decoder = Decoder(Path(found))
    printed = [_asked([str(program), "-version"]).splitlines()[0] for program in (decoder.program, ffmpeg.executable())]
    assert printed[0] != printed[1], f"{found} is the very ffmpeg that vidbuild uses"
    return decoder


def strictly(path: Path, decoder: Decoder, *before: str, after: Sequence[str] = ()) -> Shown:
    """Every picture that a decoder makes of a file. Any error, and any warning at all, fails."""
    options = ["-copyts", "-map", "0:v:0", "-fps_mode", "passthrough", *after, *HASHES]
    printed = _run(decoder.program, *STRICT, *before, *decoder.options, "-i", str(path), *options)
    rows = _rows(printed)
    base = _time_base(printed)
    return Shown(tuple(int(row[2]) * base for row in rows), tuple(row[5] for row in rows))


def sought(path: Path, decoder: Decoder, frame: int, fps: int, pictures: int = 1) -> Shown:
    """What is shown from a frame on when a player is sent to it: to between it and the one before, to be sure."""
    start = max(Fraction(0), Fraction(2 * frame - 1, 2 * fps))
    return strictly(path, decoder, "-ss", f"{float(start):.6f}", after=("-frames:v", str(pictures)))


def packets(path: Path, track: str = "v:0") -> list[Packet]:
    """The coded pictures of a file, or the coded pieces of another track; nothing is decoded."""
    options = ["-map", f"0:{track}", "-c", "copy", "-f", "framecrc", "-"]
    printed = _run(ffmpeg.executable(), "-copyts", "-i", str(path), *options)
    base = _time_base(printed)
    return [Packet(int(row[2]) * base, int(row[3]) * base, int(row[4]), "F=0x0" not in row) for row in _rows(printed)]


def check_holds(shown: Shown, moments: Sequence[int]) -> None:
    """Between two moments (frames in which something changes) every picture is the same, bit for bit."""
    for first, end in pairwise([*moments, len(shown.digests)]):
        for frame in range(first, end):
            assert shown.digests[frame] == shown.digests[first], f"frame {frame} is not as {first}, which it holds"


def check_alike(path: Path, decoders: Sequence[Decoder]) -> Shown:
    """All decoders make the same pictures at the same times, bit for bit."""
    whole, *others = (strictly(path, decoder) for decoder in decoders)
    for decoder, seen in zip(decoders[1:], others, strict=True):
        assert len(seen.digests) == len(whole.digests), f"{decoder.options} makes {len(seen.digests)} pictures"
        differing = [at for at, (one, two) in enumerate(zip(seen.digests, whole.digests, strict=True)) if one != two]
        assert not differing, f"{decoder.options} and {decoders[0].options} differ in frames {differing}"
        assert seen.times == whole.times
    return whole


def check_seeks(path: Path, whole: Shown, fps: int, frames: Iterable[int], decoders: Iterable[Decoder]) -> None:
    """Sent to any of these frames, a decoder shows what it shows when it plays from the start, then and after."""
    for decoder in decoders:
        for frame in frames:
            seen = sought(path, decoder, frame, fps, 3)
            wanted = Shown(whole.times[frame : frame + 3], whole.digests[frame : frame + 3])
            assert seen == wanted, f"sent to frame {frame}, {decoder.options} shows another picture"


def prove(
    path: Path,
    frames: int,
    fps: int,
    *,
    moments: Sequence[int] = (),
    seeks: Sequence[int] = (),
    decoders: Sequence[Decoder] = (),
) -> Shown:
    """Check everything about an MP4 that decoding can prove, and return its frames.

    moments: the frames in which anything changes, to prove that all others are as the one before.
    seeks: the frames to be sent to. decoders: by default those of the pinned ffmpeg.
    """
    decoders = decoders or pinned()
    times = tuple(Fraction(frame, fps) for frame in range(frames))
    coded = packets(path)
    assert coded[0].key
    assert [(one.time, one.duration) for one in coded] == [(time, Fraction(1, fps)) for time in times]
    h264_headers.check(path)
    whole = check_alike(path, decoders)
    assert whole.times == times, "the pictures are not shown at k / fps"
    if moments:
        check_holds(whole, moments)
    check_seeks(path, whole, fps, seeks, dict.fromkeys((decoders[0], decoders[-1])))
    return whole


def prove_segment(
    segment: Path, folder: Path, frames: int, fps: int, *, moments: Sequence[int] = (), seeks: Sequence[int] = ()
) -> Shown:
    """The same of a segment: as the bare stream that it is, and as an MP4, which is written into the folder."""
    bare = check_alike(segment, pinned())
    whole = prove(boxed(segment, folder / "boxed.mp4"), frames, fps, moments=moments, seeks=seeks)
    assert bare == whole, "the bare stream shows other pictures than the MP4 of it"
    return whole


def boxed(segment: Path, target: Path) -> Path:
    """The segment as an MP4 with silence beside it, written as the join writes it."""
    data = segment.read_bytes()
    found = h264.scan(data)
    assert found.parameters.fps is not None
    fps = int(found.parameters.fps)
    pictures = mp4.VideoTrack(
        sizes=[len(frame) for frame in h264.mp4_frames(data)],
        keys=found.idrs,
        fps=fps,
        width=found.parameters.width,
        height=found.parameters.height,
        sps=next(unit for unit in found.sets if h264.unit_type(unit) == h264.SPS),
        pps=[unit for unit in found.sets if h264.unit_type(unit) == h264.PPS],
    )
    count = -(-found.frames * mp4.TIMESCALE // (fps * mp4.AAC_FRAME))
    with target.open("wb") as file:
        sound = mp4.AudioTrack([len(SILENCE)] * count, 2, "en")
        mp4.write(file, pictures, sound, (h264.mp4_frames(data), iter([SILENCE] * count)))
    return target


def _run(program: Path, *args: str) -> str:
    """Run an ffmpeg that must print nothing, not even a warning."""
    command = [str(program), "-nostdin", "-hide_banner", "-nostats", "-y", "-v", "warning", *args]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=False)
    said = done.stderr.decode("utf-8", "replace").strip()
    assert done.returncode == 0, f"{' '.join(command)}\nended with {done.returncode}:\n{said}"
    assert not said, f"{' '.join(command)}\nsaid:\n{said}"
    return done.stdout.decode()


def _asked(command: Sequence[str]) -> str:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=True)
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def _rows(printed: str) -> list[list[str]]:
    return [[field.strip() for field in line.split(",")] for line in printed.splitlines() if line[:1] == "0"]


def _time_base(printed: str) -> Fraction:
    found = re.search(r"^#tb 0: (\d+)/(\d+)$", printed, re.MULTILINE)
    assert found, printed[:400]
    return Fraction(int(found[1]), int(found[2]))
