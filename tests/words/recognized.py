"""Compares the natural voice's times of words with those that a recognizer finds in the samples: pocketsphinx."""

from __future__ import annotations

import array
import contextlib
import os
import re
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from pocketsphinx import Decoder

from vidbuild.media.audio import wav
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices.natural import Natural
from vidbuild.voices.protocol import SpeechRequest

TEXTS = Path(__file__).with_name("texts")
# The constants of vidbuild/voices/natural_times.py fit the first best; nothing was fitted to the others.
SENTENCES, HELD_OUT = TEXTS / "natural.txt", TEXTS / "natural-held-out.txt"
RATE, FRAME = 16_000, 0.01  # the recognizer's
MEDIAN, NEARLY_ALL = 0.025, 0.070  # seconds that half and 95 % of the words may be off


@dataclass(frozen=True)
class Errors:
    """How far the starts of words are from the recognizer's, in seconds: later is positive.

    sentences: how many were measured; the recognizer does not find all words of the others.
    """

    values: tuple[float, ...]
    sentences: int

    @property
    def median(self) -> float:
        """Half of the words are nearer than this."""
        return statistics.median(map(abs, self.values))

    @property
    def nearly_all(self) -> float:
        """95 % of the words are nearer than this."""
        return statistics.quantiles(map(abs, self.values), n=20)[-1]


@cache
def _decoder() -> Decoder:
    return Decoder(samprate=RATE, loglevel="FATAL")


@cache
def errors(sentences: Path = SENTENCES) -> Errors:
    """Measure all words of the sentences, one in a line."""
    found: list[float] = []
    measured = 0
    for line in sentences.read_text(encoding="utf-8").splitlines():
        with contextlib.suppress(NotFoundError):
            found += list(_errors(_decoder(), line))
            measured += 1
    return Errors(tuple(found), measured)


def expect_near(sentences: Path) -> None:
    """Expect that nearly all sentences could be measured, and that half and 95 % of their words are near enough."""
    found = errors(sentences)
    assert found.sentences >= 98
    assert len(found.values) > 800
    assert found.median <= MEDIAN
    assert found.nearly_all <= NEARLY_ALL


class NotFoundError(Exception):
    """The recognizer does not find all words of a sentence."""


def _errors(decoder: Decoder, line: str) -> Iterator[float]:
    with tempfile.TemporaryDirectory(prefix="vidbuild-words-") as folder:
        scratch = Path(folder)
        request = SpeechRequest(line, "heart", "en", scratch / "a.wav", scratch, {"PATH": os.environ["PATH"]})
        speech = Natural().speak(request)
        samples = np.asarray(wav.read(scratch / "a.wav"), np.float64)
    words = re.sub("[^a-z' ]", "", line.lower()).split()
    assert [re.sub("[^a-z']", "", word.text.lower()) for word in speech.words] == words
    starts = list(_recognized(decoder, words, samples))
    for word, start in zip(speech.words, starts, strict=True):
        yield word.start / SAMPLE_RATE - start


def _recognized(decoder: Decoder, words: Sequence[str], samples: np.ndarray[Any, Any]) -> Iterator[float]:
    """Yield when each word starts, by the recognizer's forced alignment."""
    count = round(len(samples) * RATE / SAMPLE_RATE)
    slower = np.fft.irfft(np.fft.rfft(samples)[: count // 2 + 1], count) * count / len(samples)
    decoder.set_align_text(" ".join(words))
    decoder.start_utt()
    decoder.process_raw(np.rint(np.clip(slower, -32768, 32767)).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    found = [(re.sub(r"\(\d+\)", "", each.word), each.start_frame * FRAME) for each in decoder.seg()]
    spoken = [(word, start) for word, start in found if word[0] not in "<["]
    if [word for word, _ in spoken] != list(words):
        raise NotFoundError(" ".join(words))
    yield from (start for _, start in spoken)


def differences(line: str, samples: array.array[int], starts: Mapping[int | None, int]) -> Iterator[float]:
    """Yield how far words are from where the recognizer finds them, in seconds. starts: place in the line -> sample."""
    words = [(re.sub("[^a-z' ]", "", match[0].lower()), match.start()) for match in re.finditer(r"\S+", line)]
    found = _recognized(_decoder(), [word for word, _ in words], np.asarray(samples, np.float64))
    for (_, at), start in zip(words, found, strict=True):
        if at in starts:
            yield abs(starts[at] / SAMPLE_RATE - start)


def table() -> str:
    """Return the accuracy as a table in Markdown."""
    head = "| `natural:heart` | sentences | words | median error | 95 % within | largest error |"
    rows = [_row("fitted to these", errors(SENTENCES)), _row("held out", errors(HELD_OUT))]
    return "\n".join([head, "|---|---|---|---|---|---|", *rows, ""])


def _row(name: str, found: Errors) -> str:
    times = (found.median, found.nearly_all, max(map(abs, found.values)))
    cells = (name, found.sentences, len(found.values), *(f"{1000 * seconds:.0f} ms" for seconds in times))
    return f"| {' | '.join(map(str, cells))} |"
