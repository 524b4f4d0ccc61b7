"""Chapters as lines for the description of a video, as video sites read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

SHORTEST = 10
"""Seconds that a chapter must last on video sites, which otherwise show none at all."""

FEWEST = 3
"""Chapters that video sites need to show any."""


class Chapter(NamedTuple):
    """A chapter: its start in seconds, and its title."""

    start: float
    title: str


def merged(chapters: Sequence[Chapter], duration: float) -> tuple[list[Chapter], list[Chapter]]:
    """Return chapters of at least SHORTEST seconds, the first at 0, and those that are parts of others.

    A short chapter belongs to the one before it. A short first one belongs to the next one, which then begins at 0: it
    is a title, and the next one is what viewers look for. duration: of the video, in seconds.
    """
    kept: list[Chapter] = []
    joined: list[Chapter] = []
    ends = [*(int(each.start) for each in chapters[1:]), duration]
    for chapter, end in zip(chapters, ends, strict=True):
        start = int(chapter.start) if kept else 0
        if end - start < SHORTEST and (kept or chapter is not chapters[-1]):
            joined.append(chapter)
        else:
            kept.append(Chapter(start, chapter.title))
    return kept, joined


def lines(chapters: Sequence[Chapter], duration: float) -> str:
    """Return a line for each chapter, and notes on what is not a line of its own. duration: in seconds."""
    kept, joined = merged(chapters, duration)
    shown = [f"{clock(each.start)} {' '.join(each.title.split())}" for each in kept]
    return "\n".join((*shown, "", *_notes(kept, joined))).rstrip("\n") + "\n"


def _notes(kept: Sequence[Chapter], joined: Sequence[Chapter]) -> Iterator[str]:
    if joined:
        yield f"Not listed, as chapters under {SHORTEST} s would turn all of them off on video sites:"
        yield from (f"- {clock(each.start)} {' '.join(each.title.split())}" for each in joined)
    if len(kept) < FEWEST:
        yield f"Video sites show chapters only if there are {FEWEST} or more."


def clock(seconds: float) -> str:
    """Return minutes and whole seconds, with hours if there are any: 0:07, 12:30, 1:00:05."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
