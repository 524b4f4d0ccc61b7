"""The times of words against espeak's own marks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.words import recognized, warped
from tests.words.accuracy import FAR, LANGUAGES, Accuracy, accuracy

MAIN = ("en-us", "de", "fr", "es", "it", "pt-br", "pl", "ru", "tr", "cmn")
"""Ten languages with 1,000 words."""

OTHER = ("en-us", "de", "ru", "cmn")
"""The voices whose words are found in other audio, in four scripts or families; `make soak` tries them all."""

Times = Callable[[str], Accuracy]


@pytest.fixture(scope="module")
def times() -> Times:
    """The times of a voice's words, which are measured once for all tests here."""
    return accuracy


@pytest.mark.parametrize("voice", LANGUAGES)
def test_no_cue_is_far_from_its_word(times: Times, voice: str) -> None:
    """N3: a cue at any word of any language is within 0.3 s of the mark that espeak itself sets there."""
    found = times(voice)
    assert len(found.errors) >= 40
    assert [error for error in found.errors if error[1] > FAR] == []


def test_a_thousand_words_are_where_they_are_spoken(times: Times) -> None:
    """N3: of 1,000 words in ten languages, 99.5 % are within 0.15 s of the marks that espeak itself sets."""
    found = [times(voice) for voice in MAIN]
    count = sum(len(each.errors) for each in found)
    assert count >= 1000
    assert sum(each.near for each in found) >= 0.995 * count


def test_words_without_spaces_are_near(times: Times) -> None:
    """N3: of words that are only parts of what espeak reports, nine in ten are within 0.15 s of its marks."""
    for voice in ("ja", "th"):
        found = times(voice)
        assert found.near >= 0.9 * len(found.errors)


def test_the_natural_voice_reports_where_its_words_are() -> None:
    """V21: half of the words start within 25 ms of where a recognizer finds them, and 95 % within 70 ms.

    These are the sentences that nothing was fitted to; `make soak` tries the others too.
    """
    recognized.expect_near(recognized.HELD_OUT)


@pytest.mark.parametrize("voice", OTHER)
def test_words_are_found_in_other_audio(voice: str) -> None:
    """N3: half of the words are within 30 ms of where another speaker says them, and 95 % within 150 ms."""
    warped.expect_near(voice)
