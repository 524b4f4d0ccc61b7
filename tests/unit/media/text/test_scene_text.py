"""Texts before and after the layout."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.media.text.scene_text import clean, texts


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
    assert clean({"entries": [{"output": [raw]}]}) == {"entries": [{"output": [shown]}]}


def test_values_that_are_no_text_stay() -> None:
    """Numbers, booleans and null pass through."""
    assert clean({"first": 3, "on": True, "title": None}) == {"first": 3, "on": True, "title": None}


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    """What was cleaned is clean."""
    assert clean(clean(text)) == clean(text)


def test_texts_are_named_as_in_the_spec() -> None:
    """A drawn field with another name in the spec gets that name, and the lines of one spec field are one text."""
    fields = {
        "title": "T",
        "entries": [{"lines": ["a", "b"], "output": ["c"]}],
        "items": [{"text": "d", "detail": "e"}],
        "first": 1,
    }
    spec_fields = {"entries.*.lines": "commands.*.run", "entries.*.output": "commands.*.output"}
    assert texts(fields, spec_fields) == {
        "title": "T",
        "commands.0.run": "ab",
        "commands.0.output": "c",
        "items.0.text": "d",
        "items.0.detail": "e",
    }
