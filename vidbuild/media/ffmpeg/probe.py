"""Find out what a media file contains by decoding the start of it with ffmpeg."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from vidbuild.errors import SpecProblem, StepError, os_error_text
from vidbuild.frozen import dataclass, replaced
from vidbuild.media.ffmpeg import check_limits, ffmpeg, limits, presentation, process
from vidbuild.media.ffmpeg.media_info import MediaInfo

TIMEOUT = 120.0

# Lines about packets to keep.
LINES = 50

# Characters to parse of a line about a stream.
STREAM_LINE_LENGTH = 1000

ERROR_LINES = 12

# Frames larger than SD are HD.
SD_HEIGHT, HD_WIDTH = 576, 1280

VIDEO = re.compile(r": Video: (\w+).*?, (\w+)(?:\((.*?)\))?, (\d{1,6})x(\d{1,6})")

# The three color tags; ffmpeg prints one if they are equal.
TAGS = re.compile(r"(?:^|, )([\w-]+)(?:/([\w-]+)/([\w-]+))?(?=,|$)")
NOT_TAGS = {"tv", "pc", "progressive"}
MATRICES = {
    "bt2020nc": "bt2020",
    "bt2020c": "bt2020",
    "bt709": "bt709",
    "bt470bg": "bt601",
    "smpte170m": "bt601",
    "smpte240m": "smpte240m",
    "fcc": "fcc",
}
PACKET = re.compile(r"^\d+,", re.MULTILINE)
NO_DECODER = re.compile("no decoder found for")
ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}


def probe(path: Path, *, env: Mapping[str, str] | None = None, field: str = "", track: int | None = None) -> MediaInfo:
    """Find out what a media file contains and how long it is; decode the first frame and audio of it.

    field: the spec's field that names the file, for errors.
    track: the audio track to use, counted from 1; None for the file's default.
    Raise StepError if the file cannot be read or decoded, SpecProblem if it is over a limit.
    """
    info = describe(path, env=env, field=field, track=track)
    if not info.has_video:
        return info
    found = presentation.measure(path, info, env)
    if found.encrypted:
        raise _encrypted_error(path.name, field)
    check_limits.duration(found.duration, limits.CLIP_SECONDS, path.name, field)
    return replaced(
        info,
        duration=found.duration,
        regular=found.regular,
        restart=found.restart,
        truncated=found.truncated,
        damaged=found.damaged,
        audio_empty=bool(info.audio_track) and not found.audio_end,
    )


def describe(
    path: Path, *, env: Mapping[str, str] | None = None, field: str = "", track: int | None = None
) -> MediaInfo:
    """Find out what a media file contains, like `probe`, but not how long it is."""
    try:
        with path.open("rb") as file:
            head = file.read(1)
    except OSError as error:
        raise StepError(f"'{path.name}' cannot be read: {os_error_text(error)}", field=field) from error
    check_limits.gif_signature(path, field)
    if not head:
        raise StepError(f"'{path.name}' is empty", field=field)
    try:
        return _describe(_MediaFile(path.absolute(), dict(os.environ) if env is None else env), field, track)
    except SpecProblem:
        raise
    except StepError as error:
        cause = error.failure
        raise StepError(
            cause.message, hint=cause.hint, field=field, command=cause.command, log=cause.log, transient=cause.transient
        ) from error


def _describe(file: _MediaFile, field: str, track: int | None) -> MediaInfo:
    name = file.path.name
    done, picture = file.first("0:V:0?", "-frames:v", "1")
    streams = _streams(done.log)
    if not streams or (done.code and not _streams_of(streams, ": Audio: ")):
        _check_playable(file, done)
        ffmpeg.require_success(done, file.what)
    videos, audios = _streams_of(streams, ": Video: "), _streams_of(streams, ": Audio: ")
    if videos and not PACKET.search(picture):
        _check_playable(file, done)
    check_limits.stream_count(done.text, name, field)
    track = track or next((index for index, text in enumerate(audios, 1) if "(default)" in _first_line(text)), 1)
    _, audio = file.first(f"0:a:{track - 1}", "-frames:a", "1") if track <= len(audios) else (None, "")
    try:
        info = parse_log(done.text, picture, audio, track=track)
    except (KeyError, ValueError, IndexError, ZeroDivisionError) as error:
        log = done.log[-ERROR_LINES:]
        raise StepError(f"'{name}': ffmpeg's description of it cannot be parsed", log=log) from error
    if info.has_audio:
        check_limits.audio(info.sample_rate, info.channels, name, field)
    if not (info.has_video or info.has_audio):
        _check_playable(file, done)
        raise StepError(f"'{name}' contains no video or audio that can be decoded", log=done.log[-ERROR_LINES:])
    if info.has_video:
        check_limits.video(info, name, field)
    return info


def _check_playable(file: _MediaFile, done: ffmpeg.CompletedRun) -> None:
    """Raise StepError for a file that is encrypted, or whose video no decoder of ffmpeg's can decode."""
    name, videos = file.path.name, _streams_of(_streams(done.log), ": Video: ")
    if NO_DECODER.search(done.text) and videos:
        message = f"'{name}': video codec: expected one that ffmpeg decodes, got '{_codec(videos[0], ': Video: ')}'"
        hint = "export the video as H.264 from the program that made it"
        raise StepError(message, hint=hint, log=done.log[-ERROR_LINES:])
    if presentation.is_encrypted(file.path, file.env):
        raise _encrypted_error(name)


def _encrypted_error(name: str, field: str = "") -> StepError:
    message = f"'{name}' is encrypted: expected a file that plays without a key"
    return StepError(message, hint="use the file as it was before it was encrypted", field=field)


