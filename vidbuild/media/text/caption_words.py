"""Find the words in the lines of captions, so that each can be lit while it is spoken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from vidbuild.frozen import dataclass

_SOFT_HYPHEN = "\u00ad"  # captions leave it out


@dataclass(frozen=True, slots=True)
class Piece:
    """A word in a line, or a part of one that goes on in another line.

    word: its number; None for the name of a speaker.
    spaced: whether a space is before it in its line.
    """

    text: str
    word: int | None
    spaced: bool


class Characters:
    """The characters of a narration that are no spaces, in order, each with the number of its word."""

    def __init__(self, parts: Iterable[tuple[str, int | None]]) -> None:
        """parts: texts, each with the number of the word that it is."""
        self._ahead = iter(
            (character, word)
            for text, word in parts
            for character in text
            if character != _SOFT_HYPHEN and not character.isspace()
        )

    def lines(self, lines: Sequence[str]) -> list[list[Piece]]:
        """Return the pieces of the next lines. Raise ValueError for lines with another text."""
        return [list(self._pieces(line)) for line in lines]

    def _pieces(self, line: str) -> Iterator[Piece]:
        text, spaces, spaced = "", "", False
        now: int | None = None
        for character in line:
            if character.isspace():
                spaces += character
                continue
            expected, word = next(self._ahead, ("", None))
            if character != expected:
                raise ValueError(f"captions: expected {expected!r} in {line!r}, got {character!r}")
            if text and word != now:
                yield Piece(text, now, spaced)
                text, spaced = character, bool(spaces)
            else:
                text, spaced = (f"{text}{spaces}{character}", spaced) if text else (character, False)
            now, spaces = word, ""
        if text:
            yield Piece(text, now, spaced)
