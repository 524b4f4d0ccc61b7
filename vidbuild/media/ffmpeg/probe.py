"""Find out what a media file contains by decoding the start of it with ffmpeg."""

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

# Lines about packets to keep. The last frame is among the last packets, but not always the very last: frames are
# stored in another order than they are shown in.
HEAD_LINES, TAIL_LINES = 50, 5000

# Characters to parse of a line about a stream.
STREAM_LINE_LENGTH = 1000

ERROR_LINES = 12

# Frames larger than SD are HD.
SD_HEIGHT, HD_WIDTH = 576, 1280

# How still images begin. Animated images begin alike, so this is checked only if probing fails.
STILLS = re.compile(rb"\x89PNG|\xff\xd8\xff|BM|II\*\0|MM\0\*|RIFF....WEBP|<svg|<\?xml", re.DOTALL)

VIDEO = re.compile(r": Video: (\w+).*?, (\w+)(?:\((.*?)\))?, (\d{1,6})x(\d{1,6})")

# The three color tags; ffmpeg prints one if they are equal.
TAGS = re.compile(r"(?:^|, )([\w-]+)(?:/([\w-]+)/([\w-]+))?(?=,|$)")
NOT_TAGS = {"tv", "pc", "progressive"}
MATRICES = {"bt2020nc": "bt2020", "bt2020c": "bt2020", "bt709": "bt709", "bt470bg": "bt601", "smpte170m": "bt601"}
PACKET = re.compile(r"^0, *-?\d+, *(-?\d+), *(-?\d+),", re.MULTILINE)  # stream, then dts, pts and duration
TRUNCATED = re.compile(r"partial file|File ended prematurely")
ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}


def probe(path: Path, *, env: Mapping[str, str] | None = None, field: str = "") -> MediaInfo:
    """Find out what a media file contains and decode the first frame and audio of it.

    field: the spec's field that names the file, for errors.
    Raise StepError if the file cannot be read or decoded, SpecProblem if it is over a limit.
    """
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StepError(f"'{path.name}' cannot be read: {reason}", field=field) from error
    check_limits.gif_signature(path, field)
    if not head:
        raise StepError(f"'{path.name}' is empty", field=field)
    try:
        return _probe(_MediaFile(path.absolute(), dict(os.environ) if env is None else env), field)
    except SpecProblem:
        raise
    except StepError as error:
        if STILLS.match(head):
            hint = "a scene of type 'image' shows it"
            raise StepError(f"'{path.name}' is an image, not a video", hint=hint, field=field) from error
        cause = error.failure
        raise StepError(
            cause.message, hint=cause.hint, field=field, command=cause.command, log=cause.log, transient=cause.transient
        ) from error


def _probe(file: _MediaFile, field: str) -> MediaInfo:
    name = file.path.name
    log, packets = file.packets("-map", "0:V:0?", "-map", "0:a:0?", "-frames:v", "1", "-shortest", "-t", "10")
    check_limits.stream_count("\n".join(log), name, field)
    try:
        info = parse_log("\n".join(log), packets)
    except (KeyError, ValueError, IndexError, ZeroDivisionError) as error:
        raise StepError(f"'{name}': ffmpeg's description of it cannot be parsed", log=log[-ERROR_LINES:]) from error
    if info.has_audio:
        check_limits.audio(info.sample_rate, info.channels, name, field)
    if not (info.has_video or info.has_audio):
        raise StepError(f"'{name}' contains no video or audio that can be decoded", log=log[-ERROR_LINES:])
    if not info.has_video:
        return info
    check_limits.video(info, name, field)
    end, truncated = file.end()
    duration = end - _start("\n".join(log))
    check_limits.duration(duration, limits.CLIP_SECONDS, name, field)
    return replace(info, duration=duration, truncated=truncated)


def parse_log(log: str, packets: str) -> MediaInfo:
    """Read the facts about an input from ffmpeg's log and from the framecrc text of its first decoded packets."""
    description = log.split("\nStream mapping:", 1)[0]
    format_name = re.search(r"^Input #0, (.+), from ", description, re.MULTILINE)
    length = re.search(r"^  Duration: (\d{1,9}):(\d{1,9}):(\d{1,9}\.\d{1,9})", description, re.MULTILINE)
    hours, minutes, seconds = (float(part) for part in length.groups()) if length else (0.0, 0.0, 0.0)
    duration = hours * 3600 + minutes * 60 + seconds
    info = MediaInfo(format=format_name[1] if format_name else "", duration=duration)
    streams = re.split(r"^  Stream ", description, flags=re.MULTILINE)[1:]
    decoded = {line.split(",")[0] for line in packets.splitlines() if line[:1].isdigit()}
    for index, media in re.findall(r"^#media_type (\d+): (\w+)", packets, re.MULTILINE):
        facts = dict(re.findall(rf"^#(\w+) {index}: (.+)$", packets, re.MULTILINE))
        if media == "video" and index in decoded:
            videos = _streams_of(streams, ": Video: ")
            lead = max(0.0, _stream_start(videos[0], description) - _start(description))
            info = replace(_with_video(info, facts, videos[0]), videos=len(videos), lead=lead)
        elif media == "audio" and decoded:  # if there is video too, ffmpeg may stop before the first audio
            info = _with_audio(info, facts, _streams_of(streams, ": Audio: ")[0])
    return info


