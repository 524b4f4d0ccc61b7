"""When each caption word is spoken, from the words a voice engine reports; it knows no engine and no scene."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Protocol

GAP_WORDS = 6
"""Up to so many words in a row that match nothing still have a time: the engine's words between their neighbours."""

GAP_CHARACTERS = 400
"""Longer stretches than this are not compared character by character."""

SENTENCE_PAUSE, PHRASE_PAUSE = 6, 3
"""How many characters' time the pauses after a sentence and after a phrase take, where words are spread."""

_SILENT = frozenset(".,;:!?\"'`…")
_SILENT_KINDS = frozenset(("Pd", "Ps", "Pe", "Pi", "Pf"))  # dashes, brackets, quotation marks
_SENTENCE_ENDS = frozenset(".!?…。！？")  # noqa: RUF001 - the full-width forms are meant
_PHRASE_ENDS = frozenset(",;:—–、，；：")  # noqa: RUF001 - as above


class EngineWord(Protocol):
    """A word as an engine reports it: in samples from the start of the sound."""

    @property
    def text(self) -> str:
        """What the engine says it spoke."""

    @property
    def start(self) -> int:
        """Its first sample."""

    @property
    def end(self) -> int:
        """The sample after its last."""


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A caption word and when it is spoken. source: "engine" (said so), "aligned" (between words it said), "spread"."""

    text: str
    start: int
    end: int
    source: str


@dataclass(frozen=True, slots=True)
class _Unit:
    """One spoken word of a token, reduced to what can be compared; a dash, which is not spoken, is one of no weight."""

    token: int
    key: str
    weight: int


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    source: str = "engine"


def align(tokens: Sequence[tuple[str, str]], words: Sequence[EngineWord], samples: int) -> list[TimedWord]:
    """Times for every token (caption text, spoken words): in order, within [0, samples], none overlapping the next."""
    units = list(_units(tokens))
    heard = _in_order(words, samples)
    spans = _match(units, heard)
    _spread(units, spans, samples)
    return _separate(_gather(tokens, units, spans))


def place_cues(cues: Mapping[str, int], times: Sequence[TimedWord], samples: int) -> dict[str, int]:
    """The sample at which each cue falls: the start of the token it stands before, or the end of the last one."""
    last = times[-1].end if times else samples
    return {name: times[index].start if index < len(times) else last for name, index in cues.items()}


def unsure_cues(cues: Mapping[str, int], times: Sequence[TimedWord], words: Sequence[EngineWord]) -> list[str]:
    """Cues whose neighbouring words the engine never said; none where it says no words at all, as a recording does."""
    if not words:
        return []
    return [name for name, index in cues.items() if not _heard_near(times, index)]


def _heard_near(times: Sequence[TimedWord], index: int) -> bool:
    before = next((time for time in reversed(times[:index]) if time.end > time.start), None)
    after = next((time for time in times[index:] if time.end > time.start), None)
    return any(time is not None and time.source != "spread" for time in (before, after))


def _key(text: str) -> str:
    """What two spellings of one spoken word share: letters and digits, or the symbols where there are none."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(character for character in folded if unicodedata.category(character)[0] in "LNM")
    return kept or "".join(character for character in folded if not _is_silent(character))


def _is_silent(character: str) -> bool:
    return character in _SILENT or unicodedata.category(character) in _SILENT_KINDS


def _units(tokens: Sequence[tuple[str, str]]) -> Iterator[_Unit]:
    for index, (_, spoken) in enumerate(tokens):
        keys = [(key, word) for word in spoken.split() if (key := _key(word))]
        yield from (_Unit(index, key, len(key) + 1 + _pause(word)) for key, word in keys)
        if not keys:
            yield _Unit(index, "", 0)


def _pause(word: str) -> int:
    """What a pause after the word weighs, by its last character that is not a bracket or a quotation mark."""
    endings = (character for character in reversed(word) if character not in "\"'`")
    ending = next((mark for mark in endings if unicodedata.category(mark) not in _SILENT_KINDS or mark in "—–"), "")  # noqa: RUF001 - dashes
    if ending in _SENTENCE_ENDS:
        return SENTENCE_PAUSE
    return PHRASE_PAUSE if ending in _PHRASE_ENDS else 0


@dataclass(frozen=True, slots=True)
class _Word:
    key: str
    start: int
    end: int


def _in_order(words: Sequence[EngineWord], samples: int) -> list[_Word]:
    """The engine's words with their times made rising and kept inside the sound."""
    found: list[_Word] = []
    now = 0
    for word in words:
        key = _key(word.text)
        if not key:
            continue
        start = min(max(word.start, now), samples)
        end = min(max(word.end, start), samples)
        if found and found[-1].end > start:
            found[-1] = _Word(found[-1].key, found[-1].start, start)
        found.append(_Word(key, start, end))
        now = start
    return found


