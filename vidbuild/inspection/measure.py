"""Measures a media file and reads the files beside it; runs in a sandboxed process (vidbuild.create.source.contained).

All results are JSON values, all times in seconds from the file's start.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.create.source.protocol import SourceError
from vidbuild.errors import StepError
from vidbuild.inspection import captions, onsets, picture, refusals, sound, streams, timing_file
from vidbuild.json_types import Json
from vidbuild.media.ffmpeg import packets, probe
from vidbuild.media.ffmpeg.media_info import MediaInfo


class Budget:
    """The time that is left for all that ffmpeg does with a file."""

    def __init__(self, seconds: float) -> None:
        self._total, self._end = seconds, time.monotonic() + seconds

    def left(self, path: Path) -> float:
        """Return the seconds that are left. Raises SourceError if there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise SourceError(f"'{path}' took more than {self._total:g} s to read")
        return left


def measure(path: str, request: str) -> Json:
    """Return the facts about a media file. Raises SourceError if it is none, or if a file beside it is wrong.

    request: as JSON: `seconds` for all of it, `captions` and `timing`, paths of files beside it (None for no timing),
    and the shortest span of each kind in seconds: `black`, `frozen` and `silent`.
    """
    file, asked = Path(path), json.loads(request)
    budget = Budget(asked["seconds"])
    refusals.check(file)
    try:
        facts = _measure(file, asked, budget)
    except StepError as error:
        raise SourceError(error.message.replace(f"'{file.name}'", f"'{file}'"), hint=error.hint) from None
    facts["captions"] += [captions.sidecar(each) for each in asked["captions"]]
    if asked["timing"] is not None:
        facts["timing"] = timing_file.read(Path(asked["timing"]))
        if facts["audio"] is not None:
            facts["onsets"] = onsets.measure(
                file, facts["audio"]["track"], facts["timing"]["scenes"], budget.left(file), os.environ
            )
    return facts


def _measure(file: Path, asked: Mapping[str, Any], budget: Budget) -> dict[str, Any]:
    env = os.environ
    info = probe.probe(file, env=env)
    listed, chapters = streams.describe(file, budget.left(file), env)
    duration = info.duration if info.has_video else _audio_end(file, info)
    facts: dict[str, Any] = {
        "format": info.format,
        "bytes": file.stat().st_size,
        "duration": round(duration, 3),
        "streams": listed,
        "chapters": chapters,
        "damaged": _damage(info),
        "video": None,
        "audio": None,
        "captions": [],
        "timing": None,
        "onsets": [],
    }
    if info.has_video:
        spans = picture.measure(file, info, duration, asked["black"], asked["frozen"], budget.left(file), env)
        facts["video"] = {"width": info.width, "height": info.height, "fps": info.rate or info.fps, **spans}
    if info.has_audio and not info.audio_empty:
        track, left = info.audio_track, budget.left(file)
        facts["audio"] = {"track": track, **sound.measure(file, track, duration, asked["silent"], left, env)}
    subtitles = [each for each in listed if each["kind"] == "subtitle"]
    facts["captions"] = [
        captions.soft(file, number, each, budget.left(file), env) for number, each in enumerate(subtitles)
    ]
    return facts


def _audio_end(file: Path, info: MediaInfo) -> float:
    """Return when the audio track of a file without video ends: headers of such files often say nothing, or lie."""
    listing, _ = packets.packets(file, os.environ, "-map", f"0:a:{info.audio_track - 1}", "-c", "copy", check=False)
    return max((track.end for track in listing.tracks.values()), default=info.duration)


def _damage(info: MediaInfo) -> str | None:
    """Return what is wrong with the file's data; None if there is no sign of damage."""
    if info.truncated:
        return f"the file breaks off after {info.duration:.1f} s"
    if info.damaged is not None:
        return f"the data at {info.damaged:.1f} s cannot be decoded"
    return None
