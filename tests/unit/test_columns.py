"""Columns of text."""

from __future__ import annotations

import unicodedata

import pytest

from vidbuild import columns


@pytest.mark.parametrize(
    ("text", "expected"), [("", 0), ("abc", 3), ("é", 1), ("e\u0301", 1), ("漢字", 4), ("שלום", 4), ("a\u200db", 2)]
)
def test_width(text: str, expected: int) -> None:
    """Combining and invisible characters take no column, wide ones two."""
    assert columns.width(text) == expected


def test_ascii_is_measured_without_a_look_at_each_character(monkeypatch: pytest.MonkeyPatch) -> None:
    """ASCII takes as many columns as it has characters, control characters among them."""
    ascii_text = "".join(map(chr, range(128)))
    one_by_one = columns.width(ascii_text + "é") - 1
    monkeypatch.delattr(unicodedata, "category")
    assert columns.width(ascii_text) == one_by_one == 128
