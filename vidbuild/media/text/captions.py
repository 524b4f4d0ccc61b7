"""Captions from timed words: at most two lines of 42 columns, shown while they are spoken."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from vidbuild import columns
from vidbuild.media.text.line_breaks import Rank, breaks, cuts
from vidbuild.media.text.words import TimedWord
from vidbuild.timebase import SAMPLE_RATE

LINE = 42
"""Columns a line may have; East Asian characters take two."""

SHORTEST, LONGEST = SAMPLE_RATE, SAMPLE_RATE * 6
"""A caption is shown for at least one second if the next one leaves room, and for at most six."""

SPEED = 20
"""Columns a second that can be read; a caption that would end sooner stays longer if there is room."""

GAP = SAMPLE_RATE * 3 // 2
"""A silence longer than this divides captions: nothing is spoken, so nothing is shown."""

MILLISECOND = SAMPLE_RATE // 1000

_SOFT_HYPHEN = "\u00ad"  # players show it although no line ends there


@dataclass(frozen=True, slots=True)
class Caption:
    """Lines of text and when they are shown, in samples. speaker: the name of who speaks, if it matters."""

    lines: tuple[str, ...]
    start: int
    end: int
    speaker: str = ""

    @property
    def speed(self) -> float:
        """Columns a second."""
        return sum(map(width, self.lines)) * SAMPLE_RATE / (self.end - self.start)


@dataclass(frozen=True, slots=True)
class _Segment:
    """Text in which no line ends, with the spaces after it.

    rank: of the end of a line after it.
    """

    text: str
    start: int
    end: int
    rank: Rank


def captions(words: Sequence[TimedWord], end: int, language: str) -> list[Caption]:
    """Return the captions of one scene, which ends at `end`; they do not overlap.

    A caption that would end with its scene ends a millisecond before: a player may show a frame of the next scene at
    that very time.
    """
    groups = list(_groups(list(_segments(words, language))))
    starts = [group[0].start for group in groups[1:]]
    return [_caption(group, limit) for group, limit in zip(groups, [*starts, end - MILLISECOND], strict=False)]


def width(text: str) -> int:
    """Return the columns of a text in captions; a brace has two, as SubRip may need its wide form."""
    return columns.width(text) + text.count("{") + text.count("}")


def _segments(words: Sequence[TimedWord], language: str) -> Iterator[_Segment]:
    texts = [word.text.replace(_SOFT_HYPHEN, "") for word in words]
    pairs = zip(words, texts, strict=True)
    spaced = [text if word.joined or not index else f" {text}" for index, (word, text) in enumerate(pairs)]
    text = "".join(spaced)
    ends = list(accumulate(map(len, spaced)))
    starts = [end - len(each) for end, each in zip(ends, texts, strict=True)]

    def time_at(offset: int) -> int:
        """Return when the text before an offset has been spoken, or if a word begins there, when that begins."""
        index = max(bisect_right(starts, offset) - 1, 0)
        word, passed = words[index], width(texts[index][: offset - starts[index]])
        return word.start + (word.end - word.start) * passed // max(width(texts[index]), 1)

    ranks = breaks(text, language)
    begin = 0
    for at in sorted({*ranks, len(text)} - {0}):
        for first, last in _fitting(text, begin, at, language):
            spoken = len(text[first:last].rstrip()) + first
            rank = ranks.get(at, Rank.SENTENCE) if last == at else Rank.WORD
            yield _Segment(
                text[first:last], time_at(first), max(time_at(spoken), _end_before(words, ends, spoken)), rank
            )
        begin = at


def _end_before(words: Sequence[TimedWord], ends: Sequence[int], offset: int) -> int:
    """Return the end of the word that ends at an offset, 0 if none does."""
    index = bisect_right(ends, offset) - 1
    return words[index].end if index >= 0 and ends[index] == offset else 0


def _fitting(text: str, begin: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """Yield a range of the text, or the ranges of its parts if it is wider than a line."""
    if width(text[begin:end].rstrip()) <= LINE:
        yield begin, end
        return
    first = last_end = last_cut = begin
    for at, ends_line in (*cuts(text[begin:end], language), (end - begin, True)):
        if width(text[first : begin + at].rstrip()) > LINE:
            cut = last_end if 2 * width(text[first:last_end]) >= LINE else last_cut
            if cut > first:
                yield first, cut
                first = cut
        last_cut = begin + at
        last_end = last_cut if ends_line else max(last_end, first)
    yield first, end


def _groups(segments: Sequence[_Segment]) -> Iterator[Sequence[_Segment]]:
    """Yield the segments that are shown together: as many as fit, up to the end of a sentence or phrase if possible."""
    begin = 0
    while begin < len(segments):
        remaining = segments[begin:]
        count = _count(remaining, _fitting_count(remaining))
        yield remaining[:count]
        begin += count


def _fitting_count(segments: Sequence[_Segment]) -> int:
    """Return how many of the segments can be shown together."""
    for count in range(1, len(segments)):
        is_long = segments[count].end - segments[0].start > LONGEST
        is_silent = segments[count].start - segments[count - 1].end > GAP
        if is_long or is_silent or _lines(segments[: count + 1]) is None:
            return count
    return len(segments)


def _count(segments: Sequence[_Segment], fitting: int) -> int:
    """Return how many segments to show: up to a sentence's end, else so that its captions have about equal lengths."""
    if fitting == len(segments):
        return fitting
    ends = [count for count in range(1, fitting + 1) if segments[count - 1].rank == Rank.SENTENCE]
    if ends and width(_text(segments[: ends[-1]])) * 3 > LINE:
        return ends[-1]
    sentence = next(
        (count for count in range(fitting, len(segments)) if segments[count - 1].rank == Rank.SENTENCE), len(segments)
    )
    even = -(-sentence // -(-sentence // fitting))
    counts = [count for count in range(1, fitting + 1) if 5 * count > 3 * even]
    best = max(min(segments[count - 1].rank, Rank.PHRASE) for count in counts)
    return min((count for count in counts if segments[count - 1].rank >= best), key=lambda count: abs(count - even))


def _caption(segments: Sequence[_Segment], limit: int) -> Caption:
    """Return a caption that lasts as long as it is spoken, longer if it is short and there is room."""
    lines = _lines(segments) or (_text(segments),)
    start, spoken = segments[0].start, segments[-1].end
    needed = max(SHORTEST, -(-sum(map(width, lines)) * SAMPLE_RATE // SPEED))
    end = min(max(spoken, start + min(needed, LONGEST)), max(limit, start + 1))
    return Caption(lines, start, end)


def _lines(segments: Sequence[_Segment]) -> tuple[str, ...] | None:
    """Return one line, or two of about the same width, divided after punctuation if possible; None if too wide."""
    text = _text(segments)
    if width(text) <= LINE:
        return (text,)
    best: tuple[int, tuple[str, ...]] | None = None
    for count in range(1, len(segments)):
        lines = (_text(segments[:count]), _text(segments[count:]))
        if max(map(width, lines)) > LINE:
            continue
        cost = abs(width(lines[0]) - width(lines[1])) + _COSTS[segments[count - 1].rank]
        if best is None or cost < best[0]:
            best = (cost, lines)
    return best[1] if best else None


_COSTS = {Rank.NAME: LINE // 4, Rank.WORD: 0, Rank.PHRASE: -(LINE // 2), Rank.SENTENCE: -(LINE // 2)}


def _text(segments: Sequence[_Segment]) -> str:
    return "".join(segment.text for segment in segments).strip()
