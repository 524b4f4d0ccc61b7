"""Converts English sounds of the International Phonetic Alphabet to the phonemes of espeak-ng."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# ruff: noqa: E501, RUF001, SIM905 - symbols of IPA, in tables whose columns belong together

_DROPPED = frozenset("./[]‿|\u0361\u035c")  # between syllables, around the whole, ties
_VOWELS = (
    "iː uː ɑː ɔː ɜː ɜːɹ ɜɹ ɝ ɝː ɚ eɪ aɪ ɔɪ oɪ aʊ oʊ əʊ ɪə eə ɛə ʊə ɪɹ ɛɹ ʊɹ ɑːɹ ɑɹ ɔːɹ ɔɹ i ɪ ɛ e æ a ɑ ɒ ɔ ʌ ʊ u ə ɐ o ɜ ᵻ ɨ n̩ l̩ m̩"
).split()
# English phonemes of espeak-ng, as in its source `phsource/ph_english_us`.
_ESPEAK_VOWELS = (
    "i: u: A: O: 3: 3: 3: 3: 3: 3 eI aI OI OI aU oU oU i@3 e@ e@ U@ i@3 e@ U@ A@ A@ O@ O@ i I E E a a A: 0 O: V U u: @ a# oU 3: I2 I2 n- @L @m"
).split()
_CONSONANTS = "tʃ ʧ dʒ ʤ p b t d k ɡ g f v θ ð s z ʃ ʒ h x m n ŋ l ɫ ɹ r w ʍ j ʔ ɾ".split()
_ESPEAK_CONSONANTS = "tS tS dZ dZ p b t d k g g f v T D s z S Z h x m n N l l r r w w j ? t#".split()
_SIGNS = {"ˈ": "'", "ˌ": ","}
_TABLE: Mapping[str, str] = dict(zip((*_VOWELS, *_CONSONANTS), (*_ESPEAK_VOWELS, *_ESPEAK_CONSONANTS), strict=True))
_LONGEST = 3


class UnknownSoundError(ValueError):
    """A symbol that is no sound of English; it is the error's only argument."""


def takes(engine: str, voice: str) -> bool:
    """Return whether a voice takes sounds: English voices of the engines that can."""
    return engine == "natural" or (engine == "espeak" and voice.lower().partition("+")[0].partition("-")[0] == "en")


def phonemes(sounds: str) -> str:
    """Return English sounds in IPA as espeak-ng's phonemes.

    Raises UnknownSoundError. IPA marks stress before a syllable, espeak-ng before its vowel. A word without a mark is
    stressed on its first vowel.
    """
    plain = "".join(character for character in sounds if character not in _DROPPED)
    return " ".join(_word(word) for word in plain.split())


def _word(sounds: str) -> str:
    found: list[str] = []
    stress = "" if "ˈ" in sounds else _SIGNS["ˈ"]
    at = 0
    while at < len(sounds):
        symbol = next(
            (sounds[at : at + size] for size in range(_LONGEST, 0, -1) if sounds[at : at + size] in _TABLE), ""
        )
        if symbol:
            if symbol in _VOWELS:
                found.append(stress)
                stress = ""
            found.append(_TABLE[symbol])
        elif sounds[at] in _SIGNS:
            stress = _SIGNS[sounds[at]]
        elif sounds[at] != "ː":
            raise UnknownSoundError(sounds[at])
        at += len(symbol) or 1
    return "".join(found)


def inserted(text: str, ipa: Sequence[tuple[int, int, str]]) -> tuple[str, list[int]]:
    """Return a text with its sounds as espeak's phonemes between brackets, and for each character its place in `text`.

    Other brackets in pairs become single ones.
    """
    found, places, at = "", list[int](), 0
    for start, end, sounds in (*ipa, (len(text), len(text), "")):
        plain = text[at:start].replace("[[", "[ ")
        found += plain
        places += range(at, start)
        if sounds:
            code = f"[[{phonemes(sounds)}]]"
            found += code
            places += [start] * len(code)
        at = end
    return found, [*places, len(text)]
