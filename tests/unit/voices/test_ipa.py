"""Sounds in IPA for espeak-ng."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

import pytest

from tests.support.audio_lab import speech_request
from vidbuild.frozen import replaced
from vidbuild.voices import ipa
from vidbuild.voices.espeak import Espeak

# ruff: noqa: RUF001 - symbols of IPA


@pytest.mark.parametrize(
    ("sounds", "espeak"),
    [
        ("kjuːb kənˈtɹoʊl", "kj'u:b k@ntr'oUl"),
        ("/ˈt͡ʃɜːt͡ʃ/", "tS'3:tS"),
        ("ˌmɪsˈtɛɪk", "m,Ist'EIk"),
        ("wɪn", "w'In"),
        ("ˈbʌtɚ", "b'Vt3"),
        ("ðə.θɹoʊ", "D'@TroU"),
    ],
)
def test_phonemes(sounds: str, espeak: str) -> None:
    """Stress goes from the syllable to its vowel, and to the first vowel if there is none."""
    assert ipa.phonemes(sounds) == espeak


@pytest.mark.parametrize("symbol", ["ɬ", "ç", "5", "ʘ", "A"])
def test_an_unknown_symbol(symbol: str) -> None:
    """A symbol that is no sound of English is named."""
    with pytest.raises(ipa.UnknownSoundError) as found:
        ipa.phonemes(f"wɪ{symbol}n")
    assert str(found.value) == symbol


def test_espeak_speaks_the_sounds_at_their_place(scratch: Path) -> None:
    """Sounds take as long as words that sound the same, and all other words keep their places in the text and time."""
    text, same = "Use kubectl, Nguyen, now here.", "Use kube control, win, now here."
    sounds = ((4, 11, "ˈkjuːb kənˈtɹoʊl"), (13, 19, "ˈwɪn"))
    found = Espeak().speak(replaced(speech_request(scratch, text), ipa=sounds))
    expected = Espeak().speak(speech_request(scratch, same))
    assert abs(found.samples - expected.samples) < 0.03 * expected.samples
    for word, like in zip_longest(found.words, expected.words):
        assert abs(word.start - like.start) < 2400
    assert {word.at for word in found.words} == {0, 4, 13, 21, 25}


def test_brackets_of_the_text_are_no_phonemes() -> None:
    """Brackets that the text has are not those around phonemes, and each character has its place in the text."""
    text, places = ipa.inserted("a [[b]]", [(0, 1, "ə")])
    assert text == "[['@]] [ b]]"
    assert places == [0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7]


def test_who_takes_sounds() -> None:
    """English voices of espeak and the natural voices take sounds."""
    assert ipa.takes("espeak", "en-us+f3")
    assert ipa.takes("natural", "heart")
    assert not ipa.takes("espeak", "de")
    assert not ipa.takes("edge", "en-US-AriaNeural")
