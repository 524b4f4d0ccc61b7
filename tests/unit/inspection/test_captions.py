"""The rules of captions."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidbuild.create.source.protocol import SourceError
from vidbuild.inspection import captions, chapters

GOOD = [[0.0, 2.0, "One line of text,\nand a second one."], [2.0, 4.0, "The next one."]]


def rules(*cues: list[object], duration: float = 60, fps: float = 25) -> list[tuple[float, str]]:
    """The rules that captions break, with the times."""
    return [(each.at, each.rule) for each in captions.problems(cues, duration, fps)]


def test_good_captions_break_no_rule() -> None:
    """Captions within the rules, one at once after the other, have no problem."""
    assert rules(*GOOD) == []


@pytest.mark.parametrize(
    ("cues", "expected"),
    [
        ([[1.0, 9.0, "a\nb\nc"]], [(1.0, "lines")]),
        ([[1.0, 9.0, "x" * 43]], [(1.0, "width")]),
        ([[1.0, 9.0, "x" * 42]], []),
        ([[1.0, 9.0, "日" * 22]], [(1.0, "width")]),
        ([[1.0, 9.0, "日" * 21]], []),
        ([[1.0, 1.79, "Hi"]], [(1.0, "short")]),
        ([[1.0, 1.8, "Hi"]], []),
        ([[1.0, 3.0, "x" * 40]], []),
        ([[1.0, 2.9, "x" * 40]], [(1.0, "speed")]),
        ([[1.0, 1.0, "Hi"]], [(1.0, "order")]),
        ([[58.0, 61.0, "Hi"]], [(58.0, "late")]),
        ([[1.0, 3.0, "Hi"], [2.9, 5.0, "Ho"]], [(1.0, "overlap")]),
        ([[1.0, 3.0, "Hi"], [3.04, 5.0, "Ho"]], [(1.0, "gap")]),
        ([[1.0, 3.0, "Hi"], [3.08, 5.0, "Ho"]], []),
        ([[1.0, 3.0, "Hi"], [3.001, 5.0, "Ho"]], []),
    ],
)
def test_each_rule_at_its_limit(cues: list[list[object]], expected: list[tuple[float, str]]) -> None:
    """Each rule is broken beyond its limit, and not at it."""
    assert rules(*cues) == expected


def test_a_wrong_line_is_located(tmp_path: Path) -> None:
    """Times that are none are an error with the line."""
    path = tmp_path / "a.srt"
    path.write_text("1\n00:00:01,000 --> tomorrow\nHi\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"a\.srt:2:1: wrong times"):
        captions.sidecar(str(path))


def test_the_texts_are_without_markup(tmp_path: Path) -> None:
    """Tags and invisible marks have no columns, and voices of one caption are its lines."""
    path = tmp_path / "a.vtt"
    path.write_text(
        "WEBVTT\n\n00:01.000 --> 00:03.000\n<v Ann>Hi &amp; <b>ho</b></v>\n\n00:04.000 --> 00:05.000\n\u200f日本語\n",
        encoding="utf-8",
    )
    assert captions.sidecar(str(path))["cues"] == [[1.0, 3.0, "Hi & ho"], [4.0, 5.0, "日本語"]]


def test_chapters() -> None:
    """Chapters begin at 0 with a title, in order, and not after the end."""
    good = [{"start": 0.0, "title": "A"}, {"start": 12.0, "title": "B"}]
    assert chapters.problems(good, 30) == chapters.problems([], 30) == []
    found = chapters.problems(
        [{"start": 1.0, "title": "A"}, {"start": 1.0, "title": ""}, {"start": 40.0, "title": "C"}], 30
    )
    assert found == [
        "the first chapter starts at 1.000 s, not at 0",
        "chapter 'A' does not start before the next one",
        "the chapter at 1.000 s has no title",
        "chapter 'C' starts at 40.000 s, after the video, which lasts 30.000 s",
    ]
