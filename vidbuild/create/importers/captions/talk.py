"""From sentences to an outline: chapters by pauses and topic, and in each of them what one scene says."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from vidbuild.create.importers.captions.cues import cleaned
from vidbuild.create.importers.captions.sentences import Sentence, joined, sentences
from vidbuild.create.importers.captions.timed_text import Captions
from vidbuild.create.source import breaks
from vidbuild.create.source.outline import Block, Item, Items, Omission, Outline, Quotation, Section, Speech

SCENE = 12.0  # seconds after which something new is to be seen
SHORT = 5.0  # seconds: a pause after less does not end a scene
CHAPTER = 100.0  # seconds after which a talk is parted where its topic changes most
MIN_CHAPTER = 24.0
PAUSE = 2.0  # seconds that end a scene
BREAK = 8.0  # seconds that end a chapter
WINDOW = 4  # sentences on both sides that are compared
MAX_TURNS = 4  # of one scene
MAX_HEADING = 56
MAX_NAME = 40
MIN_CLAUSE = 20
MAX_SHOWN = 180
MIN_WORDS = 3
_CLAUSE = re.compile(r"(?<=\w)[,;:\u2013\u2014](?=\s)")
_LAST = re.compile(r"[\s.,;:\u3002]+$")


def outline(captions: Captions, title: str, language: str) -> Outline:
    """Return the outline of captions. title: if they have none of their own."""
    cues, omissions = cleaned(captions.cues)
    spoken = sentences(cues, language or "en")
    parts = list(_chapters(spoken))
    sections = [section for part in parts for section in _sections(part)]
    own = captions.title or title
    lead = sections[0].heading if sections else ""
    if lead:  # the first words are spoken over the talk's title
        sections[0] = replace(sections[0], heading=own)
    if len({each.speaker for each in spoken if each.speaker}) > 1:
        names = ", ".join(dict.fromkeys(each.speaker for each in spoken if each.speaker))
        omissions.append(Omission(f"the voices of {names}: one voice narrates all, and scenes show who speaks"))
    found = Outline(
        own,
        tuple(sections),
        language=language,
        description=lead,
        omissions=(*captions.omissions, *omissions),
        paced=True,
    )
    return found.named()


def _chapters(spoken: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """Yield the sentences of each chapter."""
    chapter: list[Sentence] = []
    end = 0.0
    for sentence in spoken:
        if chapter and sentence.start - end >= BREAK:
            yield from _parted(chapter)
            chapter = []
        chapter.append(sentence)
        end = max(end, sentence.end)
    if chapter:
        yield from _parted(chapter)


def _parted(chapter: list[Sentence]) -> Iterator[list[Sentence]]:
    """Yield a long chapter in parts."""
    todo = [chapter]
    while todo:
        part = todo.pop()
        if place := _change(part):
            todo += [part[place:], part[:place]]
        else:
            yield part


def _change(chapter: Sequence[Sentence]) -> int:
    """Return where a pause and a change of the topic fall together; 0 if the chapter is short enough.

    Only its beginning is looked at, so that what is said later does not move the place.
    """
    lengths: list[float] = []
    while len(lengths) < len(chapter) and sum(lengths) <= 2 * CHAPTER:
        lengths.append(breaks.seconds(chapter[len(lengths)].text))
    if sum(lengths) <= CHAPTER:
        return 0
    bags = _bags(chapter[: len(lengths)])
    best, place = -1.0, 0
    for index in range(1, len(lengths)):
        if sum(lengths[:index]) < MIN_CHAPTER or sum(lengths[index:]) < MIN_CHAPTER:
            continue
        left, right = _sum(bags[max(index - WINDOW, 0) : index]), _sum(bags[index : index + WINDOW])
        pause = min(max(chapter[index].start - chapter[index - 1].end, 0.0), BREAK) / BREAK
        score = 1 - _cosine(left, right) + pause
        if score > best:
            best, place = score, index
    return place


def _bags(spoken: Sequence[Sentence]) -> list[dict[str, float]]:
    """Return the words of each sentence, by their weight: those of many sentences say nothing about the topic."""
    bags = [Counter(word[:6] for word in re.findall(r"\w{2,}", each.text.lower())) for each in spoken]
    of = Counter(term for bag in bags for term in bag)
    return [{term: count * math.log(len(bags) / of[term]) for term, count in bag.items()} for bag in bags]


def _sum(bags: Sequence[dict[str, float]]) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for bag in bags:
        for term, weight in bag.items():
            found[term] += weight
    return found


def _cosine(a: dict[str, float], b: dict[str, float]) -> float:
    norms = math.sqrt(sum(v * v for v in a.values()) * sum(v * v for v in b.values()))
    return sum(weight * b.get(term, 0.0) for term, weight in a.items()) / norms if norms else 0.0


def _sections(chapter: Sequence[Sentence]) -> Iterator[Section]:
    """Yield the sections of a chapter, one for each scene: first its heading, then what is being said."""
    heading = _heading(chapter)
    for nth, piece in enumerate(_pieces(chapter)):
        text = _speech(piece)
        speakers = {each.speaker for each in piece}
        shown: list[Block] = []
        if len(speakers) > 1:
            shown = [Items(tuple(Item(said, speaker) for speaker, said in _said(piece)))]
        elif nth or (piece[0].speaker and len(chapter) == len(piece)):
            shown = [Quotation(_strongest(piece), piece[0].speaker)]
        source = "\n".join(f"{speaker}: {said}" for speaker, said in _said(piece))
        name = heading if nth == 0 else f"{heading} > {_cut(text, MAX_NAME)}"
        # What several speakers say is shown below the talk's title: a heading would repeat the first of them.
        shown_heading = "" if len(speakers) > 1 else heading if nth == 0 else _cut(text, MAX_NAME)
        parents = (heading,) if nth else ()
        yield Section(shown_heading, (*shown, Speech(text)), parents, piece[0].line, source, name)


def _pieces(chapter: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """Yield the sentences that one scene says."""
    piece: list[Sentence] = []
    seconds = 0.0
    for sentence in chapter:
        length = breaks.seconds(sentence.text)
        pause = piece and sentence.start - piece[-1].end >= PAUSE and seconds >= SHORT
        full = seconds + length > SCENE and (seconds >= SHORT or length > SCENE)
        if piece and (pause or full or (_turns(piece) >= MAX_TURNS and sentence.speaker != piece[-1].speaker)):
            yield piece
            piece, seconds = [], 0.0
        piece.append(sentence)
        seconds += length
    if piece:
        yield piece


def _strongest(piece: Sequence[Sentence]) -> str:
    """Return the sentence that a scene shows: the longest that can be read while it is spoken."""
    short = [each.text for each in piece if len(each.text) <= MAX_SHOWN]
    return max(short, key=len) if short else min((each.text for each in piece), key=len)


def _turns(piece: Sequence[Sentence]) -> int:
    return len(_said(piece))


def _said(piece: Sequence[Sentence]) -> list[tuple[str, str]]:
    """Return who says what, turn by turn."""
    found: list[tuple[str, str]] = []
    for each in piece:
        if found and found[-1][0] == each.speaker:
            found[-1] = (each.speaker, joined([found[-1][1], each.text]))
        else:
            found.append((each.speaker, each.text))
    return found


def _speech(piece: Sequence[Sentence]) -> str:
    """Return what a scene says; a full stop parts texts without punctuation, which a voice would run together."""
    texts = [each.text if each is piece[-1] or not each.text[-1].isalnum() else f"{each.text}." for each in piece]
    return joined(texts)


def _heading(chapter: Sequence[Sentence]) -> str:
    """Return a chapter's heading, in its own words: its first sentence that is short, or the beginning of the first."""
    for each in chapter[:4]:
        if len(each.text) <= MAX_HEADING and breaks.length(each.text) >= MIN_WORDS:
            return _capital(_LAST.sub("", each.text))
    first = chapter[0].text
    clause = next((match.start() for match in _CLAUSE.finditer(first) if MIN_CLAUSE <= match.start() <= MAX_HEADING), 0)
    return _capital(_LAST.sub("", first[:clause] if clause else _cut(first, MAX_HEADING)))


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return _LAST.sub("", text)
    kept = text[: limit - 1]
    return (kept[: kept.rfind(" ")] if " " in kept[limit // 2 :] else kept).rstrip(" ,;:.-") + "\u2026"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
