"""The pages of subtitles: what of a narration is shown at one time."""

from __future__ import annotations

from itertools import pairwise

import pytest

from vidbuild.media.text import boundaries, pages
from vidbuild.media.text.words import Token


def tokens(text: str, language: str = "en") -> list[Token]:
    """Return the words of a text, as a narration has them."""
    found = []
    for word in text.split():
        for start, end in pairwise([0, *boundaries.cuts(word, language), len(word)]):
            found.append(Token(word[start:end], word[start:end], start > 0))
    return found


def texts(words: list[Token], starts: list[int]) -> list[str]:
    """Return what each page shows."""
    shown = [
        "".join(token.text if token.joined else f" {token.text}" for token in words[first:last])
        for first, last in pairwise([*starts, len(words)])
    ]
    return [text.strip() for text in shown]


def divided(text: str, width: int, language: str = "en", starts: tuple[int, ...] = ()) -> list[str]:
    """Return the pages of a text."""
    words = tokens(text, language)
    return texts(words, pages.pages(words, language, width, starts))


def test_each_sentence_has_pages_of_its_own() -> None:
    """No page has words of two sentences, however short they are."""
    assert divided("Look! It is here. Is it?", 80) == ["Look!", "It is here.", "Is it?"]


def test_an_abbreviation_ends_no_sentence() -> None:
    """A full stop after an abbreviation, an initial or within a number ends no page."""
    assert divided("Dr. Smith pays 3.50 to J. Agent.", 80) == ["Dr. Smith pays 3.50 to J. Agent."]


def test_a_long_sentence_is_divided_after_a_phrase() -> None:
    """A sentence that is too wide is divided at a comma if one is near its middle."""
    shown = divided("Everyone who walks along the river knows the light, and later the first boats go out.", 60)
    assert shown == ["Everyone who walks along the river knows the light,", "and later the first boats go out."]


@pytest.mark.parametrize("width", [10, 16, 32, 56, 84])
def test_no_page_is_too_wide_unless_it_has_one_word(width: int) -> None:
    """Each page has as many columns as there are, or a single word; together, they have all words in order."""
    text = "A rather long sentence about incomprehensibilities, with commas, and without any end in sight of anyone."
    shown = divided(text, width)
    assert " ".join(shown) == text
    assert all(len(page) <= width or " " not in page for page in shown)


def test_pages_of_a_sentence_are_about_as_wide() -> None:
    """A sentence that is a little too wide for one page gives two of about its half, not a full one and a rest."""
    first, second = divided("one two three four five six seven eight nine ten eleven twelve thirteen", 60)
    assert abs(len(first) - len(second)) <= 10


def test_text_without_spaces_is_divided_between_its_words() -> None:
    """Japanese text is divided where a line may end, and each character counts as two columns."""
    shown = divided("音を出さずに動画を見る人のために、話されている言葉が光ります。次の文です。", 40, "ja")
    assert len(shown) >= 3
    assert "".join(shown) == "音を出さずに動画を見る人のために、話されている言葉が光ります。次の文です。"
    assert shown[-1] == "次の文です。"


def test_a_name_stays_together() -> None:
    """A page ends rather beside a name than within it."""
    assert divided("We went to visit Ada Lovelace at home", 24)[0] in {"We went to visit", "We went to"}


def test_sentences_begin_at_entries_of_a_list() -> None:
    """A word that begins an entry of the narration begins a sentence, whatever comes before it."""
    words = tokens("and so on And then it ended")
    assert pages.sentences(words, "en", [3]) == [0, 3]
    assert texts(words, pages.pages(words, "en", 80, [3])) == ["and so on", "And then it ended"]


def test_no_words_have_no_pages() -> None:
    """An empty text has no sentence and no page."""
    assert pages.sentences([], "en") == []
    assert pages.pages([], "en", 40) == []
