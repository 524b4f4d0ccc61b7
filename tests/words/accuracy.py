"""Compares the times of words with espeak's own marks, over texts as documentation has them, in our own words."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.words.marks import Mark, marks
from vidbuild.media.text.align import align
from vidbuild.media.text.boundaries import is_letter
from vidbuild.media.text.words import Token, spoken_text
from vidbuild.spec import narration, pronounce
from vidbuild.timebase import SAMPLE_RATE
from vidbuild.voices.espeak import Espeak
from vidbuild.voices.protocol import SpeechRequest

TEXTS = Path(__file__).with_name("texts")
LANGUAGES = {
    "en-us": "en",
    "de": "de",
    "fr": "fr",
    "es": "es",
    "it": "it",
    "pt-br": "pt-BR",
    "pl": "pl",
    "ru": "ru",
    "tr": "tr",
    "cmn": "zh",
    "ja": "ja",
    "th": "th",
    "ko": "ko",
}
"""A voice of espeak -> the language of its text. The last four are written without spaces, or with few."""

LEAD = 0.002  # seconds that the voice's audio starts before its first sound
NEAR, FAR = 0.15, 0.3  # seconds
SILENT = "-‐–—,;:.、，；：。"  # noqa: RUF001 - these are meant


@dataclass(frozen=True)
class Accuracy:
    """How far the words of a text are from the marks, in seconds, in the text's order."""

    errors: tuple[tuple[str, float], ...]

    @property
    def near(self) -> int:
        """The number of words within NEAR of their marks."""
        return sum(error <= NEAR for _, error in self.errors)

    @property
    def worst(self) -> float:
        """The largest error, which is that of a cue at that word as well."""
        return max(error for _, error in self.errors)


@cache
def accuracy(voice: str) -> Accuracy:
    """Measure all words of a voice's text."""
    passages = (TEXTS / f"{voice}.txt").read_text(encoding="utf-8").splitlines()
    return Accuracy(tuple(error for passage in passages for error in _errors(voice, passage)))


def _errors(voice: str, passage: str) -> Iterator[tuple[str, float]]:
    tokens = narration.parse(passage, pronounce.from_spec({}), LANGUAGES[voice]).tokens
    with tempfile.TemporaryDirectory(prefix="vidbuild-words-") as folder:
        scratch = Path(folder)
        text = spoken_text(tokens)
        request = SpeechRequest(text, voice, LANGUAGES[voice], scratch / "a.wav", scratch, {"PATH": os.environ["PATH"]})
        words = align(tokens, Espeak().speak(request))
    yield from compare(voice, tokens, [(word.text, word.start / SAMPLE_RATE - LEAD) for word in words])


def compare(voice: str, tokens: Sequence[Token], starts: Sequence[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    """Yield each spoken word and how far its start is from its mark. starts: text and start from the first sound on."""
    places = list(_places(tokens))
    found = marks(spoken_text(tokens), voice, [place for place in places if place is not None])
    for (text, start), place in zip(starts, places, strict=True):
        mark = None if place is None else found.get(place)
        if mark is not None:
            yield text, _distance(start, mark)


def _distance(start: float, mark: Mark) -> float:
    """A word starts between its mark and the next sound: a mark comes before a pause, a voice's word after it."""
    return max(mark.at - start, start - mark.sound, 0.0)


def _places(tokens: Sequence[Token]) -> Iterator[int | None]:
    """Yield where each word's mark belongs: at its first letter, or before signs at which it would cause a pause.

    None for what is not spoken.
    """
    text = spoken_text(tokens)
    at = 0
    for index, token in enumerate(tokens):
        at += 0 if token.joined or not index else 1
        letter = next((at + offset for offset, each in enumerate(token.spoken) if is_letter(each)), None)
        if letter is not None and token.joined and text[letter - 1] in SILENT:
            letter = len(text[:letter].rstrip(SILENT))
        yield letter
        at += len(token.spoken)


def table() -> str:
    """Return the accuracy of all languages as a table in Markdown."""
    rows = [
        "| voice | language | words | within 0.15 s | largest error |",
        "|---|---|---|---|---|",
    ]
    found = {voice: accuracy(voice) for voice in LANGUAGES}
    for voice, each in found.items():
        count = len(each.errors)
        share = f"{100 * each.near / count:.1f} %"
        rows.append(f"| `espeak:{voice}` | {LANGUAGES[voice]} | {count} | {share} | {each.worst:.2f} s |")
    count = sum(len(each.errors) for each in found.values())
    near = sum(each.near for each in found.values())
    worst = max(each.worst for each in found.values())
    return "\n".join([*rows, f"| all | | {count} | {100 * near / count:.1f} % | {worst:.2f} s |", ""])
