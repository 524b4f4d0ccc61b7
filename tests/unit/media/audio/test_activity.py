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


def take(*parts: tuple[int, int]) -> array.array[int]:
    """A sound of (level, hundredths of a second), as a square wave whose level is the same in each hundredth."""
    return array.array(
        "h", (sign * level for level, count in parts for _ in range(count * 4) for sign in [1] * 60 + [-1] * 60)
    )


def hundredths(*parts: tuple[int, int]) -> list[tuple[int, int]]:
    """Where speech is in such a sound."""
    return [(start * 100 // SAMPLE_RATE, end * 100 // SAMPLE_RATE) for start, end in phrases(take(*parts))]


@pytest.mark.parametrize(
    ("noise_level", "floor"),
    [
        (0, 158),  # 36 dB below speech
        (60, 158),
        (300, 753),  # 8 dB above noise
        (800, 1258),  # 18 dB below speech: noise is never more in good recordings
        (2000, 2517),  # 2 dB above noise
        (4500, 5000),  # half of speech
    ],
)
def test_soft_sounds_are_speech_by_noise_and_speech(noise_level: int, floor: int) -> None:
    """Beside speech at 10,000, a sound of half a second is speech from one level on, which depends on the noise."""
    for level, found in ((floor, [(150, 250)]), (floor + 1, [(50, 100), (150, 250)])):
        assert hundredths((noise_level, 50), (level, 50), (noise_level, 50), (10_000, 100)) == found


@pytest.mark.parametrize(("loud", "soft_is_speech"), [(6, False), (5, True)])
def test_speech_is_as_loud_as_its_loudest_twentieth(loud: int, soft_is_speech: bool) -> None:
    """Of 101 hundredths six are as loud as speech; five are a noise, so that what is softer is speech as well."""
    before = 30 - loud
    found = hundredths((0, before), (150, 51), (0, 20), (10_000, loud))
    assert found == [(before, before + 51)] * soft_is_speech + [(101 - loud, 101)]


@pytest.mark.parametrize(("quiet", "expected"), [(9, [(9, 101)]), (8, [(29, 101)])])
def test_noise_is_the_softest_twelfth(quiet: int, expected: list[tuple[int, int]]) -> None:
    """Of 101 hundredths nine are the noise of a room; if only eight are so soft, the noise is what is there next."""
    assert hundredths((0, quiet), (400, 29 - quiet), (10_000, 72)) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(0, 50), (10_000, 4), (0, 50), (10_000, 50)], [(104, 154)]),
        ([(0, 50), (10_000, 5), (0, 50), (10_000, 50)], [(50, 55), (105, 155)]),
        ([(10_000, 50), (0, 17), (10_000, 50)], [(0, 117)]),
        ([(10_000, 50), (0, 18), (10_000, 50)], [(0, 50), (68, 118)]),
        ([(0, 50), (10_000, 4)], [(50, 54)]),
    ],
)
def test_a_sound_has_5_hundredths_and_a_pause_18(parts: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    """Shorter sounds are clicks, unless there is nothing else; shorter pauses are part of words."""
    assert hundredths(*parts) == expected


def test_speech_ends_with_its_recording() -> None:
    """The last hundredth of a second may be shorter than one."""
    assert phrases(take((10_000, 20))[:-100]) == [(0, 20 * 480 - 100)]
