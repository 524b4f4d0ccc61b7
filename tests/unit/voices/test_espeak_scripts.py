"""Which scripts espeak's voices read, against what the library itself says."""

from __future__ import annotations

import ctypes

import espeakng_loader
import pytest

from vidbuild.voices.espeak import Espeak

WORDS = {
    "Cyrillic": "файл",
    "Arabic": "ملف",
    "Hebrew": "קובץ",
    "Thai": "ไฟล์",
    "Hiragana": "まず",
    "Katakana": "ファイル",
    "Chinese characters": "設定",
    "Ethiopic": "ፋይል",
    "Greek": "αρχείο",
    "Georgian": "ფაილი",
    "Hangul": "파일",
    "Devanagari": "फ़ाइल",
    "Latin": "file",
}
STRESS = "\u02c8"
VOICES = (
    "en-us",
    "en-gb",
    "de",
    "fr-fr",
    "es",
    "ru",
    "uk",
    "bg",
    "ja",
    "cmn",
    "yue",
    "ko",
    "th",
    "ar",
    "fa",
    "he",
    "el",
    "am",
)


class Library:
    """The library, asked for phonemes."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._library.espeak_Initialize(1, 0, espeakng_loader.get_data_path().encode(), 0)
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p

    def spells(self, file: str, word: str) -> bool:
        """Return whether a voice spells a word: calls its letters letters, or stresses each."""
        assert self._library.espeak_SetVoiceByName(file.encode()) == 0
        text = ctypes.c_char_p(word.encode())
        place = ctypes.c_void_p(ctypes.cast(text, ctypes.c_void_p).value)
        said = self._library.espeak_TextToPhonemes(ctypes.byref(place), 1, 2).decode().strip()
        return " " in said or said.count(STRESS) > len(word) // 2


@pytest.mark.parametrize("voice", VOICES)
def test_what_a_voice_spells(voice: str) -> None:
    """Exactly the words that the library spells are reported as unreadable."""
    from vidbuild.voices.espeak import _data
    from vidbuild.voices.espeak_voices import resolve

    library = Library()
    for script, word in WORDS.items():
        found = list(Espeak().unreadable(voice, word))
        is_chinese = script == "Chinese characters" and voice in {"cmn", "yue"}  # each character is a word
        spelled = library.spells(resolve(_data(), voice), word) and not is_chinese
        assert bool(found) == spelled, (script, found)
        assert all(each == (script, word) for each in found)


def test_symbols_and_abbreviations_are_no_words() -> None:
    """A Greek letter in a formula, capitals in a Japanese sentence and digits are not reported."""
    assert list(Espeak().unreadable("en-us", "Δt is 5 π, ok é ß 🎉 — “q”")) == []
    assert list(Espeak().unreadable("ja", "これは API です。2024")) == []
    assert list(Espeak().unreadable("ja+f3", "file を設定")) == [("Latin", "file"), ("Chinese characters", "設定")]
