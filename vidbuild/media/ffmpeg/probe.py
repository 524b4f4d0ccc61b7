"""Tells what is in a media file, as ffmpeg sees it; it knows nothing of what the file is for."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from vidbuild.errors import SpecProblem, StepError
from vidbuild.media.ffmpeg import check_limits, ffmpeg, limits, process
from vidbuild.media.ffmpeg.media_info import MediaInfo

TIMEOUT = 120.0
FIRST_LINES, LAST_LINES = 50, 5000  # of what is told of packets; pictures come in another order than they are shown
SD_HEIGHT, HD_WIDTH = 576, 1280

STILLS = re.compile(rb"\x89PNG|\xff\xd8\xff|BM|II\*\0|MM\0\*|RIFF....WEBP|<svg|<\?xml", re.DOTALL)
"""How files of still images begin. One that moves begins alike, so it is read before this is asked."""

# A colour's three tags are told as one where they are alike.
LONGEST = 1000  # characters of a line about a stream
VIDEO = re.compile(r": Video: (\w+).*?, (\w+)(?:\((.*?)\))?, (\d{1,6})x(\d{1,6})")
TAGS = re.compile(r"(?:^|, )([\w-]+)(?:/([\w-]+)/([\w-]+))?(?=,|$)")
NO_TAGS = {"tv", "pc", "progressive"}
MATRICES = {"bt2020nc": "bt2020", "bt2020c": "bt2020", "bt709": "bt709", "bt470bg": "bt601", "smpte170m": "bt601"}
PACKET = re.compile(r"^0, *-?\d+, *(-?\d+), *(-?\d+),", re.MULTILINE)  # stream, then dts, pts and duration
BREAKS = re.compile(r"partial file|File ended prematurely")
WITH_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}


def inspect(path: Path, *, env: Mapping[str, str] | None = None, field: str = "") -> MediaInfo:
    """Look into a media file and decode the first of what it holds.

    StepError says in plain words what is wrong. field: the one of the spec that names the file.
    """
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise StepError(
            f"'{path.name}' cannot be read: {(error.strerror or str(error)).lower()}", field=field
        ) from error
    check_limits.beginning(path, field)
    if not head:
        raise StepError(f"'{path.name}' is empty", field=field)
    try:
        return _inspected(_Probe(path.absolute(), dict(os.environ) if env is None else env), field)
    except SpecProblem:
        raise
    except StepError as error:
        if STILLS.match(head):
            hint = "a scene of type 'image' shows it"
            raise StepError(f"'{path.name}' is an image, not a video", hint=hint, field=field) from error
        told = error.failure
        raise StepError(
            told.message, hint=told.hint, field=field, command=told.command, log=told.log, transient=told.transient
        ) from error


def _inspected(probe: _Probe, field: str) -> MediaInfo:
    name = probe.path.name
    log, packets = probe.packets("-map", "0:V:0?", "-map", "0:a:0?", "-frames:v", "1", "-shortest", "-t", "10")
    check_limits.streams("\n".join(log), name, field)
    try:
        info = parse("\n".join(log), packets)
    except (KeyError, ValueError, IndexError, ZeroDivisionError) as error:
        raise StepError(f"nothing that ffmpeg told of '{name}' can be understood", log=log[-12:]) from error
    if info.has_audio:
        check_limits.sound(info.sample_rate, info.channels, name, field)
    if not (info.has_video or info.has_audio):
        raise StepError(f"nothing in '{name}' can be decoded", log=log[-12:])
    if not info.has_video:
        return info
    check_limits.picture(info, name, field)
    end, cut = probe.end()
    duration = end - _start("\n".join(log))
    check_limits.length(duration, limits.CLIP_SECONDS, name, field)
    return replace(info, duration=duration, truncated=cut)


def parse(log: str, packets: str) -> MediaInfo:
    """The facts in ffmpeg's log about an input, and in the framecrc text of its first decoded picture and sound."""
    told = log.split("\nStream mapping:", 1)[0]
    kind = re.search(r"^Input #0, (.+), from ", told, re.MULTILINE)
    length = re.search(r"^  Duration: (\d{1,9}):(\d{1,9}):(\d{1,9}\.\d{1,9})", told, re.MULTILINE)
    hours, minutes, seconds = (float(part) for part in length.groups()) if length else (0.0, 0.0, 0.0)
    info = MediaInfo(format=kind[1] if kind else "", duration=hours * 3600 + minutes * 60 + seconds)
    streams = re.split(r"^  Stream ", told, flags=re.MULTILINE)[1:]
    decoded = {line.split(",")[0] for line in packets.splitlines() if line[:1].isdigit()}
    for index, media in re.findall(r"^#media_type (\d+): (\w+)", packets, re.MULTILINE):
        facts = dict(re.findall(rf"^#(\w+) {index}: (.+)$", packets, re.MULTILINE))
        if media == "video" and index in decoded:
            moving = _described(streams, ": Video: ")
            lead = max(0.0, _begins(moving[0], told) - _start(told))
            info = replace(_with_video(info, facts, moving[0]), videos=len(moving), lead=lead)
        elif media == "audio" and decoded:  # where there is a picture too, ffmpeg may stop before the first sound
            info = _with_audio(info, facts, _described(streams, ": Audio: ")[0])
    return info


