"""Captions from timed words: at most two lines, shown while they are spoken."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from vidbuild.frozen import dataclass, replaced
from vidbuild.media.text.caption_rules import Caption, Rules, width
from vidbuild.media.text.line_breaks import Rank, breaks, cuts
from vidbuild.media.text.words import TimedWord
from vidbuild.timebase import SAMPLE_RATE

SHORTEST, LONGEST = SAMPLE_RATE, SAMPLE_RATE * 6
"""A caption is shown for at least one second if the next one leaves room, and for at most six."""

SILENCE = SAMPLE_RATE * 3 // 2
"""A longer silence divides captions: nothing is spoken, so nothing is shown."""

FLICKER = SAMPLE_RATE // 2
"""A shorter time without a caption, between two of a scene, looks like a flicker: the first one stays."""

_PARTS = re.compile(r"[a-z0-9][A-Z]|[_/.=&?-]\w")
_SOFT_HYPHEN = "\u00ad"  # players show it although no line ends there


@dataclass(frozen=True, slots=True)
class _Segment:
    """Text in which no line ends, with the spaces after it.

    rank: of the end of a line after it.
    is_cut: whether no line should end after it, as the text goes on without a break that is wider than a line.
    """

    text: str
    start: int
    end: int
    rank: Rank
    is_cut: bool = False


def captions(words: Sequence[TimedWord], end: int, language: str, rules: Rules) -> list[Caption]:
    """Return the captions of one scene, which ends at `end`, in order.

    Each ends at least a gap before the next one begins, and the last one before the scene ends.
    """
    segments = list(_segments(words, language, rules))
    groups = _joined(list(_groups(segments, rules)), end, rules)
    starts = [group[0].start for group in groups[1:]]
    shown = [_caption(group, start - rules.gap, rules) for group, start in zip(groups, starts, strict=False)]
    steady = [
        replaced(each, end=start - rules.gap) if each.end < start - rules.gap <= each.end + FLICKER else each
        for each, start in zip(shown, starts, strict=True)
    ]
    return [*steady, *(_caption(group, end - rules.gap, rules) for group in groups[-1:])]


def _segments(words: Sequence[TimedWord], language: str, rules: Rules) -> Iterator[_Segment]:
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
        for first, last, is_cut in _fitting(text, begin, at, language, rules.columns):
            spoken = len(text[first:last].rstrip()) + first
            rank = ranks.get(at, Rank.SENTENCE) if last == at else Rank.WORD
            until = max(time_at(spoken), _end_before(words, ends, spoken))
            yield _Segment(text[first:last], time_at(first), until, rank, is_cut)
        begin = at


def _end_before(words: Sequence[TimedWord], ends: Sequence[int], offset: int) -> int:
    """Return the end of the word that ends at an offset, 0 if none does."""
    index = bisect_right(ends, offset) - 1
    return words[index].end if index >= 0 and ends[index] == offset else 0


def _fitting(text: str, begin: int, end: int, language: str, most: int) -> Iterator[tuple[int, int, bool]]:
    """Yield a range of the text, or the ranges of its parts if it is wider than a line, and whether it is cut there.

    An identifier is divided between its words, such as before the capitals of `getUserName`.

    most: columns of a line.
    """
    if width(text[begin:end].rstrip()) <= most:
        yield begin, end, False
        return
    first = last_end = last_part = last_cut = begin
    for at, ends_line in (*cuts(text[begin:end], language), (end - begin, True)):
        if width(text[first : begin + at].rstrip()) > most:
            half_full = (at for at in (last_end, last_part) if 2 * width(text[first:at]) >= most)
            cut = next(half_full, last_cut)
            if cut > first:
                yield first, cut, cut != last_end
                first = cut
        last_cut = begin + at
        if _PARTS.match(text, begin + at - 1):
            last_part = last_cut
        last_end = last_cut if ends_line else max(last_end, first)
    yield first, end, False


def _groups(segments: Sequence[_Segment], rules: Rules) -> Iterator[Sequence[_Segment]]:
    """Yield the segments that are shown together: as many as fit, up to the end of a sentence or phrase if possible."""
    begin = 0
    while begin < len(segments):
        remaining = segments[begin:]
        count = _count(remaining, _fitting_count(remaining, rules), rules)
        yield remaining[:count]
        begin += count


def _fitting_count(segments: Sequence[_Segment], rules: Rules) -> int:
    """Return how many of the segments can be shown together."""
    return next((count for count in range(1, len(segments)) if not _fit(segments[: count + 1], rules)), len(segments))


def _fit(segments: Sequence[_Segment], rules: Rules) -> bool:
    """Return whether segments can be shown together, if all but the last one can be."""
    is_long = segments[-1].end - segments[0].start > LONGEST
    is_silent = len(segments) > 1 and segments[-1].start - segments[-2].end > SILENCE
    return not is_long and not is_silent and _has_lines(segments, rules)


def _joined(groups: list[Sequence[_Segment]], end: int, rules: Rules) -> list[Sequence[_Segment]]:
    """Return the groups, of which those without time enough to be read are shown with a neighbor, or share its time.

    end: of the scene.
    """
    index = 0
    while index < len(groups):
        if not _is_readable(groups[index], _start(groups, index + 1, end), rules):
            for first in (index, index - 1):
                if 0 <= first < len(groups) - 1 and (found := _better(groups, first, end, rules)):
                    groups[first : first + 2] = found
                    index = first - (len(found) == 1)  # what was joined may still be short
                    break
        index += 1
    return groups


def _better(
    groups: Sequence[Sequence[_Segment]], first: int, end: int, rules: Rules
) -> list[Sequence[_Segment]] | None:
    """Return the segments of two groups as one, or else divided so that both can be read; None if neither helps."""
    both, until = [*groups[first], *groups[first + 1]], _start(groups, first + 2, end)
    if _fit_all(both, rules):
        return [both]
    counts = [
        count
        for count in range(1, len(both))
        if _is_readable(both[:count], both[count].start, rules)
        and _is_readable(both[count:], until, rules)
        and _fit_all(both[:count], rules)
        and _fit_all(both[count:], rules)
    ]
    best = max(counts, key=lambda count: both[count - 1].rank, default=0)
    return [both[:best], both[best:]] if best else None


def _fit_all(segments: Sequence[_Segment], rules: Rules) -> bool:
    """Return whether segments can be shown together."""
    return all(_fit(segments[:count], rules) for count in range(2, len(segments) + 1))


def _start(groups: Sequence[Sequence[_Segment]], index: int, end: int) -> int:
    return groups[index][0].start if index < len(groups) else end


def _is_readable(segments: Sequence[_Segment], limit: int, rules: Rules) -> bool:
    """Return whether there is time enough to read segments before the next caption begins at `limit`."""
    time = limit - rules.gap - segments[0].start
    return time >= max(rules.shortest, width(_text(segments)) * SAMPLE_RATE / rules.speed)


def _count(segments: Sequence[_Segment], fitting: int, rules: Rules) -> int:
    """Return how many segments to show: up to a sentence's end, else so that its captions have about equal lengths."""
    if fitting == len(segments):
        return fitting
    ends = [count for count in range(1, fitting + 1) if segments[count - 1].rank == Rank.SENTENCE]
    if ends and width(_text(segments[: ends[-1]])) * 3 > rules.columns:
        return ends[-1]
    sentence = next(
        (count for count in range(fitting, len(segments)) if segments[count - 1].rank == Rank.SENTENCE), len(segments)
    )
    even = -(-sentence // -(-sentence // fitting))
    counts = [count for count in range(1, fitting + 1) if 5 * count > 3 * even]
    best = max(min(segments[count - 1].rank, Rank.PHRASE) for count in counts)
    return min((count for count in counts if segments[count - 1].rank >= best), key=lambda count: abs(count - even))


def _caption(segments: Sequence[_Segment], limit: int, rules: Rules) -> Caption:
    """Return a caption that lasts as long as it is spoken, longer if it is short and there is room."""
    lines = _lines(segments, rules) or (_text(segments),)
    start, spoken = segments[0].start, segments[-1].end
    needed = max(SHORTEST, math.ceil(sum(map(width, lines)) * SAMPLE_RATE / rules.speed))
    end = min(max(spoken, start + min(needed, LONGEST)), max(limit, start + 1))
    return Caption(lines, start, end, is_cut=any(segment.is_cut for segment in segments))


def _lines(segments: Sequence[_Segment], rules: Rules) -> tuple[str, ...] | None:
    """Return one line, or two of about the same width, divided after punctuation if possible; None if too wide."""
    text, line = _text(segments), rules.columns
    if width(text) <= line:
        return (text,)
    best: tuple[float, tuple[str, ...]] | None = None
    for count in range(1, len(segments)):
        lines = (_text(segments[:count]), _text(segments[count:]))
        if max(map(width, lines)) > line:
            continue
        cost = abs(width(lines[0]) - width(lines[1])) + line * _COSTS[segments[count - 1].rank]
        if best is None or cost < best[0]:
            best = (cost, lines)
    return best[1] if best else None


def _has_lines(segments: Sequence[_Segment], rules: Rules) -> bool:
    """Return whether `_lines` finds any; lines of about as many segments are tried first, and most often fit."""
    if width(_text(segments)) <= rules.columns:
        return True
    counts = sorted(range(1, len(segments)), key=lambda count: abs(2 * count - len(segments)))
    return any(
        width(_text(segments[:count])) <= rules.columns and width(_text(segments[count:])) <= rules.columns
        for count in counts
    )


# By the rank of the end of the first line, as a share of a line's width.
_COSTS = {Rank.NAME: 0.25, Rank.WORD: 0, Rank.PHRASE: -0.5, Rank.SENTENCE: -0.5}


def _text(segments: Sequence[_Segment]) -> str:
    return "".join(segment.text for segment in segments).strip()
