"""How long words take to speak, before they are spoken."""

from __future__ import annotations

import itertools

import pytest

from vidbuild.media.text.align import align
from vidbuild.media.text.spoken_length import NORMAL_RATE, WORDS_PER_SECOND, Pace, samples, speech
from vidbuild.media.text.words import Token
from vidbuild.timebase import SAMPLE_RATE


def tokens(text: str) -> list[Token]:
    """Return the words of a text, spoken as they are written."""
    return [Token(word, word) for word in text.split()]


@pytest.mark.parametrize(
    "pace", [Pace(), Pace(50), Pace(200, ((2, 24_000),)), Pace(NORMAL_RATE, ((0, 480), (5, 960), (5, 40)))]
)
def test_the_speech_is_as_long_as_its_length(pace: Pace) -> None:
    """The words and pauses that are laid out end where the estimated length does."""
    words = tokens("One, two, three four five.")
    assert speech(words, pace).samples == pytest.approx(samples(words, pace), abs=3)
    silence = sum(length for _, length in pace.pauses)
    spoken = 5 / WORDS_PER_SECOND * NORMAL_RATE / pace.rate * SAMPLE_RATE
    assert samples(words, pace) == pytest.approx(silence + spoken, abs=1)


def test_every_word_has_a_time_in_order() -> None:
    """Long words take longer than short ones, a full stop has a pause, and each time is an estimate of its own word."""
    words = tokens("A straightforward one. Then 1234 more")
    timed = align(words, speech(words, Pace()))
    assert [word.text for word in timed] == [word.text for word in words]
    assert {word.source for word in timed} == {"estimated"}
    lengths = {word.text: word.end - word.start for word in timed}
    assert lengths["A"] < lengths["one."] < lengths["straightforward"]
    assert timed[3].start > timed[2].end
    assert all(left.end <= right.start for left, right in itertools.pairwise(timed))


def test_a_pause_is_between_its_words() -> None:
    """A silence in the text separates the words around it by at least its length; one at an end is there."""
    words = tokens("one two three four")
    spoken = speech(words, Pace(pauses=((2, SAMPLE_RATE), (4, 500))))
    two, three = spoken.words[1:3]
    assert three.start - two.end >= SAMPLE_RATE
    assert spoken.samples - spoken.words[-1].end >= 500


def test_tokens_that_are_joined_or_silent_have_their_places() -> None:
    """Chinese words without spaces are spoken one after the other, and a dash takes no time."""
    words = [Token("你好", "你好"), Token("世界", "世界", joined=True), Token("-", "-"), Token("x", "x")]
    found = speech(words, Pace())
    assert [(word.text, word.at) for word in found.words] == [("你好", 0), ("世界", 2), ("x", 7)]
    assert samples(words, Pace()) >= round(4 / 5 * SAMPLE_RATE)


def test_nothing_takes_no_time() -> None:
    """Without words there is only the silence."""
    assert speech([], Pace()).samples == 0
    assert speech([], Pace(pauses=((0, 7),))).samples == 7
