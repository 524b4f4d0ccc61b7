"""When the words of a text are spoken in audio that came without their times."""

from __future__ import annotations

import array
import math
import operator
import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from tests.support.audio_lab import ENV, silence, speech_request
from vidbuild.media.alignment import matching, phones, recognizer, warping
from vidbuild.media.alignment.features import HOP_SAMPLES, decimated, features
from vidbuild.media.alignment.warping import warp
from vidbuild.media.audio import wav
from vidbuild.media.text.words import EngineWord
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices.espeak import Espeak
from vidbuild.voices.espeak_phonemes import phonemes

TEXT = (
    "First install the package, which takes a few seconds. Then open the settings and change the address of the "
    "server, because the default points to this machine. When you run the command again, it reads the new values."
)
PHRASES = "vidbuild.media.alignment.matching.activity.phrases"
GERMAN = "Zuerst wird das Paket installiert. Danach öffnet man die Einstellungen, und ändert die Adresse des Servers."


def speak(scratch: Path, text: str, voice: str, rate: int = 100) -> tuple[list[EngineWord], array.array[int]]:
    """Speak with espeak: its words, whose times are exact, and its audio."""
    speech = Espeak().speak(speech_request(scratch, text, voice=voice, rate=rate))
    return list(speech.words), wav.read(scratch / "said.wav")


def errors(found: Sequence[EngineWord], right: Sequence[EngineWord], shift: int = 0) -> list[float]:
    """By how many ms each word's start is off."""
    starts = {word.at: word.start for word in right}
    return [abs(word.start - shift - starts[word.at]) / 48 for word in found if word.at in starts]


@pytest.mark.parametrize(
    ("text", "reference", "voice", "rate"),
    [
        (TEXT, "en-us", "en-us+f3", 130),
        (TEXT, "en-us", "en-gb+m7", 75),
        (TEXT, "en-us", "en-us+whisper", 100),
        (GERMAN, "de", "de+f2", 120),
        (GERMAN, "de", "de+m5", 90),
    ],
)
def test_words_are_found_in_another_speakers_audio(
    scratch: Path, text: str, reference: str, voice: str, rate: int
) -> None:
    """With any speaker, at any pace: half of the words are within 20 ms, and 95 of 100 within 60 ms."""
    words, audio = speak(scratch, text, reference)
    right, spoken = speak(scratch, text, voice, rate)
    found, _ = matching.transfer(words, audio, spoken)
    off = sorted(errors(found, right))
    assert len(off) > 0.9 * len(words)
    assert median(off) < 20
    assert off[int(0.95 * len(off))] < 60
    assert all(one.start <= following.start for one, following in pairwise(found))


def test_pauses_do_not_move_words(scratch: Path) -> None:
    """With a second of silence before it and three in its middle, the words are where they are spoken."""
    words, audio = speak(scratch, TEXT, "en-us")
    right, spoken = speak(scratch, TEXT, "en-us+f3")
    middle = right[8].end
    paused = silence(SAMPLE_RATE) + spoken[:middle] + silence(3 * SAMPLE_RATE) + spoken[middle:]
    found, _ = matching.transfer(words, audio, paused)
    for word, exact in zip(found, right, strict=True):
        moved = exact.start + SAMPLE_RATE * (1 if exact.start < middle else 4)
        assert abs(word.start - moved) / 48 < 120, word
    assert abs(found[0].start - SAMPLE_RATE) / 48 < 30


