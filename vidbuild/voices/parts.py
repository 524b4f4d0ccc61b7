"""The parts of a narration that is too long for one request: checked, trimmed and joined."""

from __future__ import annotations

import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vidbuild.frozen import replaced
from vidbuild.media.audio import wav
from vidbuild.media.text.words import EngineWord, Speech
from vidbuild.timebase import SAMPLE_RATE

# Between two parts: as after a sentence.
PAUSE = SAMPLE_RATE * 3 // 10


@dataclass(frozen=True, slots=True)
class Part:
    """Audio and its words, counted from the first sample."""

    samples: array.array[int]
    words: tuple[EngineWord, ...] = ()


def trimmed(samples: array.array[int], words: Sequence[EngineWord], shift: Callable[[int], int] | None = None) -> Part:
    """Cut the silence around audio, and count the words' times from the first sample that is left.

    shift: returns the samples to take off the words' times for the samples that were cut; by default these.
    """
    kept, cut = wav.trim(samples)
    off = shift(cut) if shift else cut

    def moved(sample: int) -> int:
        return min(max(sample - off, 0), len(kept))

    return Part(kept, tuple(replaced(word, start=moved(word.start), end=moved(word.end)) for word in words))


def joined(parts: Sequence[Part]) -> tuple[Speech, array.array[int]]:
    """Join the parts with a pause between them."""
    samples = array.array("h")
    words: list[EngineWord] = []
    for part in parts:
        if samples:
            samples.extend(array.array("h", bytes(2 * PAUSE)))
        start = len(samples)
        words.extend(EngineWord(word.text, start + word.start, start + word.end) for word in part.words)
        samples.extend(part.samples)
    return Speech(tuple(words), len(samples)), samples
