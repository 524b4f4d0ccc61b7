"""Samples, the silence around them and their peaks."""

from __future__ import annotations

import array
import math
import sys
import wave
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.audio_lab import onset, silence, tone
from vidbuild.media.audio import wav


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """A file gives back its samples, extremes included, and its bytes depend on nothing else."""
    samples = array.array("h", [0, 1, -1, 32767, -32768])
    for name in ("a.wav", "b.wav"):
        wav.write(tmp_path / name, samples)
    assert wav.read(tmp_path / "a.wav") == samples
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_another_format_is_refused(tmp_path: Path) -> None:
    """A file of two channels is not taken for one of one, and the message names both."""
    path = tmp_path / "stereo.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes(bytes(8))
    with pytest.raises(
        wav.WavError, match=r"'stereo.wav': audio format: expected 1 x 16 bits at 48000 Hz, got 2 x 16 bits at 44100"
    ):
        wav.read(path)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"RIFF\x24\0\0\0WAVEfmt "])
def test_a_damaged_file_is_refused(tmp_path: Path, data: bytes) -> None:
    """A file that is no WAV file is refused with a message, not with a traceback of the reader."""
    path = tmp_path / "x.wav"
    path.write_bytes(data)
    with pytest.raises(wav.WavError, match=r"'x.wav' is not a WAV file"):
        wav.read(path)


def test_half_a_sample_is_left_out() -> None:
    """An odd byte at the end of raw data is not a sample."""
    assert wav.from_bytes(b"\x01\x00\x02") == array.array("h", [1])


def test_silence_around_speech_is_cut() -> None:
    """V16: the result begins 2 ms before the speech and ends 10 ms after it, and the length of the cut is returned."""
    sound = silence(5000)
    sound.extend(tone(4800))
    sound.extend(silence(9000))
    kept, cut = wav.trim(sound)
    assert cut == 5000 - wav.LEAD
    assert len(kept) == wav.LEAD + 4800 + wav.TAIL
    assert onset(kept, 100) == wav.LEAD


def test_a_soft_noise_floor_counts_as_silence() -> None:
    """Hiss 60 dB below the loudest sample is cut off, and what stays of it is faded in."""
    hiss = array.array("h", [8, -8] * 2400)
    kept, cut = wav.trim(hiss + tone(4800, level=-6) + hiss)
    assert cut == 4800 - wav.LEAD
    assert kept[0] == 0
    assert kept[-1] == 0


def test_a_sound_without_silence_is_kept_whole() -> None:
    """Nothing is cut from what begins and ends loud."""
    sound = tone(4800)
    kept, cut = wav.trim(sound)
    assert (len(kept), cut) == (4800, 0)
    assert kept[:4000] == sound[:4000]


@pytest.mark.parametrize("length", [0, 1, 4800])
def test_silence_alone_leaves_nothing(length: int) -> None:
    """A voice that made no sound has no samples, so that it is not taken for speech."""
    assert wav.trim(silence(length)) == (array.array("h"), length)


def test_peaks_come_down_and_the_rest_stays() -> None:
    """No sample is over the ceiling afterwards, and what is 12 ms away from a peak is untouched."""
    sound = tone(48_000, level=-20)
    sound[24_000] = 32767
    sound[24_010] = -32768
    out = wav.limit_peaks(sound, 8000)
    assert max(map(abs, out)) <= 8000
    assert max(map(abs, out[23_990:24_020])) > 6000
    assert out[:23_420] == sound[:23_420]
    assert out[24_590:] == sound[24_590:]


def test_the_gain_moves_without_a_step() -> None:
    """Bringing down a peak makes no jump between neighbouring samples that the sound itself did not have."""
    sound = array.array("h", [10_000] * 4800)
    sound[2400] = 30_000
    out = wav.limit_peaks(sound, 12_000)
    flat = [abs(a - b) for a, b in pairwise(out[:2400])]
    assert max(flat) < 200


def test_a_sound_below_the_ceiling_is_the_same() -> None:
    """Nothing is done where nothing has to be."""
    sound = tone(4800)
    assert wav.limit_peaks(sound, 32767) == sound
    assert wav.limit_peaks(silence(0), 100) == silence(0)


@pytest.mark.parametrize("offset", [900, -900, 12_000])
def test_an_offset_is_taken_off(offset: int) -> None:
    """A recording that swings around another level than zero swings around zero, unclipped, and is else as it was."""
    swing = [round(8000 * math.sin(math.tau * index / 480)) for index in range(9600)]
    eased = wav.declick(array.array("h", (value + offset for value in swing)))
    assert len(eased) == len(swing)
    assert list(eased[wav.EDGE : -wav.EDGE]) == swing[wav.EDGE : -wav.EDGE]


def test_what_is_clipped_on_one_side_does_not_overflow() -> None:
    """Samples at one end of the scale stay in it when an offset is taken off the other way."""
    eased = wav.declick(array.array("h", [32_767] * 4000 + [-32_768] * 1000))
    assert (max(eased), min(eased)) == (13_107, -32_767)