def test_the_same_audio_is_no_different(scratch: Path) -> None:
    """Audio against itself has no distance and moves nothing; noise over it, and loudness, change little."""
    words, audio = speak(scratch, GERMAN, "de")
    found, difference = matching.transfer(words, audio, audio)
    assert difference == pytest.approx(0, abs=0.01)
    assert max(errors(found, words)) < 10
    source = random.Random(1)
    noisy = array.array("h", (sample // 3 + source.randint(-60, 60) for sample in audio))
    found, _ = matching.transfer(words, audio, noisy)
    assert median(errors(found, words)) < 15


def test_a_warp_is_the_best_path() -> None:
    """Against a plain computation of all cells: the same least distance, and a path that rises."""
    source = np.random.default_rng(7)
    for rows, columns in ((5, 9), (40, 31), (30, 30), (1, 6), (6, 1)):
        one, other = (source.normal(size=(length, 4)).astype(np.float32) for length in (rows, columns))
        moments, distance = warp(one, other)
        assert distance * (rows + columns) == pytest.approx(plain(one, other), rel=1e-4)
        assert list(moments) == sorted(moments)
        assert (len(moments), moments.min() >= 0, moments.max() < columns) == (rows, True, True)


def test_a_narrow_band_follows_the_diagonal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speech at half or twice the speed is followed in a band of a few frames, which moves by several at a time."""
    monkeypatch.setattr(warping, "BAND_SHARE", 0)
    monkeypatch.setattr(warping, "NARROWEST", 4)
    one = np.random.default_rng(3).normal(size=(60, 8)).astype(np.float32)
    for times in (2, 3):
        slower = np.repeat(one, times, axis=0)
        moments, _ = warp(one, slower)
        assert np.abs(moments - (np.arange(60) * times + times // 2)).max() <= times
        back, _ = warp(slower, one)
        assert np.abs(back - np.arange(60 * times) // times).max() <= 1


def plain(one: np.ndarray, other: np.ndarray) -> float:
    """The least distance, cell by cell."""
    rows, columns = len(one), len(other)
    total = np.full((rows, columns), np.inf)
    for row in range(rows):
        for column in range(columns):
            cost = float(np.linalg.norm(one[row] - other[column]))
            ways = []
            if row and column:
                ways.append(total[row - 1, column - 1] + cost)
            if row:
                ways.append(total[row - 1, column] + 1.15 * cost)
            if column:
                ways.append(total[row, column - 1] + 1.15 * cost)
            total[row, column] = min(ways) if ways else 1.15 * cost
    return float(total[-1, -1])


def test_features_are_every_ten_milliseconds() -> None:
    """One row of 26 for each 10 ms, of mean 0 and variance 1; silence and a single sample are no error."""
    source = random.Random(3)
    noise = array.array("h", (source.randint(-9000, 9000) for _ in range(SAMPLE_RATE)))
    found = features(noise)
    assert found.shape == (SAMPLE_RATE // HOP_SAMPLES, 26)
    assert np.abs(found.mean(axis=0)).max() < 1e-3
    assert np.abs(found.std(axis=0) - 1).max() < 0.05
    assert np.isfinite(features(silence(SAMPLE_RATE))).all()
    assert np.isfinite(features(silence(1))).all()
    assert len(decimated(noise)) == SAMPLE_RATE // 3


def plain_features(samples: array.array[int]) -> np.ndarray:
    """The features of the HTK Book, chapter 5, number by number: 26 filters from 80 Hz to 7.6 kHz, 13 coefficients."""
    taps = [np.sinc(tap / 3) * (0.54 + 0.46 * math.cos(math.pi * tap / 16)) for tap in range(-16, 17)]
    padded = [0] * 16 + list(samples) + [0] * 16
    smooth = [sum(map(operator.mul, taps, padded[at : at + 33])) / sum(taps) for at in range(0, len(samples), 3)]
    signal = [0.0] * 200 + smooth + [0.0] * 600  # a window of 25 ms is centered on each 10 ms
    emphasized = [signal[0], *(now - 0.97 * before for before, now in pairwise(signal))]
    mel = [2595 * math.log10(1 + hertz / 700) for hertz in (80, 7600)]
    edges = [700 * (10 ** ((mel[0] + (mel[1] - mel[0]) * edge / 27) / 2595) - 1) / 31.25 for edge in range(28)]
    rows = []
    for frame in range(math.ceil(len(smooth) / 160)):
        window = [
            value * (0.54 - 0.46 * math.cos(2 * math.pi * at / 399))
            for at, value in enumerate(emphasized[frame * 160 : frame * 160 + 400])
        ]
        power = np.abs(np.fft.rfft(window, 512)) ** 2
        energies = []
        for low, middle, high in zip(edges, edges[1:], edges[2:], strict=False):
            triangle = [max(0, min((at - low) / (middle - low), (high - at) / (high - middle))) for at in range(257)]
            energies.append(math.log(max(1, sum(map(operator.mul, triangle, power)))))
        rows.append(
            [
                (1 + 11 * math.sin(math.pi * order / 22))
                * math.sqrt(2 / 26)
                * sum(value * math.cos(math.pi * order / 26 * (at + 0.5)) for at, value in enumerate(energies))
                for order in range(13)
            ]
        )
    last = len(rows) - 1
    for at in range(last + 1):
        around = {step: rows[min(last, max(0, at + step))][:13] for step in (-2, -1, 1, 2)}
        rows[at] += [
            around[1][order] - around[-1][order] + 2 * (around[2][order] - around[-2][order]) for order in range(13)
        ]
    table = np.array(rows)
    centered: np.ndarray = (table - table.mean(axis=0)) / table.std(axis=0)
    return centered


def test_features_are_those_of_the_book() -> None:
    """Against a plain computation, every feature of noise with a tone is the same to a thousandth."""
    source = random.Random(5)
    sound = array.array(
        "h", (round(6000 * math.sin(at / 9) * (at % 3000) / 3000 + source.gauss(0, 900)) for at in range(5000))
    )
    found, expected = features(sound), plain_features(sound)
    assert found.shape == expected.shape == (11, 26)
    assert np.abs(found - expected).max() < 2e-3


def test_sound_above_eight_kilohertz_is_removed() -> None:
    """Before every third sample is taken, what 16 kHz cannot hold is removed; loud sound is clipped and not folded."""
    level = {}
    for hertz in (1000, 6000, 10_000, 20_000):
        tone = array.array("h", (round(20_000 * math.sin(2 * math.pi * hertz * at / 48_000)) for at in range(4800)))
        level[hertz] = float(np.abs(decimated(tone)[50:-50].astype(int)).max())
    assert level[1000] == pytest.approx(20_000, rel=0.02)
    assert level[6000] == pytest.approx(20_000, rel=0.12)
    assert level[10_000] < 800
    assert level[20_000] < 100
    square = array.array("h", [32_767] * 48 + [-32_768] * 48) * 10
    assert (decimated(square).max(), decimated(square).min()) == (32_767, -32_768)


def word(start: int, end: int) -> EngineWord:
    """A word with its times."""
    return EngineWord("w", start, end, 0)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # The first word of a phrase begins with it, unless it is 150 ms late or more: then a word before is missing.
        ([(1000 + 7199, 20_000)], [(1000, 20_000)]),
        ([(1000 + 7200, 20_000)], [(8200, 20_000)]),
        # The last word ends with its phrase, unless it ends 350 ms before or more.
        ([(1000, 40_000 - 16_799)], [(1000, 40_000)]),
        ([(1000, 40_000 - 16_800)], [(1000, 23_200)]),
        ([(1000, 40_000)], [(1000, 40_000)]),
        ([(1000, 39_999)], [(1000, 40_000)]),
        # Each phrase has its own words; one that begins just at a phrase's end belongs to the next.
        ([(2000, 9000), (12_000, 39_000), (40_000, 61_000)], [(1000, 9000), (12_000, 40_000), (60_000, 61_000)]),
        ([(2000, 3000), (70_000, 71_000)], [(1000, 3000), (70_000, 80_000)]),
    ],
)  # fmt: skip
def test_words_beside_pauses_reach_them(
    monkeypatch: pytest.MonkeyPatch, words: list[tuple[int, int]], expected: list[tuple[int, int]]
) -> None:
    """Words of a recognizer, which reports them late after a pause and short before one, are extended to it."""
    monkeypatch.setattr(PHRASES, lambda _: [(1000, 40_000), (60_000, 80_000)])
    found = matching.at_phrases([word(*each) for each in words], silence(1))
    assert [(each.start, each.end) for each in found] == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([(0, 500)], [(1000, 1000)]),  # before all speech
        ([(0, 1500)], [(1000, 1500)]),
        ([(39_000, 50_000)], [(39_000, 40_000)]),
        ([(40_000, 61_000)], [(60_000, 61_000)]),
        ([(50_000, 55_000)], [(60_000, 60_000)]),
        ([(79_000, 90_000)], [(79_000, 80_000)]),
        ([(80_000, 90_000)], [(80_000, 80_000)]),  # after all speech
        ([(5000, 6000), (4000, 4500), (4000, 7000)], [(5000, 6000), (5000, 5000), (5000, 7000)]),
        ([(1000, 60_000)], [(1000, 40_000)]),
    ],
)
def test_no_word_begins_or_ends_in_a_pause(words: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    """Words are moved out of pauses, and stay in order."""
    found = matching._in_speech([word(*each) for each in words], [(1000, 40_000), (60_000, 80_000)])
    assert [(each.start, each.end) for each in found] == expected


def test_the_edges_of_pauses_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a pause, the first and the last 100 ms are compared, and of audio without speech everything."""
    monkeypatch.setattr(PHRASES, lambda _: [(480, 960), (480 * 40, 480 * 50 + 1)])
    assert list(matching._speech(silence(1), 100)) == [*range(12), *range(30, 61)]
    monkeypatch.setattr(PHRASES, lambda _: [])
    assert list(matching._speech(silence(1), 5)) == [0, 1, 2, 3, 4]


def test_other_speech_is_followed_for_three_seconds() -> None:
    """Of short speech, moments up to three seconds from the diagonal are found, and not much more."""
    source = np.random.default_rng(5)
    common = source.normal(size=(700, 4)).astype(np.float32)
    distances = []
    for shift in (298, 330):
        extra = np.repeat(common[:1], shift, axis=0)
        late, early = np.concatenate([extra, common]), np.concatenate([common, np.repeat(common[-1:], shift, axis=0)])
        distances.append(warp(late, early)[1])
    assert distances[0] == pytest.approx(0, abs=1e-3)
    assert distances[1] > 0.2


def test_a_recognizer_finds_english_words(scratch: Path) -> None:
    """Pocketsphinx agrees with espeak's times, names of tools that it does not know included."""
    text = "Run kubectl on the zyxlbt cluster, then reload the web server and read what it's written."
    right, spoken = speak(scratch, text, "en-us+f3")
    asked: list[str] = []

    def pronounce(words: Sequence[str]) -> dict[str, str]:
        asked.extend(words)
        return dict(phonemes(words, "en-us", scratch, ENV))

    found = recognizer.align(text, spoken, pronounce)
    assert found is not None
    assert asked == ["kubectl", "zyxlbt"]
    assert [
        word.text for word in found
    ] == "Run kubectl on the zyxlbt cluster then reload the web server and read what it's written".split()  # noqa: SIM905 - a text
    assert all(text[word.at or 0 :].startswith(word.text) for word in found)
    off = sorted(errors(found, right))
    assert median(off) < 30
    assert off[-1] < 150


def test_what_is_not_the_text_is_not_found(scratch: Path) -> None:
    """Nothing to find, and audio far too short for the text, give no words."""
    _, spoken = speak(scratch, "Yes.", "en-us")
    assert recognizer.align("…", spoken, lambda _: {}) is None
    assert recognizer.align(TEXT, spoken, lambda words: dict.fromkeys(words, "a")) is None


def test_phonemes_have_phones(scratch: Path) -> None:
    """Espeak's phonemes of English words become ARPAbet phones, stress and length left out."""
    spoken = phonemes(["judge", "thing", "hour"], "en-us", scratch, ENV)
    assert {word: phones.arpabet(ipa) for word, ipa in spoken.items()} == {
        "judge": "JH AH JH",
        "thing": "TH IH NG",
        "hour": "AW ER",
    }
