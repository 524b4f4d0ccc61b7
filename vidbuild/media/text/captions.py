"""Captions and chapters from timed words: SRT, WebVTT and ffmetadata texts. Pure; it knows no scene and no file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vidbuild import columns
from vidbuild.media.text.words import TimedWord
from vidbuild.timebase import SAMPLE_RATE

LINE = 42
"""Columns a line may have; East Asian characters take two."""

SHORTEST, LONGEST = SAMPLE_RATE, SAMPLE_RATE * 6
"""A caption is shown for at least one second where the next leaves room, and for at most six."""

SPEED = 20
"""Columns a second that can be read; a caption that would be gone sooner stays longer where there is room."""

GAP = SAMPLE_RATE * 3 // 2
"""A silence longer than this divides captions: nothing is said, so nothing is shown."""

SENTENCE_ENDS = tuple(".!?…。！？")  # noqa: RUF001 - the full-width forms are meant
PHRASE_ENDS = tuple(",;:—–、，；：")  # noqa: RUF001 - as above
CLOSING = "\"')]}»”’」』）"  # noqa: RUF001 - as above


@dataclass(frozen=True, slots=True)
class Caption:
    """Lines of text and when they are shown, in samples."""

    lines: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """A title and the stretch of the video it names, in samples."""

    title: str
    start: int
    end: int


def captions(words: Sequence[TimedWord], end: int) -> list[Caption]:
    """The words of one scene, which ends at `end`, as captions that do not overlap."""
    groups = list(_groups([piece for word in words for piece in pieces(word)]))
    found: list[Caption] = []
    for index, group in enumerate(groups):
        limit = groups[index + 1][0].start if index + 1 < len(groups) else end
        found.append(_shown(group, limit))
    return found


def srt(items: Sequence[Caption]) -> str:
    """SubRip: numbered, with a comma before the milliseconds."""
    blocks = []
    for number, item in enumerate(items, 1):
        text = _text(item).replace("-->", "→")  # it has no escapes, and readers look for the arrow
        blocks.append(f"{number}\n{_clock(item.start, ',')} --> {_clock(item.end, ',')}\n{text}\n")
    return "\n".join(blocks)


def vtt(items: Sequence[Caption], language: str) -> str:
    """WebVTT, in which &, < and > have meanings of their own."""
    blocks = [f"WEBVTT\nLanguage: {language}\n"]
    for item in items:
        text = _text(item).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        blocks.append(f"{_clock(item.start, '.')} --> {_clock(item.end, '.')}\n{text}\n")
    return "\n".join(blocks)


def ffmetadata(chapters: Sequence[Chapter]) -> str:
    """Chapters in the format of ffmpeg's metadata files; a time base of samples keeps the times exact."""
    lines = [";FFMETADATA1"]
    for chapter in chapters:
        lines += ["[CHAPTER]", f"TIMEBASE=1/{SAMPLE_RATE}", f"START={chapter.start}", f"END={chapter.end}"]
        lines.append(f"title={escaped(chapter.title)}")
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """A value in ffmpeg's metadata file: =, ;, #, backslash and newline stand behind a backslash."""
    text = " ".join(text.split())  # a title is one line
    return "".join("\\" + character if character in "=;#\\" else character for character in text)


def pieces(word: TimedWord) -> Iterator[TimedWord]:
    """The word itself, or, where it is longer than a line (scripts without spaces, addresses), parts of it."""
    if columns.width(word.text) <= LINE:
        yield word
        return
    parts = list(_parts(word.text))
    total, passed = sum(columns.width(part) for part in parts), 0
    for part in parts:
        start = word.start + (word.end - word.start) * passed // total
        joined = word.joined if not passed else True
        passed += columns.width(part)
        yield TimedWord(part, start, word.start + (word.end - word.start) * passed // total, word.source, joined)


def _parts(text: str) -> Iterator[str]:
    """The text cut after its punctuation where that gives parts of a fair length, else where a line is full."""
    part = ""
    for character in text:
        if part and columns.width(part + character) > LINE and not _clings(character):
            yield part
            part = ""
        part += character
        if character in SENTENCE_ENDS + PHRASE_ENDS + ("/",) and 2 * columns.width(part) >= LINE:
            yield part
            part = ""
    if part:
        yield part


def _clings(character: str) -> bool:
    """Characters that must not begin a line: marks that belong to the one before, and closing punctuation."""
    return unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf", "Pe", "Pf") or character in (
        *SENTENCE_ENDS,
        *PHRASE_ENDS,
    )


