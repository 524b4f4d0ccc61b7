"""Rules for chapters, without which players list them wrongly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

_ROUNDING = 0.0015  # seconds


def problems(chapters: Sequence[Mapping[str, Any]], duration: float) -> list[str]:
    """Return the rules that chapters break. duration: of the video in seconds."""
    return list(_problems(chapters, duration)) if chapters else []


def _problems(chapters: Sequence[Mapping[str, Any]], duration: float) -> Iterator[str]:
    if chapters[0]["start"] > _ROUNDING:
        yield f"the first chapter starts at {chapters[0]['start']:.3f} s, not at 0"
    for chapter, following in pairwise((*chapters, {"start": duration})):
        name, length = f"chapter '{chapter['title']}'", following["start"] - chapter["start"]
        if not chapter["title"]:
            yield f"the chapter at {chapter['start']:.3f} s has no title"
        if chapter["start"] > duration:
            yield f"{name} starts at {chapter['start']:.3f} s, after the video, which lasts {duration:.3f} s"
        elif length <= 0:
            yield f"{name} does not start before the next one"
