"""When each reveal of a scene happens, in samples; it knows nothing of layers or frames.

A reveal is at a cue, at a second, with the words that speak of it, or, where none of that is known, spread evenly
between its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from vidbuild.media.text.align import TimedWord
from vidbuild.timeline import timebase

STOP_WORDS = frozenset(
    "a an and are as at be both by for from in is it its of on or that the this to with you your".split()  # noqa: SIM905 - reads better
)
ENOUGH = 0.5  # of an item's telling words must be spoken close together for the item to be what is spoken about
SLACK = 3  # other words that may stand between them


def moments(
    reveals: Sequence[Mapping[str, Any]], words: Sequence[TimedWord], cues: Mapping[str, int], begin: int, end: int
) -> list[int]:
    """The sample at which each reveal begins, all counted from the scene's start.

    words: the narration's words; cues: name -> sample. Reveals with nothing to go by are spread over [begin, end];
    one that only comes after the one before it takes that one's moment, and no share of the time.
    """
    attached = [index > 0 and item["after_previous"] and item["at"] is None for index, item in enumerate(reveals)]
    free = iter(
        _moments(
            [item for item, follows in zip(reveals, attached, strict=True) if not follows], words, cues, begin, end
        )
    )
    found: list[int] = []
    for follows in attached:
        found.append(found[-1] if follows else next(free))
    return found


def _moments(
    reveals: Sequence[Mapping[str, Any]], words: Sequence[TimedWord], cues: Mapping[str, int], begin: int, end: int
) -> list[int]:
    known = _known(reveals, words, cues)
    marks = [-1, *(index for index, at in enumerate(known) if at is not None), len(known)]
    times = [begin, *(at for at in known if at is not None), max(begin, end)]
    found: list[int] = []
    for (left, right), (start, stop) in zip(pairwise(marks), pairwise(times), strict=True):
        if left >= 0:
            found.append(start)
        gaps = right - left - 1
        first_is_start = left < 0
        for nth in range(gaps):
            share = nth if first_is_start else nth + 1
            parts = gaps if first_is_start else gaps + 1
            found.append(start + (max(stop, start) - start) * share // max(parts, 1))
    return found


def _known(
    reveals: Sequence[Mapping[str, Any]], words: Sequence[TimedWord], cues: Mapping[str, int]
) -> list[int | None]:
    known: list[int | None] = []
    position = 0
    spoken = [_plain(word.text) for word in words]
    for reveal in reveals:
        at = reveal["at"]
        if isinstance(at, str):
            known.append(cues[at])
        elif at is not None:
            known.append(timebase.samples(at))
        else:
            index = _spoken_about(_telling(reveal["words"]), spoken, position)
            known.append(None if index is None else words[index].start)
            position = position if index is None else index + 1
    return known


def _spoken_about(wanted: Sequence[str], spoken: Sequence[str], position: int) -> int | None:
    """The index of the first spoken word of the passage that is most about `wanted`, from `position` on."""
    if not wanted:
        return None
    reach = len(wanted) + SLACK
    best, best_at = 0.0, None
    for index in range(position, len(spoken)):
        if spoken[index] in wanted:
            share = len(set(wanted) & set(spoken[index : index + reach])) / len(set(wanted))
            if share > best:
                best, best_at = share, index
    return best_at if best >= ENOUGH else None


def _telling(text: str) -> list[str]:
    words = [_plain(word) for word in re.split(r"[\s/]+", text)]
    return [word for word in words if word and word not in STOP_WORDS] or [word for word in words if word]


def _plain(word: str) -> str:
    return re.sub(r"[^\w]+", "", word.casefold())
