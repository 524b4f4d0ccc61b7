"""The rules of captions: limits by language, what is short of time, and messages that name what breaks a rule."""

from __future__ import annotations

import pytest

from vidbuild.media.text import captions as module
from vidbuild.media.text.caption_rules import Caption, problems, rules
from vidbuild.media.text.words import TimedWord

SECOND = 48_000
RULES = rules("en", 24)


def spoken(*words: tuple[str, float, float]) -> list[TimedWord]:
    """Words with their times in seconds."""
    return [TimedWord(text, round(start * SECOND), round(end * SECOND)) for text, start, end in words]


@pytest.mark.parametrize(
    ("language", "columns"), [("en", 42), ("th", 42), ("ja", 40), ("zh-Hant", 40), ("ko-KR", 40), ("kok", 42)]
)
def test_lines_are_as_long_as_the_script_allows(language: str, columns: int) -> None:
    """N12: a line has 42 characters, in the languages of East Asia 20 wide ones."""
    assert rules(language, 30).columns == columns
    assert rules(language, 30, line_length=30).columns == 30


def test_the_gap_is_two_frames() -> None:
    """N12: two frames have no caption, at each frame rate; the speed can be set."""
    assert [rules("en", fps).gap for fps in (24, 30, 60)] == [4000, 3200, 1600]
    assert rules("en", 30).speed == 20
    assert rules("en", 30, speed=17).speed == 17


def test_captions_in_a_row_have_two_frames_between_them() -> None:
    """N12: a caption that is spoken up to the next one ends two frames before it."""
    words = spoken((f"{'One sentence ' * 4}here.", 0, 4), (f"{'And another one ' * 4}there.", 4, 8))
    first, second = module.captions(words, 9 * SECOND, "en", RULES)
    assert (first.end, second.start) == (4 * SECOND - RULES.gap, 4 * SECOND)


def test_a_short_time_without_a_caption_is_none() -> None:
    """Less than half a second between two captions of a scene would flicker: the first one stays, up to the gap."""
    texts = (f"{'One sentence ' * 4}here.", f"{'And another one ' * 4}there.")
    for pause, end in ((0.5, 4.5 * SECOND - RULES.gap), (0.6, 4 * SECOND)):
        words = spoken((texts[0], 0, 4), (texts[1], 4 + pause, 8))
        assert module.captions(words, 9 * SECOND, "en", RULES)[0].end == end


def test_a_caption_that_would_be_short_is_shown_with_the_next() -> None:
    """N12: of two sentences with little time, the first is not shown for less than 0.8 s."""
    words = spoken(("Stop it now please!", 0, 0.5), ("Then it goes on for a while.", 0.5, 3))
    assert [each.lines for each in module.captions(words, 9 * SECOND, "en", RULES)] == [
        ("Stop it now please!", "Then it goes on for a while.")
    ]


def test_a_caption_that_would_be_short_is_shown_with_the_one_before() -> None:
    """N12: the last sentence of a scene that ends at once joins the one before."""
    words = spoken(("First it goes on for a while.", 0, 3), ("Stop it now!", 3, 3.5))
    assert len(module.captions(words, round(3.5 * SECOND), "en", RULES)) == 1


def test_two_captions_share_their_time() -> None:
    """N12: words go from a caption without time to one with time, if both do not fit in one."""
    fast = [(f"word{index:03}", index * 0.1, (index + 1) * 0.1) for index in range(10)]
    slow = [(f"slow{index:03}", 1 + index * 0.8, 1.8 + index * 0.8) for index in range(4)]
    found = module.captions(spoken(*fast, ("end.", 4.2, 4.4), *slow), 30 * SECOND, "en", RULES)
    assert all(round(each.speed) <= 20 for each in found), [(each.lines, each.speed) for each in found]


def test_messages_quote_every_caption_that_breaks_a_rule() -> None:
    """N12: each rule has a message, which quotes a caption alone in full, and the beginnings of several."""
    fast = Caption(("a" * 40,), 0, SECOND)
    faster = Caption(("b" * 42, "c" * 42), SECOND, 3 * SECOND)
    short = Caption(("Yes.",), 3 * SECOND, 3 * SECOND + SECOND // 2)
    wide = Caption(("d" * 43,), 4 * SECOND, 8 * SECOND)
    cut = Caption(("e" * 42,), 8 * SECOND, 12 * SECOND, is_cut=True)
    messages = [message for message, _ in problems([fast, faster, short, wide, cut], RULES)]
    limit = "captions too fast to read: expected at most 20 characters a second, got "
    assert messages == [
        f"{limit}42 in '{'b' * 42}…', 40 in '{'a' * 40}'",
        "captions too short to read: expected at least 0.8 s, got 0.5 s in 'Yes.'",
        f"captions with a word wider than a line of 42 characters: '{'d' * 42}…', '{'e' * 42}'",
    ]
    assert [message for message, _ in problems([faster], RULES)] == [f"{limit}42 in '{'b' * 42} {'c' * 42}'"]
    assert list(problems([Caption(("One.",), 0, SECOND)], RULES)) == []


def test_a_word_wider_than_a_line_is_marked() -> None:
    """N12: a caption that divides an identifier knows it, and one that ends a line within an address does not."""
    (cut,) = module.captions([TimedWord("x" * 60, 0, SECOND)], 9 * SECOND, "en", RULES)
    assert cut.is_cut
    (address,) = module.captions([TimedWord(f"https://{'x' * 30}/{'y' * 30}", 0, SECOND)], 9 * SECOND, "en", RULES)
    assert not address.is_cut
