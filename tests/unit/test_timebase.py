"""Seconds, frames and samples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidbuild import timebase

RATES = [24, 25, 30, 50, 60]


@pytest.mark.parametrize("fps", RATES)
def test_a_frame_is_a_whole_number_of_samples(fps: int) -> None:
    """Every allowed frame rate divides the sample rate, so frames and samples never drift."""
    assert timebase.samples_per_frame(fps) * fps == timebase.SAMPLE_RATE


def test_a_rate_that_does_not_divide_is_refused() -> None:
    """A frame rate such as 29 raises instead of rounding."""
    with pytest.raises(ValueError, match="29 fps does not divide 48000 Hz"):
        timebase.samples_per_frame(29)


@given(st.integers(0, 10**9), st.sampled_from(RATES))
def test_frames_to_hold_is_the_least_that_is_enough(length: int, fps: int) -> None:
    """The frames last at least the samples, and one frame fewer would not."""
    frames = timebase.frames_to_hold(length, fps)
    per_frame = timebase.samples_per_frame(fps)
    assert frames * per_frame >= length > (frames - 1) * per_frame


@given(st.integers(0, 10**9), st.sampled_from(RATES))
def test_frame_at_is_the_nearest(sample: int, fps: int) -> None:
    """A sample's frame begins at most half a frame away from it."""
    per_frame = timebase.samples_per_frame(fps)
    assert abs(timebase.frame_at(sample, fps) * per_frame - sample) * 2 <= per_frame


@pytest.mark.parametrize(
    ("seconds", "fps", "expected"),
    [(0.4, 30, 12), (0.5, 30, 16), (0.0, 30, 2), (0.001, 60, 2), (0.1, 25, 2), (1.0, 24, 24), (0.5, 25, 12)],
)
def test_a_transition_takes_an_even_number_of_frames(seconds: float, fps: int, expected: int) -> None:
    """Half of a transition comes from each scene, so its frames are even and at least two."""
    assert timebase.even_frames(seconds, fps) == expected


def test_messages_have_seconds() -> None:
    """Samples are printed as seconds with one decimal."""
    assert timebase.seconds_text(48_000 * 3 + 24_000) == "3.5 s"


@pytest.mark.parametrize(
    ("seconds", "samples", "frames", "even"),
    [(0.0, 0, 0, 2), (0.5, 24_000, 12, 12), (1.26, 60_480, 32, 32), (0.1, 4800, 2, 2)],
)
def test_parts_of_a_second_count(seconds: float, samples: int, frames: int, even: int) -> None:
    """Seconds become the nearest number of samples, frames and pairs of frames, of which there is one at least."""
    assert timebase.samples(seconds) == samples
    assert timebase.frames(seconds, 25) == frames
    assert timebase.even_frames(seconds, 25) == even