def _match(units: Sequence[_Unit], heard: Sequence[_Word]) -> list[_Span | None]:
    """A span for each unit that the engine's words tell, by whole words first and by characters in between."""
    spans: list[_Span | None] = [None] * len(units)
    matcher = SequenceMatcher(None, [unit.key for unit in units], [word.key for word in heard], autojunk=False)
    unit_from = word_from = 0
    for block in matcher.get_matching_blocks():
        _fill(spans, units, unit_from, block.a, heard[word_from : block.b])
        for offset in range(block.size):
            word = heard[block.b + offset]
            spans[block.a + offset] = _Span(word.start, word.end)
        unit_from, word_from = block.a + block.size, block.b + block.size
    if any(spans):
        _bridge(spans, units, heard)
    return spans


def _fill(spans: list[_Span | None], units: Sequence[_Unit], first: int, last: int, heard: Sequence[_Word]) -> None:
    """Match units[first:last] against the words between the same neighbours, character by character."""
    written = "".join(unit.key for unit in units[first:last])
    spoken = "".join(word.key for word in heard)
    if not written or not spoken or max(len(written), len(spoken)) > GAP_CHARACTERS:
        return
    clock = _Clock(heard)
    twins = _twins(written, spoken)
    position = 0
    for index in range(first, last):
        size = len(units[index].key)
        found = [twins[at] for at in range(position, position + size) if at in twins]
        if 2 * len(found) > size:
            spans[index] = clock.span(found[0], found[-1] + 1, whole=len(found) == size)
        position += size


def _twins(written: str, spoken: str) -> dict[int, int]:
    """Where characters of one text stand in the other; single letters are chance unless the texts are alike."""
    blocks = SequenceMatcher(None, written, spoken, autojunk=False).get_matching_blocks()
    alike = written == spoken
    return {
        block.a + offset: block.b + offset
        for block in blocks
        if alike or block.size > 1
        for offset in range(block.size)
    }


class _Clock:
    """The time of each character of the engine's words written one after the other."""

    def __init__(self, heard: Sequence[_Word]) -> None:
        self._words = [word for word in heard for _ in word.key]
        self._inside = [place for word in heard for place in range(len(word.key))]

    def span(self, first: int, last: int, *, whole: bool) -> _Span:
        """From character `first` to `last` (excluded); the engine's own word for it where both are word borders."""
        opens, closes = self._words[first], self._words[last - 1]
        at_borders = self._inside[first] == 0 and self._inside[last - 1] == len(closes.key) - 1
        source = "engine" if whole and at_borders else "aligned"
        return _Span(_within(opens, self._inside[first]), _within(closes, self._inside[last - 1] + 1), source)


def _within(word: _Word, characters: int) -> int:
    return word.start + (word.end - word.start) * characters // len(word.key)


def _bridge(spans: list[_Span | None], units: Sequence[_Unit], heard: Sequence[_Word]) -> None:
    """Mark short runs without a match that stand where the engine said something else ("3.5": "three point five")."""
    for first, last in _runs(spans):
        if last - first > GAP_WORDS:
            continue
        start = _end_before(spans, first, 0)
        end = _start_after(spans, last, heard[-1].end)
        between = [word for word in heard if word.start >= start and word.end <= end]
        if between:
            weights = [unit.weight for unit in units[first:last]]
            _share(spans, first, weights, between[0].start, between[-1].end, "aligned")


def _spread(units: Sequence[_Unit], spans: list[_Span | None], samples: int) -> None:
    """Give what is left the time between its neighbours, by the length of the words."""
    for first, last in _runs(spans):
        weights = [unit.weight for unit in units[first:last]]
        _share(spans, first, weights, _end_before(spans, first, 0), _start_after(spans, last, samples), "spread")


def _runs(spans: Sequence[_Span | None]) -> list[tuple[int, int]]:
    """The stretches [first, last) of units that have no span."""
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


def _gather(
    tokens: Sequence[tuple[str, str]], units: Sequence[_Unit], spans: Sequence[_Span | None]
) -> list[TimedWord]:
    """One time per token from those of its words."""
    found: list[TimedWord | None] = [None] * len(tokens)
    for unit, span in zip(units, spans, strict=True):
        if span is None:
            raise AssertionError("a word was left without a time")
        before = found[unit.token]
        text = tokens[unit.token][0]
        if before is None:
            found[unit.token] = TimedWord(text, span.start, span.end, span.source)
        else:
            source = before.source if before.source == span.source else "aligned"
            found[unit.token] = TimedWord(text, before.start, span.end, source)
    return [time for time in found if time is not None]


def _separate(times: Sequence[TimedWord]) -> list[TimedWord]:
    """End each word where the next begins, at the latest."""
    following = [time.start for time in times[1:]]
    return (
        [
            replace(time, end=min(time.end, start))
            for time, start in zip(times, [*following, times[-1].end], strict=True)
        ]
        if times
        else []
    )
