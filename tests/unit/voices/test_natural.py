"""The natural voice: its samples, its words, its settings, and what it cannot speak."""

from __future__ import annotations

import array
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.audio_lab import ENV, onset, speech_request
from vidbuild.errors import StepError
from vidbuild.frozen import replaced
from vidbuild.media.audio import loudness, wav
from vidbuild.media.text.words import Speech
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices import levels, natural_model, natural_speech, natural_voices
from vidbuild.voices.natural import Natural

HEART = natural_voices.voices()["heart"]
TEXT = "The build starts with a short file, and it ends with a video."


def speak(scratch: Path, text: str = TEXT, **changes: Any) -> tuple[Speech, array.array[int]]:
    """Speak, and read what was written."""
    speech = Natural().speak(speech_request(scratch, text, **{"voice": "heart", **changes}))
    return speech, wav.read(scratch / "said.wav")


def hertz(samples: array.array[int]) -> float:
    """The median pitch of the loud parts, by autocorrelation."""
    data = np.asarray(samples, np.float64)
    found = []
    for at in range(0, len(data) - 3600, 1200):
        part = data[at : at + 3600] * np.hanning(3600)
        if np.sqrt((part**2).mean()) < 0.05 * data.max():
            continue
        power = np.fft.irfft(np.abs(np.fft.rfft(part, 16384)) ** 2)
        lag = 150 + int(np.argmax(power[150:600]))
        if power[lag] > 0.5 * power[0]:
            found.append(SAMPLE_RATE / lag)
    return float(np.median(found))


