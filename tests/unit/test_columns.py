"""Columns of text."""

from __future__ import annotations

import sys

import pytest

from vidbuild import columns


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("漢字", 4),
        ("שלום", 4),
        ("a\u200db", 2),
        ("ﾊﾟ", 2),
        ("👩\u200d👩\u200d👧", 2),
        ("🇩🇪🇫🇷", 4),
        ("❤❤\ufe0f", 3),
        ("├─█", 3),
        ("한글", 4),
    ],
)
def test_width(text: str, expected: int) -> None:
    """Combining and invisible characters take no column, wide ones two."""
    assert columns.width(text) == expected


def test_ascii_is_measured_without_a_look_at_each_character(monkeypatch: pytest.MonkeyPatch) -> None:
    """ASCII takes as many columns as it has characters, control characters among them."""
    ascii_text = "".join(map(chr, range(128)))
    one_by_one = columns.width(ascii_text + "é") - 1
    monkeypatch.setitem(sys.modules, "wcwidth", None)
    assert columns.width(ascii_text) == one_by_one == 128


def test_tabs_go_to_columns() -> None:
    """A tab ends at the next multiple of its size, counted in columns."""
    assert columns.expand_tabs("a\tb\t\tc", 4) == "a   b       c"
    assert columns.expand_tabs("日本\tx", 4) == "日本    x"
