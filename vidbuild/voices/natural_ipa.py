"""Sounds in IPA as the alphabet of the natural voice has them: one letter for each sound, diphthongs included."""

# ruff: noqa: RUF001 - letters of IPA are meant
from __future__ import annotations

import re

# Longest first; marks that the alphabet lacks are left out.
_LETTERS = {
    "t\u0361ʃ": "ʧ",
    "d\u0361ʒ": "ʤ",
    "tʃ": "ʧ",
    "dʒ": "ʤ",
    "eɪ": "A",
    "aɪ": "I",
    "ɔɪ": "Y",
    "aʊ": "W",
    "oʊ": "O",
    "əʊ": "Q",
    "ɝ": "ɜɹ",
    "ɚ": "əɹ",
    "r": "ɹ",
    "g": "ɡ",
    "ɫ": "l",
    "ɾ": "T",
    "ʔ": "t",
    "e": "ɛ",
    "o": "O",
    "\u0361": "",
    ".": "",
}
# American English has no long vowels of their own, and no rounded "ɒ".
_AMERICAN = {"Q": "O", "ɒ": "ɑ", "a": "ɑ", "ː": ""}
_SOUNDS = re.compile("|".join(map(re.escape, _LETTERS)))


def phonemes(ipa: str, *, british: bool) -> str:
    """Return the voice's phonemes for sounds in IPA."""
    found = _SOUNDS.sub(lambda match: _LETTERS[match[0]], ipa)
    return found if british else "".join(_AMERICAN.get(each, each) for each in found)