def parse_log(log: str, *listings: str, track: int = 1) -> MediaInfo:
    """Read the facts about an input from ffmpeg's log and from the framecrc texts of its first decoded packets.

    track: the audio track that was decoded, counted from 1.
    """
    description = log.split("\nStream mapping:", 1)[0]
    format_name = re.search(r"^Input #0, (.+), from ", description, re.MULTILINE)
    length = re.search(r"^  Duration: (\d{1,9}):(\d{1,9}):(\d{1,9}\.\d{1,9})", description, re.MULTILINE)
    hours, minutes, seconds = (float(part) for part in length.groups()) if length else (0.0, 0.0, 0.0)
    streams = _streams([log])
    videos, audios = _streams_of(streams, ": Video: "), _streams_of(streams, ": Audio: ")
    selected = audios[track - 1] if track <= len(audios) else ""
    info = MediaInfo(
        format=format_name[1] if format_name else "",
        duration=hours * 3600 + minutes * 60 + seconds,
        start=_start(description),
        audio_tracks=len(audios),
        audio_track=track if selected else 0,
        audio_codec=_codec(selected, ": Audio: "),
    )
    for packets in listings:
        decoded = {line.split(",")[0] for line in packets.splitlines() if line[:1].isdigit()}
        for index, media in re.findall(r"^#media_type (\d+): (\w+)", packets, re.MULTILINE):
            facts = dict(re.findall(rf"^#(\w+) {index}: (.+)$", packets, re.MULTILINE))
            if index in decoded and media == "video" and videos:
                lead = max(0.0, _stream_start(videos[0], description) - info.start)
                info = replaced(_with_video(info, facts, videos[0]), videos=len(videos), lead=lead)
            elif index in decoded and media == "audio":
                info = _with_audio(info, facts, selected)
    return info


@dataclass(frozen=True, slots=True)
class _MediaFile:
    path: Path
    env: Mapping[str, str]

    @property
    def what(self) -> str:
        """What is done with the file, for messages."""
        return f"read '{self.path.name}'"

    def first(self, stream: str, *limit: str) -> tuple[ffmpeg.CompletedRun, str]:
        """Decode the beginning of a stream; return ffmpeg's run and its list of packets (framecrc)."""
        lines = process.HeadTailLog(LINES, 0)
        done = ffmpeg.stream(
            [*ffmpeg.untrusted_input(self.path), "-map", stream, *limit, "-f", "framecrc", "-"],
            lines,
            cwd=self.path.parent,
            env=self.env,
            timeout=TIMEOUT,
            what=self.what,
            check=False,
        )
        return done, "\n".join(lines.texts())


def _start(description: str) -> float:
    start = re.search(r"^  Duration: .*?start: (-?\d+\.\d+)", description, re.MULTILINE)
    return float(start[1]) if start else 0.0


def _stream_start(stream: str, description: str) -> float:
    start = re.search(r", start (-?\d+\.\d+)", stream)
    return float(start[1]) if start else _start(description)


def _streams(log: Sequence[str]) -> list[str]:
    """Return ffmpeg's descriptions of an input's streams."""
    description = "\n".join(log).split("\nStream mapping:", 1)[0]
    return re.split(r"^  Stream ", description, flags=re.MULTILINE)[1:]


def _streams_of(streams: list[str], kind: str) -> list[str]:
    """Return the descriptions of the streams of a kind, without cover images."""
    return [text for text in streams if kind in text and "(attached pic)" not in text]


def _first_line(text: str) -> str:
    """Return what ffmpeg says of a stream; the lines after it are metadata, which may contain anything."""
    return text.partition("\n")[0][:STREAM_LINE_LENGTH]


def _codec(stream: str, kind: str) -> str:
    """Return the name of a stream's codec, or the code that the file has for it if ffmpeg has no name."""
    match = re.search(rf"{kind}(\w+)(?: \([^()/]*\))?(?: \((\S+) / )?", _first_line(stream))
    return "" if match is None else match[2] or "unknown" if match[1] == "none" else match[1]


def _with_video(info: MediaInfo, facts: Mapping[str, str], text: str) -> MediaInfo:
    line = _first_line(text)
    width, height = (int(part) for part in facts["dimensions"].split("x"))
    sar_width, sar_height = (int(part) for part in facts.get("sar", "0/1").split("/"))
    sar = sar_width / sar_height if sar_width and sar_height else 1.0
    rate = re.search(r", (\d{1,9}(?:\.\d{1,9})?)(k?) (?:fps|tbr)", line)
    average = re.search(r", (\d{1,9}(?:\.\d{1,9})?)(k?) fps", line)
    video = VIDEO.search(line)
    codec, pixels, details = (video[1], video[2], video[3] or "") if video else ("", "", "")
    stored = (int(video[4]), int(video[5])) if video else (width, height)
    matrix, primaries, transfer = _tags(details)
    has_alpha = re.search(r"^ +alpha_mode +: 1$", text, re.MULTILINE | re.IGNORECASE)
    return replaced(
        info,
        has_video=True,
        width=round(width * sar),
        height=height,
        sar=sar,
        fps=float(rate[1]) * (1000 if rate[2] else 1) if rate else 0.0,
        rate=float(average[1]) * (1000 if average[2] else 1) if average else 0.0,
        pixel_format=pixels,
        matrix=MATRICES.get(matrix) or ("bt2020" if primaries == "bt2020" else _default_matrix(*stored)),
        matrix_tag=matrix,
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
    return replaced(info, has_audio=True, sample_rate=int(facts["sample_rate"]), channels=channels)
