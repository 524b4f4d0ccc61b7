"""When caption words are spoken."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidbuild.media.text.align import align
from vidbuild.media.text.cue_times import estimated_cues, place_cues
from vidbuild.media.text.words import EngineWord, Speech, TimedWord, Token

SECOND = 48_000


def words(*texts: str, each: int = SECOND) -> list[EngineWord]:
    """An engine's words, one second each, a tenth of silence after every one."""
    return [EngineWord(text, index * each, (index + 1) * each - each // 10) for index, text in enumerate(texts)]


def same(text: str) -> list[Token]:
    """Tokens that are spoken as they are written."""
    return [Token(word, word) for word in text.split()]


def starts(times: list[TimedWord]) -> dict[str, int]:
    """Text -> start in tenths of a second."""
    return {time.text: time.start * 10 // SECOND for time in times}


def test_words_alike_get_the_engines_times() -> None:
    """Words that the engine repeats as they are written take its times, whatever case and punctuation."""
    times = align(same("First, install it."), Speech(words("First", "install", "it"), 3 * SECOND))
    assert [(time.text, time.start, time.source) for time in times] == [
        ("First,", 0, "engine"),
        ("install", SECOND, "engine"),
        ("it.", 2 * SECOND, "engine"),
    ]


@pytest.mark.parametrize(
    ("text", "said", "token", "tenths", "source"),
    [
        ("use v2.1 now", ["use", "v2", ".1", "now"], "v2.1", 10, "engine"),
        ("use v2.1 now", ["use", "version", "two", "point", "one", "now"], "v2.1", 10, "aligned"),
        ("pass --flag here", ["pass", "flag", "here"], "--flag", 10, "engine"),
        ("pass --dry-run here", ["pass", "dry", "run", "here"], "--dry-run", 10, "engine"),
        ("of 3.5 GB today", ["of", "3.5", "GB", "today"], "GB", 20, "engine"),
        ("of 3.5 GB today", ["of", "3.5 GB", "today"], "3.5", 10, "aligned"),
        ("of 3.5 GB today", ["of", "three", "point", "five", "gigabytes", "today"], "3.5", 10, "aligned"),
        (
            "see https://a.example/x_y?z=1 now",
            ["see", "https", "a", "example", "x", "y", "z", "1", "now"],
            "https://a.example/x_y?z=1",
            10,
            "engine",
        ),
        ("R & D pays", ["R", "&", "D", "pays"], "&", 10, "engine"),
        ("100% sure", ["100%", "sure"], "100%", 0, "engine"),
        ("naïve ﬁle", ["naïve", "file"], "ﬁle", 10, "engine"),
    ],
)
def test_engine_words_that_differ_from_the_text(
    text: str, said: list[str], token: str, tenths: int, source: str
) -> None:
    """V21: versions, flags, sizes and addresses are placed though the engine speaks them in other words."""
    times = align(same(text), Speech(words(*said), len(said) * SECOND))
    found = next(time for time in times if time.text == token)
    assert (found.start * 10 // SECOND, found.source) == (tenths, source)
    assert times[-1].start == (len(said) - 1) * SECOND


def test_words_whose_places_the_engine_reports_have_its_times() -> None:
    """An engine that reports where its words begin is taken at that, whatever it spoke; the source is its own."""
    said = [EngineWord("", 0, SECOND, 0), EngineWord("", 2 * SECOND, 3 * SECOND, 4)]
    for source, expected in (("", "engine"), ("model", "model")):
        times = align(same("3.5 today"), Speech(said, 3 * SECOND, source=source))
        assert [(time.start, time.source) for time in times] == [(0, expected), (2 * SECOND, expected)]


def test_a_long_run_of_words_that_the_engine_divides_otherwise_is_matched_by_letters() -> None:
    """Two words that an engine reports as one are found in it, also in a text of hundreds of letters."""
    text = [f"{chr(97 + index % 26)}{index}" for index in range(100)]
    said = words(*(first + second for first, second in zip(text[::2], text[1::2], strict=True)))
    times = align(same(" ".join(text)), Speech(said, 50 * SECOND))
    assert 200 < len("".join(text)) < 400
    assert [time.start for time in times[::2]] == [index * SECOND for index in range(50)]
    lengths = [len(word) for word in text]
    assert [time.start for time in times[1::2]] == [
        index * SECOND + SECOND * 9 // 10 * lengths[2 * index] // (lengths[2 * index] + lengths[2 * index + 1])
        for index in range(50)
    ]
    assert {time.source for time in times} == {"aligned"}


def test_the_end_of_a_replaced_number_is_the_end_of_its_words() -> None:
    """V21: "3.5" lasts as long as "three point five" does."""
    times = align(same("of 3.5 today"), Speech(words("of", "three", "point", "five", "today"), 5 * SECOND))
    assert (times[1].start, times[1].end) == (SECOND, 4 * SECOND - SECOND // 10)


def test_pronounced_words_are_matched_by_what_is_spoken() -> None:
    """V21: a token that is pronounced otherwise is found by its spoken words and shown as written."""
    times = align(
        [Token("kubectl", "kube control"), Token("works", "works")],
        Speech(words("kube", "control", "works"), 3 * SECOND),
    )
    assert (times[0].text, times[0].start, times[0].source) == ("kubectl", 0, "engine")
    assert times[0].end == 2 * SECOND - SECOND // 10


def test_a_repeated_word_is_matched_in_order() -> None:
    """Repeated words keep their order."""
    times = align(same("the cat and the dog"), Speech(words("the", "cat", "and", "the", "dog"), 5 * SECOND))
    assert [time.start for time in times] == [index * SECOND for index in range(5)]


def test_a_missing_engine_word_falls_between_the_adjacent_words() -> None:
    """A word that the engine left out is spread between the adjacent words, which keep their times."""
    said = [EngineWord("one", 0, 100), EngineWord("three", 300, 400)]
    times = align(same("one two three"), Speech(said, 400))
    assert times[1] == TimedWord("two", 100, 300, "spread")
    assert times[2] == TimedWord("three", 300, 400, "engine")


def test_without_engine_words_the_text_is_spread_by_length() -> None:
    """A recording's words are spread over it by their length, with room for the pauses between sentences."""
    times = align(same("ab. abcdef"), Speech([], 16_000))
    assert [time.source for time in times] == ["spread", "spread"]
    assert times[0].start == 0
    assert times[1].start == 9_000
    assert times[1].end == 16_000


def test_a_dash_takes_no_time() -> None:
    """An unspoken token is placed between the adjacent words and does not make its cue uncertain."""
    said = words("one", "two")
    times = align(same("one — two"), Speech(said, 2 * SECOND))
    assert times[1].start == times[1].end == SECOND - SECOND // 10
    assert estimated_cues({"dash": 1}, times) == []


def test_cues_fall_on_the_start_of_their_token_or_the_end_of_the_last() -> None:
    """V4: a mark's time follows from the words alone."""
    times = align(same("one two"), Speech(words("one", "two"), 2 * SECOND))
    assert place_cues({"first": 0, "second": 1, "end": 2}, times, 2 * SECOND) == {
        "first": 0,
        "second": SECOND,
        "end": 2 * SECOND - SECOND // 10,
    }
    assert place_cues({"only": 0}, [], 123) == {"only": 123}


def test_a_cue_among_unspoken_words_is_reported() -> None:
    """V21: a cue between words that the engine never spoke is named; one beside a matched word is not."""
    text = "alpha beta gamma delta epsilon zeta eta theta omega"
    said = words("alpha", "omega")
    times = align(same(text), Speech(said, 2 * SECOND))
    assert estimated_cues({"start": 0, "next": 1, "lost": 4, "end": 9}, times) == ["lost"]


def test_words_of_another_language_are_all_reported() -> None:
    """V21: where nothing matches, nothing is pretended: all is spread and every cue is unsure."""
    said = words("ein", "ganz", "fremder", "Satz")
    times = align(same("oblivious tokyo"), Speech(said, 4 * SECOND))
    assert {time.source for time in times} == {"spread"}
    assert estimated_cues({"a": 0, "b": 1}, times) == ["a", "b"]


def test_times_by_lengths_leave_cues_unsure() -> None:
    """Without the time of any word, every cue is estimated."""
    times = align(same("one two"), Speech([], 100))
    assert estimated_cues({"a": 0, "b": 1}, times) == ["a", "b"]


def test_no_tokens() -> None:
    """A narration without words has no times."""
    assert align([], Speech(words("x"), 100)) == []


WORD = st.text(alphabet="ab1.-—& é中", min_size=1, max_size=6)


@given(
    st.lists(st.builds(Token, WORD, WORD), max_size=12),
    st.lists(st.tuples(WORD, st.integers(-50, 1200), st.integers(-50, 1200)), max_size=12),
    st.integers(0, 1000),
)
@settings(max_examples=300, deadline=None)
def test_times_are_always_in_order_and_inside(
    tokens: list[Token], heard: list[tuple[str, int, int]], samples: int
) -> None:
    """Whatever an engine reports, every token has a time, rising, inside the sound and clear of the next."""
    times = align(tokens, Speech([EngineWord(*word) for word in heard], samples))
    assert [time.text for time in times] == [token.text for token in tokens]
    edges = [edge for time in times for edge in (time.start, time.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= samples for edge in edges)


def test_a_long_narration_is_aligned_quickly() -> None:
    """Two thousand words with every tenth changed are matched around the changes."""
    text = [f"word{index}" for index in range(2000)]
    said = [f"other{index}" if index % 10 == 5 else word for index, word in enumerate(text)]
    times = align([Token(word, word) for word in text], Speech(words(*said), 2000 * SECOND))
    assert sum(time.source == "engine" for time in times) == 1800
    assert all(time.start == index * SECOND for index, time in enumerate(times) if index % 10 != 5)
