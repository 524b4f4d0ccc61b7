"""When each reveal of a scene begins, in samples.

A reveal begins at its cue or second, or with the words of the narration that mention it. Reveals with none of these are
spread evenly between their neighbors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from vidbuild import timebase
from vidbuild.media.text.words import TimedWord
from vidbuild.scenes.protocol import Reveal

STOP_WORDS = frozenset(
    "a an and are as at be both by for from in is it its of on or that the this to with you your".split()  # noqa: SIM905 - reads better
)
# A passage mentions a reveal if it contains this share of the reveal's keywords, with at most SLACK other words.
ENOUGH = 0.5
SLACK = 3


def reveal_times(
    reveals: Sequence[Reveal], words: Sequence[TimedWord], cues: Mapping[str, int], begin: int, end: int
) -> list[int]:
    """The sample at which each reveal begins, counted from the scene's start.

    words: the narration's words.
    cues: name -> sample.
    begin, end: the span over which reveals without a time are spread. A reveal that only follows the previous one
        takes the time of that one, and no share of the span.
    """
    follows = [index > 0 and item.after_previous and item.at is None for index, item in enumerate(reveals)]
    leading = [item for item, following in zip(reveals, follows, strict=True) if not following]
    times = iter(_spread(_known_times(leading, words, cues), begin, end))
    begins: list[int] = []
    for following in follows:
        begins.append(begins[-1] if following else next(times))
    return begins


def _spread(known: Sequence[int | None], begin: int, end: int) -> list[int]:
    """Fill the gaps between known times evenly."""
    marks = [-1, *(index for index, at in enumerate(known) if at is not None), len(known)]
    times = [begin, *(at for at in known if at is not None), max(begin, end)]
    filled: list[int] = []
    for (left, right), (start, stop) in zip(pairwise(marks), pairwise(times), strict=True):
        if left >= 0:
            filled.append(start)
        gaps = right - left - 1
        first_is_start = left < 0
        for nth in range(gaps):
            share = nth if first_is_start else nth + 1
            parts = gaps if first_is_start else gaps + 1
            filled.append(start + (max(stop, start) - start) * share // max(parts, 1))
    return filled


def _known_times(reveals: Sequence[Reveal], words: Sequence[TimedWord], cues: Mapping[str, int]) -> list[int | None]:
    """The sample of each reveal that has a cue, a second or a mention; None for the others."""
    known: list[int | None] = []
    position = 0
    spoken = [_plain(word.text) for word in words]
    for reveal in reveals:
        if isinstance(reveal.at, str):
            known.append(cues[reveal.at])
        elif reveal.at is not None:
            known.append(timebase.samples(reveal.at))
        else:
            index = _mention(_keywords(reveal.words), spoken, position)
            known.append(None if index is None else words[index].start)
            position = position if index is None else index + 1
    return known


def _mention(keywords: Sequence[str], spoken: Sequence[str], position: int) -> int | None:
    """The index of the first word of the passage with most of the keywords, from `position` on; None if no passage."""
    if not keywords:
        return None
    reach = len(keywords) + SLACK
    best, best_at = 0.0, None
    for index in range(position, len(spoken)):
        if spoken[index] in keywords:
            share = len(set(keywords) & set(spoken[index : index + reach])) / len(set(keywords))
            if share > best:
                best, best_at = share, index
    return best_at if best >= ENOUGH else None


def _keywords(text: str) -> list[str]:
    """The words of a text, without stop words unless it has no others."""
    words = [_plain(word) for word in re.split(r"[\s/]+", text)]
    return [word for word in words if word and word not in STOP_WORDS] or [word for word in words if word]


def _plain(word: str) -> str:
    return re.sub(r"[^\w]+", "", word.casefold())