def test_every_word_has_its_time_from_the_model(scratch: Path) -> None:
    """V21: each word of the text has its place and its time, in order and inside the audio."""
    speech, samples = speak(scratch)
    assert speech.source == "model"
    assert [word.text for word in speech.words] == TEXT.split()
    assert all(TEXT.startswith(word.text, word.at) for word in speech.words)
    assert speech.samples == len(samples)
    edges = [edge for word in speech.words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert edges[-1] <= len(samples)
    assert all(word.end - word.start > 1000 for word in speech.words)


def test_words_after_a_pause_begin_where_the_sound_does(scratch: Path) -> None:
    """A word after a pause begins where the sound begins again, within 30 ms, and the one before ends before it."""
    speech, samples = speak(scratch, "Boy. Day. Go.")
    floor = max(samples) / 50
    for before, word in pairwise(speech.words):
        assert word.start - before.end > 4800
        assert abs(onset(samples, floor, (before.end + word.start) // 2) - word.start) < 1440


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("It opens at 7:30 pm.", [0, 3, 9, 12, 17]),
        ("Dr. Smith pays $5.20 now.", [0, 4, 10, 15, 21]),
        ("A well-known, re-used (old) idea…", [0, 2, 14, 22, 28]),
        ("One.  Two!\nThree?", [0, 6, 11]),
    ],
)
def test_words_keep_their_places_when_the_reader_changes_them(scratch: Path, text: str, places: list[int]) -> None:
    """Words that the library's reader writes out in others have the place of what they stand for."""
    speech, _ = speak(scratch, text)
    starts = {max(place for place in places if place <= (word.at or 0)) for word in speech.words}
    assert starts == set(places)
    assert [word.at for word in speech.words] == sorted(word.at or 0 for word in speech.words)


def test_the_same_text_has_the_same_bytes(scratch: Path) -> None:
    """The noise of the model has a seed: two takes are equal."""
    assert speak(scratch) == speak(scratch)


def test_bytes_do_not_depend_on_scipy(tmp_path: Path) -> None:
    """The library takes other arithmetic from scipy if that can be imported; the worker never lets it."""
    (tmp_path / "scipy").mkdir()
    (tmp_path / "scipy" / "__init__.py").write_text("raise SystemExit('scipy was imported')\n", encoding="utf-8")
    code = """
import sys
from vidbuild.voices import natural_model, natural_voices
voice = natural_voices.voices()["heart"]
natural_model.load(voice, voice.path)
from hibari import dsp
assert dsp.FFT_BACKEND == "numpy" and "scipy" not in sys.modules
"""
    env = {**ENV, "PYTHONPATH": f"{tmp_path}:{Path(natural_voices.__file__).parents[2]}"}
    subprocess.run([sys.executable, "-c", code], env=env, check=True)


def test_a_rate_changes_the_length_alone(scratch: Path) -> None:
    """A rate of 150 % takes two thirds of the time, with pauses a little more, at the same pitch."""
    usual, samples = speak(scratch)
    fast, faster = speak(scratch, rate=150)
    assert 0.6 < fast.samples / usual.samples < 0.72
    assert abs(hertz(faster) - hertz(samples)) < 15


@pytest.mark.parametrize("shift", [-60, 40])
def test_a_pitch_is_a_shift_in_hertz_that_keeps_the_length(scratch: Path, shift: int) -> None:
    """A pitch moves the voice by so many Hz; times of words stay as they are."""
    usual, samples = speak(scratch)
    moved, shifted = speak(scratch, pitch=shift)
    assert abs(hertz(shifted) - hertz(samples) - shift) < 12
    assert abs(moved.samples - usual.samples) < SAMPLE_RATE // 50


def test_peaks_let_a_narration_reach_its_loudness(scratch: Path) -> None:
    """The highest peak is at most CREST over the loudness, half a dB for the measure of both."""
    _, samples = speak(scratch)
    found = loudness.integrated(["-i", str(scratch / "said.wav")], len(samples) / SAMPLE_RATE, scratch, ENV)
    peak = 20 * np.log10(np.abs(np.asarray(samples, np.int32)).max() / wav.MAX_SAMPLE)
    assert peak - found < levels.CREST + 0.5


@pytest.mark.parametrize("text", ["你好", "...", "-- !", "日本語。"])
def test_a_text_without_sounds_is_an_error(scratch: Path, text: str) -> None:
    """What has no phonemes is an error at the narration, never silence."""
    with pytest.raises(StepError, match="nothing in this narration can be spoken") as caught:
        speak(scratch, text)
    assert caught.value.failure.field == "narration"


def test_words_that_are_left_out_are_warnings(scratch: Path) -> None:
    """A word without phonemes among others is a warning that names it."""
    found: list[str] = []
    speak(scratch, "你好 is a greeting, and 5 ≥ 3, 4 ≥ 2.", on_warning=found.append)
    assert found == ["the voice 'natural:heart' leaves out '≥', which captions show"]


def test_a_long_sentence_is_spoken_in_parts(scratch: Path) -> None:
    """A sentence without a single comma, and a word without end, are spoken with rising times."""
    text = "and it goes on " * 60 + "x" * 900
    speech, samples = speak(scratch, text)
    assert speech.samples > 30 * SAMPLE_RATE
    starts = [word.start for word in speech.words]
    assert starts == sorted(starts)
    assert starts[-1] < len(samples)


def test_a_long_word_is_spoken_to_its_end(scratch: Path) -> None:
    """The library's reader drops what follows 24 letters of an unknown word; the voice speaks it all, as one word."""
    word = "Donaudampfschifffahrtselektrizit"
    short, _ = speak(scratch, f"The {word} is here.")
    long, _ = speak(scratch, f"The {word}{word.lower()} is here.")
    assert [each.text for each in long.words if each.at == 4][:1] == [f"{word}{word.lower()}"]
    spoken = [
        max(each.end for each in speech.words if each.at == 4) - speech.words[1].start for speech in (short, long)
    ]
    assert spoken[1] > 1.6 * spoken[0]


@pytest.mark.parametrize(
    "text",
    [
        "[a](/b/) [c](d)",
        "a\x00b \x07 c",
        "e\u0301 x",
        "#$%^&* ok",
        "<b>bold</b> ok",
        "\\n \\t ok",
        "“” ok",
        "1" * 60,
        "1,000,000,000,000,000,000,000 ok",
    ],
)
def test_odd_texts_are_spoken(scratch: Path, text: str) -> None:
    """Markup, control characters, combining marks and long numbers crash nothing."""
    speech, _ = speak(scratch, text)
    assert speech.samples > 1000


def test_scripts_that_it_cannot_read_are_known_without_the_model() -> None:
    """Words in scripts other than Latin are found in the text; letters alone are symbols."""
    text = "Read привет and 你好 and γεια, but π, café and Łódź."
    assert [word for _, word in Natural().unreadable("heart", text)] == ["привет", "你好", "γεια"]


@pytest.mark.parametrize("text", ["Use kubectl now.", "Use (kubectl) now.", "Use kubectl-based now.", "kubectl."])
def test_sounds_of_the_spec_are_spoken(scratch: Path, text: str) -> None:
    """A word with sounds in IPA is spoken by them alone, and the rest of a compound by its letters."""
    at = text.index("kubectl")
    given = "kjuːb kənˈtroʊl"  # noqa: RUF001 - IPA
    model = natural_model.load(HEART, HEART.path)
    request = speech_request(scratch, text, voice="heart", ipa=((at, at + 7, given),))
    pieces = [piece for sentence in natural_speech._sentences(model, request) for piece in sentence]
    assert [piece.phonemes for piece in pieces if piece.at == at and piece.phonemes] == ["kjub kənˈtɹOl"]  # noqa: RUF001 - as above
    assert ("based" in text) == any("bˈAst" in piece.phonemes for piece in pieces)  # noqa: RUF001 - as above
    speech, _ = speak(scratch, text, ipa=((at, at + 7, given),))
    assert at in [word.at for word in speech.words]


def test_a_model_without_lengths_gives_no_times(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the value is not in the graph, the narration is spoken all the same, without times of words."""
    natural_model._load.cache_clear()
    monkeypatch.setattr(natural_model, "LENGTHS", "/no/such/value")
    try:
        speech, samples = speak(scratch)
    finally:
        natural_model._load.cache_clear()
    assert (speech.words, speech.source) == ((), "")
    assert len(samples) == speech.samples


def test_a_corrupt_model_is_an_error_with_the_way_to_get_it(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model with other bytes than the library's list has is not used."""
    bad = scratch / "emma.onnx"
    bad.write_bytes(b"no model")
    emma = replaced(natural_voices.voices()["emma"], path=bad)
    monkeypatch.setattr(natural_voices, "voices", lambda: {"emma": emma})
    with pytest.raises(StepError, match="the model of the voice 'natural:emma' is corrupt") as caught:
        speak(scratch, voice="emma", files={"model": bad})
    assert caught.value.failure.hint == "vidbuild voices --fetch natural:emma"