@dataclass(frozen=True, slots=True)
class _Probe:
    path: Path
    env: Mapping[str, str]

    def packets(self, *wanted: str, before: tuple[str, ...] = (), check: bool = True) -> tuple[tuple[str, ...], str]:
        """The log, and the first and last lines of what is told of packets."""
        told = process.Lines(FIRST_LINES, LAST_LINES)
        finished = ffmpeg.follow(
            [*ffmpeg.media(self.path, *before), *wanted, "-f", "framecrc", "-"],
            told,
            cwd=self.path.parent,
            env=self.env,
            timeout=TIMEOUT,
            what=f"read '{self.path.name}'",
            check=check,
        )
        return finished.log, "\n".join(told.texts())

    def end(self) -> tuple[float, bool]:
        """When the last picture ends, and whether the file breaks off there.

        Of the picture alone, since the sound may be longer or shorter.
        """
        cut = False
        for before in (("-sseof", "-3"), ()):
            log, packets = self.packets("-map", "0:V:0", "-c", "copy", "-copyts", before=before, check=not before)
            cut = cut or BREAKS.search("\n".join(log)) is not None
            end = _last_end(packets)
            if end is not None:
                return end, cut
        raise StepError(f"'{self.path.name}' has no pictures")


def _last_end(packets: str) -> float | None:
    base = re.search(r"^#tb 0: (\d+)/(\d+)", packets, re.MULTILINE)
    ends = [int(found[1]) + int(found[2]) for found in PACKET.finditer(packets)]
    if base is None or not ends or not int(base[2]):
        return None
    return max(ends) * int(base[1]) / int(base[2])


def _start(log: str) -> float:
    start = re.search(r"^  Duration: .*?start: (-?\d+\.\d+)", log, re.MULTILINE)
    return float(start[1]) if start else 0.0


def _begins(stream: str, log: str) -> float:
    begin = re.search(r", start (-?\d+\.\d+)", stream)
    return float(begin[1]) if begin else _start(log)


def _described(streams: list[str], kind: str) -> list[str]:
    return [text for text in streams if kind in text and "(attached pic)" not in text] or [""]


def _with_video(info: MediaInfo, facts: Mapping[str, str], text: str) -> MediaInfo:
    line = text.partition("\n")[0][:LONGEST]  # what follows is the file's own metadata, which may say anything
    width, height = (int(part) for part in facts["dimensions"].split("x"))
    over, under = (int(part) for part in facts.get("sar", "0/1").split("/"))
    sar = over / under if over and under else 1.0
    turned = re.search(r"rotation of (-?\d{1,6}(?:\.\d+)?) degrees", text)
    rate = re.search(r", (\d{1,9}(?:\.\d{1,9})?)(k?) (?:fps|tbr)", line)
    average = re.search(r", (\d{1,9}(?:\.\d{1,9})?)(k?) fps", line)
    told = VIDEO.search(line)
    codec, pixels, details = (told[1], told[2], told[3] or "") if told else ("", "", "")
    stored = (int(told[4]), int(told[5])) if told else (width, height)
    matrix, primaries, transfer = _tags(details)
    return replace(
        info,
        has_video=True,
        width=round(width * sar),
        height=height,
        sar=sar,
        rotation=round(float(turned[1])) if turned else 0,
        fps=float(rate[1]) * (1000 if rate[2] else 1) if rate else 0.0,
        rate=float(average[1]) * (1000 if average[2] else 1) if average else 0.0,
        pixel_format=pixels,
        matrix=MATRICES.get(matrix) or _usual_matrix(*stored),
        transfer=transfer,
        primaries=primaries,
        full_range=bool(re.search(r"\bpc\b", details)) or pixels.startswith("yuvj"),
        interlaced=" first" in details,
        stored=stored,
        decoder=WITH_ALPHA.get(codec, "")
        if re.search(r"^ +alpha_mode +: 1$", text, re.MULTILINE | re.IGNORECASE)
        else "",
    )


def _tags(details: str) -> tuple[str, str, str]:
    """A picture's matrix, primaries and transfer, "" for each that is not told."""
    for one, second, third in TAGS.findall(details):
        if one not in NO_TAGS:
            matrix, primaries, transfer = (
                "" if tag == "unknown" else tag for tag in (one, second or one, third or one)
            )
            return matrix, primaries, transfer
    return "", "", ""


def _usual_matrix(width: int, height: int) -> str:
    """What players take where nothing is told: what is larger than a DVD's picture is HD."""
    return "bt709" if width >= HD_WIDTH or height > SD_HEIGHT else "bt601"


def _with_audio(info: MediaInfo, facts: Mapping[str, str], text: str) -> MediaInfo:
    layout = facts.get("channel_layout_name", "")
    counts = {"mono": 1, "stereo": 2, "2.1": 3, "quad": 4, "5.0": 5, "5.1": 6, "7.1": 8}
    told = re.search(r"(\d{1,4}) channels", text)
    channels = counts.get(layout.split("(")[0], int(told[1]) if told else 2)
    return replace(info, has_audio=True, sample_rate=int(facts["sample_rate"]), channels=channels)