def test_a_sound_comes_and_goes_from_nothing() -> None:
    """What starts or ends in the middle of a wave is faded over 1 ms there, and untouched between."""
    full = array.array("h", [8000, -8000] * 2400)
    eased = wav.declick(full)
    assert (eased[0], eased[-1]) == (0, 0)
    assert eased[wav.EDGE : -wav.EDGE] == full[wav.EDGE : -wav.EDGE]
    assert list(map(abs, eased[: wav.EDGE])) == pytest.approx([8000 * n / wav.EDGE for n in range(wav.EDGE)], abs=1)
    for length in (0, 1, 2, 3, 150):
        assert len(wav.declick(full[:length])) == length


def test_easing_leaves_the_sound_it_is_given() -> None:
    """A sound that is eased is a new one."""
    full = array.array("h", [9000] * 500)
    wav.declick(full)
    assert full == array.array("h", [9000] * 500)


def limited_plainly(samples: array.array[int], ceiling: int) -> array.array[int]:
    """Do what `limited` does, simply and slowly."""
    starts = range(0, len(samples), wav.BLOCK)
    blocks = [samples[start : start + wav.BLOCK] for start in starts]
    needed = [min(1.0, ceiling / max(1, *map(abs, block))) for block in blocks]
    least = [min(needed[max(0, at - wav.HOLD) : at + wav.HOLD + 1]) for at in range(len(needed))]
    near = [least[max(0, at - wav.EASE) : at + wav.EASE + 1] for at in range(len(least))]
    gains = [sum(values) / len(values) for values in near]
    out = samples[:]
    for start, gain, following in zip(starts, gains, [*gains[1:], *gains[-1:]], strict=True):
        for offset in range(min(wav.BLOCK, len(out) - start)):
            if gain < 1.0 or following < 1.0:
                out[start + offset] = int(out[start + offset] * (gain + (following - gain) * offset / wav.BLOCK))
    return out


@settings(max_examples=60, deadline=None)
@given(
    loud=st.lists(st.tuples(st.integers(0, 2999), st.integers(-32768, 32767)), max_size=12),
    quiet=st.integers(-300, 300),
    ceiling=st.integers(1, 32766),
)
def test_only_blocks_that_may_be_loud_are_looked_at(loud: list[tuple[int, int]], quiet: int, ceiling: int) -> None:
    """Looking for peaks by high bytes first changes no sample, whatever the sound and the ceiling."""
    sound = array.array("h", [quiet]) * 3000
    for at, value in loud:
        sound[at] = value
    assert wav.limit_peaks(sound, ceiling) == limited_plainly(sound, ceiling)


@pytest.mark.parametrize("value", [255, 256, 257, -256, -257, -258, 32767, -32768])
def test_no_loud_sample_is_overlooked(value: int) -> None:
    """A single sample over the ceiling is found, also at the limits of what its high byte shows."""
    sound = array.array("h", bytes(2 * 480))
    sound[100] = value
    found = wav._blocks_over(sound, 256)
    assert found == [100 // wav.BLOCK] or abs(value) <= 256


@pytest.mark.parametrize(("level", "kept"), [(-49.0, True), (-51.0, False)])
def test_silence_is_50_db_below_the_loudest_sample(level: float, kept: bool) -> None:
    """What is 49 dB softer than the loudest sample is kept, what is 51 dB softer is cut."""
    soft = array.array("h", [round(30_000 * 10 ** (level / 20))] * 4800)
    loud = array.array("h", [30_000] * 4800)
    found, cut = wav.trim(silence(4800) + soft + loud)
    assert cut == (4800 - wav.LEAD if kept else 9600 - wav.LEAD)
    assert len(found) == 14_400 - cut


@pytest.mark.parametrize(("offset", "removed"), [(199, 0), (201, 201), (-199, 0), (-201, -201)])
def test_an_offset_counts_from_a_fiftieth_of_the_loudest_sample(offset: int, removed: int) -> None:
    """Two in a hundred of the peak are the limit: below it, no sample but those of the fades at the ends changes."""
    peak = 10_000
    high, low = (peak, 2 * offset - peak) if offset > 0 else (2 * offset + peak, -peak)
    square = array.array("h", ([high] * 480 + [low] * 480) * 10)
    eased = wav.declick(square)
    assert list(eased[48:-48]) == [sample - removed for sample in square[48:-48]]


def test_samples_are_little_endian_on_any_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that stores the high byte first swaps the bytes of what it reads and writes, in a copy."""
    samples = array.array("h", [1, -2, 300])
    swapped = array.array("h", samples)
    swapped.byteswap()
    monkeypatch.setattr(sys, "byteorder", "big")
    assert wav.to_bytes(samples) == swapped.tobytes()
    assert wav.from_bytes(samples.tobytes()) == swapped
    assert samples == array.array("h", [1, -2, 300])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(-32_768, 32_767), max_size=20),
    st.sampled_from([0, 50, 70, 3000]),
    st.sampled_from([0, 1, -1, 255, -256, 32_767]),
    st.randoms(use_true_random=False),
)
def test_the_peak_is_that_of_all_samples(loud: list[int], count: int, other: int, random: Random) -> None:
    """Of many samples only those with the outermost high bytes are looked at, and the peak is that of all."""
    samples = [*loud, *(random.choice((0, other, random.randint(-300, 300))) for _ in range(count))]
    random.shuffle(samples)
    assert wav._peak(array.array("h", samples)) == max(map(abs, samples), default=0)
