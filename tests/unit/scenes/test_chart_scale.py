"""The scales of charts: round ticks around all values, and dates at their places."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.scenes.chart import scale

ROUND = {1, 2, 2.5, 5, 10}


@pytest.mark.parametrize(
    ("values", "zero", "ticks"),
    [
        ([3, 7], True, [0, 2, 4, 6, 8]),
        ([0.2, 0.9], True, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        ([-3, 7], True, [-4, -2, 0, 2, 4, 6, 8]),
        ([-9, -2], True, [-10, -8, -6, -4, -2, 0]),
        ([980, 1020], False, [980, 990, 1000, 1010, 1020]),
        ([980, 1020], True, [0, 250, 500, 750, 1000, 1250]),
        ([0, 0], True, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        ([100], True, [0, 20, 40, 60, 80, 100]),
        ([12000, 31000], True, [0, 10000, 20000, 30000, 40000]),
    ],
)
def test_ticks(values: list[float], zero: bool, ticks: list[float]) -> None:
    """Ticks are round numbers around the values; lines far from zero need no zero."""
    assert scale.value_axis(values, zero=zero).ticks() == pytest.approx(ticks)


@given(st.lists(st.floats(-1e9, 1e9).map(lambda x: round(x, 4)), min_size=1, max_size=20), st.booleans())
def test_every_axis_is_round_and_around_its_values(values: list[float], zero: bool) -> None:
    """All values are on the axis; its step is 1, 2, 2.5 or 5 times a power of ten, and it has 2 to 12 ticks."""
    axis = scale.value_axis(values, zero=zero)
    assert axis.low <= min(values) + axis.step * 1e-6
    assert axis.high >= max(values) - axis.step * 1e-6
    mantissa = axis.step / 10 ** math.floor(math.log10(axis.step) + 1e-9)
    assert any(mantissa == pytest.approx(each) for each in ROUND)
    assert 2 <= len(axis.ticks()) <= 12
    assert not zero or axis.low <= 0 <= axis.high
    assert all(0 <= axis.at(value) <= 1 for value in values)


def test_small_ticks_and_level_lines() -> None:
    """Ticks of very small values are apart; a level line stands above a zero, not on its axis."""
    assert scale.value_axis([1e-12, 2.5e-12], zero=True).ticks() == [0, 5e-13, 1e-12, 1.5e-12, 2e-12, 2.5e-12]
    assert scale.value_axis([1e-12, 2.5e-12], zero=True).decimals() == 13
    assert scale.value_axis([42, 42, 42], zero=False).low == 0


def test_given_ends() -> None:
    """The ends that a spec sets are the ends of the axis."""
    axis = scale.value_axis([3, 7], zero=True, low=-5, high=20)
    assert (axis.low, axis.high) == (-5, 20)


@pytest.mark.parametrize(
    ("labels", "levels"),
    [
        (["2024", "2025"], ["year", "year"]),
        (["2024-01", "2024-03"], ["month", "month"]),
        (["2024-01-31", "2024-02-29"], ["day", "day"]),
        (["2024-02-30"], None),
        (["2024-03", "2024-01"], None),
        (["2024-01", "2024-01"], None),
        (["2024-01", "March"], None),
        (["12345"], None),
        ([], None),
    ],
)
def test_dates(labels: list[str], levels: list[str] | None) -> None:
    """Labels are dates if all of them are, and each is after the last one."""
    days = scale.days(labels)
    assert (None if days is None else [day.level for day in days]) == levels


@pytest.mark.parametrize(
    ("labels", "ticks"),
    [
        (["2024", "2030"], [f"{year}-01-01" for year in range(2024, 2031)]),
        (["2024-01", "2024-04"], ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"]),
        (["2024-01", "2026-01"], ["2024-01-01", "2024-07-01", "2025-01-01", "2025-07-01", "2026-01-01"]),
        (["2024-03-01", "2024-03-05"], [f"2024-03-0{day}" for day in range(1, 6)]),
        (["2024-03-01"], ["2024-03-01"]),
    ],
)  # fmt: skip
def test_ticks_of_time(labels: list[str], ticks: list[str]) -> None:
    """An axis of time has ticks at the starts of days, weeks, months or years."""
    days = scale.days(labels)
    assert days is not None
    assert [day.date.isoformat() for day in scale.time_ticks(days)] == ticks


@given(st.lists(st.dates(), min_size=1, max_size=12, unique=True).map(sorted))
def test_any_dates_have_ticks_between_them(dates: list[object]) -> None:
    """Dates however far apart have at least one and a few ticks, all between the first and the last."""
    days = scale.days([str(date) for date in dates])
    assert days is not None
    ticks = scale.time_ticks(days)
    assert 1 <= len(ticks) <= 16
    assert all(days[0].date <= tick.date <= days[-1].date for tick in ticks)
    assert all(0 <= scale.time_at(tick.date, days) <= 1 for tick in ticks)
