"""Find out which part of a media file a clip plays, and what is wrong with the spec's fields that name the part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vidbuild.errors import SpecProblem
from vidbuild.media.ffmpeg.media_info import MediaInfo
from vidbuild.media.ffmpeg.probe import probe

TOLERANCE_MS = 100  # the precision of the lengths that containers report


@dataclass(frozen=True, slots=True)
class ClipWarning:
    """What the author of a spec should look at. field: the spec's field that it is about."""

    code: str
    field: str
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class ClipPart:
    """The part of a file that a clip plays.

    seconds: how long it is.
    """

    info: MediaInfo
    seconds: float
    warnings: tuple[ClipWarning, ...] = ()


def clip_part(
    path: Path,
    start_ms: int,
    end_ms: int | None,
    *,
    audible: bool,
    track: int | None = None,
    poster_ms: int | None = None,
    env: Mapping[str, str] | None = None,
) -> ClipPart:
    """Probe a clip's file and return the part that plays.

    end_ms: None for the end of the file. audible: whether the clip's audio is used.
    track: the audio track that the spec selects, counted from 1; None for the file's default.
    poster_ms: the time of a frame that is shown before, None without one.
    Raise StepError if the file cannot be used, SpecProblem if the spec's fields do not fit it.
    """
    info = probe(path, env=env, field="src", track=track)
    if not info.has_video:
        raise SpecProblem("the clip has audio but no video", field="src")
    if audible:
        _check_audio(path.name, info, track)
    length = info.duration * 1000
    for field, time_ms in (("start", start_ms), ("poster", poster_ms)):
        if time_ms is not None and time_ms >= length:
            message = f"'{field}' is {time_ms / 1000:g} s, but the clip lasts only {_seconds(info)}"
            raise SpecProblem(message, field=field)
    end = length if end_ms is None else min(end_ms, length)
    return ClipPart(info, (end - start_ms) / 1000, tuple(_warnings(info, end_ms, track, audible=audible)))


def _check_audio(name: str, info: MediaInfo, track: int | None) -> None:
    if track is not None and track > info.audio_tracks:
        raise SpecProblem(f"audio track: expected at most {info.audio_tracks}, got {track}", field="audio_track")
    if info.audio_track and not info.has_audio and not info.audio_empty:
        raise SpecProblem(
            f"'{name}': audio codec: expected one that ffmpeg decodes, got '{info.audio_codec}'",
            hint="set 'audio: mute', or export the file with AAC audio from the program that made it",
            field="src",
        )


def _warnings(info: MediaInfo, end_ms: int | None, track: int | None, *, audible: bool) -> Iterator[ClipWarning]:
    if info.truncated:
        yield ClipWarning("VB410", "src", f"the file is truncated: it ends after {info.duration:.1f} s")
    if info.damaged is not None and (end_ms is None or info.damaged * 1000 < end_ms):
        message = f"the file is damaged from {info.damaged:.1f} s on: frames and audio there can be wrong or missing"
        yield ClipWarning("VB411", "src", message, "copy or download it again, or export it again from its source")
    if info.restart is not None:
        message = f"the times of the file start again after {info.restart:.1f} s; what follows is not used"
        yield ClipWarning(
            "VB412", "src", message, "convert each of the joined files by itself, and use a scene for each"
        )
    if info.videos > 1:
        yield ClipWarning("VB413", "src", f"the file has {info.videos} video streams; the first is used")
    if audible and info.audio_tracks > 1 and track is None:
        message = f"the file has {info.audio_tracks} audio tracks; its default, track {info.audio_track}, is used"
        yield ClipWarning(
            "VB414", "src", message, f"set 'audio_track' to the one to use, from 1 to {info.audio_tracks}"
        )
    if audible and info.audio_empty:
        message = f"audio track {info.audio_track} of the file is empty"
        yield ClipWarning("VB415", "src", message, "set 'audio: mute'")
    if end_ms is not None and end_ms > info.duration * 1000 + TOLERANCE_MS:
        message = f"'end' is {end_ms / 1000:g} s, but the clip lasts only {_seconds(info)}"
        yield ClipWarning("VB416", "end", message)


def _seconds(info: MediaInfo) -> str:
    return f"{round(info.duration, 3):g} s"
