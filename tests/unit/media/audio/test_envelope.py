"""Levels over time."""

from __future__ import annotations

import pytest

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
