"""Beats of a section: what is shown at one time, and the prose that is about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from vidbuild.create.composer.alternatives import first_way, is_label, is_other_way
from vidbuild.create.source.breaks import split
from vidbuild.create.source.outline import Block, Code, Commands, Prose, Section, Speech


@dataclass(frozen=True, slots=True)
class Beat:
    """A scene to be.

    shown: the blocks it shows, all of one type; empty if it shows its heading alone.
    prose: paragraphs for each of the blocks shown, and after the last one.
    speech: what the source itself says aloud; None if it leaves that to its prose.
    cut: what it leaves out; "" if nothing.
    """

    shown: tuple[Block, ...]
    prose: tuple[tuple[str, ...], ...]
    speech: str | None = None
    cut: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """All paragraphs, in order."""
        return tuple(text for texts in self.prose for text in texts)


def beats(section: Section, language: str) -> list[Beat]:
    """Return the beats of a section; commands that follow each other are typed in one terminal."""
    found = _merged(_first_ways(list(_split(section))))
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
        elif not isinstance(block, Speech) and not _is_filler(block):
            if shown is not None:
                yield Beat((shown,), (about, ()))
            shown, about, before = block, tuple(before), []
    if shown is not None:
        yield Beat((shown,), (about, tuple(before)))
    else:
        yield Beat((), (tuple(before),))


def _is_filler(block: Block) -> bool:
    """Return whether a block only fills its place on the page."""
    return isinstance(block, Code) and block.code.lstrip().lower().startswith("lorem ipsum")


def _first_ways(found: list[Beat]) -> list[Beat]:
    """Return the beats without other ways to do what a beat shows."""
    kept: list[Beat] = []
    for beat in found:
        block = beat.shown[0] if beat.shown else None
        if not isinstance(block, Commands):
            kept.append(beat)
            continue
        last = kept[-1] if kept else None
        if (
            last is not None
            and is_label(beat.prose[0])
            and is_label(last.prose[0])
            and isinstance(last.shown[0], Commands)
        ):
            kept[-1] = replace(last, prose=(last.prose[0], (*last.prose[1], *beat.prose[1])), cut=OTHER_WAYS)
            continue
        first, left = first_way(block)
        kept.append(replace(beat, shown=(first,), cut=OTHER_WAYS if left else ""))
    return kept


OTHER_WAYS = "other ways to do the same"
MAX_COMMANDS = 6  # of one scene


def _merged(found: list[Beat]) -> list[Beat]:
    merged: list[Beat] = []
    for beat in found:
        last = merged[-1] if merged else None
        if last is not None and _joins(last, beat):
            prose = (*last.prose[:-1], (*last.prose[-1], *beat.prose[0]), *beat.prose[1:])
            merged[-1] = Beat((*last.shown, *beat.shown), prose, cut=last.cut or beat.cut)
        else:
            merged.append(beat)
    return merged


def _joins(a: Beat, b: Beat) -> bool:
    blocks = (*a.shown, *b.shown)
    if not a.shown or not b.shown or not all(isinstance(each, Commands) for each in blocks):
        return False
    if is_other_way(b.prose[0]):
        return False
    return sum(len(each.commands) for each in blocks if isinstance(each, Commands)) <= MAX_COMMANDS
