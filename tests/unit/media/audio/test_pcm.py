"""Any audio as 48 kHz samples."""

from __future__ import annotations

import array
import math
import os
import struct
import wave
from pathlib import Path

import pytest

from tests.support.audio_lab import ENV, tone
from vidbuild.errors import SpecProblem, StepError
from vidbuild.media.audio import music_file, pcm, wav
from vidbuild.media.ffmpeg import limits
from vidbuild.timebase import SAMPLE_RATE


@pytest.mark.parametrize("samples", [146, 147, 148, 22_050, 100_001])
def test_resampling_gives_an_exact_number_of_samples(scratch: Path, samples: int) -> None:
    """So many samples at 22050 Hz become as many times 320 / 147, rounded, so that times stay true over any length."""
    found = pcm.resample(array.array("h", [1000] * samples), 22_050, scratch, ENV)
    assert abs(len(found) - samples * 320 / 147) <= 1


def test_resampling_moves_nothing(scratch: Path) -> None:
    """An impulse at sample n comes to stand at n * 48000 / rate, to the sample."""
    sound = array.array("h", bytes(2 * 44_100))
    places = [147, 14_700, 40_000]
    for place in places:
        sound[place] = 30_000
    found = pcm.resample(sound, 22_050, scratch, ENV)
    for place in places:
        expected = place * 320 / 147
        near = range(int(expected) - 300, int(expected) + 300)
        assert abs(max(near, key=lambda index: abs(found[index])) - expected) <= 1


def test_resampling_keeps_the_level(scratch: Path) -> None:
    """A tone is as loud afterwards as it was before."""
    sound = array.array("h", (int(10_000 * math.sin(math.tau * 440 * index / 22_050)) for index in range(22_050)))
    found = pcm.resample(sound, 22_050, scratch, ENV)[4800:-4800]
    assert max(found) == pytest.approx(10_000, rel=0.01)


def test_the_same_rate_is_left_alone(scratch: Path) -> None:
    """48 kHz needs no ffmpeg."""
    sound = tone(100)
    assert pcm.resample(sound, SAMPLE_RATE, scratch, {}) is sound


def test_a_file_is_decoded_to_its_samples(scratch: Path) -> None:
    """A WAV file in the kept format comes through unchanged."""
    sound = tone(5000)
    wav.write(scratch / "x.wav", sound)
    assert pcm.decode(scratch / "x.wav", scratch, ENV, "read it").samples == sound


def test_stereo_is_mixed_to_its_mean(scratch: Path) -> None:
    """The same samples on both channels come through unchanged: mixing makes them no louder."""
    sound = tone(5000)
    with wave.open(str(scratch / "x.wav"), "wb") as file:
        file.setparams((2, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(wav.to_bytes(array.array("h", (sample for sample in sound for _ in range(2)))))
    found = pcm.decode(scratch / "x.wav", scratch, ENV, "read it").samples
    assert max(abs(a - b) for a, b in zip(found, sound, strict=True)) <= 1


@pytest.mark.parametrize(("level", "shift"), [(9.0, -4), (1.001, -1), (1.0, 0), (0.07, 0), (0.05, 4), (1e-9, 15)])
def test_the_shift_brings_the_peak_just_below_full_scale(level: float, shift: int) -> None:
    """A peak over full scale, or 24 dB below it, is moved by a power of two; others are left alone, silence too."""
    assert pcm._shift([f"{20 * math.log10(level):.6f}"]) == shift
    assert pcm._shift(["-inf"]) == pcm._shift([]) == 0


def test_what_is_no_sound_is_an_error(scratch: Path) -> None:
    """A file that is not media fails with what was tried, and with ffmpeg's own last lines."""
    path = scratch / "notes.wav"
    path.write_text("not a sound", encoding="utf-8")
    with pytest.raises(StepError, match="ffmpeg could not read the take") as caught:
        pcm.decode(path, scratch, ENV, "read the take")
    assert caught.value.failure.log
    assert caught.value.failure.command


def test_results_do_not_depend_on_the_processor(scratch: Path) -> None:
    """P4: samples are the same with and without the machine's vector units, which ffmpeg is configured not to use."""
    sound = array.array("h", os.urandom(2 * 22_050))
    first = pcm.resample(sound, 22_050, scratch, ENV)
    assert pcm.resample(sound, 22_050, scratch, ENV) == first
    assert pcm.REPRODUCIBLE[:2] == ("-cpuflags", "0")


@pytest.mark.parametrize(("surplus", "fits"), [(-3, False), (-2, True), (0, True), (2, True), (3, False)])
def test_a_wrong_number_of_samples_is_an_error(
    surplus: int, fits: bool, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two samples are rounding; with more, words would not be where they are spoken."""
    sound = array.array("h", bytes(2 * 22_050))
    monkeypatch.setattr(pcm, "_read_output", lambda *_: array.array("h", bytes(2 * (SAMPLE_RATE + surplus))))
    if fits:
        assert len(pcm.resample(sound, 22_050, scratch, ENV)) == SAMPLE_RATE + surplus
    else:
        with pytest.raises(StepError, match="expected 48000 samples"):
            pcm.resample(sound, 22_050, scratch, ENV)


def test_audio_may_be_as_long_as_its_limit_and_not_a_sample_longer(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit of a recording counts the samples of its file."""
    monkeypatch.setattr(limits, "RECORDING_SECONDS", 0.1)
    wav.write(scratch / "x.wav", tone(4800))
    assert len(pcm.decode(scratch / "x.wav", scratch, ENV, "read it").samples) == 4800
    wav.write(scratch / "x.wav", tone(4801))
    with pytest.raises(SpecProblem, match=r"'x\.wav'"):
        pcm.decode(scratch / "x.wav", scratch, ENV, "read it")


def test_samples_that_are_not_numbers_are_an_error(scratch: Path) -> None:
    """A file of floats with a NaN is refused with its name and its field, and no sample of it is used."""
    path = scratch / "x.wav"
    data = struct.pack("<4800f", *([0.1] * 4799), math.nan)
    form = struct.pack("<HHIIHH", 3, 1, SAMPLE_RATE, 4 * SAMPLE_RATE, 4, 32)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    with pytest.raises(SpecProblem, match=r"^'x\.wav' has samples that are not numbers") as caught:
        pcm.decode(path, scratch, ENV, "read it", "audio")
    assert caught.value.failure.field == "audio"
    with pytest.raises(SpecProblem, match=r"^'x\.wav' has samples that are not numbers") as caught:
        music_file.decode(path, scratch / "music.pcm", 9000, ENV, "music")
    assert caught.value.failure.field == "music"
