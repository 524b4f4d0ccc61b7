"""The narration of a scene: sentences of the source, chosen and shortened."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from vidbuild.create.composer import sentences
from vidbuild.create.composer.beats import Beat
from vidbuild.create.source import breaks
from vidbuild.create.source.outline import Block, Chart, Items, Picture, Recording

MAX_WORDS = 45  # of a scene whose source does not say what is spoken: about 18 s
SHARE = 0.6  # of a list's words that are read
MAX_SENTENCE = 32  # words: longer ones are hard to follow by ear
MAX_RANKED = 200  # sentences of one part; ranking compares each with each other one
length, seconds = breaks.length, breaks.seconds


def speakable(paragraph: str, language: str) -> list[str]:
    """Return the sentences of a paragraph that can be spoken."""
    if "lorem ipsum" in paragraph.lower():  # it fills a place on the page
        return []
    parts = [sentences.spoken(each) for each in breaks.split(paragraph, language) if not sentences.is_of_the_page(each)]
    return [each for each in parts if sentences.is_speakable(each)]


def chosen(texts: Sequence[str], language: str, limit: int = MAX_WORDS) -> list[str]:
    """Return the sentences that matter most, in their order, within a limit of words; the first one is always there."""
    speakables = (each for text in texts for each in speakable(text, language))
    all_of_them = list(itertools.islice(speakables, MAX_RANKED))  # the first ones say what a long part is about
    if not all_of_them:
        return []
    ranks = sentences.ranks(all_of_them)
    order = sorted(range(len(all_of_them)), key=lambda index: (index != 0, -ranks[index], index))
    taken: list[int] = []
    used = 0
    for index in order:
        words = length(all_of_them[index])
        if used and (used + words > limit or words > MAX_SENTENCE):
            continue
        taken.append(index)
        used += words
    return [all_of_them[index] for index in sorted(taken)]


def of_beat(beat: Beat, heading: str, language: str, limit: int = MAX_WORDS) -> list[list[str]]:
    """Return the sentences before each shown block and after the last; the heading alone if the source has none."""
    share = max(limit // max(len([each for each in beat.prose if each]), 1), limit // 3)
    parts = [chosen(texts, language, share) for texts in beat.prose]
    if not any(parts) and heading:
        parts[0] = [sentences.spoken(heading)]
    return parts


def of_shown(beat: Beat, heading: str, language: str) -> list[list[str]]:
    """Return what is said of something shown without prose, in the form of `of_beat`.

    heading: "" if it has been said. Of a list, at most SHARE of its words are read, and of what was typed in a
    recording, which is its heading, none.
    """
    if any(isinstance(block, Recording) for block in beat.shown):
        return [[] for _ in beat.prose]
    said = [text for block in beat.shown for text in _texts(block)]
    is_list = any(isinstance(block, Items) for block in beat.shown)
    limit = min(MAX_WORDS, int(SHARE * sum(map(length, said)))) if is_list else MAX_WORDS
    parts: list[list[str]] = [[] for _ in beat.prose]
    read = chosen(said, language, limit)
    # "Fixed. Fixed a crash" says one thing twice.
    is_twice = bool(read) and bool(heading) and read[0].casefold().startswith(heading.casefold())
    parts[0] = [*([sentences.spoken(heading)] if heading and not is_twice else []), *read]
    return parts


def _texts(block: Block) -> Iterator[str]:
    if isinstance(block, Items):
        yield from (f"{each.text}: {each.detail}" if each.detail else each.text for each in block.items)
    elif isinstance(block, Picture | Chart):
        yield block.alt if isinstance(block, Picture) else block.title
