"""Sentences of a text: which of them matter, and how they are shortened. None is invented."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from vidbuild import inline

DAMPING = 0.85
ROUNDS = 30
MIN_WORDS = 3
# What only a reader of the page can follow.
_OF_THE_PAGE = re.compile(
    r"\b(?:see|click\w*|read more|view source|above|below|this page|this document|table of contents|follow the link"
    r"|(?:following|next|previous|this) (?:sub)?sections?|siehe|klicke|oben|unten)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s*\((?:[^()]|\([^()]*\))*\)(?!\w)")  # "f(x)y" is no aside
# With the word that leads to it.
_ADDRESS = re.compile(r"(?:\s+(?:on|at|from|in|via|under|auf|unter|bei|von))?\s*(?:https?://|www\.)\S+", re.IGNORECASE)
_LABEL = re.compile(r"^(?:\*\*)?(?:note|tip|warning|important|hint|info|caution)(?:\*\*)?:(?:\*\*)?\s+", re.IGNORECASE)
# What leads to the page's next block: "such as:" and "e.g.:" go, a colon stays.
_DANGLING = re.compile(r"(?:,?\s+(?:e\.g\.|i\.e\.|z\. ?B\.|for example|such as))?\s*([:\uff1a])$|[,;]$", re.IGNORECASE)
_END = re.compile(r"[.!?…:\uff1a。\uff01\uff1f؟\u06d4।]['\"”\u2019)\]*]*$")  # the full-width forms are meant


def spoken(sentence: str) -> str:
    """Return a sentence as it can be spoken: without asides, addresses and the label of a note."""
    text = _LABEL.sub("", sentence.strip().replace("\t", " "))
    text = _ADDRESS.sub("", _ASIDE.sub("", text)).strip()
    text = re.sub(r"\s+([.,;:!?])", r"\1", text).rstrip()
    text = re.sub(r"([:\uff1a])\*\*$", r"**\1", text)  # a colon ends the sentence, also if it is strong
    text = _DANGLING.sub(lambda match: match[1] or "", text)
    if text and not _END.search(text):
        text += "."
    return text[:1].upper() + text[1:] if text[:1].islower() and not _is_name(text.split()[0]) else text


def _is_name(word: str) -> bool:
    """Return whether a word has its own way of writing (`pip`, kubectl_1, x.y): it does not get a capital letter."""
    return bool(re.search(r"[`_./\\0-9-]|[a-z][A-Z]", word))


def is_speakable(sentence: str) -> bool:
    """Return whether a sentence stands without the page around it, and is one."""
    plain = inline.plain(sentence)
    return len(plain.split()) >= MIN_WORDS or (not plain.isascii() and len(plain) >= MIN_WORDS * 3)


def is_of_the_page(sentence: str) -> bool:
    """Return whether a sentence points at a place of the page that no viewer sees."""
    return bool(_OF_THE_PAGE.search(sentence))


def ranks(sentences: Sequence[str]) -> list[float]:
    """Return how central each sentence is to all of them (LexRank: Erkan and Radev 2004, continuous, with tf-idf).

    The ranks of n sentences add up to 1.
    """
    bags = [Counter(_terms(each)) for each in sentences]
    documents = Counter(term for bag in bags for term in bag)
    weights = [{term: count * math.log(1 + len(bags) / documents[term]) for term, count in bag.items()} for bag in bags]
    similar = [[_cosine(a, b) if a is not b else 0.0 for b in weights] for a in weights]
    rank = [1 / max(len(bags), 1)] * len(bags)
    # A sentence like no other one passes its rank on to all of them.
    shares = [[value / total for value in row] if (total := sum(row)) else rank for row in similar]
    for _ in range(ROUNDS):
        rank = [
            (1 - DAMPING) / len(rank) + DAMPING * sum(rank[other] * shares[other][own] for other in range(len(rank)))
            for own in range(len(rank))
        ]
    return rank


def _terms(sentence: str) -> Iterator[str]:
    for word in re.findall(r"\w{2,}", inline.plain(sentence).lower()):
        yield word[:6]  # words with one stem mostly have one beginning


def _cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    product = sum(value * b.get(term, 0.0) for term, value in a.items())
    norms = math.sqrt(sum(v * v for v in a.values()) * sum(v * v for v in b.values()))
    return product / norms if norms else 0.0
