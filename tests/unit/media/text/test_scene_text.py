"""Texts before and after the layout."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.media.text.scene_text import cleaned, remark, texts


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07prompt", "prompt"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b(Bplain", "plain"),
        ("a\tb", "a       b"),
        ("bell\x07 null\x00 delete\x7f", "bell null delete"),
        ("two\r\nlines", "two\nlines"),
        ("lone \x1b", "lone "),
        ('it\'s "quoted"; a:b % \\ [0:v] #let $x$', 'it\'s "quoted"; a:b % \\ [0:v] #let $x$'),
    ],
)
def test_only_what_can_be_seen_is_left(raw: str, shown: str) -> None:
    """Terminal escapes and control characters go, tabs become blanks, everything else stays as it was written."""
    assert cleaned({"entries": [{"output": [raw]}]}) == {"entries": [{"output": [shown]}]}


def test_values_that_are_no_text_stay() -> None:
    """Numbers, booleans and null pass through."""
    assert cleaned({"first": 3, "on": True, "title": None}) == {"first": 3, "on": True, "title": None}


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    """What was cleaned is clean."""
    assert cleaned(cleaned(text)) == cleaned(text)


def test_texts_are_named_as_in_the_spec() -> None:
    """Drawn fields that the spec calls otherwise are told by the spec's names, several lines as one text."""
    fields = {
        "title": "T",
        "entries": [{"lines": ["a", "b"], "output": ["c"]}],
        "items": [{"text": "d", "detail": "e"}],
        "first": 1,
    }
    assert texts(fields) == {
        "title": "T",
        "commands.0.run": "ab",
        "commands.0.output": "c",
        "items.0.text": "d",
        "items.0.detail": "e",
    }


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"kind": "cut", "kept": "a title that…"}, "text is too long to fit: it is cut after 'a title that'"),
        ({"kind": "hidden", "count": 7}, "output is too long to fit: 7 lines are not shown"),
        (
            {"kind": "lines", "from": 3, "to": 20, "count": 9},
            "code is too long to fit: only lines 3-20 are shown, 9 are not",
        ),
        ({"kind": "language", "language": "nope"}, "no syntax colours for language 'nope'"),
        ({"kind": "coarse", "size": "4x3"}, "image is only 4x3 pixels: it has too few for its place"),
        (
            {"kind": "sliver", "size": "900x1", "shown": "800x1"},
            "image is 900x1 pixels: as a whole it is only seen 800x1 pixels large",
        ),
        ({"kind": "crowded", "count": 12}, "12 items are too many to be read on one screen"),
        ({"kind": "crammed", "count": 9}, "9 items are too many for one screen: some are cut"),
        ({"kind": "crowded", "count": 40, "what": "lines"}, "40 lines are too many to be read on one screen"),
    ],
)
def test_remarks_are_facts_in_words(facts: dict[str, object], words: str) -> None:
    """Each remark of a template becomes one message: lower case, values quoted, both sides named."""
    assert remark(facts) == words
