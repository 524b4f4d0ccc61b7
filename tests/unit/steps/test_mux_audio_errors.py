"""Audio that the mux step refuses: the error names the scene, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.mux_lab import DESIGNS, Studio
from vidbuild.errors import StepError
from vidbuild.media.audio import adts
from vidbuild.steps import mux
from vidbuild.timebase import SAMPLE_RATE

PLACES = pytest.mark.parametrize("place", [0, 2, 4])
FIVE = [DESIGNS[0], DESIGNS[1], DESIGNS[2], DESIGNS[1], DESIGNS[0]]


@PLACES
@pytest.mark.parametrize("change", [-2, -1, 1, 2])
def test_sound_of_another_length_joins_nothing(studio: Studio, tmp_path: Path, place: int, change: int) -> None:
    """V14: sound that is frames too short or too long fails the join, names the scene and leaves no video."""
    frames = adts.split(studio.sound(FIVE[place], 30).read_bytes())
    wrong = tmp_path / "wrong.aac"
    wrong.write_bytes(b"".join(frames[:change] if change < 0 else [*frames, *frames[:change]]))
    step = studio.step(FIVE, 30, **{f"audio:s{place}": wrong})
    samples = FIVE[place].frames * 1600
    expected = f"expected {len(frames)} AAC frames for {samples} samples, got {len(frames) + change}"
    words = f"scene 's{place}': wrong audio length: {expected}"
    with pytest.raises(StepError, match=words):
        mux.run(step)
    assert list(step.out.iterdir()) == []


@PLACES
@pytest.mark.parametrize("change", [-1600, -1, 1, 1600])
def test_a_timing_that_contradicts_itself_joins_nothing(studio: Studio, place: int, change: int) -> None:
    """V14: samples that are not those of the frames fail the join, name the scene and leave no video."""
    frames = FIVE[place].frames
    wrong = {"fps": 30, "frames": frames, "samples": frames * 1600 + change}
    step = studio.step(FIVE, 30, **{f"timing:s{place}": wrong})
    expected = f"expected {frames * 1600} samples for {frames} frames, got {frames * 1600 + change}"
    words = f"scene 's{place}': audio and video would drift apart: {expected}"
    with pytest.raises(StepError, match=words):
        mux.run(step)
    assert list(step.out.iterdir()) == []


@PLACES
@pytest.mark.parametrize("fps", [25, 60])
def test_a_picture_of_another_length_joins_nothing(studio: Studio, place: int, fps: int) -> None:
    """V14: a segment with a frame more or less than the sound is for fails the join and names the scene."""
    frames = FIVE[place].frames
    for change in (-1, 1):
        wrong = studio.segment(frames + change, fps)
        step = studio.step(FIVE, fps, **{f"render:s{place}": wrong})
        with pytest.raises(StepError, match=f"scene 's{place}': .*: expected {frames} frames, got {frames + change}"):
            mux.run(step)
        assert list(step.out.iterdir()) == []


@PLACES
def test_damaged_sound_joins_nothing(studio: Studio, tmp_path: Path, place: int) -> None:
    """V9: sound that is cut in a frame, has a bit of a header flipped or is of one channel is named with its scene."""
    good = studio.sound(FIVE[place], 30).read_bytes()
    mono = adts.Configuration(adts.LC, SAMPLE_RATE, 1)
    flipped = bytearray(good)
    flipped[0] ^= 0x80
    one = b"".join(adts.wrap(adts.payload(frame), mono) for frame in adts.split(good))
    for number, data in enumerate((good[:-3], bytes(flipped), b"", one)):
        wrong = tmp_path / f"{number}.aac"
        wrong.write_bytes(data)
        step = studio.step(FIVE, 30, **{f"audio:s{place}": wrong})
        # where the first scene is the odd one out, it is the second that differs from it
        named = "s1" if data == one and place == 0 else f"s{place}"
        with pytest.raises(StepError, match=f"scene '{named}'"):
            mux.run(step)
        assert list(step.out.iterdir()) == []
