"""A text in chunks, with the punctuation around each apart, and what is beside each."""

from __future__ import annotations

import pytest

from vidbuild.reading.chunks import Place, divide


@pytest.mark.parametrize(
    ("text", "before", "core", "after"),
    [
        ("word", "", "word", ""),
        ("(word).", "(", "word", ")."),
        ("“word”", "“", "word", "”"),
        ("f(x)", "", "f(x)", ""),
        ("f(x).", "", "f(x)", "."),
        ("f(x))", "", "f(x)", ")"),
        ("f(g(x)))", "", "f(g(x))", ")"),
        ("f(x[0]),", "", "f(x[0])", ","),
        ("(f(x),", "(", "f(x)", ","),
        ("(a)b", "", "(a)b", ""),
        ('"(a)b"', '"', "(a)b", '"'),
        ("((a)b)c", "", "((a)b)c", ""),
        ("([a]b", "(", "[a]b", ""),
        ("()", "", "()", ""),
        ("..", "", "..", ""),
        ("...", "", "", "..."),
    ],
)
def test_punctuation_is_divided_from_a_word(text: str, before: str, core: str, after: str) -> None:
    """Brackets that belong to a word stay with it, however many there are, and all other punctuation is apart."""
    (chunk,) = divide(text, text)
    assert (chunk.before, chunk.core, chunk.after) == (before, core, after)


@pytest.mark.parametrize(
    ("text", "previous"),
    [
        ("one two", "one"),
        ("one, two", "one"),
        ("one. two", ""),
        ("one?! two", ""),
        ("one!? two", ""),
        ("(one.) two", ""),
        ("one.” two", ""),
        ("one: two", ""),
        ("two", ""),
    ],
)
def test_a_sentence_has_nothing_before_it(text: str, previous: str) -> None:
    """The chunk before is that of the same sentence, whatever closes the one before."""
    chunks = divide(text, text)
    assert Place(chunks, len(chunks) - 1).previous.core == previous


@pytest.mark.parametrize(
    ("text", "steps", "following"),
    [("a b c", 1, "b"), ("a b c", 2, "c"), ("a b c", 3, ""), ("a, b", 1, ""), ("a b, c", 2, ""), ("a b, c", 1, "b")],
)
def test_punctuation_ends_what_follows(text: str, steps: int, following: str) -> None:
    """A chunk that follows is one without punctuation in between."""
    assert Place(divide(text, text), 0).next(steps).core == following
