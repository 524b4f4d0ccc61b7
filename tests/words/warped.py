"""Compares words that are found in audio with where they are: espeak's times carried over to other speakers' audio."""

from __future__ import annotations

import array
import os
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from tests.words import recognized
from tests.words.accuracy import LANGUAGES, TEXTS
from vidbuild.media.alignment import matching
from vidbuild.media.audio import wav
from vidbuild.media.text.words import EngineWord
from vidbuild.steps.align import VARIANTS
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices.espeak import Espeak
from vidbuild.voices.natural import Natural
from vidbuild.voices.protocol import SpeechRequest

SPEAKERS = (("+m7", 115), ("+f5", 88))
"""Who speaks, in turn, and how fast: other variants of espeak than those that times are carried over from."""

READ = tuple(voice for voice in LANGUAGES if voice not in {"ja", "th"})  # espeak reads neither Japanese nor Thai signs
NATURAL = "natural:heart"


@cache
def errors(voice: str) -> tuple[float, ...]:
    """How far each word of a voice's text starts from where it is, in seconds."""
    if voice == NATURAL:
        return tuple(_against_recognizer())
    passages = (TEXTS / f"{voice}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(error for index, passage in enumerate(passages) for error in _errors(voice, index, passage))


def expect_near(voice: str) -> None:
    """Expect that half of a voice's words are within 30 ms of where they are, and 95 % within 150 ms."""
    found = sorted(errors(voice))
    assert len(found) >= 20
    assert found[len(found) // 2] < 0.03
    assert found[int(0.95 * len(found))] < 0.15


def _errors(voice: str, index: int, text: str) -> Iterator[float]:
    variant, rate = SPEAKERS[index % len(SPEAKERS)]
    with tempfile.TemporaryDirectory(prefix="vidbuild-words-") as folder:
        right, path = _espeak(voice + variant, text, Path(folder), rate)
        samples = wav.read(path)
        found = _carried(voice, text, samples, Path(folder))
    places = {word.at: word.start for word in right}
    yield from (abs(word.start - places[word.at]) / SAMPLE_RATE for word in found if word.at in places)


def _against_recognizer() -> Iterator[float]:
    """The natural voice's words, as carried over from espeak, against where a recognizer finds them."""
    for line in recognized.SENTENCES.read_text(encoding="utf-8").splitlines():
        with tempfile.TemporaryDirectory(prefix="vidbuild-words-") as folder:
            scratch = Path(folder)
            request = SpeechRequest(line, "heart", "en", scratch / "n.wav", scratch, {"PATH": os.environ["PATH"]})
            Natural().speak(request)
            samples = wav.read(scratch / "n.wav")
            found = {word.at: word.start for word in _carried("en-us", line, samples, scratch)}
            yield from recognized.differences(line, samples, found)


def _carried(voice: str, text: str, samples: array.array[int], scratch: Path) -> Sequence[EngineWord]:
    tries = []
    for variant in VARIANTS:
        words, path = _espeak(voice + variant, text, scratch)
        tries.append(matching.transfer(words, wav.read(path), samples))
    return min(tries, key=lambda found: found[1])[0]


def _espeak(voice: str, text: str, scratch: Path, rate: int = 100) -> tuple[Sequence[EngineWord], Path]:
    path = scratch / f"{voice}-{rate}.wav"
    request = SpeechRequest(text, voice, "", path, scratch, {"PATH": os.environ["PATH"]}, rate=rate)
    return Espeak().speak(request).words, path


def table() -> str:
    """Return the accuracy as a table in Markdown."""
    rows = [(f"`espeak:{voice}`", errors(voice)) for voice in READ] + [(f"`{NATURAL}`", errors(NATURAL))]
    lines = ["| audio | words | median error | 95 % within | largest error |", "|---|---|---|---|---|"]
    for name, found in rows:
        times = (statistics.median(found), statistics.quantiles(found, n=20)[-1], max(found))
        cells = (name, str(len(found)), *(f"{1000 * seconds:.0f} ms" for seconds in times))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])
