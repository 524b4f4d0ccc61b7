"""Chapters as lines for the description of a video."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.video_report.chapter_lines import SHORTEST, Chapter, clock, lines, merged


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (9.99, "0:09"), (75, "1:15"), (3600, "1:00:00"), (36_065, "10:01:05")]
)
def test_times_are_written_as_video_sites_read_them(seconds: float, text: str) -> None:
    """Whole seconds, and hours only if there are any."""
    assert clock(seconds) == text


def test_long_chapters_are_lines() -> None:
    """Each chapter of ten seconds is a line, and nothing follows them if all are listed."""
    found = lines([Chapter(0, "One"), Chapter(10.2, "Two\n of it"), Chapter(21, "Three")], 40)
    assert found == "0:00 One\n0:10 Two of it\n0:21 Three\n"


def test_short_chapters_are_named_below() -> None:
    """A short first chapter belongs to the next one, others to the one before; all that are not listed are named."""
    chapters = [Chapter(0, "Title"), Chapter(4, "Install"), Chapter(30, "Note"), Chapter(35, "Use"), Chapter(58, "End")]
    text, _, notes = lines(chapters, 60).partition("\n\n")
    assert text == "0:00 Install\n0:35 Use"
    assert notes.splitlines()[1:] == [
        "- 0:00 Title",
        "- 0:30 Note",
        "- 0:58 End",
        "Video sites show chapters only if there are 3 or more.",
    ]


def test_a_short_video_has_one_chapter() -> None:
    """If all chapters are short, the last one is the only line."""
    assert lines([Chapter(0, "A"), Chapter(2, "B")], 4).startswith("0:00 B\n\n")


@given(st.lists(st.floats(0.1, 40), min_size=1, max_size=20))
def test_every_line_lasts_ten_seconds(lengths: list[float]) -> None:
    """Whatever the lengths: the first line is at 0:00, each lasts ten whole seconds if the video does, none is lost."""
    starts = [sum(lengths[:index]) for index in range(len(lengths))]
    chapters = [Chapter(start, str(index)) for index, start in enumerate(starts)]
    kept, joined = merged(chapters, sum(lengths))
    assert kept[0].start == 0
    assert sorted(int(each.title) for each in (*kept, *joined)) == list(range(len(lengths)))
    ends = [*(each.start for each in kept[1:]), sum(lengths)]
    if len(kept) > 1:
        assert all(end - each.start >= SHORTEST for each, end in zip(kept, ends, strict=True))
