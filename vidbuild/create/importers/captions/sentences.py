"""From cues to sentences: joined over cues, parted by speaker, each with its time."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vidbuild.create.importers.captions.cues import Cue
from vidbuild.create.source import breaks

OVERLAP = 0.5  # seconds after which a speaker goes on with a sentence that another one has spoken over
PAUSE = 0.7  # seconds that part texts without punctuation
LONG_PAUSE = 2.0  # seconds that part all texts, if a capital letter follows
UNIT = 30  # words that are spoken in one breath of a text without punctuation
MAX_LENGTH = 1500  # characters
WORDS_A_MARK = 40  # a text with fewer marks has no punctuation
_MARK = re.compile(r"[.!?\u2026\u3002\uff01\uff1f\u061f\u06d4\u0964](?:['\"\u201d\u2019)\]]*)(?=\s|$)")
_STOPS = re.compile(r"[.!?\u2026\u3002\uff01\uff1f\u061f\u06d4\u0964,;:\u2013\u2014-]['\"\u201d\u2019)\]]*$")
_NO_SPACES = re.compile(r"[\u0e00-\u0e7f\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What one speaker says in one go. start, end: seconds in the source. line: of its cue."""

    text: str
    start: float
    end: float
    speaker: str
    line: int


def sentences(cues: Sequence[Cue], language: str) -> list[Sentence]:
    """Return the sentences of cues, in the order in which they begin."""
    words = sum(breaks.length(cue.text) for cue in cues)
    marks = sum(len(_MARK.findall(cue.text)) for cue in cues)
    punctuated = marks * WORDS_A_MARK >= words
    found: list[Sentence] = []
    for turn in _turns(cues):
        parts = _parted(turn, language) if punctuated else _grouped(turn)
        for part in parts:
            found += _bounded(part)
    return found


def _turns(cues: Sequence[Cue]) -> list[list[Cue]]:
    """Return the cues of each turn: of one speaker, also where another one speaks over them."""
    turns: list[list[Cue]] = []
    for cue in cues:
        same = next((turn for turn in reversed(turns[-2:]) if turn[-1].speaker == cue.speaker), None)
        open_one = same is not None and (
            same is turns[-1] or (not _MARK.search(same[-1].text[-3:]) and cue.start - same[-1].end <= OVERLAP)
        )
        if same is None or not open_one or cue.turn or _begins(same[-1], cue):
            turns.append([cue])
        else:
            same.append(cue)
    return turns


def _begins(before: Cue, cue: Cue) -> bool:
    """Return whether a new sentence begins with a cue although the one before has no mark at its end."""
    pause = LONG_PAUSE if not before.turn else 0.0
    return bool(
        cue.text[:1].isupper() and not _STOPS.search(before.text) and cue.start - before.end >= pause and cue.end > 0
    )


def joined(texts: Sequence[str]) -> str:
    """Return texts as one, with spaces between the words of scripts that have them."""
    parts = list(texts[:1])
    for before, text in pairwise(texts):
        together = _NO_SPACES.match(before[-1:]) and _NO_SPACES.match(text[:1])
        parts.append(text if together else f" {text}")
    return "".join(parts)


def _parted(turn: Sequence[Cue], language: str) -> Iterator[Sentence]:
    """Yield the sentences of a turn."""
    text = joined([cue.text for cue in turn])
    ends: list[int] = []
    for count in range(1, len(turn) + 1):
        before = ends[-1] if ends else 0
        ends.append(text.index(turn[count - 1].text, before) + len(turn[count - 1].text))
    place = 0
    for sentence in breaks.split(text, language):
        first = text.index(sentence, place)
        place = first + len(sentence)
        start, line = _moment(turn, ends, first)
        end, _ = _moment(turn, ends, place - 1, at_end=True)
        yield Sentence(sentence, start, end, turn[0].speaker, line)


def _moment(turn: Sequence[Cue], ends: Sequence[int], place: int, *, at_end: bool = False) -> tuple[float, int]:
    """Return when a character is spoken, and the line of its cue; within a cue, all take the same time."""
    index = bisect_right(ends, place)
    cue = turn[index]
    share = (place - (ends[index] - len(cue.text)) + at_end) / max(len(cue.text), 1)
    return cue.start + (cue.end - cue.start) * min(max(share, 0.0), 1.0), cue.line


def _grouped(turn: Sequence[Cue]) -> Iterator[Sentence]:
    """Yield what is spoken between pauses, of a text without punctuation."""
    group: list[Cue] = []
    for cue in turn:
        words = sum(breaks.length(each.text) for each in [*group, cue])
        if group and (cue.start - group[-1].end >= PAUSE or words > UNIT):
            yield _sentence(group)
            group = []
        group.append(cue)
    if group:
        yield _sentence(group)


def _sentence(group: Sequence[Cue]) -> Sentence:
    text = joined([cue.text for cue in group])
    return Sentence(text, group[0].start, max(cue.end for cue in group), group[0].speaker, group[0].line)


def _bounded(sentence: Sentence) -> Iterator[Sentence]:
    """Yield a sentence in parts that are short enough for a scene."""
    text = sentence.text
    length = sentence.end - sentence.start
    at = 0
    while at < len(text):
        end = min(at + MAX_LENGTH, len(text))
        space = text.rfind(" ", at + MAX_LENGTH // 2, end) if end < len(text) else -1
        end = space if space > 0 else end
        start, stop = (sentence.start + length * each / len(text) for each in (at, end))
        yield Sentence(text[at:end].strip(), start, stop, sentence.speaker, sentence.line)
        at = end + (space > 0)
