"""Where a line may end: by Unicode (UAX 14 and 29, through ICU), but not within a name, a number or an abbreviation."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from vidbuild.media.text.boundaries import is_unspaced
from vidbuild.patterns import later


class _Words(NamedTuple):
    """The words that what follows or precedes belongs to, in lower case by language, "" for every language.

    abbreviations: whatever follows.
    labels: a number that follows.
    units: a number that precedes; as written.
    ordinals: languages in which a number with a full stop is an ordinal, as in "3. Mai".
    capital_nouns: languages in which every noun begins with a capital, so that capitals do not mean a name.
    """

    abbreviations: Mapping[str, frozenset[str]]
    labels: Mapping[str, frozenset[str]]
    units: frozenset[str]
    ordinals: frozenset[str]
    capital_nouns: frozenset[str]


class Rank(IntEnum):
    """How good a place for the end of a line is."""

    NAME = 0  # between two words with capitals, or a number and what it counts
    WORD = 1
    PHRASE = 2
    SENTENCE = 3


_TABLES = Path(__file__).with_name("abbreviations.json")
_PHRASE_ENDS = tuple(",;:—–…、，；：،؛")  # noqa: RUF001 - in all scripts
_OPENING = "\"'([{«‹“‘„‚「『（¿¡"  # noqa: RUF001 - in all scripts
_CLOSING = "\"')]}»›”’“‘」』）"  # noqa: RUF001 - in all scripts
_DASH = "—"
_REACH = 100  # characters of the words before and after a space that are looked at
_ZERO_WIDTH_SPACE = "\u200b"
_NUMBER = later(r"[(\[]?[+\-−±~≈<>≤≥]?[$€£¥]?\d+([.,:'’/\u00a0\u202f\u2009]\d+)*")  # noqa: RUF001 - as written
_DIGITS = later(r"[(\[]?[+\-−]?\d{1,3}")  # noqa: RUF001 - a minus sign
_GROUP = later(r"\d{3}(?!\d)")
_ROMAN = later(r"[IVXLC]+[.,;:!?)]*")
_INITIAL = later(r"[^\W\d_]\.")


def breaks(text: str, language: str) -> dict[int, Rank]:
    """Return the offsets at which a line may end, its start and end excluded, each with its rank."""
    sentences = set(_sentence_ends(text, language))
    found: dict[int, Rank] = {}
    words: set[int] | None = None
    for at in _ends(_line_breaker(text, language)):
        if not 0 < at < len(text):
            continue
        if text[at - 1].isspace():
            before = text[max(at - _REACH, 0) : at].rstrip().rpartition(" ")[2]
            after = next(iter(text[at : at + _REACH].split()), "")
            if not _belong_together(before, after, language):
                found[at] = _rank(before, after, language, ends_sentence=at in sentences)
        elif _is_free(text, at):
            words = _word_ends(text, language) if words is None else words
            if at in words:
                found[at] = _rank(text[at - 1], "", language, ends_sentence=at in sentences)
    return found


def cuts(text: str, language: str) -> Iterator[tuple[int, bool]]:
    """Yield every offset at which a text that is wider than a line may be cut, and whether a line may end there.

    If it may not, a cut at least leaves every character whole.
    """
    line_ends = set(_ends(_line_breaker(text, language)))
    from icu4py.breakers import CharacterBreaker

    for at in _ends(CharacterBreaker(text, _locale(language))):
        if 0 < at < len(text):
            yield at, at in line_ends


def _line_breaker(text: str, language: str) -> Iterable[str]:
    from icu4py.breakers import LineBreaker

    return LineBreaker(text, f"{_locale(language)}@lw=phrase" if _base(language) == "ja" else _locale(language))


def _word_ends(text: str, language: str) -> set[int]:
    from icu4py.breakers import WordBreaker

    words = set(_ends(WordBreaker(text, _locale(language))))
    # ICU takes punctuation for words of its own, and a space of no width for part of the script.
    return words | {index + 1 for index, character in enumerate(text) if character == _ZERO_WIDTH_SPACE}


def _sentence_ends(text: str, language: str) -> Iterator[int]:
    from icu4py.breakers import SentenceBreaker

    return _ends(SentenceBreaker(text, _locale(language)))


def _ends(segments: Iterable[str]) -> Iterator[int]:
    """Yield the end of each segment in characters; ICU's own offsets count UTF-16 units."""
    return accumulate(map(len, segments))


def _locale(language: str) -> str:
    return language.replace("-", "_")


def _base(language: str) -> str:
    return re.split(r"[-_]", language.lower())[0]


def _is_free(text: str, at: int) -> bool:
    """Return whether a line may end between these two characters, though no space is there."""
    around = text[at - 1 : at + 1]
    is_wide = any(unicodedata.east_asian_width(each) in "WF" or is_unspaced(each) for each in around)
    return (is_wide or around[0] == _DASH or _ZERO_WIDTH_SPACE in around) and around[1] != _DASH


def _rank(before: str, after: str, language: str, *, ends_sentence: bool) -> Rank:
    if ends_sentence:
        return Rank.SENTENCE
    if before.rstrip(_CLOSING).endswith(_PHRASE_ENDS):
        return Rank.PHRASE
    is_name = before[:1].isupper() and before[-1:].isalpha() and after[:1].isupper()
    is_name = is_name and _base(language) not in _words().capital_nouns
    return Rank.NAME if is_name or before[-1:].isdigit() else Rank.WORD


def _belong_together(before: str, after: str, language: str) -> bool:
    """Return whether no line may end between two words with a space between them."""
    word, number = before.lstrip(_OPENING), after.lstrip(_OPENING)[:1].isdigit()
    if _is_in(_words().abbreviations, word, language) or (number and _is_in(_words().labels, word, language)):
        return True
    if _INITIAL.fullmatch(word):
        return word != "I." and word[0].isupper() and after[:1].isupper()
    if _NUMBER.fullmatch(word):
        unit = after.rstrip(_CLOSING + ".,;:!?")
        grouped = bool(_DIGITS.fullmatch(word) and _GROUP.match(after))
        is_unit = not _words().units.isdisjoint((unit, after.rstrip(_CLOSING + ",;:!?")))
        return grouped or is_unit or unit[:1].isupper()
    if word[:1].isdigit() and word[-1:] == "." and word[:-1].isdigit() and len(word) <= len("31."):
        return _base(language) in _words().ordinals and after[:1].isalpha()
    label = word[:1].isupper() or _is_in(_words().labels, word, language)
    if label and word[-1:].isalpha():
        return number or (_is_in(_words().labels, word, language) and bool(_ROMAN.fullmatch(after)))
    return False


@cache
def _words() -> _Words:
    data = json.loads(_TABLES.read_text(encoding="utf-8"))

    def by_language(name: str) -> dict[str, frozenset[str]]:
        return {language: frozenset(words.split()) for language, words in data[name].items()}

    lists = (frozenset(data[name].split()) for name in ("units", "ordinals", "capital_nouns"))
    return _Words(by_language("abbreviations"), by_language("labels"), *lists)


def _is_in(table: Mapping[str, frozenset[str]], word: str, language: str) -> bool:
    return any(word.lower() in table.get(each, ()) for each in ("", _base(language)))