def _groups(words: Sequence[TimedWord]) -> Iterator[list[TimedWord]]:
    """Words that are shown together: as much as fits, divided after a sentence, a phrase, or where it must be."""
    rest = list(words)
    while rest:
        most = _most(rest)
        count = _best_end(rest, most)
        yield rest[:count]
        rest = rest[count:]


def _most(words: Sequence[TimedWord]) -> int:
    """How many of the words can be shown together."""
    for count in range(1, len(words)):
        too_long = words[count].end - words[0].start > LONGEST
        if too_long or words[count].start - words[count - 1].end > GAP or not _fits(words[: count + 1]):
            return count
    return len(words)


def _fits(words: Sequence[TimedWord]) -> bool:
    return _divide(words) is not None


def _best_end(words: Sequence[TimedWord], most: int) -> int:
    """Where to end: after a sentence, else so that the parts of a long one are alike, after a phrase if it can be."""
    if most == len(words):
        return most
    ends = _counts(words, most, SENTENCE_ENDS)
    if ends and columns.width(_joined(words[: ends[-1]])) * 3 > LINE:
        return ends[-1]
    ahead = next(
        (count for count in range(most, len(words)) if _ends(words[count - 1].text, SENTENCE_ENDS)), len(words)
    )
    even = -(-ahead // -(-ahead // most))
    phrases = [count for count in _counts(words, most, PHRASE_ENDS) if 5 * count > 3 * even]
    return min(phrases, key=lambda count: abs(count - even)) if phrases else even


def _counts(words: Sequence[TimedWord], most: int, ends: tuple[str, ...]) -> list[int]:
    return [count for count in range(1, most + 1) if _ends(words[count - 1].text, ends)]


def _ends(text: str, ends: tuple[str, ...]) -> bool:
    return text.rstrip(CLOSING).endswith(ends)


def _shown(words: Sequence[TimedWord], limit: int) -> Caption:
    """A caption that lasts as long as it is spoken, longer where it is short and there is room."""
    lines = _divide(words) or (_joined(words),)
    start, spoken = words[0].start, words[-1].end
    needed = max(SHORTEST, sum(columns.width(line) for line in lines) * SAMPLE_RATE // SPEED)
    end = min(max(spoken, start + min(needed, LONGEST)), max(limit, start + 1))
    return Caption(lines, start, end)


def _divide(words: Sequence[TimedWord]) -> tuple[str, ...] | None:
    """The words in one line, or two of much the same width, the division after punctuation if it can be; else None."""
    whole = _joined(words)
    if columns.width(whole) <= LINE:
        return (whole,)
    best: tuple[int, tuple[str, ...]] | None = None
    for cut in range(1, len(words)):
        lines = (_joined(words[:cut]), _joined(words[cut:]))
        if max(map(columns.width, lines)) > LINE:
            continue
        cost = abs(columns.width(lines[0]) - columns.width(lines[1]))
        cost -= LINE // 2 if _ends(words[cut - 1].text, SENTENCE_ENDS + PHRASE_ENDS) else 0
        if best is None or cost < best[0]:
            best = (cost, lines)
    return best[1] if best else None


def _joined(words: Sequence[TimedWord]) -> str:
    return "".join(word.text if word.joined or not index else " " + word.text for index, word in enumerate(words))


def _text(item: Caption) -> str:
    return "\n".join(item.lines)


def _clock(sample: int, point: str) -> str:
    """Hours, minutes, seconds and milliseconds: the nearest, so that equal samples give equal times."""
    milliseconds = (sample * 1000 + SAMPLE_RATE // 2) // SAMPLE_RATE
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{milliseconds:03}"
