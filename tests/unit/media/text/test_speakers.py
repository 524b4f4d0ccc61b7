"""Captions of a dialogue."""

from __future__ import annotations

from vidbuild.media.text.caption_rules import COLUMNS, rules, width
from vidbuild.media.text.speakers import label, turn
from vidbuild.media.text.words import TimedWord

SECOND = 48_000
RULES = rules("en", 24)


def words(text: str) -> list[TimedWord]:
    """Words of a third of a second."""
    third = SECOND // 3
    return [TimedWord(word, nth * third, (nth + 1) * third) for nth, word in enumerate(text.split())]


def test_a_name_begins_the_first_caption_of_a_turn() -> None:
    """The name is in the first caption alone, beside the first word, and every caption knows its speaker."""
    text = "This is a first sentence of some length. This is a second sentence of some length. And this is a third."
    found = turn(words(text), 60 * SECOND, "en", RULES, "New User", label("New User"))
    assert len(found) > 1
    assert found[0].lines[0].startswith("New User: This is")
    assert " ".join(line for each in found for line in each.lines) == f"New User: {text}"
    assert {each.speaker for each in found} == {"New User"}


def test_lines_with_a_name_are_not_too_long() -> None:
    """However long the name and the first word are, a line has at most 42 columns."""
    for name in ("Bo", "The Reader of a Very Long Page"):
        for first in ("I", "Incomprehensibilities"):
            found = turn(words(f"{first} am the one who says so."), 60 * SECOND, "en", RULES, name, label(name))
            assert found[0].lines[0].startswith(f"{name}:"[:COLUMNS])
            assert all(width(line) <= COLUMNS for each in found for line in each.lines)


def test_no_name() -> None:
    """A speaker without a name has a dash, and a turn that shows nothing is as captions are otherwise."""
    assert turn(words("One two."), 9 * SECOND, "en", RULES, "", label(""))[0].lines == ("- One two.",)
    assert turn(words("One two."), 9 * SECOND, "en", RULES, "Bo", "")[0].lines == ("One two.",)
    assert turn([], SECOND, "en", RULES, "Bo", "Bo:") == []


def test_a_turn_ends_before_the_next() -> None:
    """The last caption of a turn is over when the next speaker begins."""
    (only,) = turn(words("Yes."), SECOND // 2, "en", RULES, "Bo", "Bo:")
    assert only.end < SECOND // 2
