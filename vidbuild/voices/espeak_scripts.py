"""Which scripts espeak's voices can read; they spell out the words of others, or call each letter a letter.

espeak reads Greek, Korean and most scripts of India in any voice, by changing to a voice for them within the sentence.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

# Script, as in the names of its characters -> the languages whose voices read it.
_READERS = {
    "ARABIC": "ar fa sd ug ur",
    "BOPOMOFO": "",
    "CHEROKEE": "",
    "CJK": "cmn hak yue",
    "CYRILLIC": "ba be bg bs cv hr kk ky lfn mk nog ru sr tt uk uz",
    "ETHIOPIC": "am ti",
    "HEBREW": "he",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "KHMER": "",
    "LAO": "",
    "MONGOLIAN": "",
    "MYANMAR": "my shn",
    "ORIYA": "or",
    "SYRIAC": "",
    "THAANA": "",
    "THAI": "th",
    "TIBETAN": "",
}
# Script -> the languages whose voices do not read it, though all others do.
_SPELLERS = {"GREEK": "af en vi", "LATIN": "ja"}
_NAMES = {"CJK": "Chinese characters"}
_SYLLABIC = frozenset(("CJK", "HIRAGANA", "KATAKANA"))  # a word can be one character


def unreadable(language: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield (script, word) for each word of a script that the voice of a language cannot read.

    language: a voice's language without its region, as espeak names it.
    """
    if text.isascii() and language not in _SPELLERS["LATIN"]:
        return
    for letters in "".join(each if unicodedata.category(each)[0] in "LM" else " " for each in text).split():
        for script, word in _by_script(letters):
            if not _reads(language, script) and (script in _SYLLABIC or _is_word(script, word)):
                yield _NAMES.get(script, script.title()), word


def not_latin(text: str) -> Iterator[tuple[str, str]]:
    """Yield (script, word) for each word of a script other than Latin; a letter alone is a symbol."""
    if text.isascii():
        return
    for letters in "".join(each if unicodedata.category(each)[0] in "LM" else " " for each in text).split():
        for script, word in _by_script(letters):
            if script != "LATIN" and (script in _SYLLABIC or _is_word(script, word)):
                yield _NAMES.get(script, script.title()), word


def _by_script(word: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a word, each in one script."""
    part, known = "", ""
    for character in word:
        name = unicodedata.name(character, "").removeprefix("HALFWIDTH ").removeprefix("FULLWIDTH ")
        script = name.partition(" ")[0]
        if part and script != known and unicodedata.category(character)[0] == "L":
            yield known, part
            part = ""
        known = known if part else script
        part += character
    if part:
        yield known, part


def _reads(language: str, script: str) -> bool:
    if script in _SPELLERS:
        return language not in _SPELLERS[script].split()
    return script not in _READERS or language in _READERS[script].split()


def _is_word(script: str, word: str) -> bool:
    """Return whether letters are a word: one alone is a symbol, and Latin capitals are an abbreviation."""
    return len(word) > 1 and (script != "LATIN" or not word.isupper())
