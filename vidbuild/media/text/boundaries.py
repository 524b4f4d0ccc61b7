"""Where words begin within a text without spaces, by Unicode's rules and dictionaries (UAX 14 and 29), through ICU."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from itertools import accumulate, pairwise

from vidbuild.patterns import later

# Such a text is one word, which spares most narrations the import of ICU. No part gives characters back to another one:
# a thousand apostrophes would take a second.
_ONE_WORD = later(r"[(\[\"'“‘«¿¡]*+[A-Za-zÀ-ɏ0-9_.'’]*+[)\]\"'”’»;:!?,…]*+\Z")  # noqa: RUF001 - quotation marks
_KATAKANA = later("[\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff]{2}")
# The scripts that are written without spaces between words, as in the names of their characters.
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


def cuts(token: str, language: str) -> list[int]:
    """Return the offsets at which a word begins within a text, its start excluded: 5 of `file—then`, 2 of 首先下载.

    Punctuation stays with the word from which no line break may part it.
    """
    if _ONE_WORD.match(token):
        return []
    from icu4py.breakers import LineBreaker, WordBreaker

    both = set(_ends(WordBreaker(token, language))) & set(_ends(LineBreaker(token, language)))
    # The dictionary lacks loanwords, and divides ビルド behind ビル: two letters of Katakana are in the same word.
    return _between_words(token, [at for at in both if not _KATAKANA.match(token, max(0, at - 1))])


def word_at(token: str, offset: int, language: str) -> int:
    """Return where the word begins that a mark at an offset within a text stands at; the text's length if none follows.

    Between two words, and within a script without spaces, that is the next letter, elsewhere the start of the word.
    """
    at = next((index for index in range(offset, len(token)) if is_letter(token[index])), len(token))
    if at == len(token) or is_unspaced(token[at]):
        return at
    from icu4py.breakers import WordBreaker

    return max(word for word in [0, *_ends(WordBreaker(token, language))] if word <= at)


def split(text: str, language: str) -> Iterator[str]:
    """Yield the words of a text."""
    for token in text.split():
        yield from (token[start:end] for start, end in pairwise([0, *cuts(token, language), len(token)]))


def is_unspaced(character: str) -> bool:
    """Return whether a character belongs to a script without spaces between words."""
    return not character.isascii() and unicodedata.name(character, "").startswith(_UNSPACED)


def is_letter(character: str) -> bool:
    """Return whether a character is a letter, a digit or a mark at one."""
    return unicodedata.category(character)[0] in "LNM"


def _ends(segments: Iterable[str]) -> Iterator[int]:
    """Yield the end of each segment in characters; ICU's own offsets count UTF-16 units."""
    return accumulate(map(len, segments))


def _between_words(token: str, offsets: Collection[int]) -> list[int]:
    """Return the offsets that have a letter on both sides, and since the offset before: of several, the last."""
    letters = [index for index, character in enumerate(token) if is_letter(character)]
    ranked = sorted(offsets)
    found: list[int] = []
    for start, end in pairwise(letters):
        last = bisect_right(ranked, end) - 1
        if last >= 0 and ranked[last] > start:
            found.append(ranked[last])
    return found
