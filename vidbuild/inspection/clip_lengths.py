"""Reads how long clips play; runs in a sandboxed process (vidbuild.create.source.contained)."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from vidbuild.errors import StepError
from vidbuild.json_types import Json
from vidbuild.media.ffmpeg.clip_part import clip_part


def lengths(_path: str, request: str) -> Json:
    """Return how many milliseconds each clip plays, None for one that cannot be read or does not fit its file.

    request: as JSON, for each clip its path, start and end in milliseconds of the file (None for its end), the time of
    its poster, whether its audio is used, and which track of it.
    """
    return [_length(*each) for each in json.loads(request)]


def _length(path: str, *part: int | None) -> float | None:
    start, end, poster, audible, track = part
    try:
        found = clip_part(
            Path(path), start or 0, end, audible=bool(audible), track=track, poster_ms=poster, env=os.environ
        )
    except StepError:  # what is wrong with it, a check reports
        return None
    return found.seconds * 1000


def request_of(parts: Sequence[Sequence[object]]) -> str:
    """Return the request for these clips."""
    return json.dumps([[str(path), *rest] for path, *rest in parts])
