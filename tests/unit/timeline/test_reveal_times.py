"""Reveal times: when the reveals of a scene happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from vidbuild.media.text.words import TimedWord, Token
from vidbuild.scenes.protocol import Reveal
from vidbuild.timeline import reveal_times as module
from vidbuild.timeline.mentions import mentions


def reveal(at: str | float | None = None, words: str = "", *, after: bool = False) -> Reveal:
    """A reveal at a time, or with words of the narration."""
    return Reveal("items.0", at, words, after_previous=after)


def spoken(text: str, start: int = 0, each: int = 1000) -> list[TimedWord]:
    """Words of equal length, one after the other."""
    return [
        TimedWord(word, start + index * each, start + (index + 1) * each, "engine")
        for index, word in enumerate(text.split())
    ]


def reveal_times(
    reveals: Sequence[Reveal], words: Sequence[TimedWord], cues: Mapping[str, int], begin: int, end: int
) -> list[int]:
    """The times of reveals by the words that mention them."""
    tokens = [Token(word.text, word.text) for word in words]
    found = [mention.token for mention in mentions(reveals, tokens, "en")]
    return module.reveal_times(reveals, found, words, cues, (begin, end))


def test_a_cue_decides() -> None:
    """A reveal at a cue happens at the cue's sample."""
    assert reveal_times([reveal("b"), reveal("a")], [], {"a": 10, "b": 90}, 0, 100) == [90, 10]


def test_seconds_count_from_the_scenes_start() -> None:
    """A number is seconds from the scene's first frame, wherever the narration begins."""
    assert reveal_times([reveal(1.5)], [], {}, 20_000, 100_000) == [72_000]


def test_items_come_when_their_words_are_spoken() -> None:
    """An item whose significant words are spoken appears with the first of them."""
    words = spoken("You get an integrated command line client and both sync and async interfaces", start=500)
    items = [reveal(words="An integrated command line client"), reveal(words="Both sync and async APIs")]
    assert reveal_times(items, words, {}, 500, 14_000) == [words[3].start, words[9].start]


def test_an_item_is_looked_for_after_the_one_before_it() -> None:
    """Words that were already used for an earlier item are not used again."""
    words = spoken("fast builds are good and fast tests too")
    assert reveal_times([reveal(words="fast"), reveal(words="fast")], words, {}, 0, 8000) == [0, 5000]


def test_punctuation_and_case_do_not_hide_a_word() -> None:
    """HTTP/2 in an item is found as its words, whatever the case and the commas around them."""
    words = spoken("It speaks, of course, Http 2. as well")
    assert reveal_times([reveal(words="HTTP/2")], words, {}, 0, 8000) == [words[4].start]


def test_the_rest_is_spread_evenly_from_the_start() -> None:
    """Reveals with nothing to go by share the time, the first at its beginning."""
    assert reveal_times([reveal(), reveal(), reveal(), reveal()], [], {}, 100, 500) == [100, 200, 300, 400]


def test_an_unplaced_reveal_lies_between_placed_ones() -> None:
    """Reveals that match no words are spread evenly between those that do."""
    assert reveal_times([reveal("a"), reveal(), reveal("b"), reveal()], [], {"a": 100, "b": 300}, 0, 500) == [
        100,
        200,
        300,
        400,
    ]


def test_what_only_follows_takes_no_share_of_the_time() -> None:
    """The second line of a command, or an output without a cue, belongs to the moment of what it follows."""
    reveals = [reveal(), reveal(after=True), reveal(), reveal(after=True)]
    assert reveal_times(reveals, [], {}, 100, 500) == [100, 100, 300, 300]


def test_an_output_with_a_cue_keeps_it() -> None:
    """What follows another reveal but has a cue of its own is at that cue."""
    assert reveal_times([reveal(), reveal("a", after=True)], [], {"a": 250}, 100, 500) == [100, 250]


def test_unspoken_items_are_spread() -> None:
    """An item that the narration never mentions does not pretend to follow it."""
    words = spoken("nothing of that kind here")
    assert reveal_times([reveal(words="Zero configuration")], words, {}, 0, 5000) == [0]


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 20), st.sampled_from(["a", "b"])), max_size=12),
    st.integers(0, 48_000),
    st.integers(0, 960_000),
)
def test_each_reveal_has_one_time_and_fixed_ones_keep_theirs(
    ats: list[str | float | None], begin: int, length: int
) -> None:
    """There is exactly one time per reveal, never negative, and a time from the spec is never moved."""
    cues = {"a": 5000, "b": 70_000}
    found = reveal_times([reveal(at) for at in ats], [], cues, begin, begin + length)
    assert len(found) == len(ats)
    for at, sample in zip(ats, found, strict=True):
        assert sample >= 0
        if isinstance(at, str):
            assert sample == cues[at]
        elif at is not None:
            assert sample == round(at * 48_000)
