"""Divides the words of a narration into pages: what subtitles in the picture show at one time.

A page has words of one sentence. A sentence that is too long for a page is divided between phrases, into pages of
about the same width.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

from vidbuild import columns
from vidbuild.media.text.line_breaks import Rank, breaks
from vidbuild.media.text.words import Token

# The styles of subtitles, with the most columns of a page.
STYLES: Mapping[str, int] = {"lower": 84, "center": 56, "karaoke": 32}

# What it costs to end a page after a word, as a share of a page's width, by how good a place for a break is.
_COSTS: Mapping[Rank | None, float] = {Rank.SENTENCE: 0.0, Rank.PHRASE: 0.0, Rank.WORD: 0.3, Rank.NAME: 0.6, None: 1.5}


def sentences(tokens: Sequence[Token], language: str, starts: Sequence[int] = ()) -> list[int]:
    """Return the index of the first word of each sentence. starts: words that begin one in any case."""
    ranks = _ranks(tokens, language)
    ends = (index for index, rank in ranks.items() if rank == Rank.SENTENCE)
    return sorted({0, *ends, *starts} & set(range(len(tokens))))


def pages(tokens: Sequence[Token], language: str, width: int, starts: Sequence[int] = ()) -> list[int]:
    """Return the index of the first word of each page.

    width: the most columns of a page that has more than one word; East Asian characters take two.
    starts: words that begin a sentence in any case.
    """
    ranks = _ranks(tokens, language)
    found: list[int] = []
    for first, last in pairwise([*sentences(tokens, language, starts), len(tokens)]):
        found += _divided(tokens, first, last, width, ranks)
    return found


def _divided(tokens: Sequence[Token], first: int, last: int, width: int, ranks: Mapping[int, Rank]) -> Iterator[int]:
    """Yield the first word of each page of a sentence."""
    yield first
    while (rest := _width(tokens[first:last])) > width and last - first > 1:
        target = rest / -(-rest // width)
        best, least = first + 1, float("inf")
        for end in range(first + 1, last):
            own = _width(tokens[first:end])
            if own > width and end > first + 1:
                break
            cost = abs(own - target) / width + _COSTS[ranks.get(end)]
            best, least = (end, cost) if cost < least else (best, least)
        first = best
        yield first


def _width(tokens: Sequence[Token]) -> int:
    return sum(columns.width(token.text) + (index > 0 and not token.joined) for index, token in enumerate(tokens))


def _ranks(tokens: Sequence[Token], language: str) -> dict[int, Rank]:
    """Return how good a place for a break is before each word that a line can begin with."""
    spaced = [token.text if token.joined or not index else f" {token.text}" for index, token in enumerate(tokens)]
    found = breaks("".join(spaced), language)
    starts = {
        end - len(token.text): index
        for index, (end, token) in enumerate(zip(accumulate(map(len, spaced)), tokens, strict=True))
    }
    return {starts[at]: rank for at, rank in found.items() if at in starts}
