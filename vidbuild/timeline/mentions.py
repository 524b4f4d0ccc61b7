"""Which words of a narration mention a scene's reveals, such as a list's items, and of which that is unsure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from vidbuild.frozen import dataclass
from vidbuild.media.text.boundaries import split
from vidbuild.media.text.words import Token
from vidbuild.patterns import later
from vidbuild.scenes.protocol import Reveal

STOP_WORDS = frozenset(
    "a an and are as at be both by for from in is it its of on or that the this to with you your".split()  # noqa: SIM905 - reads better
)
# A passage mentions a reveal if it contains this share of the reveal's keywords, with at most SLACK other words.
ENOUGH = 0.5
SLACK = 3
# What a mention in a sentence about one reveal alone counts, where one beside other reveals counts 1: a sentence that
# previews three items counts less than one passage of their own.
OWN = 3.5
# Reveals in one sentence that look like a preview if as many sentences follow.
PREVIEWED = 3
OUT_OF_ORDER = "mentioned only out of order, or before the item above it"
PREVIEW = "mentioned only in a sentence that seems to preview several items"

SIGNS = later(r"[^\w]+")
CACHED = 1 << 14  # words and texts: a narration is searched for mentions when it is checked and when it is planned
SENTENCE_END = later(r"[.!?…。！？][\"'”’»)\]]*\Z")  # noqa: RUF001 - the full-width forms are meant


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a reveal is mentioned: the index of a token, None if nowhere.

    unsure: why the time that follows from it can be wrong; "" if it is sure.
    """

    token: int | None
    unsure: str = ""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A passage that mentions a reveal: its first token, its sentence, and the share of keywords in it."""

    token: int
    sentence: int
    share: float


def mentions(reveals: Sequence[Reveal], tokens: Sequence[Token], language: str) -> list[Mention]:
    """Return the mention of each reveal, in the order of the reveals: its own passage rather than a list of several.

    A reveal with `at`, or one that follows another, has none.
    """
    sought = tuple("" if each.at is not None or each.after_previous else each.words for each in reveals)
    return list(_mentions(sought, tuple(token.text for token in tokens), language))


@lru_cache(maxsize=CACHED)
def _mentions(sought: tuple[str, ...], texts: tuple[str, ...], language: str) -> tuple[Mention, ...]:
    """Return the mention of each text in a narration; "" has none."""
    words = [_plain(text) for text in texts]
    sentences = list(_sentences(texts))
    found: list[list[_Candidate]] = []
    for each in sought:
        keywords = _keywords(each, language) if each else ()
        found.append([_Candidate(at, sentences[at], share) for at, share in _passages(keywords, words)])
    shared = _shared_sentences(found)
    chosen = _in_order(found, shared)
    last = sentences[-1] if sentences else 0
    return tuple(
        Mention(each.token if each else None, _doubt(index, found, chosen, last)) for index, each in enumerate(chosen)
    )


def spoken_at(phrase: str, tokens: Sequence[Token], language: str) -> int | None:
    """Return the index of the first token at which these words are spoken one after the other; None if nowhere."""
    wanted = [word for word in map(_plain, split_words(phrase, language)) if word]
    words = [_plain(token.text) for token in tokens]
    starts = range(len(words) - len(wanted) + 1)
    return next((at for at in starts if words[at : at + len(wanted)] == wanted), None) if wanted else None


def split_words(text: str, language: str) -> list[str]:
    """Return the words of a text."""
    return [word for part in re.split(r"[\s/]+", text) for word in split(part, language)]


def _sentences(texts: Sequence[str]) -> Iterator[int]:
    """Yield the number of each token's sentence; a full stop before a small letter ends none ("e.g. this")."""
    number = 0
    for index, text in enumerate(texts):
        yield number
        following = texts[index + 1].lstrip("\"'“‘«([") if index + 1 < len(texts) else ""  # noqa: RUF001 - quotes
        number += bool(SENTENCE_END.search(text)) and not following[:1].islower()


def _passages(keywords: Sequence[str], words: Sequence[str]) -> Iterator[tuple[int, float]]:
    """Yield the first word of each passage with enough of the keywords, and the share of these in it."""
    reach, wanted = len(keywords) + SLACK, set(keywords)
    for index, word in enumerate(words):
        if word in wanted:
            share = len(wanted.intersection(words[index : index + reach])) / len(wanted)
            if share >= ENOUGH:
                yield index, share


def _shared_sentences(found: Sequence[Sequence[_Candidate]]) -> set[int]:
    """Return the sentences that mention several reveals, each as well as any other sentence."""
    counts: Counter[int] = Counter()
    for candidates in found:
        best = max((each.share for each in candidates), default=0)
        counts.update({each.sentence for each in candidates if each.share == best})
    return {sentence for sentence, count in counts.items() if count > 1}


def _in_order(found: Sequence[Sequence[_Candidate]], shared: Collection[int]) -> list[_Candidate | None]:
    """Choose at most one passage for each reveal, rising, with the highest sum of weights, then the earliest."""
    # For each last token that can be chosen: the sum of weights and the choices, with rising tokens and sums.
    ends: list[tuple[int, float, tuple[_Candidate | None, ...]]] = [(-1, 0.0, ())]
    for candidates in found:
        options = {last: (weight, (*choices, None)) for last, weight, choices in ends}
        lasts = [last for last, _, _ in ends]
        for each in candidates:
            _, weight, choices = ends[bisect_left(lasts, each.token) - 1]
            weight += each.share * (1 if each.sentence in shared else OWN)
            if each.token not in options or weight > options[each.token][0]:
                options[each.token] = (weight, (*choices, each))
        ends = []
        for last, (weight, choices) in sorted(options.items()):
            if not ends or weight > ends[-1][1]:
                ends.append((last, weight, choices))
    return list(ends[-1][2])


def _doubt(index: int, found: Sequence[Sequence[_Candidate]], chosen: Sequence[_Candidate | None], last: int) -> str:
    """Return why the time of a reveal can be wrong. last: the narration's last sentence."""
    here = chosen[index]
    if not found[index] or here is None:
        return OUT_OF_ORDER if found[index] else ""
    beside = [at for at, each in enumerate(chosen) if each and each.sentence == here.sentence]
    later = [
        each
        for each, candidates in zip(chosen, found, strict=True)
        if each and each.sentence > here.sentence and any(other.sentence == here.sentence for other in candidates)
    ]
    if later and beside[0] < index:
        return PREVIEW
    return PREVIEW if len(beside) >= PREVIEWED and last - here.sentence >= len(beside) else ""


@lru_cache(maxsize=CACHED)
def _keywords(text: str, language: str) -> tuple[str, ...]:
    """Return the words of a text, without stop words unless it has no others."""
    words = [word for word in map(_plain, split_words(text, language)) if word]
    return tuple(word for word in words if word not in STOP_WORDS) or tuple(words)


@lru_cache(maxsize=CACHED)
def _plain(word: str) -> str:
    return SIGNS.sub("", word.casefold())
