"""Reads words and the names that programs have: acronyms, camelCase, snake_case, letters with digits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from vidbuild.patterns import later
from vidbuild.reading import numbers, tables
from vidbuild.reading.letters import plural, possessive, spell
from vidbuild.reading.lexicon import POSSESSIVE, Lexicon

HOLES = "\u01c0\u01c1"
"""Stand for the characters of what is read already, by turns: letters that no rule knows."""

_VOWEL = later(r"[aeiouy]", re.IGNORECASE)
# What no English word has, such as four consonants in a row, but for "length", "rights" and "months".
_HARD = later(
    r"[^AEIOUY]{4}(?<!NGTH|GHT[SH]|[DLMNPRX]THS|RMTH|RLDS|RSTS)"
    r"|^[^AEIOUY]{3}(?<!SCR|STR|SPL|SPR|SCH|THR|SHR|PHR|CHR|THW)|^(?!OO)(.)\1|[QJV][^AEIOUY]|X(?![AEIOUYTPCH]|$)"
)
_PARTS = later(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_RUNS = later(
    rf"[^\W_{HOLES}]+(?:['\u2019](?:s|t|re|ve|ll|d|m)\b)?|{HOLES[0]}+|{HOLES[1]}+|::|->|=>|[!=<>]=|&&|\|\||:=|\.\.\.|.",
    re.DOTALL,
)
_ACRONYM, _SHORT = 6, 3
_ORDINAL = later(r"(\d{1,6})(?:st|nd|rd|th)\Z")
_POWERS = {"²": "squared", "³": "cubed"}
_IDS = {"id": "I.D", "ids": "I dees"}


class Part(NamedTuple):
    """A part of a text from `start` to `end`, and what is spoken for it."""

    start: int
    end: int
    spoken: str
    ipa: str = ""


class WordReader:
    """Reads words with a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def word(self, word: str) -> str:  # noqa: PLR0911 - one for each kind
        """Return how letters and digits without signs are spoken, possessives included."""
        found = self.lexicon.spoken(word)
        if found is not None or (len(word) == 1 and word.isalpha()):
            return found or word
        for ending in POSSESSIVE:
            if word.endswith(ending):
                stem = word.removesuffix(ending)
                spoken = self.word(stem)
                return word if spoken == stem else possessive(spoken)
        if word[0].isdecimal() or word[-1] in _POWERS:
            number = self._number(word)
            if number is not None:
                return number
        if not word.isascii() or not word.isalnum():
            return word
        if word.isupper() and word.isalpha():
            return _capitals(word)
        parts = _PARTS.findall(word)
        if len(parts) > 1 and not (word.startswith(("Mc", "Mac")) and word.isalpha()):
            return " ".join(self._part(part) for part in parts)
        if word[-1] == "s" and word[:-1].isupper() and len(word) > 2:  # noqa: PLR2004 - an acronym's plural
            return plural(_capitals(word[:-1]))
        return self._part(word) if word.islower() else word

    def _number(self, word: str) -> str | None:
        """Return how the digits of a name, "3rd" or "x²" are spoken."""
        ordinal = _ORDINAL.match(word)
        if ordinal:
            return numbers.ordinal(ordinal[1])
        if word[-1] in _POWERS and word[:-1].isalnum():
            return f"{self.word(word[:-1])} {_POWERS[word[-1]]}"
        return numbers.code(word) if word.isdecimal() and word.isascii() else None

    def _run(self, run: str, snake: bool, constant: bool) -> str:
        """Return how letters and digits between the signs of a name are spoken.

        snake: whether the name has words with underscores between them.
        constant: whether it is in capitals, which then are no acronyms.
        """
        if len(run) == 1 and run.isalpha():
            return spell(run)
        if snake and run.lower() in _IDS:
            return _IDS[run.lower()]
        if constant and run.isalpha() and _VOWEL.search(run) and run not in tables.STRESSED:
            return self.lexicon.spoken(run) or run.lower()
        return self.word(run)

    def _part(self, part: str) -> str:
        found = self.lexicon.spoken(part) or _IDS.get(part.lower())
        if found is not None:
            return found
        if part.isdecimal():
            return numbers.code(part)
        if len(part) == 1:
            return spell(part)
        if part.isupper():
            return _capitals(part)
        if part[-1] == "s" and part[:-1].isupper():
            return plural(_capitals(part[:-1]))
        silent = not _VOWEL.search(part) and 1 < len(part) <= 4 and part.lower() not in tables.CONSONANTS  # noqa: PLR2004 - letters
        return spell(part) if silent else part.lower() if part.istitle() else part

    def compound(self, text: str, signs: Mapping[str, str]) -> Iterator[Part]:
        """Yield the parts of a text with signs in it.

        signs: how each sign is spoken; "" for one that only divides, as is one that is missing here.
        """
        constant = "_" in text and text.isupper()
        for match in _RUNS.finditer(text):
            run = match[0]
            if run[0] in HOLES:
                yield Part(*match.span(), run)
            elif run[0].isalnum():
                own = self.lexicon.own(run)
                if own is not None:
                    yield Part(*match.span(), own.spoken, own.ipa)
                    continue
                yield Part(*match.span(), self._run(run, "_" in text, constant))
            else:
                yield Part(*match.span(), signs[run] if run in signs else symbol(run))


def symbol(sign: str) -> str:
    """Return how a sign of mathematics or money is spoken that no table has; "" for any other character."""
    if sign in tables.SYMBOLS:
        return tables.SYMBOLS[sign]
    if len(sign) != 1 or sign.isascii() or unicodedata.category(sign) not in {"Sm", "Sc"}:
        return ""
    return unicodedata.name(sign, "").lower().removesuffix(" sign").removesuffix(" symbol").replace("-", " ")


def _capitals(word: str) -> str:
    """Return a word in capitals: spelled if it is an acronym that cannot be pronounced, else as a word."""
    if word in tables.STRESSED:
        return word.lower()
    if len(word) <= _SHORT or not _VOWEL.search(word) or (len(word) <= _ACRONYM and _HARD.search(word)):
        return spell(word)
    return word.lower()
