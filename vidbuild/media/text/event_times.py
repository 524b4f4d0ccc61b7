"""Gives each caption word a time from an engine that reports where in the spoken text its words begin."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

from vidbuild.frozen import dataclass
from vidbuild.media.text.boundaries import is_letter
from vidbuild.media.text.words import EngineWord, TimedWord, Token, spoken_text

# The most caption words that share one word of the engine and still get a time from it.
SHARED = 12


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the engine: where in the spoken text it begins, and when it is spoken."""

    at: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Span:
    """When a token is spoken. word: index of the engine's word in which it begins."""

    start: int
    end: int
    source: str
    word: int


def event_times(
    tokens: Sequence[Token], words: Sequence[EngineWord], samples: int, source: str = "engine"
) -> list[TimedWord]:
    """Return a time for every token, in order, without overlaps, and within the narration.

    words: each with its place in the spoken text. A token in the middle of such a word, or of several tokens that the
        engine speaks as one, gets its share by letters.
    source: what the times of the words come from.
    """
    text = spoken_text(tokens)
    inside = [word for word in words if word.at is not None and word.at < len(text)]
    clock = _Clock(text, list(_ranges(inside, samples)))
    spans: list[_Span | None] = []
    at = 0
    for token in tokens:
        at += 0 if token.joined or not spans else 1
        spans.append(clock.span(at, at + len(token.spoken)))
        at += len(token.spoken)
    shares = Counter(span.word for span in spans if span)
    found: list[TimedWord] = []
    end = 0
    for token, span in zip(tokens, spans, strict=True):
        start = max(end, span.start) if span else end
        end = max(start, span.end) if span else end
        origin = "aligned" if span is None else "spread" if shares[span.word] > SHARED else span.source
        found.append(TimedWord(token.text, start, end, source if origin == "engine" else origin, token.joined))
    return found


def _ranges(words: Sequence[EngineWord], samples: int) -> Iterator[_Word]:
    """Yield the words in the order of the text, those at one place as one, with rising times inside the narration."""
    by_place: dict[int, tuple[int, int]] = {}
    for word in words:
        start, end = by_place.get(word.at or 0, (word.start, word.end))
        by_place[word.at or 0] = (min(start, word.start), max(end, word.end))
    places = sorted(by_place)
    starts = list(accumulate((min(max(by_place[at][0], 0), samples) for at in places), max))
    for at, start, limit in zip(places, starts, [*starts[1:], samples], strict=False):
        yield _Word(at, start, min(max(by_place[at][1], start), limit))


class _Clock:
    """When each character of the spoken text is spoken."""

    def __init__(self, text: str, words: Sequence[_Word]) -> None:
        self._text = text
        self._words = words
        self._places = [word.at for word in words]
        self._letters = [0, *accumulate(map(is_letter, text))]

    def span(self, first: int, last: int) -> _Span | None:
        """Return when the part [first, last) of the text is spoken; None if nothing in it is."""
        spoken = [index for index in range(first, last) if is_letter(self._text[index])]
        spoken += self._places[bisect_left(self._places, first) : bisect_left(self._places, last)]
        word = bisect_right(self._places, min(spoken)) - 1 if spoken else -1
        if word < 0:
            return None
        opens, closes = min(spoken), max(spoken) + 1
        closing = bisect_right(self._places, closes - 1) - 1
        start, end = self._time(word, opens), self._time(closing, closes)
        exact = start == self._words[word].start and end == self._words[closing].end
        return _Span(start, end, "engine" if exact else "aligned", word)

    def _time(self, index: int, at: int) -> int:
        """Return when a word of the engine has been spoken up to a place in it: its share by letters."""
        word = self._words[index]
        following = self._places[index + 1] if index + 1 < len(self._words) else len(self._text)
        passed = self._letters[at] - self._letters[word.at]
        total = self._letters[following] - self._letters[word.at]
        if at <= word.at:
            return word.start
        return word.end if passed >= total else word.start + (word.end - word.start) * passed // total
