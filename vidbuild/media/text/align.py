"""Aligns caption words with the words that a voice engine reports, which gives each a time."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from vidbuild.frozen import dataclass, replaced
from vidbuild.media.text.event_times import event_times
from vidbuild.media.text.phrases import Unit, divide
from vidbuild.media.text.words import EngineWord, Speech, TimedWord, Token

# The most words in a row without a match that still get a time from the engine's words between their neighbors.
GAP_WORDS = 6

# The most characters that are compared one by one.
GAP_CHARACTERS = 400

# The pauses after a sentence and after a phrase, in characters, if times come from the lengths of the words.
SENTENCE_PAUSE, PHRASE_PAUSE = 6, 3

FIRST_SYLLABIC = "\u3040"  # hiragana; Chinese characters and Korean syllables follow

_SILENT = frozenset(".,;:!?\"'`…")
_SILENT_KINDS = frozenset(("Pd", "Ps", "Pe", "Pi", "Pf"))  # dashes, brackets, quotation marks
_SENTENCE_ENDS = frozenset(".!?…。！？")  # noqa: RUF001 - the full-width forms are meant
_PHRASE_ENDS = frozenset(",;:—–、，；：")  # noqa: RUF001 - as above


@dataclass(frozen=True, slots=True)
class _Unit:
    """One spoken word of a token, reduced to what can be compared; a dash, which is silent, has no weight.

    ends: 2 if it ends a sentence, 1 if it ends a phrase, else 0.
    """

    token: int
    key: str
    weight: int
    ends: int = 0

    @property
    def with_pause(self) -> int:
        """The weight with that of the pause after it."""
        return self.weight + (0, PHRASE_PAUSE, SENTENCE_PAUSE)[self.ends]


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    source: str = "engine"


def align(tokens: Sequence[Token], speech: Speech) -> list[TimedWord]:
    """Return a time for every token, in order, without overlaps, and within the narration."""
    if speech.words and all(word.at is not None for word in speech.words):
        return event_times(tokens, speech.words, speech.samples, speech.source or "engine")
    units = list(_units(tokens))
    if speech.phrases and not speech.words:
        spans: list[_Span | None] = list(_divided(units, speech.phrases))
    else:
        spans = _match(units, _in_order(speech.words, speech.samples))
    _spread(units, spans, speech.samples)
    return _without_overlaps(_combine(tokens, units, spans))


def _divided(units: Sequence[_Unit], phrases: Sequence[tuple[int, int]]) -> Iterator[_Span]:
    """Yield a span for each unit: in the phrases of a recording, by the lengths of the words."""
    for start, end in divide([Unit(unit.weight, unit.ends) for unit in units], phrases):
        yield _Span(start, end, "spread")


def spoken_weight(tokens: Sequence[Token]) -> int:
    """Return how long tokens take to speak, in letters, without pauses."""
    return sum(unit.weight for unit in _units(tokens))


def weights(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Return how long each token takes to speak, in letters, without and with the pause after it."""
    found = [(0, 0)] * len(tokens)
    for unit in _units(tokens):
        own, whole = found[unit.token]
        found[unit.token] = (whole + unit.weight, whole + unit.with_pause) if unit.weight else (own, whole)
    return found


def _key(text: str) -> str:
    """Return what two spellings of one spoken word share: letters and digits, or the symbols of a word without any."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(character for character in folded if unicodedata.category(character)[0] in "LNM")
    return kept or "".join(character for character in folded if not _is_silent(character))


def _is_silent(character: str) -> bool:
    return character in _SILENT or unicodedata.category(character) in _SILENT_KINDS


def _units(tokens: Sequence[Token]) -> Iterator[_Unit]:
    for index, token in enumerate(tokens):
        keys = [(key, word) for word in token.spoken.split() if (key := _key(word))]
        yield from (_Unit(index, key, _weight(key), _ending(word)) for key, word in keys)
        if not keys:
            yield _Unit(index, "", 0)


def _weight(key: str) -> int:
    """Return how long a word takes to speak, in letters: a digit, and a sign for a syllable, takes as long as three."""
    return sum(3 if each.isdigit() or each >= FIRST_SYLLABIC else 1 for each in key) + 1


def _ending(word: str) -> int:
    """Return what the word ends, by its last character except brackets and quotation marks."""
    endings = (character for character in reversed(word) if character not in "\"'`")
    ending = next((mark for mark in endings if unicodedata.category(mark) not in _SILENT_KINDS or mark in "—–"), "")  # noqa: RUF001 - dashes
    return 2 if ending in _SENTENCE_ENDS else int(ending in _PHRASE_ENDS)


def _in_order(words: Sequence[EngineWord], samples: int) -> list[EngineWord]:
    """Return the engine's words, reduced to what can be compared, with rising times inside the narration."""
    found: list[EngineWord] = []
    now = 0
    for word in words:
        key = _key(word.text)
        if not key:
            continue
        start = min(max(word.start, now), samples)
        end = min(max(word.end, start), samples)
        if found and found[-1].end > start:
            found[-1] = EngineWord(found[-1].text, found[-1].start, start)
        found.append(EngineWord(key, start, end))
        now = start
    return found


def _match(units: Sequence[_Unit], words: Sequence[EngineWord]) -> list[_Span | None]:
    """Return a span for each unit that matches: by whole words first, then by characters between these."""
    spans: list[_Span | None] = [None] * len(units)
    matcher = SequenceMatcher(None, [unit.key for unit in units], [word.text for word in words], autojunk=False)
    unit_from = word_from = 0
    for block in matcher.get_matching_blocks():
        _fill(spans, units, unit_from, block.a, words[word_from : block.b])
        for offset in range(block.size):
            word = words[block.b + offset]
            spans[block.a + offset] = _Span(word.start, word.end)
        unit_from, word_from = block.a + block.size, block.b + block.size
    if any(spans):
        _bridge(spans, units, words)
    return spans


