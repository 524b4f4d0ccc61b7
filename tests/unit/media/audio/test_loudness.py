"""Measuring loudness, and the gain that results."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.support.audio_lab import ENV, silence, tone
from vidbuild.errors import StepError
from vidbuild.media.audio import loudness, wav
from vidbuild.media.audio.loudness import Loudness
from vidbuild.timebase import SAMPLE_RATE

SUMMARY = """
[Parsed_ebur128_0 @ 0x1] Summary:

  Integrated loudness:
    I:         {integrated} LUFS
    Threshold: -28.2 LUFS

  Loudness range:
    LRA:         1.2 LU

  True peak:
    Peak:       {peak} dBFS
"""


def measured(samples: object, scratch: Path) -> Loudness:
    """Return the measured loudness of samples in a file."""
    path = scratch / "sound.wav"
    wav.write(path, samples)  # type: ignore[arg-type] # the caller's samples
    return loudness.measure(["-i", str(path)], len(wav.read(path)) / SAMPLE_RATE, scratch, ENV)


def test_a_sine_is_as_loud_as_the_standard_says(scratch: Path) -> None:
    """A 1 kHz sine at -23 dBFS in one channel, played by two loudspeakers, has -23 LUFS (EBU Tech 3341, case 1)."""
    found = measured(tone(5 * 48_000, level=-23, hertz=1000), scratch)
    assert found.integrated == pytest.approx(-23, abs=0.1)
    assert found.peak == pytest.approx(-23, abs=0.1)


def test_pauses_do_not_count(scratch: Path) -> None:
    """Silence around speech is gated, so a long pause makes nothing louder."""
    sound = silence(3 * 48_000)
    sound.extend(tone(3 * 48_000, level=-23, hertz=1000))
    sound.extend(silence(3 * 48_000))
    assert measured(sound, scratch).integrated == pytest.approx(-23, abs=0.5)


def test_a_peak_between_samples_is_seen(scratch: Path) -> None:
    """A tone at a quarter of the rate whose samples miss its crests has a true peak 3 dB above them."""
    samples = tone(48_000, level=-6)
    for index in range(len(samples)):
        samples[index] = 11_584 if index % 4 in (0, 1) else -11_584
    found = measured(samples, scratch)
    assert 20 * math.log10(11_584 / 32_768) == pytest.approx(-9, abs=0.1)
    assert found.peak > -6.5


@pytest.mark.parametrize("milliseconds", [30, 200, 399])
def test_what_is_shorter_than_a_block_is_measured_too(scratch: Path, milliseconds: int) -> None:
    """A single short word has a loudness, though it is shorter than the 0.4 s in which loudness is counted."""
    found = measured(tone(48 * milliseconds, level=-20, hertz=1000), scratch)
    assert found.integrated == pytest.approx(-20, abs=0.5)


@pytest.mark.parametrize("level", [-40, -12, -1])
def test_loudness_alone_is_the_same_without_the_peaks(scratch: Path, level: float) -> None:
    """Leaving the peaks out changes no loudness, and nothing at all has none."""
    samples = tone(9_600, level=level, hertz=440) + silence(9_600)
    whole = measured(samples, scratch)
    alone = loudness.integrated(["-i", str(scratch / "sound.wav")], len(samples) / SAMPLE_RATE, scratch, ENV)
    assert alone == whole.integrated
    assert loudness.integrated([], 0, scratch, ENV) == -math.inf


def test_silence_has_no_loudness(scratch: Path) -> None:
    """Silence, and audio of no length, are measured as silent."""
    assert measured(silence(48_000), scratch).silent
    assert loudness.measure([], 0, scratch, ENV) == loudness.SILENCE


@pytest.mark.parametrize(
    ("integrated", "peak", "found"),
    [
        ("-18.1", "-0.8", Loudness(-18.1, -0.8)),
        ("-70.0", "-inf", Loudness(-70.0, -math.inf)),
        ("nan", "-inf", Loudness(-math.inf, -math.inf)),
        ("-5.0", "1.1", Loudness(-5.0, 1.1)),
    ],
)
def test_the_summary_is_read(integrated: str, peak: str, found: Loudness) -> None:
    """Figures are taken from the end of the log, whatever stands before."""
    log = SUMMARY.format(integrated="-1.0", peak="-1.0") + SUMMARY.format(integrated=integrated, peak=peak)
    assert loudness.parse_summary(log) == found


def test_a_log_without_figures_is_an_error() -> None:
    """An ffmpeg without the filter's summary is not taken for silence."""
    with pytest.raises(StepError, match="reported no loudness"):
        loudness.parse_summary("something else")


@pytest.mark.parametrize(
    ("found", "target", "gain"),
    [
        (Loudness(-22.7, -8.7), -16.0, 6.7),
        (Loudness(-22.7, -8.7), -23.0, -0.3),
        (Loudness(-18.1, -0.8), -16.0, -0.7),  # the ceiling, not the target
        (Loudness(-50.0, -40.0), -16.0, 30.0),  # at most
        (Loudness(-10.0, 0.0), -16.0, -6.0),
        (Loudness(-70.0, -math.inf), -16.0, 0.0),
        (loudness.SILENCE, -16.0, 0.0),
    ],
)
def test_one_gain_reaches_the_target_under_the_ceiling(found: Loudness, target: float, gain: float) -> None:
    """Target first, then the true-peak ceiling and the most it may be raised; silence stays silence."""
    assert loudness.gain(found, target, 30.0, -1.5) == pytest.approx(gain)
