"""Where somebody speaks in a recording."""

from __future__ import annotations

import array
import random

import pytest

from tests.support.audio_lab import silence, tone
from vidbuild.media.audio.activity import phrases
from vidbuild.timebase import SAMPLE_RATE

TENTH = SAMPLE_RATE // 10


def noise(samples: int, level: int) -> array.array[int]:
    """White noise up to a level, always the same."""
    rng = random.Random(7)
    return array.array("h", (rng.randint(-level, level) for _ in range(samples)))


def seconds(found: list[tuple[int, int]]) -> list[tuple[float, float]]:
    """Phrases in seconds."""
    return [(round(start / SAMPLE_RATE, 2), round(end / SAMPLE_RATE, 2)) for start, end in found]


def test_silence_around_and_between_is_found() -> None:
    """Speech lies between the silences of a recording, to a hundredth of a second."""
    take = silence(10 * TENTH) + tone(20 * TENTH) + silence(15 * TENTH) + tone(10 * TENTH) + silence(5 * TENTH)
    assert seconds(phrases(take)) == [(1.0, 3.0), (4.5, 5.5)]


@pytest.mark.parametrize("level", [30, 300, 1500])
def test_background_noise_is_no_speech(level: int) -> None:
    """Noise of a room, up to 15 dB below the voice, does not hide pauses."""
    take = silence(10 * TENTH) + tone(20 * TENTH) + silence(15 * TENTH) + tone(10 * TENTH) + silence(5 * TENTH)
    noisy = array.array("h", (one + other for one, other in zip(take, noise(len(take), level), strict=True)))
    assert seconds(phrases(noisy)) == [(1.0, 3.0), (4.5, 5.5)]


def test_clicks_and_short_gaps_are_nothing() -> None:
    """A click in silence is no phrase, and a gap of a tenth of a second is no pause."""
    click = tone(480)
    take = silence(5 * TENTH) + click + silence(5 * TENTH) + tone(5 * TENTH) + silence(TENTH) + tone(5 * TENTH)
    assert seconds(phrases(take)) == [(1.01, 2.11)]


@pytest.mark.parametrize("level", [-50.0, -20.0, 0.0])
def test_soft_and_loud_recordings(level: float) -> None:
    """The level of a recording does not matter."""
    assert seconds(phrases(silence(10 * TENTH) + tone(10 * TENTH, level=level))) == [(1.0, 2.0)]


def test_a_recording_without_pauses_is_one_phrase() -> None:
    """A tone from end to end is one phrase; silence has none."""
    assert phrases(tone(10 * TENTH)) == [(0, 10 * TENTH)]
    assert phrases(silence(10 * TENTH)) == []
    assert phrases(array.array("h")) == []