def _fill(
    spans: list[_Span | None], units: Sequence[_Unit], first: int, last: int, words: Sequence[EngineWord]
) -> None:
    """Match units[first:last] against the words between the same neighbors, character by character."""
    written = "".join(unit.key for unit in units[first:last])
    spoken = "".join(word.text for word in words)
    if not written or not spoken or max(len(written), len(spoken)) > GAP_CHARACTERS:
        return
    times = _CharacterTimes(words)
    matching = _matching_characters(written, spoken)
    position = 0
    for index in range(first, last):
        size = len(units[index].key)
        found = [matching[at] for at in range(position, position + size) if at in matching]
        if 2 * len(found) > size:
            spans[index] = times.span(found[0], found[-1] + 1, whole=len(found) == size)
        position += size


def _matching_characters(written: str, spoken: str) -> dict[int, int]:
    """Return index in one text -> index in the other; single letters match by chance unless the texts are equal."""
    blocks = SequenceMatcher(None, written, spoken, autojunk=False).get_matching_blocks()
    equal = written == spoken
    return {
        block.a + offset: block.b + offset
        for block in blocks
        if equal or block.size > 1
        for offset in range(block.size)
    }


class _CharacterTimes:
    """The time of each character of the engine's words written one after the other."""

    def __init__(self, words: Sequence[EngineWord]) -> None:
        self._words = [word for word in words for _ in word.text]
        self._inside = [place for word in words for place in range(len(word.text))]

    def span(self, first: int, last: int, *, whole: bool) -> _Span:
        """Return the span of characters [first, last); its source is the engine if both ends are ends of words."""
        opens, closes = self._words[first], self._words[last - 1]
        at_borders = self._inside[first] == 0 and self._inside[last - 1] == len(closes.text) - 1
        source = "engine" if whole and at_borders else "aligned"
        return _Span(_within(opens, self._inside[first]), _within(closes, self._inside[last - 1] + 1), source)


def _within(word: EngineWord, characters: int) -> int:
    return word.start + (word.end - word.start) * characters // len(word.text)


def _bridge(spans: list[_Span | None], units: Sequence[_Unit], words: Sequence[EngineWord]) -> None:
    """Give short runs without a match the time of the engine's other words there ("3.5": "three point five")."""
    for first, last in _runs(spans):
        if last - first > GAP_WORDS:
            continue
        start = _end_before(spans, first, 0)
        end = _start_after(spans, last, words[-1].end)
        between = [word for word in words if word.start >= start and word.end <= end]
        if between:
            weights = [unit.with_pause for unit in units[first:last]]
            _share(spans, first, weights, between[0].start, between[-1].end, "aligned")


def _spread(units: Sequence[_Unit], spans: list[_Span | None], samples: int) -> None:
    """Divide the time between two neighbors among the units without a span, by the lengths of the words."""
    for first, last in _runs(spans):
        weights = [unit.with_pause for unit in units[first:last]]
        _share(spans, first, weights, _end_before(spans, first, 0), _start_after(spans, last, samples), "spread")


def _runs(spans: Sequence[_Span | None]) -> list[tuple[int, int]]:
    """Return the runs [first, last) of units without a span."""
    runs: list[tuple[int, int]] = []
    for index, span in enumerate(spans):
        if span is None and runs and runs[-1][1] == index:
            runs[-1] = (runs[-1][0], index + 1)
        elif span is None:
            runs.append((index, index + 1))
    return runs


def _end_before(spans: Sequence[_Span | None], index: int, default: int) -> int:
    span = spans[index - 1] if index else None
    return span.end if span else default


def _start_after(spans: Sequence[_Span | None], index: int, default: int) -> int:
    span = spans[index] if index < len(spans) else None
    return span.start if span else default


def _share(spans: list[_Span | None], first: int, weights: Sequence[int], start: int, end: int, source: str) -> None:
    """Divide [start, end) among the units from `first` on, in proportion to their weights."""
    end = max(start, end)
    total, passed = max(1, sum(weights)), 0
    for offset, weight in enumerate(weights):
        begin = start + (end - start) * passed // total
        passed += weight
        spans[first + offset] = _Span(begin, start + (end - start) * passed // total, source)


def _combine(tokens: Sequence[Token], units: Sequence[_Unit], spans: Sequence[_Span | None]) -> list[TimedWord]:
    """Combine the spans of each token's words."""
    found: list[TimedWord | None] = [None] * len(tokens)
    for unit, span in zip(units, spans, strict=True):
        if span is None:
            raise AssertionError("every word has a time by now")
        before = found[unit.token]
        text, joined = tokens[unit.token].text, tokens[unit.token].joined
        if before is None:
            found[unit.token] = TimedWord(text, span.start, span.end, span.source, joined)
        else:
            source = before.source if before.source == span.source else "aligned"
            found[unit.token] = TimedWord(text, before.start, span.end, source, joined)
    return [time for time in found if time is not None]


def _without_overlaps(times: Sequence[TimedWord]) -> list[TimedWord]:
    """End each word at the start of the next, at the latest."""
    following = [time.start for time in times[1:]]
    return (
        [
            replaced(time, end=min(time.end, start))
            for time, start in zip(times, [*following, times[-1].end], strict=True)
        ]
        if times
        else []
    )
