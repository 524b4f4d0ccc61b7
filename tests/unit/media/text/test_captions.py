"""Captions from timed words."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidbuild import columns
from vidbuild.media.text import captions as module
from vidbuild.media.text.caption_rules import Caption, Rules, width
from vidbuild.media.text.line_breaks import Rank
from vidbuild.media.text.subtitles import srt
from vidbuild.media.text.words import TimedWord

SECOND = 48_000
WORD = SECOND // 3


GAP = SECOND // 12  # two frames of 24 in a second
RULES = Rules(42, GAP)


def captions(words: list[TimedWord], end: int, language: str = "en", keep: Rules = RULES) -> list[Caption]:
    """The captions of a scene."""
    return module.captions(words, end, language, keep)


def spoken(text: str, each: int = WORD, start: int = 0) -> list[TimedWord]:
    """The words of a text, each as long as the others."""
    return [
        TimedWord(word, start + index * each, start + (index + 1) * each) for index, word in enumerate(text.split())
    ]


def lines(items: list[Caption]) -> list[tuple[str, ...]]:
    """What is shown."""
    return [item.lines for item in items]


LONG = (
    "Every mapping is closed, an unknown key is an error with the nearest known key. Templating is done in a sandbox, "
    "value by value after parsing, so that positions survive. That is all."
)


def test_captions_end_where_sentences_do() -> None:
    """A sentence that fits is shown alone, in two lines of much the same length."""
    found = captions(spoken(LONG), 60 * SECOND)
    assert lines(found)[0] == ("Every mapping is closed, an unknown key", "is an error with the nearest known key.")
    assert lines(found)[-1][-1].endswith("That is all.")


def test_a_long_sentence_is_divided_after_a_phrase() -> None:
    """What doesn't fit is divided where one would breathe, not where the line happens to be full."""
    text = (
        "When the first of the many parts has come to an end, the second of the many parts begins and goes on for long"
    )
    found = captions(spoken(text, WORD // 2), 60 * SECOND)
    assert found[0].lines[-1].endswith("to an end,")
    assert found[1].lines[0].startswith("the second")


def test_no_single_word_is_left_over() -> None:
    """A sentence a little too long for one caption becomes two of about the same length."""
    text = " ".join(["seven77"] * 11) + " end"
    found = captions(spoken(text, WORD // 2), 60 * SECOND)
    assert [len(" ".join(item.lines).split()) for item in found] == [6, 6]


def test_a_caption_stays_long_enough_to_be_read() -> None:
    """A short word is shown for a second, unless the next comes sooner or the scene ends."""
    assert captions(spoken("Done."), 60 * SECOND)[0].end == SECOND
    assert captions(spoken("Done."), SECOND // 2)[0].end == SECOND // 2 - GAP
    first, second = captions([*spoken("Done."), *spoken("Next.", start=3 * SECOND)], 60 * SECOND)
    assert (first.end, second.start) == (SECOND, 3 * SECOND)


def test_a_fast_caption_stays_after_its_last_word() -> None:
    """Text that is spoken faster than it can be read stays until it can have been."""
    item = captions(spoken("sixty columns of text in only half of one second of time, in all", 1600), 60 * SECOND)[0]
    assert item.end - item.start >= 3 * SECOND


def test_a_silence_divides_captions() -> None:
    """Words on the two sides of a pause of two seconds are not shown together."""
    words = [*spoken("one two"), *spoken("three four", start=3 * SECOND)]
    assert lines(captions(words, 9 * SECOND)) == [("one two",), ("three four",)]


def test_a_slow_voice_still_changes_captions() -> None:
    """No caption lasts over six seconds of speech."""
    found = captions(spoken("one two three four five six seven eight", SECOND), 60 * SECOND)
    assert all(item.end - item.start <= 6 * SECOND for item in found)
    assert len(found) == 2


def test_text_without_spaces_is_divided_by_width() -> None:
    """V18: Japanese is cut after its punctuation, and a wide character counts as two columns."""
    text = "これはとても長い文です。空白がないので、幅で分ける必要があります。句読点の後で切るのが良いでしょう。"
    found = captions([TimedWord(text, 0, 12 * SECOND)], 13 * SECOND)
    assert "".join("".join(item.lines) for item in found) == text
    assert all(columns.width(line) <= 42 for item in found for line in item.lines)
    assert found[0].lines[-1].endswith("。")
    assert found[1].start > 0


def test_a_character_wider_than_a_line_is_not_divided() -> None:
    """Thirty consonants of Korean that are one character by Unicode's rules stay whole, after what precedes them."""
    wide = "\u1100" * 30
    found = captions([TimedWord("x", 0, SECOND), TimedWord(wide, SECOND, 3 * SECOND)], 9 * SECOND, "ko")
    assert lines(found) == [("x",), (wide,)]
    assert list(module._fitting(f"x {wide} y", 0, 34, "ko", 42)) == [(0, 2, False), (2, 32, True), (32, 34, False)]


def test_a_long_address_is_cut_after_a_slash() -> None:
    """V18: an address wider than a line continues in the next one, and no space is added to it."""
    url = "https://example.org/a/very/long/path/that/does/not/fit/in/one/line/at/all?x=1"
    (caption,) = captions([TimedWord(url, 0, SECOND)], 9 * SECOND)
    assert "".join(caption.lines) == url
    assert caption.lines[0].endswith("/")
    assert max(map(columns.width, caption.lines)) <= 42


@pytest.mark.parametrize(("letters", "first"), [(18, 42), (19, 42), (20, 21), (21, 22), (41, 42)])
def test_an_address_is_cut_after_a_slash_only_in_the_second_half_of_a_line(letters: int, first: int) -> None:
    """A slash at the 21st of 42 columns or later ends a line; after one before that, the line goes on to its end."""
    text = "a" * letters + "/" + "b" * 43
    (caption,) = captions([TimedWord(text, 0, SECOND)], 9 * SECOND)[:1]
    assert caption.lines[0] == text[:first]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("aVeryLongIdentifierThatNeverEndsAndGoesOnAndOnForever", "aVeryLongIdentifierThatNeverEndsAndGoesOn"),
        ("a_very_long_constant_that_never_ends_and_goes_on", "a_very_long_constant_that_never_ends_and_"),
        ("short" + "x" * 50, "short" + "x" * 37),
    ],
)
def test_a_long_identifier_is_cut_between_its_words(name: str, first: str) -> None:
    """An identifier that is wider than a line continues in the next one with a word of its own."""
    (caption,) = captions([TimedWord(name, 0, 2 * SECOND)], 60 * SECOND)
    assert caption.lines == (first, name.removeprefix(first))
    assert caption.is_cut


def test_a_caption_ends_two_frames_before_its_scene() -> None:
    """Between the last caption of a scene and the first of the next one are two frames without any."""
    (caption,) = captions(spoken("Done."), WORD)
    assert (caption.start, caption.end) == (0, WORD - GAP)
    assert captions(spoken("Done."), 9 * SECOND)[0].end == SECOND, "there is room"


def test_the_speed_counts_columns() -> None:
    """The speed of a caption is that of its text, without line ends, in columns a second."""
    assert Caption(("one", "two"), SECOND, 3 * SECOND).speed == 3
    assert Caption(("漢字",), 0, 2 * SECOND).speed == 2


@pytest.mark.parametrize(("silence", "shown"), [(72_000, 1), (72_001, 2)])
def test_a_silence_of_a_second_and_a_half_is_short(silence: int, shown: int) -> None:
    """Words on the two sides of a silence are shown together if it has at most 1.5 s."""
    words = [*spoken("one"), *spoken("two", start=WORD + silence)]
    assert len(captions(words, 60 * SECOND)) == shown


@pytest.mark.parametrize(("each", "shown"), [(3 * SECOND, 1), (3 * SECOND + 1, 2)])
def test_six_seconds_are_shown_together(each: int, shown: int) -> None:
    """Words that take up to six seconds are one caption, and longer ones are not."""
    assert len(captions(spoken("one two", each), 60 * SECOND)) == shown


@pytest.mark.parametrize(("letters", "length"), [(20, SECOND), (21, SECOND * 21 // 20), (42, SECOND * 42 // 20)])
def test_twenty_columns_are_read_in_a_second(letters: int, length: int) -> None:
    """A caption is shown for a second, or for as long as its columns take at 20 a second."""
    (caption,) = captions([TimedWord("m" * letters, 0, 1)], 60 * SECOND)
    assert caption.end == length


def test_no_caption_stays_over_six_seconds_for_its_columns() -> None:
    """Text with too many columns for its time stays for six seconds at most."""
    (caption,) = captions([TimedWord("\u1100" * 100, 0, 1)], 60 * SECOND)
    assert caption.end == 6 * SECOND


def test_two_lines_have_about_the_same_width() -> None:
    """Words without punctuation are divided in their middle, and not as soon as the rest fits."""
    found = captions(spoken(" ".join(["seven77"] * 7), WORD // 2), 60 * SECOND)
    assert [[len(line.split()) for line in item.lines] for item in found] == [[3, 4]]


@pytest.mark.parametrize(("columns", "alone"), [(14, False), (15, True)])
def test_a_sentence_of_a_third_of_a_line_is_shown_alone(columns: int, alone: bool) -> None:
    """A short sentence before a long one is shown with the long one's beginning, unless it fills a third of a line."""
    sentence = "M" + "m" * (columns - 2) + "."
    found = captions(spoken(f"{sentence} Then {' '.join(['seven77'] * 16)}", WORD // 4), 60 * SECOND)
    assert (found[0].lines == (sentence,)) == alone


@pytest.mark.parametrize(("letters", "after_comma"), [(9, True), (10, False)])
def test_a_line_ends_after_a_comma_near_the_middle(letters: int, after_comma: bool) -> None:
    """A line ends after a comma if the other one is less than 21 columns wider than it, else in the middle."""
    words = ["m" * 14 + ",", "m" * letters, "m" * (16 + letters)]
    (caption,) = captions(spoken(" ".join(words), WORD // 2), 60 * SECOND)
    assert caption.lines[0] == (words[0] if after_comma else f"{words[0]} {words[1]}")


def test_the_second_line_is_the_longer_one() -> None:
    """Of two divisions that are equally even, the one with the shorter first line is taken."""
    (caption,) = captions(spoken(f"{'a' * 20} {'b' * 10} {'c' * 20}"), 60 * SECOND)
    assert caption.lines == ("a" * 20, f"{'b' * 10} {'c' * 20}")


def test_a_brace_takes_two_columns() -> None:
    """A brace, for which SubRip may need its wide form, counts twice, so that no line becomes too wide by it."""
    assert [width(text) for text in ("a", "{", "}", "{a}", "{{}")] == [1, 2, 2, 5, 6]
    assert lines(captions([TimedWord("{" * 21, 0, 1)], 60 * SECOND)) == [("{" * 21,)]


def test_no_narration_gives_empty_captions() -> None:
    """A video without narration has valid, empty captions."""
    assert captions([], SECOND) == []


TEXTS = st.lists(st.text(alphabet="ab.,中、。&<é-\u00a0\u3000ก1", min_size=1, max_size=60), max_size=30)


@given(TEXTS, st.integers(1, SECOND), st.integers(0, 3 * SECOND))
@settings(max_examples=150, deadline=None)
def test_captions_never_overlap_and_lose_nothing(texts: list[str], each: int, spare: int) -> None:
    """Whatever the narration, captions follow each other, fit their lines, and hold every word in order."""
    words = [TimedWord(text, index * each, (index + 1) * each) for index, text in enumerate(texts)]
    end = len(words) * each + spare
    found = captions(words, end)
    shown = "".join("".join(item.lines) for item in found)
    assert "".join(shown.split()) == "".join("".join(texts).split())
    assert all(len(item.lines) <= 2 and max(map(columns.width, item.lines)) <= 42 for item in found)
    assert all(item.start < item.end <= max(end, item.start + 1) for item in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    clocks = re.findall(r"\d\d:\d\d:\d\d,\d\d\d", srt(found))
    assert clocks == sorted(clocks)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text("ab c{-\u00ad\u200d\U0001f469\u4e2d", min_size=1, max_size=9), min_size=1, max_size=9),
    st.integers(1, 30),
)
def test_text_fits_if_it_has_lines(texts: list[str], most: int) -> None:
    """Whether segments fit is found without their lines, and is what the search for lines finds."""
    segments = [module._Segment(text, 0, 1, Rank.WORD) for text in texts]
    rules = Rules(most, GAP)
    assert module._has_lines(segments, rules) == (module._lines(segments, rules) is not None)
