"""Formatting times, sizes and long lists."""

from __future__ import annotations

import pytest

from vidbuild.report import humanize


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (0.49, "0:00"), (59.6, "1:00"), (64.2, "1:04"), (3599, "59:59"), (3723, "1:02:03")],
)
def test_a_length_is_written_as_a_clock_shows_it(seconds: float, text: str) -> None:
    """Seconds round to the nearest and carry into minutes and hours."""
    assert humanize.clock(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(12.44, "0:12.4"), (59.96, "1:00.0"), (64.25, "1:04.2")])
def test_a_place_in_a_video_has_a_tenth(seconds: float, text: str) -> None:
    """Tenths carry into seconds and minutes as well."""
    assert humanize.tenths(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.108, "0.11 s"),
        (0.0, "0.00 s"),
        (1.84, "1.8 s"),
        (9.94, "9.9 s"),
        (10, "10 s"),
        (41.7, "42 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (61, "1 min 1 s"),
        (120, "2 min"),
        (125, "2 min 5 s"),
    ],
)
def test_how_long_something_took_has_as_many_figures_as_it_deserves(seconds: float, text: str) -> None:
    """A null build shows hundredths, a long build whole seconds."""
    assert humanize.elapsed(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (3_449_000, "3.4 MB"),
        (999_600_000, "1.0 GB"),
        (123_000_000, "123 MB"),
        (2_000_000_000_000, "2.0 TB"),
    ],
)
def test_a_size_has_the_unit_it_is_thought_in(count: int, text: str) -> None:
    """Bytes are written in decimal units, with at most three figures."""
    assert humanize.size(count) == text


def test_one_is_singular() -> None:
    """A count of one has no plural, every other has, and thousands are set apart."""
    assert [humanize.count(number, "step") for number in (0, 1, 2, 12_345)] == [
        "0 steps",
        "1 step",
        "2 steps",
        "12,345 steps",
    ]


def test_a_long_list_ends_in_the_number_left_out() -> None:
    """A list longer than the limit ends in how many are not shown, and shown and left out add up."""
    lines = [f"line {index}" for index in range(15)]
    shown = humanize.first(lines, 4)
    assert shown == ["line 0", "line 1", "line 2", "...and 12 more"]
    assert humanize.first(lines, 15) == lines
    assert humanize.first([], 3) == []
