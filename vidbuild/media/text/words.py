"""The words of a narration and when they are spoken, in samples at 48 kHz."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vidbuild.frozen import dataclass


class Token(NamedTuple):
    """A word of a narration.

    text: as the captions show it.
    spoken: as the voice gets it.
    joined: without a space before it.
    """

    text: str
    spoken: str
    joined: bool = False


@dataclass(frozen=True, slots=True)
class EngineWord:
    """A word as a voice engine reports it, from the narration's first sample.

    start: its first sample.
    end: the sample after its last.
    at: where it begins in the spoken text, in characters; None if the engine does not report that.
    """

    text: str
    start: int
    end: int
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Speech:
    """A spoken narration.

    words: in order; empty if their times are unknown.
    samples: its length.
    phrases: where a recording without word times has speech, (start, end) between silences; empty if unknown.
    """

    words: Sequence[EngineWord]
    samples: int
    phrases: Sequence[tuple[int, int]] = ()


def spoken_text(tokens: Iterable[Token]) -> str:
    """Return the text that the voice gets for these tokens."""
    return "".join(
        token.spoken if token.joined or not index else f" {token.spoken}" for index, token in enumerate(tokens)
    )


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
