"""Guesses the language of a text, for a spec whose source declares none: by its script, and by its commonest words.

A model that knows all languages takes seconds to load; the guess is the spec's `language`, which its author reads.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

SAMPLE = 6000  # characters
# Script, as in the names of characters -> language. The order decides: Japanese has Han characters as well.
_SCRIPTS = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "THAI": "th", "HEBREW": "he", "GREEK": "el",
    "DEVANAGARI": "hi", "BENGALI": "bn", "TAMIL": "ta", "ARMENIAN": "hy", "GEORGIAN": "ka", "ARABIC": "ar",
    "CYRILLIC": "ru",
}  # fmt: skip
# Letters that the commonest language of a script does not have -> the language that has them.
_LETTERS = {"ru": {"uk": "іїєґ", "bg": "", "sr": "ђћџљњј"}, "ar": {"fa": "پچژگ", "ur": "ٹڈڑے"}}
_WORDS = {
    "en": "the and of to is in that for with this you are it be on",
    "de": "der die und das ist nicht ein eine mit für den auf werden wird sie",
    "fr": "le la les des et est une dans pour que vous avec sur pas du",
    "es": "el los las que una para con por se del es como más este puede",
    "pt": "os uma para com não que por mais você da do em são pode ser",
    "it": "il che di per una con non sono della è questo gli più come si",
    "nl": "het een van en is dat niet voor met zijn op te worden wordt deze",
    "pl": "się nie jest w na że do z jak można lub oraz przez dla są",
    "cs": "je se na že v pro není jako které nebo a s lze pokud při",
    "sv": "och att det som en är på för med inte av till kan du den",
    "da": "og at det er en på for med ikke af til kan du der som",
    "fi": "ja on ei että se tai voi kun ovat mutta jos tämä olla niin joka",
    "tr": "ve bir bu için ile olarak de daha gibi veya olan değil kadar her ise",
    "ca": "el els les que una per amb és del com més aquest pot i no",
    "ro": "și este în la pentru cu care nu se mai din sau să un o",
    "hu": "a az és hogy nem egy is ha van meg vagy kell mint csak ez",
}
_COMMON = {language: frozenset(words.split()) for language, words in _WORDS.items()}
ENOUGH = 3  # common words, so that one name does not decide


def language_of(text: str) -> str:
    """Return the language of a text as BCP 47 ("en"); English if it has too few words to know."""
    text = text[:SAMPLE]
    scripts = Counter(unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha())
    letters = scripts.total()
    for script, language in _SCRIPTS.items():
        if scripts[script] > letters * (0.1 if language == "ja" else 0.3):
            counts = {
                other: sum(text.count(letter) for letter in own) for other, own in _LETTERS.get(language, {}).items()
            }
            best = max(counts, key=lambda each: counts[each], default="")
            return best if best and counts[best] > letters * 0.005 else language
    words = Counter(re.findall(r"[^\W\d_]+", text.lower()))
    found = {language: sum(words[word] for word in common) for language, common in _COMMON.items()}
    best = max(found, key=lambda each: found[each])
    return best if found[best] >= ENOUGH else "en"
