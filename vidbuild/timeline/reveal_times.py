"""When each reveal of a scene begins, in samples.

A reveal begins at its cue or second, or with the words of the narration that mention it. Reveals with none of these are
spread evenly between their neighbors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from vidbuild import timebase
from vidbuild.media.text.words import TimedWord
from vidbuild.scenes.protocol import Reveal


def reveal_times(
    reveals: Sequence[Reveal],
    mentions: Sequence[int | None],
    words: Sequence[TimedWord],
    cues: Mapping[str, int],
    span: tuple[int, int],
) -> list[int]:
    """The sample at which each reveal begins, counted from the scene's start.

    mentions: the index of the word that mentions each reveal, if any.
    words: the narration's words.
    cues: name -> sample.
    span: over which reveals without a time are spread. A reveal that only follows the previous one takes the time of
        that one, and no share of the span.
    """
    follows = [index > 0 and item.after_previous and item.at is None for index, item in enumerate(reveals)]
    known = _known_times(reveals, mentions, words, cues)
    times = iter(_spread([time for time, following in zip(known, follows, strict=True) if not following], *span))
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


def _known_times(
    reveals: Sequence[Reveal], mentions: Sequence[int | None], words: Sequence[TimedWord], cues: Mapping[str, int]
) -> Iterator[int | None]:
    """Yield the sample of each reveal that has a cue, a second or a mention; None for the others."""
    for reveal, mention in zip(reveals, mentions, strict=True):
        if isinstance(reveal.at, str):
            yield cues[reveal.at]
        elif reveal.at is not None:
            yield timebase.samples(reveal.at)
        else:
            yield None if mention is None else words[mention].start