@dataclass(frozen=True, slots=True)
class _MediaFile:
    path: Path
    env: Mapping[str, str]

    def packets(self, *output: str, before: tuple[str, ...] = (), check: bool = True) -> tuple[tuple[str, ...], str]:
        """Return ffmpeg's log, and the first and last lines of its list of packets (framecrc).

        output: arguments that select the packets. before: arguments for the input.
        """
        lines = process.HeadTailLog(HEAD_LINES, TAIL_LINES)
        done = ffmpeg.stream(
            [*ffmpeg.untrusted_input(self.path, *before), *output, "-f", "framecrc", "-"],
            lines,
            cwd=self.path.parent,
            env=self.env,
            timeout=TIMEOUT,
            what=f"read '{self.path.name}'",
            check=check,
        )
        return done.log, "\n".join(lines.texts())

    def end(self) -> tuple[float, bool]:
        """Return the end of the last frame in seconds, and whether the file is truncated.

        The audio is ignored: it may be longer or shorter.
        """
        truncated = False
        for before in (("-sseof", "-3"), ()):  # the last 3 s are enough for most files
            log, packets = self.packets("-map", "0:V:0", "-c", "copy", "-copyts", before=before, check=not before)
            truncated = truncated or TRUNCATED.search("\n".join(log)) is not None
            end = _last_end(packets)
            if end is not None:
                return end, truncated
        raise StepError(f"'{self.path.name}' has no frames")


def _last_end(packets: str) -> float | None:
    """Return when the last packet ends, in seconds."""
    base = re.search(r"^#tb 0: (\d+)/(\d+)", packets, re.MULTILINE)
    ends = [int(match[1]) + int(match[2]) for match in PACKET.finditer(packets)]
    if base is None or not ends or not int(base[2]):
        return None
    return max(ends) * int(base[1]) / int(base[2])


def _start(description: str) -> float:
    start = re.search(r"^  Duration: .*?start: (-?\d+\.\d+)", description, re.MULTILINE)
    return float(start[1]) if start else 0.0


def _stream_start(stream: str, description: str) -> float:
    start = re.search(r", start (-?\d+\.\d+)", stream)
    return float(start[1]) if start else _start(description)


def _streams_of(streams: list[str], kind: str) -> list[str]:
    """Return the descriptions of the streams of a kind, without cover images; [""] if there are none."""
    return [text for text in streams if kind in text and "(attached pic)" not in text] or [""]


def _with_video(info: MediaInfo, facts: Mapping[str, str], text: str) -> MediaInfo:
    line = text.partition("\n")[0][:STREAM_LINE_LENGTH]  # the lines after it are metadata, which may contain anything
    width, height = (int(part) for part in facts["dimensions"].split("x"))
    sar_width, sar_height = (int(part) for part in facts.get("sar", "0/1").split("/"))
    sar = sar_width / sar_height if sar_width and sar_height else 1.0
    rotation = re.search(r"rotation of (-?\d{1,6}(?:\.\d+)?) degrees", text)
    rate = re.search(r", (\d{1,9}(?:\.\d{1,9})?)(k?) (?:fps|tbr)", line)
    average = re.search(r", (\d{1,9}(?:\.\d{1,9})?)(k?) fps", line)
    video = VIDEO.search(line)
    codec, pixels, details = (video[1], video[2], video[3] or "") if video else ("", "", "")
    stored = (int(video[4]), int(video[5])) if video else (width, height)
    matrix, primaries, transfer = _tags(details)
    has_alpha = re.search(r"^ +alpha_mode +: 1$", text, re.MULTILINE | re.IGNORECASE)
    return replace(
        info,
        has_video=True,
        width=round(width * sar),
        height=height,
        sar=sar,
        rotation=round(float(rotation[1])) if rotation else 0,
        fps=float(rate[1]) * (1000 if rate[2] else 1) if rate else 0.0,
        rate=float(average[1]) * (1000 if average[2] else 1) if average else 0.0,
        pixel_format=pixels,
        matrix=MATRICES.get(matrix) or _default_matrix(*stored),
        transfer=transfer,
        primaries=primaries,
        full_range=bool(re.search(r"\bpc\b", details)) or pixels.startswith("yuvj"),
        interlaced=" first" in details,
        stored=stored,
        decoder=ALPHA_DECODERS.get(codec, "") if has_alpha else "",
    )


def _tags(details: str) -> tuple[str, str, str]:
    """Return matrix, primaries and transfer, "" for each that is unknown."""
    for first, second, third in TAGS.findall(details):
        if first not in NOT_TAGS:
            matrix, primaries, transfer = (
                "" if tag == "unknown" else tag for tag in (first, second or first, third or first)
            )
            return matrix, primaries, transfer
    return "", "", ""


def _default_matrix(width: int, height: int) -> str:
    """Return the matrix that players assume for untagged video."""
    return "bt709" if width >= HD_WIDTH or height > SD_HEIGHT else "bt601"


def _with_audio(info: MediaInfo, facts: Mapping[str, str], text: str) -> MediaInfo:
    layout = facts.get("channel_layout_name", "")
    counts = {"mono": 1, "stereo": 2, "2.1": 3, "quad": 4, "5.0": 5, "5.1": 6, "7.1": 8}
    described = re.search(r"(\d{1,4}) channels", text)
    channels = counts.get(layout.split("(")[0], int(described[1]) if described else 2)
    return replace(info, has_audio=True, sample_rate=int(facts["sample_rate"]), channels=channels)
