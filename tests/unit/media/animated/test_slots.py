"""Which frames of a video an animated image shows: checked against a frame-by-frame walk."""

from __future__ import annotations

import pytest

from vidbuild.media.animated import slots

RATES = [(30, 15), (30, 10), (30, 30), (24, 12), (30, 7), (25, 15), (60, 20), (24, 5)]


@pytest.mark.parametrize(("fps", "rate"), RATES)
@pytest.mark.parametrize("frames", [1, 2, 3, 7, 29, 30, 31, 100])
def test_slots_cover_all_frames_evenly(frames: int, fps: int, rate: int) -> None:
    """Slots follow each other to the last frame, none is longer than one and a half of a slot, rounded up."""
    ends = slots.ends(frames, fps, rate)
    lengths = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    assert ends[-1] == frames
    assert all(0 < length <= fps / rate * 1.5 + 1 for length in lengths)
    assert all(abs(end - (index + 1) * fps / rate) < 1 for index, end in enumerate(ends[:-1]))


@pytest.mark.parametrize(("fps", "rate"), RATES)
def test_the_last_change_is_shown_wherever_it_comes(fps: int, rate: int) -> None:
    """What changes in any frame, also in the last one, is shown at the end."""
    for frames in range(1, 40):
        for last in range(1, frames):
            assert slots.wanted([0, last], frames, fps, [rate])[-1] == last


def test_a_slot_shows_its_last_frame() -> None:
    """Of several changes in a slot, the last one is shown, and a hold is wanted once."""
    assert slots.wanted([0, 1, 2, 3, 9], 12, 30, [10]) == [2, 3, 9]
    assert slots.wanted([0], 90, 30, [10]) == [0]


def test_frames_of_all_rates_are_wanted() -> None:
    """A lower rate, whose slots end elsewhere, has its own frames."""
    every = list(range(12))
    assert slots.wanted(every, 12, 30, [10]) == [2, 5, 8, 11]
    assert slots.wanted(every, 12, 30, [10, 15]) == [1, 2, 3, 5, 7, 8, 9, 11]


def test_a_short_rest_belongs_to_the_slot_before() -> None:
    """A last slot of one frame of six would flash: it lengthens the one before."""
    assert slots.ends(13, 30, 5) == [6, 13]
    assert slots.ends(16, 30, 5) == [6, 12, 16]
