"""The words of a narration and when they are spoken, in samples at 48 kHz."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vidbuild.frozen import dataclass


class Token(NamedTuple):
    """A word of a narration.

    text: as the captions show it.
    spoken: as the voice gets it.
    joined: without a space before it. If it is spoken as a word of its own, `spoken` begins with a space.
    ipa: how the letters of `spoken` sound, for engines that take sounds; "" if they read `spoken`.
    """

    text: str
    spoken: str
    joined: bool = False
    ipa: str = ""


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
    source: what the words' times come from: "model", the durations of the voice's model; "engine", events of the
        engine; "recognizer" and "warped", a search in the audio; "" without times.
    voice: the one that spoke, as ENGINE:NAME; "" if unknown.
    """

    words: Sequence[EngineWord]
    samples: int
    phrases: Sequence[tuple[int, int]] = ()
    source: str = ""
    voice: str = ""


def spoken_text(tokens: Iterable[Token]) -> str:
    """Return the text that the voice gets for these tokens."""
    return "".join(
        token.spoken if token.joined or not index else f" {token.spoken}" for index, token in enumerate(tokens)
    )


def spoken_sounds(tokens: Iterable[Token]) -> list[tuple[int, int, str]]:
    """Return (start, end, IPA) of the parts of `spoken_text` for which a token has sounds, punctuation apart."""
    found: list[tuple[int, int, str]] = []
    at = 0
    for index, token in enumerate(tokens):
        at += bool(index) and not token.joined
        letters = [place for place, character in enumerate(token.spoken) if character.isalnum()]
        if token.ipa and letters:
            found.append((at + letters[0], at + letters[-1] + 1, token.ipa))
        at += len(token.spoken)
    return found


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
