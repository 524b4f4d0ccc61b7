"""Compares two texts by words, in scripts with and without spaces between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from vidbuild.media.text.boundaries import cuts

_MAX_WORDS = 4000  # beyond, comparing takes longer than anybody reads


class Part(NamedTuple):
    """A part of a text. what: "same", "removed" or "added"."""

    what: str
    text: str


def compare(before: str, after: str, language: str) -> list[Part]:
    """Return what both texts have, what was removed and what was added, in reading order."""
    old, new = list(_words(before, language)), list(_words(after, language))
    if max(len(old), len(new)) > _MAX_WORDS:
        return [part for part in (Part("removed", before), Part("added", after)) if part.text]
    parts: list[Part] = []
    for what, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            parts.append(Part("same", _text(new[new_start:new_end])))
            continue
        parts += [
            part
            for part in (Part("removed", _text(old[old_start:old_end])), Part("added", _text(new[new_start:new_end])))
            if part.text
        ]
    return parts


def _words(text: str, language: str) -> Iterator[str]:
    """Yield the words of a text with the spaces after them, so that they can be put together again."""
    tokens = text.split()
    for number, token in enumerate(tokens, 1):
        ends = [0, *cuts(token, language), len(token)]
        words = [token[start:end] for start, end in pairwise(ends)]
        yield from words[:-1]
        yield words[-1] + (" " if number < len(tokens) else "")


def _text(words: Sequence[str]) -> str:
    return "".join(words)
