"""The words of a narration and when they are spoken, in samples at 48 kHz."""

from __future__ import annotations

from collections.abc import Sequence

from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class EngineWord:
    """A word as a voice engine reports it, from the narration's first sample.

    start: its first sample.
    end: the sample after its last.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Speech:
    """A spoken narration.

    words: in order; empty if their times are unknown.
    samples: its length.
    """

    words: Sequence[EngineWord]
    samples: int


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word of the captions and when it is spoken.

    source: what its time comes from: "engine", the engine's own time for it; "aligned", the times of words nearby;
        "spread", the lengths of the words alone.
    joined: without a space before it.
    """

    text: str
    start: int
    end: int
    source: str = ""
    joined: bool = False
