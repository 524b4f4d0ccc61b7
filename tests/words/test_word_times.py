"""The times of words against espeak's own marks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.words import recognized, warped
from tests.words.accuracy import FAR, LANGUAGES, accuracy

MAIN = ("en-us", "de", "fr", "es", "it", "pt-br", "pl", "ru", "tr", "cmn")
"""Ten languages with 1,000 words."""


@pytest.mark.parametrize("voice", LANGUAGES)
def test_no_cue_is_far_from_its_word(voice: str) -> None:
    """N3: a cue at any word of any language is within 0.3 s of the mark that espeak itself sets there."""
    found = accuracy(voice)
    assert len(found.errors) >= 40
    assert [error for error in found.errors if error[1] > FAR] == []


def test_a_thousand_words_are_where_they_are_spoken() -> None:
    """N3: of 1,000 words in ten languages, 99.5 % are within 0.15 s of the marks that espeak itself sets."""
    found = [accuracy(voice) for voice in MAIN]
    count = sum(len(each.errors) for each in found)
    assert count >= 1000
    assert sum(each.near for each in found) >= 0.995 * count


def test_words_without_spaces_are_near() -> None:
    """N3: of words that are only parts of what espeak reports, nine in ten are within 0.15 s of its marks."""
    for voice in ("ja", "th"):
        found = accuracy(voice)
        assert found.near >= 0.9 * len(found.errors)


@pytest.mark.parametrize("sentences", [recognized.SENTENCES, recognized.HELD_OUT], ids=["fitted", "held-out"])
def test_the_natural_voice_reports_where_its_words_are(sentences: Path) -> None:
    """V21: half of the words start within 25 ms of where a recognizer finds them, and 95 % within 70 ms."""
    found = recognized.errors(sentences)
    assert found.sentences >= 98
    assert len(found.values) > 800
    assert found.median <= recognized.MEDIAN
    assert found.nearly_all <= recognized.NEARLY_ALL


@pytest.mark.parametrize("voice", warped.READ)
def test_words_are_found_in_other_audio(voice: str) -> None:
    """N3: half of the words are within 30 ms of where another speaker says them, and 95 % within 150 ms."""
    found = sorted(warped.errors(voice))
    assert len(found) >= 20
    assert found[len(found) // 2] < 0.03
    assert found[int(0.95 * len(found))] < 0.15
