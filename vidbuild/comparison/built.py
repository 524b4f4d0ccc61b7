"""Reads a built video and the files beside it; runs in a sandboxed process (vidbuild.create.source.contained).

Nothing is decoded: a scene that has not changed has the same packets in every video, wherever it is in it.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.create.source.protocol import SourceError
from vidbuild.errors import StepError
from vidbuild.inspection import captions, refusals, timing_file
from vidbuild.json_types import Json
from vidbuild.media.container import samples
from vidbuild.media.ffmpeg import ffmpeg, process
from vidbuild.timebase import SAMPLE_RATE

SECONDS = 120.0
# Samples of a packet: a scene's audio begins with the one that is nearest to its start.
_AAC_FRAME, _OPUS_PACKET = 1024, 960
_OPUS = re.compile(rb"#codec_id \d: opus$")
_BASE = re.compile(rb"#tb (\d): (\d{1,18})/([1-9]\d{0,17})$")
_KIND = re.compile(rb"#media_type (\d): (\w+)$")
_PACKET = re.compile(rb"(\d), *-?\d+, *(-?\d{1,19}), *\d+, *\d+, *([0-9a-f]{64})$")
_DIGEST_LENGTH = 24
_TOLERANCE = 0.1  # seconds between the length of a video and that in its timing file


class _Packets:
    """A sink for ffmpeg's list of packets.

    found: kind -> (time in seconds, digest) of each. unit: samples of a packet of the audio.
    """

    def __init__(self) -> None:
        self.found: dict[str, list[tuple[float, str]]] = {"video": [], "audio": []}
        self.unit = _AAC_FRAME
        self._bases: dict[bytes, float] = {}
        self._kinds: dict[bytes, str] = {}
        self._partial = b""

    def __call__(self, piece: bytes) -> None:
        """Receive the next piece, which may begin and end anywhere in a line."""
        *lines, partial = (self._partial + piece).split(b"\n")
        self._partial = partial[: process.LINE_BYTES]
        for line in lines:
            if match := _PACKET.match(line):
                time = int(match[2]) * self._bases.get(match[1], 1.0)
                kind = self._kinds.get(match[1], "")
                self.found.setdefault(kind, []).append((time, match[3][:_DIGEST_LENGTH].decode()))
            elif _OPUS.match(line):
                self.unit = _OPUS_PACKET
            elif match := _BASE.match(line):
                self._bases[match[1]] = int(match[2]) / int(match[3])
            elif match := _KIND.match(line):
                self._kinds[match[1]] = match[2].decode()


def read(video: str, request: str) -> Json:
    """Return the timing file of a video (vidbuild.inspection.timing_file), with more of each scene.

    The scenes also have `frames` and `sounds`, digests of their packets, and `captions` [start, end, text] in seconds
    from the scene's start.
    request: as JSON: `timing` and `captions`, paths of files; None for no captions.
    Raises SourceError if a file is wrong, or the timing file is that of another video.
    """
    path, asked = Path(video), json.loads(request)
    refusals.check(path)
    timing = timing_file.read(Path(asked["timing"]))
    cues = captions.sidecar(asked["captions"])["cues"] if asked["captions"] else []
    try:
        packets = _packets(path)
    except StepError as error:
        raise SourceError(error.message.replace(f"'{path.name}'", f"'{path}'"), hint=error.hint) from None
    _require_match(path, timing, packets.found["video"], asked["timing"])
    frame = 1 / (timing["fps"] or 1)
    starts = [scene["start"] for scene in timing["scenes"]]
    frames = _parts(packets.found["video"], [start - frame / 2 for start in starts])
    unit = packets.unit / SAMPLE_RATE
    sounds = _parts(packets.found["audio"], [(round(start / unit) - 0.5) * unit for start in starts])
    for index, scene in enumerate(timing["scenes"]):
        scene["frames"], scene["sounds"] = frames[index], sounds[index]
        scene["captions"] = [
            [round(start - scene["start"], 3), round(end - scene["start"], 3), text]
            for start, end, text in cues
            if scene["start"] <= start < scene["end"]
        ]
        del scene["words"]
    return timing


def _packets(path: Path) -> _Packets:
    """Return time and digest of each packet, by "video" and "audio"."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            tracks = samples.read(data)
        except samples.SamplesError:  # written by another program
            tracks = {}
        found = {
            kind: [
                (time, hashlib.sha256(data[at : at + size]).hexdigest()[:_DIGEST_LENGTH])
                for time, (at, size) in zip(track.times, track.places, strict=True)
            ]
            for kind, track in tracks.items()
        }
    if not found.get("video"):
        return _packets_by_ffmpeg(path)
    packets = _Packets()
    packets.found |= found
    return packets


def _packets_by_ffmpeg(path: Path) -> _Packets:
    """Return the same of any video, as ffmpeg lists it."""
    sink = _Packets()
    ffmpeg.stream(
        [
            *ffmpeg.untrusted_input(path.absolute()),
            *("-map", "0:V:0", "-map", "0:a:0?", "-c", "copy", "-f", "framehash", "-hash", "sha256", "-"),
        ],
        sink,
        cwd=path.absolute().parent,
        env=os.environ,
        timeout=SECONDS,
        what=f"read '{path.name}'",
    )
    return sink


def _require_match(path: Path, timing: Mapping[str, Any], video: Sequence[tuple[float, str]], timing_path: str) -> None:
    """Raise SourceError if a timing file has another length than the video, and so is about other frames."""
    if not timing["scenes"] or not timing["fps"] or not video:
        raise SourceError(f"{timing_path}: has no scenes, or the video has no frames")
    length = max(time for time, _ in video) + 1 / timing["fps"]
    if abs(length - timing["duration"]) > _TOLERANCE:
        raise SourceError(
            f"'{timing_path}' is of a video of {timing['duration']:.2f} s: '{path}' lasts {length:.2f} s",
            hint="build the video again",
        )


def _parts(packets: Sequence[tuple[float, str]], starts: Sequence[float]) -> list[list[str]]:
    """Return the digests of the packets of each scene. starts: of the scenes, in seconds."""
    parts: list[list[str]] = [[] for _ in starts]
    for time, digest in packets:
        parts[max(bisect_right(starts, time) - 1, 0)].append(digest)
    return parts
