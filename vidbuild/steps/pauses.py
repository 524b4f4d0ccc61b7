"""Speaks a narration with pauses: the parts between them one by one, joined with exactly the silence that is asked."""

from __future__ import annotations

import array
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from vidbuild.frozen import dataclass, replaced
from vidbuild.media.audio import wav
from vidbuild.media.text.words import EngineWord, Speech


@dataclass(frozen=True, slots=True)
class Part:
    """What is spoken without a pause. at: where in the text it begins; silence: samples before it."""

    text: str
    at: int
    silence: int

    def own(self, sounds: Sequence[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
        """Yield (start, end, IPA) in this part for those of the whole text that are in it."""
        for start, end, ipa in sounds:
            if self.at <= start and end <= self.at + len(self.text):
                yield start - self.at, end - self.at, ipa


def parts(text: str, pauses: Sequence[tuple[int, int]]) -> tuple[list[Part], int]:
    """Return the parts of a text, and the samples of silence after the last one.

    pauses: characters of the text before each, and its samples; in order, with something to speak between any two.
    """
    silences = dict(pauses)
    borders = sorted({0, len(text), *silences})
    found = [Part(text[start:end].rstrip(), start, silences.get(start, 0)) for start, end in pairwise(borders)]
    return found, silences.get(len(text), 0)


def speak(text: str, pauses: Sequence[tuple[int, int]], wav_path: Path, one: Callable[[Part], Speech]) -> Speech:
    """Write a narration with pauses. one: writes the speech of a part to the same file."""
    spoken, last = parts(text, pauses)
    joined = _Joined()
    for part in spoken:
        joined.add(part, one(part), wav.read(wav_path))
    joined.samples.extend(_silence(last))
    wav.write(wav_path, joined.samples)
    return Speech(joined.words, len(joined.samples), joined.phrases, joined.source)


class _Joined:
    """The speech of several parts, one after the other."""

    def __init__(self) -> None:
        self.samples = array.array("h")
        self.words: list[EngineWord] = []
        self.phrases: list[tuple[int, int]] = []
        self.source = ""

    def add(self, part: Part, speech: Speech, samples: array.array[int]) -> None:
        """Append a part and the silence before it."""
        self.samples.extend(_silence(part.silence))
        start = len(self.samples)
        self.source = speech.source
        self.words += _moved(speech.words, start, part.at)
        phrases = speech.phrases or ([] if speech.words else [(0, speech.samples)])
        self.phrases += [(start + first, start + end) for first, end in phrases]
        self.samples.extend(samples)


def _moved(words: Sequence[EngineWord], start: int, at: int) -> Iterator[EngineWord]:
    for word in words:
        place = None if word.at is None else at + word.at
        yield replaced(word, start=start + word.start, end=start + word.end, at=place)


def _silence(samples: int) -> array.array[int]:
    return array.array("h", bytes(wav.SAMPLE_BYTES * samples))
