"""The times of words from the lengths of a model's phonemes, corrected by the energy of the samples.

The lengths are those of the model's steps, not of what is audible: a sound begins before its step, one of friction even
earlier, and after a pause the silence shows where. tests/words measures what is left of the error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from vidbuild.timebase import SAMPLE_RATE

if TYPE_CHECKING:
    import numpy as np

# What the model's alphabet has beside sounds, and the marks of stress.
NO_SOUNDS = frozenset(' ;:,.!?—…"()“”ˈˌː↓→↗↘')
STRESS = "ˈˌ"

# How much earlier than its step a sound is audible, and how much more if its first sound is one of friction.
EARLIER, FRICTION = SAMPLE_RATE * 60 // 1000, SAMPLE_RATE * 35 // 1000
FRICATIVES = frozenset("sʃfθʧhz")

# After a pause: the blocks that are compared, the level of silence, how far back it may be, and the samples before it
# ends at which a word begins.
BLOCK = SAMPLE_RATE * 5 // 1000
SILENCE = 0.02
BACK, LEAD = SAMPLE_RATE * 3 // 10, SAMPLE_RATE * 20 // 1000


@dataclass(frozen=True)
class TimedPiece:
    """A part of the text that has a sound, and its steps in samples. paused: it follows a pause."""

    at: int
    start: int
    end: int
    first: str
    paused: bool


def timed_pieces(
    pieces: Sequence[tuple[int, str, int, int]], lengths: Sequence[int], offset: int
) -> Iterator[TimedPiece]:
    """Yield what is audible of an utterance that begins at a sample.

    pieces: each one's place in the text, its phonemes, and the range of its ids.
    lengths: of all ids, in samples.
    """
    ends = [0, *accumulate(lengths)]
    paused = True
    for at, phonemes, first, last in pieces:
        if NO_SOUNDS.issuperset(phonemes):
            paused = paused or bool(phonemes)
            continue
        yield TimedPiece(at, offset + ends[first], offset + ends[last], phonemes.lstrip(STRESS)[:1], paused)
        paused = phonemes[-1] in NO_SOUNDS


def words(samples: np.ndarray[Any, Any], pieces: Sequence[TimedPiece]) -> list[tuple[int, int, int]]:
    """Return the place, start and end of each piece, in order and without overlaps."""
    import numpy as np

    blocks = np.abs(samples[: len(samples) // BLOCK * BLOCK]).reshape(-1, BLOCK).max(axis=1, initial=0.0)
    quiet = blocks < SILENCE * blocks.max(initial=0.0)
    starts = list(accumulate((_start(piece, quiet) for piece in pieces), max))
    found = []
    for piece, start, limit in zip(pieces, starts, [*starts[1:], len(samples)], strict=True):
        end = limit // BLOCK
        while end * BLOCK > start and quiet[min(end, len(quiet)) - 1]:
            end -= 1
        found.append((piece.at, start, max(start, min(limit, end * BLOCK + BLOCK))))
    return found


def _start(piece: TimedPiece, quiet: np.ndarray[Any, Any]) -> int:
    """Return the first audible sample of a piece: after a pause, where the silence ends."""
    block = min(piece.start // BLOCK, len(quiet) - 1)
    earliest = max(0, (piece.start - BACK) // BLOCK)
    while piece.paused and block > earliest and not quiet[block]:
        block -= 1
    if piece.paused and quiet[block]:
        return max(0, (block + 1) * BLOCK - LEAD)
    return max(0, piece.start - EARLIER - (FRICTION if piece.first in FRICATIVES else 0))
