"""Words that get their times from an engine that reports where its words begin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.media.text.event_times import SHARED, event_times
from vidbuild.media.text.words import EngineWord, TimedWord, Token

SECOND = 48_000


def tokens(text: str) -> list[Token]:
    """Return the words of a text; + begins one without a space before it."""
    return [Token(word.lstrip("+"), word.lstrip("+"), word.startswith("+")) for word in text.split()]


def words(*places: int) -> list[EngineWord]:
    """An engine's words at these places of the text, one second each."""
    return [EngineWord("", index * SECOND, (index + 1) * SECOND, at) for index, at in enumerate(places)]


def starts(found: list[TimedWord]) -> list[tuple[str, float, str]]:
    """Text, start in seconds and source of words."""
    return [(word.text, round(word.start / SECOND, 2), word.source) for word in found]


def test_words_start_where_the_engine_says() -> None:
    """A word that the engine reports has its time."""
    assert starts(event_times(tokens("one two"), words(0, 4), 2 * SECOND)) == [
        ("one", 0, "engine"),
        ("two", 1, "engine"),
    ]


def test_parts_of_one_word_share_its_time_by_letters() -> None:
    """N3: words within one word of the engine get their time by the letters before them."""
    found = event_times(tokens("首先 +下载 +新"), words(0, 3), 2 * SECOND)
    assert starts(found) == [("首先", 0, "aligned"), ("下载", 0.67, "aligned"), ("新", 1.5, "aligned")]
    assert [word.joined for word in found] == [False, True, True]


def test_words_that_the_engine_speaks_as_one_share_its_time() -> None:
    """N3: "of the", which is one word of the engine, is two, one after the other."""
    found = event_times(tokens("of the day"), words(0, 7), 2 * SECOND)
    assert starts(found) == [("of", 0, "aligned"), ("the", 0.4, "aligned"), ("day", 1, "engine")]


def test_several_words_of_the_engine_are_one() -> None:
    """V21: "3.5", which the engine reports as three words, lasts as long as all of them."""
    found = event_times(tokens("of 3.5 GB"), words(0, 3, 4, 4, 7), 5 * SECOND)
    assert [(word.text, word.start // SECOND, word.end // SECOND) for word in found] == [
        ("of", 0, 1),
        ("3.5", 1, 4),
        ("GB", 4, 5),
    ]


@pytest.mark.parametrize("sign", ["—", "<", "->"])
def test_signs_that_are_not_spoken_take_no_time(sign: str) -> None:
    """A sign without a word of the engine stands at the end of the word before it."""
    found = event_times(tokens(f"one {sign} two"), words(0, 5 + len(sign)), 2 * SECOND)
    assert [(word.start, word.end) for word in found] == [(0, SECOND), (SECOND, SECOND), (SECOND, 2 * SECOND)]


def test_a_sign_that_is_spoken_has_its_time() -> None:
    """A sign with a word of the engine is a word, also at the start of another."""
    assert starts(event_times(tokens("R & D"), words(0, 2, 4), 3 * SECOND))[1] == ("&", 1, "engine")
    assert starts(event_times(tokens("in /etc"), words(0, 3, 4), 3 * SECOND))[1] == ("/etc", 1, "engine")


def test_pronounced_words_have_the_places_of_their_spoken_form() -> None:
    """V21: places count in what is spoken, times are those of what is written."""
    found = event_times([Token("kubectl", "kube control"), Token("works", "works")], words(0, 5, 13), 3 * SECOND)
    assert starts(found) == [("kubectl", 0, "engine"), ("works", 2, "engine")]


def test_many_words_in_one_of_the_engine_are_unsure() -> None:
    """V21: where the engine reports almost nothing, words are marked as spread."""
    found = event_times(tokens("x " * (SHARED + 1)), words(0), SECOND)
    assert {word.source for word in found} == {"spread"}


@given(
    st.lists(st.builds(Token, st.text("ab- &中", min_size=1, max_size=4), st.text("ab-&中", min_size=1, max_size=4))),
    st.lists(st.tuples(st.integers(-50, 1200), st.integers(-50, 1200), st.integers(0, 40)), max_size=12),
    st.integers(0, 1000),
)
def test_times_rise_and_are_inside(spoken: list[Token], reported: list[tuple[int, int, int]], samples: int) -> None:
    """Whatever an engine reports, every token has a time, rising, inside the audio, and none overlaps the next."""
    found = event_times(spoken, [EngineWord("", *each) for each in reported], samples)
    assert [word.text for word in found] == [token.text for token in spoken]
    edges = [edge for word in found for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= samples for edge in edges)
