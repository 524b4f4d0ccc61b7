"""Levels over time."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild.media.audio import envelope

SECOND = 48_000


def test_a_level_is_on_the_line_between_two_points() -> None:
    """Between points the level is interpolated; outside it is that of the nearest point."""
    points = [(100, 0.0), (200, -10.0)]
    assert [envelope.level_at(points, at) for at in (0, 100, 150, 200, 300)] == [0, 0, -5, -10, -10]


def test_a_sum_has_the_points_of_both() -> None:
    """The sum of two envelopes is right at every point of each."""
    added = envelope.added([(0, 0.0), (100, -10.0)], [(50, 0.0), (150, -6.0)])
    assert added == [(0, 0.0), (50, -5.0), (100, -13.0), (150, -16.0)]


def test_a_window_depends_on_nothing_outside() -> None:
    """Points far away change nothing in a window, so that the audio of a scene far away is not encoded again."""
    near = [(0, 0.0), (1000, 0.0), (1100, -10.0), (1500, -10.0), (1600, 0.0)]
    far = [*near, (90_000, 0.0), (91_000, -10.0)]
    assert envelope.window(near, 1050, 1550) == envelope.window(far, 1050, 1550)
    assert envelope.window(near, 1050, 1550) == [(0, -5.0), (50, -10.0), (450, -10.0), (500, -5.0)]


def test_music_falls_before_speech_and_rises_after_it() -> None:
    """The ramps end at the first word and begin at the last one."""
    points = envelope.ducking([(4 * SECOND, 6 * SECOND)], 12 * SECOND)
    seconds = (3.7, 3.75, 3.875, 4, 5, 6, 6.3, 6.6, 7)
    levels = [envelope.level_at(points, round(each * SECOND)) for each in seconds]
    assert levels == pytest.approx([0, 0, -5, -10, -10, -10, -5, 0, 0])


@pytest.mark.parametrize(("pause", "rises"), [(1.4, False), (1.6, True)])
def test_a_short_pause_stays_low(pause: float, rises: bool) -> None:
    """Music rises in pauses of at least 1.5 s only."""
    second = round((4 + pause) * SECOND)
    points = envelope.ducking([(3 * SECOND, 4 * SECOND), (second, second + SECOND)], 20 * SECOND)
    assert (envelope.highest(points, 4 * SECOND, second) > -1) == rises


def test_a_short_start_and_end_stay_low() -> None:
    """Music that starts just before the first word is low from its start on, and to its end after the last word."""
    points = envelope.ducking([(SECOND, 2 * SECOND), (9 * SECOND, 11 * SECOND)], 12 * SECOND)
    assert [envelope.level_at(points, at) for at in (0, 12 * SECOND)] == [-10, -10]
    assert envelope.level_at(points, 5 * SECOND) == 0


POINTS = st.lists(st.tuples(st.integers(0, 300), st.integers(-20, 0).map(float)), min_size=1, max_size=6).map(
    lambda points: sorted(dict(points).items())
)
SPANS = st.lists(st.tuples(st.integers(0, 160), st.integers(1, 30)), max_size=5).map(
    lambda spans: [(start, start + length) for start, length in spans]
)


def interpolated(points: list[tuple[int, float]], sample: int) -> float:
    """The level at a sample, by looking at each line in turn."""
    if sample <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if left <= sample <= right:
            return high * ((sample - left) / (right - left)) + low * ((right - sample) / (right - left))
    return points[-1][1]


@given(POINTS, POINTS, st.integers(0, 300), st.integers(1, 100))
def test_envelopes_are_lines_between_their_points(
    points: list[tuple[int, float]], others: list[tuple[int, float]], start: int, length: int
) -> None:
    """Levels, sums, windows and the highest level are those of the lines, at every sample."""
    samples = range(start, start + length + 1)
    levels = [interpolated(points, at) for at in samples]
    assert [envelope.level_at(points, at) for at in samples] == pytest.approx(levels)
    assert envelope.highest(points, start, start + length) == pytest.approx(max(levels))
    cut = envelope.window(points, start, start + length)
    assert (cut[0][0], cut[-1][0]) == (0, length)
    assert [interpolated(cut, at) for at in range(length + 1)] == pytest.approx(levels, abs=0.0011)
    summed = envelope.added(points, others)
    expected = [level + interpolated(others, at) for at, level in zip(samples, levels, strict=True)]
    assert [interpolated(summed, at) for at in samples] == pytest.approx(expected)


@given(SPANS, st.integers(1, 20))
def test_spans_with_less_than_a_gap_between_them_are_one(spans: list[tuple[int, int]], gap: int) -> None:
    """The merged spans cover what a picture of all samples covers, in which shorter gaps are filled."""
    covered = sorted({at for start, end in spans for at in range(start, end)})
    expected: list[list[int]] = []
    for at in covered:
        if expected and at - expected[-1][1] < gap:
            expected[-1][1] = at + 1
        else:
            expected.append([at, at + 1])
    assert envelope.merged(spans, gap) == [(start, end) for start, end in expected]


@given(SPANS, st.integers(0, 60))
def test_music_is_low_under_speech_and_beside_it_by_ramps(spans: list[tuple[int, int]], rest: int) -> None:
    """In tenths of a second: down in 2.5 before speech, up in 6 after it, low in pauses and at ends below 15."""
    tenth = SECOND // 10
    length = max((end for _, end in spans), default=0) + rest
    points = envelope.ducking([(start * tenth, end * tenth) for start, end in spans], length * tenth)
    spoken = {at for start, end in spans for at in range(start, end)}
    for at in range(length):
        before = [each + 1 for each in spoken if each < at]
        after = [each for each in spoken if each >= at]
        since, until = at - max(before, default=-1000), min(after, default=10_000) - at
        if not spoken:
            expected = 0.0
        elif (not before and min(after) < 15) or (not after and length - max(before) < 15) or since + until < 15:
            expected = -10.0
        else:
            expected = -10 * max(0.0, 1 - until / 2.5, 1 - since / 6)
        assert envelope.level_at(points, at * tenth) == pytest.approx(expected)


def test_levels_of_a_part_have_three_decimals() -> None:
    """A part of a line begins and ends on it, to a thousandth of a dB."""
    assert envelope.window([(0, 0.0), (3, -1.0)], 1, 2) == [(0, -0.333), (1, -0.667)]
