"""The arguments that mix a scene's audio with music, by what they make."""

from __future__ import annotations

import array
import math
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.audio_lab import ENV, factor, heard, tone
from vidbuild.media.audio import music_mix, wav
from vidbuild.media.audio.adts import FRAME_SAMPLES
from vidbuild.media.audio.mix import raw_input
from vidbuild.media.audio.music_mix import Part
from vidbuild.media.ffmpeg import ffmpeg

SECOND = 48_000
POINTS = st.dictionaries(st.integers(-9000, 200_000), st.integers(-30, 6), min_size=1, max_size=5).map(
    lambda points: sorted((at, float(level)) for at, level in points.items())
)


@given(POINTS, st.integers(-9000, 200_000))
def test_levels_are_lines_in_decibels(points: list[tuple[int, float]], sample: int) -> None:
    """The factor is that of the level on the line between two points, or of the nearest point outside."""
    decibels = points[0][1] if sample < points[0][0] else points[-1][1]
    for (left, low), (right, high) in pairwise(points):
        if left <= sample < right:
            decibels = low + (high - low) * (sample - left) / (right - left)
    expression = music_mix.gain_over_time(points, [], [])
    assert factor(expression, sample / SECOND) == pytest.approx(10 ** (decibels / 20), rel=0.02, abs=0.001)


@pytest.mark.parametrize(
    ("sample", "expected"),
    [(0, 0), (500, 0.5**0.5), (1000, 1), (50_000, 1), (80_000, 1), (82_000, 0.5), (83_000, 0), (90_000, 0)],
)
def test_music_fades_by_a_sine_and_a_cosine(sample: int, expected: float) -> None:
    """A fade from silence rises as a sine, one to silence falls as a cosine; outside them the level stays."""
    expression = music_mix.gain_over_time([(0, 0.0)], [(0, 1000), (80_000, 83_000)], [True, False])
    assert factor(expression, sample / SECOND) == pytest.approx(expected, abs=0.001)


def test_a_fade_of_no_length_is_a_step() -> None:
    """Nothing is divided by zero."""
    expression = music_mix.gain_over_time([(0, -6.0)], [(4800, 4800)], [True])
    assert re.search(r"/0\.0+,", expression) is None
    assert [factor(expression, at / SECOND) for at in (4800, 4802)] == pytest.approx([0, 10 ** (-6 / 20)])


@pytest.mark.parametrize("channels", [1, 2])
def test_the_mix_has_both_at_their_gains(tmp_path: Path, channels: int) -> None:
    """What else is played is heard alone until music begins, and fades in and out over one frame if it must."""
    frames = 100
    samples = frames * FRAME_SAMPLES
    for name, hertz, count in (("music", 3000.0, 2), ("voice", 500.0, channels)):
        sound = tone(samples, level=-20, hertz=hertz)
        stereo = array.array("h", (each for each in sound for _ in range(count)))
        (tmp_path / name).write_bytes(wav.to_bytes(stereo))
    half = samples // 2
    volume = music_mix.gain_over_time([(0, 0.0)], [(half, half + FRAME_SAMPLES)], [True])
    voice = Part(raw_input(tmp_path / "voice", channels), channels, 6.0, fade_in=0, fade_out=samples - FRAME_SAMPLES)
    out = tmp_path / "mix.aac"
    arguments = music_mix.encode(voice, Part(raw_input(tmp_path / "music", 2), 2, -6.0), volume, out)
    ffmpeg.run(arguments, cwd=tmp_path, env=ENV, timeout=60, what="mix a test sound")
    for channel in (0, 1):
        found = heard(out, tmp_path, channel, "aac")
        assert level(found, 10, 40, 500) == pytest.approx(-14, abs=0.5)
        assert level(found, 10, 40, 3000) < -60
        assert level(found, 60, 90, 500) == pytest.approx(-14, abs=0.5)
        assert level(found, 60, 90, 3000) == pytest.approx(-26, abs=0.5)


def level(sound: array.array[float], first: int, last: int, hertz: float) -> float:
    """The level of a tone, in dB below full scale, in a range of frames."""
    part = sound[first * FRAME_SAMPLES : last * FRAME_SAMPLES]
    turn = math.tau * hertz / SECOND
    real = sum(value * math.cos(turn * at) for at, value in enumerate(part))
    imaginary = sum(value * math.sin(turn * at) for at, value in enumerate(part))
    return 20 * math.log10(max(1e-9, 2 * math.hypot(real, imaginary) / len(part)))
