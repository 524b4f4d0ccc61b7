"""Estimates how long words take to speak, and when each is spoken, before a voice has spoken them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vidbuild.frozen import dataclass
from vidbuild.media.text.align import weights
from vidbuild.media.text.words import EngineWord, Speech, Token
from vidbuild.timebase import SAMPLE_RATE

WORDS_PER_SECOND = 2.6
CHARACTERS_PER_SECOND = 5.0  # of Chinese and Japanese
EAST_ASIAN = 0x2E80  # the first character of these scripts
NORMAL_RATE = 100


@dataclass(frozen=True, slots=True)
class Pace:
    """How a narration is spoken.

    rate: of the voice, in percent of normal.
    pauses: index of the token that follows a silence (len(tokens): at the end), and the silence's length in samples.
    voice: the one that would speak, as ENGINE:NAME.
    """

    rate: float = NORMAL_RATE
    pauses: tuple[tuple[int, int], ...] = ()
    voice: str = ""


def samples(tokens: Sequence[Token], pace: Pace) -> int:
    """Return about how many samples a narration lasts, with its pauses."""
    return sum(length for _, length in pace.pauses) + _samples(tokens, pace)


def speech(tokens: Sequence[Token], pace: Pace) -> Speech:
    """Return a narration as it would be spoken: as long as `samples` says, each word by its letters."""
    pauses: dict[int, int] = {}
    for index, length in pace.pauses:
        pauses[index] = pauses.get(index, 0) + length
    places = _places(tokens)
    words: list[EngineWord] = []
    start = first = 0
    for index in sorted({*pauses, len(tokens)}):
        part = tokens[first:index]
        end = start + _samples(part, pace)
        words += _words(part, places[first:index], (start, end))
        start, first = end + pauses.get(index, 0), index
    return Speech(words, start, source="estimated", voice=pace.voice)


def _samples(tokens: Sequence[Token], pace: Pace) -> int:
    seconds = sum(_seconds(token) for token in tokens) * NORMAL_RATE / pace.rate
    return round(seconds * SAMPLE_RATE)


def _seconds(token: Token) -> float:
    """Return the seconds of a word, or of characters of a script without spaces, at the normal rate."""
    wide = sum(ord(character) >= EAST_ASIAN for character in token.text)
    return max(len(token.spoken.split()) / WORDS_PER_SECOND, wide / CHARACTERS_PER_SECOND)


def _places(tokens: Sequence[Token]) -> list[int]:
    """Return where each token begins in the spoken text."""
    places: list[int] = []
    at = 0
    for token in tokens:
        at += bool(places) and not token.joined
        places.append(at)
        at += len(token.spoken)
    return places


def _words(tokens: Sequence[Token], places: Sequence[int], span: tuple[int, int]) -> Iterator[EngineWord]:
    """Yield the tokens that are spoken between two samples, each by its letters and the pause that its mark means."""
    shares = weights(tokens)
    total, passed = max(1, sum(whole for _, whole in shares)), 0
    start, length = span[0], span[1] - span[0]
    for token, place, (own, whole) in zip(tokens, places, shares, strict=True):
        if own:
            begin = start + length * passed // total
            yield EngineWord(token.spoken, begin, start + length * (passed + own) // total, place)
        passed += whole
