"""Which words are spoken in which phrases of a recording."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from vidbuild.media.text.phrases import Unit, divide

SECOND = 48_000


def units(text: str) -> list[Unit]:
    """The words of a text."""
    return [Unit(len(word.rstrip(".,")), 2 if word[-1] == "." else int(word[-1] == ",")) for word in text.split()]


def starts(text: str, *phrases: tuple[float, float]) -> list[float]:
    """The start of each word in seconds."""
    spans = divide(units(text), [(round(start * SECOND), round(end * SECOND)) for start, end in phrases])
    return [round(start / SECOND, 1) for start, _ in spans]


def test_a_pause_is_where_a_sentence_ends() -> None:
    """The words after a full stop begin after the pause, though the lengths fit another word as well."""
    assert starts("aaaa bbbb. cccc dddd", (1.0, 2.1), (4.0, 4.9)) == [1.0, 1.6, 4.0, 4.5]


def test_a_pause_for_breath_in_a_sentence() -> None:
    """A pause that no sign announces is where the lengths of the words put it."""
    assert starts("aaaa bbbb cccc dddd", (0, 3), (5, 6)) == [0.0, 1.0, 2.0, 5.0]


def test_a_sentence_without_a_pause_after_it() -> None:
    """Two sentences in one breath, then a pause after a comma."""
    assert starts("aaaa. bbbb, cccc.", (0, 2), (3, 4)) == [0.0, 1.0, 3.0]


def test_a_short_noise_has_no_words() -> None:
    """A cough between two phrases is no word."""
    assert starts("aaaa bbbb. cccc dddd.", (1, 3), (4, 4.1), (5, 7)) == [1.0, 2.0, 5.0, 6.0]


@settings(deadline=None)
@given(
    st.lists(st.builds(Unit, st.integers(0, 20), st.integers(0, 2)), max_size=60),
    st.lists(st.integers(1, 200_000), min_size=2, max_size=20, unique=True),
)
def test_every_word_has_a_time_in_order(words: list[Unit], edges: list[int]) -> None:
    """Whatever the words and phrases, each word has a span within a phrase, and they rise."""
    edges = sorted(edges)[: len(edges) // 2 * 2]
    phrases = list(zip(edges[::2], edges[1::2], strict=True))
    found = divide(words, phrases)
    assert len(found) == len(words)
    assert [start for start, _ in found] == sorted(start for start, _ in found)
    assert all(any(first <= start <= end <= last for first, last in phrases) for start, end in found)
