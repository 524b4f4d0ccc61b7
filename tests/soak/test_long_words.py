"""The times of words in the languages and sentences that the suite leaves out."""

from __future__ import annotations

import pytest

from tests.words import recognized, warped


def test_the_natural_voice_reports_where_its_words_are() -> None:
    """V21: half of the words start within 25 ms of where a recognizer finds them, and 95 % within 70 ms."""
    recognized.expect_near(recognized.SENTENCES)


@pytest.mark.parametrize("voice", warped.READ)
def test_words_are_found_in_other_audio(voice: str) -> None:
    """N3: half of the words are within 30 ms of where another speaker says them, and 95 % within 150 ms."""
    warped.expect_near(voice)
