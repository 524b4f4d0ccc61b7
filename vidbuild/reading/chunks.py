"""Divides a text at its blanks into chunks, each with the punctuation around it apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from vidbuild.patterns import later
from vidbuild.reading.words import Part

SILENT = "\ufeff"
"""Stands for each character of an emoji."""

_CHUNK = later(r"\S+")
_LATIN = "!-~\u00b0\u00a3\u00a5\u20ac\u20a9"  # ASCII, the sign of degrees, and those of money
_RUN = later(rf"[{_LATIN}]+|[^\s{_LATIN}]+")
_OPENING = "([{\"'“‘’«‹„¿¡" + SILENT  # noqa: RUF001 - quotation marks
_CLOSING = ")]}\"'”’»›!?,;:.…،؛؟।" + SILENT  # noqa: RUF001 - as above
_PAIRS = {")": "(", "]": "[", "}": "{"}


class Chunk(NamedTuple):
    """What stands between two blanks.

    start: where the core begins in the text.
    core: the chunk without the punctuation around it.
    before, after: that punctuation.
    written: the core before parts of it were masked.
    """

    start: int
    core: str
    before: str = ""
    after: str = ""
    written: str = ""

    @property
    def key(self) -> str:
        """The core in lower case."""
        return self.core.lower()


class Place(NamedTuple):
    """A chunk among the others of a text."""

    chunks: Sequence[Chunk]
    at: int

    @property
    def core(self) -> str:
        """The chunk's own core."""
        return self.chunks[self.at].core

    @property
    def key(self) -> str:
        """The core in lower case."""
        return self.core.lower()

    @property
    def after(self) -> str:
        """The punctuation after the chunk."""
        return self.chunks[self.at].after

    @property
    def previous(self) -> Chunk:
        """The chunk before, an empty one at the start of a text or of a sentence."""
        if not self.at or self.chunks[self.at - 1].after.strip("\"'”’)")[-1:] in set(".!?:"):  # noqa: RUF001 - as above
            return Chunk(0, "")
        chunk = self.chunks[self.at - 1]
        return chunk._replace(core=chunk.written)

    def next(self, steps: int = 1) -> Chunk:
        """Return a chunk after this one, an empty one if punctuation divides them or the text ends."""
        last = self.at + steps
        if last >= len(self.chunks) or any(self.chunks[at].after for at in range(self.at, last)):
            return Chunk(0, "")
        return self.chunks[last]


Found = list[list[Part]]
"""For this chunk, and for those after it that were read with it, the parts of the core and what is spoken for them."""


def whole(core: str, spoken: str) -> list[Part]:
    """Return a core as one part."""
    return [Part(0, len(core), spoken)]


def divide(text: str, written: str, *, is_mixed: bool = False) -> list[Chunk]:
    """Return the chunks of a text.

    written: the text before parts of it were masked.
    is_mixed: whether numbers and Latin letters are chunks of their own beside letters of other scripts.
    """
    found = (_chunk(match[0], match.start()) for match in (_RUN if is_mixed else _CHUNK).finditer(text))
    return [chunk._replace(written=written[chunk.start : chunk.start + len(chunk.core)]) for chunk in found]


def _chunk(text: str, start: int) -> Chunk:
    core = text.lstrip(_OPENING)
    before = text[: len(text) - len(core)]
    core = core.rstrip(_CLOSING)
    after = text[len(before) + len(core) :]
    if not core:
        return Chunk(start, text) if text in {"()", "[]", "{}", ".."} else Chunk(start, "", "", text)
    while after and after[0] in _PAIRS and core.count(_PAIRS[after[0]]) > core.count(after[0]):
        core, after = core + after[0], after[1:]
    while before and before[-1] in "([{" and core.count(before[-1]) < core.count(")]}"["([{".index(before[-1])]):
        core, before = before[-1] + core, before[:-1]
    return Chunk(start + len(before), core, before, after)
