"""The words in the lines of captions."""

from __future__ import annotations

import pytest

from vidbuild.media.text.caption_words import Characters, Piece


def test_words_in_lines() -> None:
    """Each word has its number and its space; a name of a speaker has none, and a soft hyphen is left out."""
    found = Characters([("Ann:", None), ("One\u00adtwo", 0), ("three.", 1), ("Four", 2)])
    assert found.lines(["Ann: Onetwo", "three."]) == [
        [Piece("Ann:", None, False), Piece("Onetwo", 0, True)],
        [Piece("three.", 1, False)],
    ]
    assert found.lines(["Four"]) == [[Piece("Four", 2, False)]]


def test_a_word_over_two_lines_and_spaces_in_a_word() -> None:
    """A long word goes on in the next line as a piece of its own; a no-break space within a word stays."""
    found = Characters([("10\u00a0GB", 0), ("verylong", 1), ("ja", 2), ("pan", 3)])
    assert found.lines(["10\u00a0GB very", "long japan"]) == [
        [Piece("10\u00a0GB", 0, False), Piece("very", 1, True)],
        [Piece("long", 1, False), Piece("ja", 2, True), Piece("pan", 3, False)],
    ]


def test_other_text() -> None:
    """Lines that are not of these words are an error."""
    with pytest.raises(ValueError, match="expected 'n' in 'Oxe', got 'x'"):
        Characters([("One", 0)]).lines(["Oxe"])
    with pytest.raises(ValueError, match="expected '' in 'One more', got 'm'"):
        Characters([("One", 0)]).lines(["One more"])
