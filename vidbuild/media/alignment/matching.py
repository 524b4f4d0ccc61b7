"""Carries the times of words from one speech to another of the same text."""

from __future__ import annotations

import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vidbuild.frozen import replaced
from vidbuild.media.alignment.features import HOP_SAMPLES, features
from vidbuild.media.alignment.warping import warp
from vidbuild.media.audio import activity
from vidbuild.media.text.words import EngineWord
from vidbuild.timebase import SAMPLE_RATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Frames of each pause that are compared, at its start and its end: pauses differ from speech to speech, but a word
# after one must not be drawn to the word before it.
PAUSE = 10
# By how much a recognizer reports the word after a pause too late, and the end of the one before it too early.
LATE, EARLY = SAMPLE_RATE * 15 // 100, SAMPLE_RATE * 35 // 100
LONG = 30_000  # frames of 10 ms; of a longer speech every second one is compared


def transfer(
    words: Sequence[EngineWord], reference: array.array[int], samples: array.array[int]
) -> tuple[list[EngineWord], float]:
    """Return the words with their times in other audio of the same text, and how different the two are.

    words: with their times in the reference. The difference is the mean distance of the features: about 1.5
    for the same voice and 3 for another one.
    """
    import numpy as np

    ours, theirs = features(reference), features(samples)
    stride = 2 if max(len(ours), len(theirs)) > LONG else 1
    our_frames, their_frames = _speech(reference, len(ours))[::stride], _speech(samples, len(theirs))[::stride]
    moments, distance = warp(ours[our_frames], theirs[their_frames])
    phrases = activity.phrases(samples)

    def moved(sample: int) -> int:
        """Return the sample of the same moment."""
        frame, rest = divmod(sample, HOP_SAMPLES)
        index = min(int(np.searchsorted(our_frames, frame)), len(our_frames) - 1)
        inside = rest if our_frames[index] == frame else 0
        return min(int(their_frames[moments[index]]) * HOP_SAMPLES + inside, len(samples))

    placed = [replaced(word, start=moved(word.start), end=moved(word.end)) for word in words]
    return _in_speech(placed, phrases), distance


def at_phrases(words: Sequence[EngineWord], samples: array.array[int]) -> list[EngineWord]:
    """Return words of which the first and the last between two pauses begin and end where the speech does."""
    phrases = activity.phrases(samples)
    found = _in_speech(words, phrases)
    for begin, end in phrases:
        inside = [index for index, word in enumerate(found) if begin <= word.start < end]
        if inside and found[inside[0]].start - begin < LATE:
            found[inside[0]] = replaced(found[inside[0]], start=begin)
        if inside and 0 < end - found[inside[-1]].end < EARLY:
            found[inside[-1]] = replaced(found[inside[-1]], end=end)
    return found


def _in_speech(words: Sequence[EngineWord], phrases: Sequence[tuple[int, int]]) -> list[EngineWord]:
    """Return the words in order, none of which begins or ends in a pause."""
    begins, ends = [start for start, _ in phrases], [end for _, end in phrases]
    found: list[EngineWord] = []
    now = 0
    for word in words:
        start, end = word.start, word.end
        following = bisect_right(begins, start)
        if (following and start >= ends[following - 1]) or not following:
            start = begins[following] if following < len(begins) else start
        before = bisect_left(begins, end)
        if before and end > ends[before - 1]:
            end = ends[before - 1]
        start = max(now, start)
        end = max(start, end)
        found.append(replaced(word, start=start, end=end))
        now = start
    return found


def _speech(samples: array.array[int], frames: int) -> NDArray[np.int64]:
    """Return the frames of speech and of the edges of its pauses."""
    import numpy as np

    keep = np.zeros(frames, bool)
    for start, end in activity.phrases(samples):
        keep[max(0, start // HOP_SAMPLES - PAUSE) : -(-end // HOP_SAMPLES) + PAUSE] = True
    return np.flatnonzero(keep) if keep.any() else np.arange(frames)
