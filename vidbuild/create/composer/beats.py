"""Beats of a section: what is shown at one time, and the prose that is about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from vidbuild.create.source.breaks import split
from vidbuild.create.source.outline import Block, Commands, Prose, Section, Speech


@dataclass(frozen=True, slots=True)
class Beat:
    """A scene to be.

    shown: the blocks it shows, all of one type; empty if it shows its heading alone.
    prose: paragraphs for each of the blocks shown, and after the last one.
    speech: what the source itself says aloud; None if it leaves that to its prose.
    """

    shown: tuple[Block, ...]
    prose: tuple[tuple[str, ...], ...]
    speech: str | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """All paragraphs, in order."""
        return tuple(text for texts in self.prose for text in texts)


def beats(section: Section, language: str) -> list[Beat]:
    """Return the beats of a section; commands that follow each other are typed in one terminal."""
    found = _merged(list(_split(section)))
    speech = " ".join(block.text for block in section.blocks if isinstance(block, Speech))
    if not speech:
        return found
    return [replace(beat, speech=part) for beat, part in zip(found, _shared(speech, len(found), language), strict=True)]


def _shared(speech: str, count: int, language: str) -> Iterator[str]:
    """Yield as many parts of a speech, with about equally many sentences; the last parts are empty if it is short."""
    if count == 1:
        yield speech
        return
    sentences = split(speech, language)
    ends = [-(-nth * len(sentences) // count) for nth in range(count + 1)]
    for start, end in pairwise(ends):
        yield " ".join(sentences[start:end])


def _split(section: Section) -> Iterator[Beat]:
    before: list[str] = []
    shown: Block | None = None
    about: tuple[str, ...] = ()
    for block in section.blocks:
        if isinstance(block, Prose):
            before.append(block.text)
        elif not isinstance(block, Speech):
            if shown is not None:
                yield Beat((shown,), (about, ()))
            shown, about, before = block, tuple(before), []
    if shown is not None:
        yield Beat((shown,), (about, tuple(before)))
    else:
        yield Beat((), (tuple(before),))


MAX_COMMANDS = 6  # of one scene


def _merged(found: list[Beat]) -> list[Beat]:
    merged: list[Beat] = []
    for beat in found:
        last = merged[-1] if merged else None
        if last is not None and _joins(last, beat):
            prose = (*last.prose[:-1], (*last.prose[-1], *beat.prose[0]), *beat.prose[1:])
            merged[-1] = Beat((*last.shown, *beat.shown), prose)
        else:
            merged.append(beat)
    return merged


def _joins(a: Beat, b: Beat) -> bool:
    blocks = (*a.shown, *b.shown)
    if not a.shown or not b.shown or not all(isinstance(each, Commands) for each in blocks):
        return False
    return sum(len(each.commands) for each in blocks if isinstance(each, Commands)) <= MAX_COMMANDS
