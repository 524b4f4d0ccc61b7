"""English phonemes in two alphabets: from IPA, as espeak writes it, to ARPAbet, which pocketsphinx has."""

from __future__ import annotations

import re

# ruff: noqa: RUF001 - phonemes

# Longer ones first where one begins another. r-colored vowels are two phones.
_PHONES = {
    "aɪɚ": "AY ER", "aɪə": "AY AH", "aʊɚ": "AW ER", "tʃ": "CH", "dʒ": "JH", "aɪ": "AY", "aʊ": "AW", "eɪ": "EY",
    "oʊ": "OW", "əʊ": "OW", "ɔɪ": "OY", "iə": "IY AH", "ɪɹ": "IH R", "ɛɹ": "EH R", "ɑːɹ": "AA R", "ɔːɹ": "AO R",
    "oːɹ": "AO R", "ʊɹ": "UH R", "ɜː": "ER", "ɚ": "ER", "ɝ": "ER", "iː": "IY", "uː": "UW", "ɑː": "AA", "ɔː": "AO",
    "oː": "AO", "ɒ": "AA", "æ": "AE", "a": "AE", "ɐ": "AH", "ʌ": "AH", "ə": "AH", "ᵻ": "IH", "ɪ": "IH", "i": "IY",
    "e": "EY", "ɛ": "EH", "o": "OW", "ɔ": "AO", "u": "UW", "ʊ": "UH", "ɑ": "AA", "p": "P", "b": "B", "t": "T",
    "ɾ": "T", "ʔ": "T", "d": "D", "k": "K", "ɡ": "G", "g": "G", "f": "F", "v": "V", "θ": "TH", "ð": "DH", "s": "S",
    "z": "Z", "ʃ": "SH", "ʒ": "ZH", "h": "HH", "x": "K", "m": "M", "n": "N", "ŋ": "NG", "l": "L", "ɬ": "L",
    "ɹ": "R", "r": "R", "j": "Y", "w": "W",
}  # fmt: skip
_NEXT = re.compile("|".join(map(re.escape, sorted(_PHONES, key=len, reverse=True))))


def arpabet(ipa: str) -> str:
    """Return the phones of a word, separated by blanks; signs that are no phonemes, such as stress, are left out."""
    return " ".join(_PHONES[found] for found in _NEXT.findall(ipa))
