"""A slide, before it is a section of an outline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from vidbuild.create.source.outline import Block, Items, Omission, Prose, Section, Speech

MAX_SLIDES = 1000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_END = re.compile(r"[.!?…:;,。\uff01\uff1f؟\u06d4।]['\"”\u2019)\]]*$")  # the full-width forms are meant


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide.

    number: counted from 1, hidden ones included.
    own: what the format itself calls it ("slide 256"); "" if it has no name of its own.
    notes: the paragraphs of its notes.
    line: 0 if the source has no lines.
    """

    number: int
    heading: str
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()
    source_text: str = ""
    own: str = ""
    parents: tuple[str, ...] = ()
    line: int = 0
    hidden: bool = False


@dataclass(slots=True)
class Deck:
    """All slides of a source, and what of it is not shown."""

    slides: list[Slide] = field(default_factory=list)
    omissions: list[Omission] = field(default_factory=list)
    title: str = ""
    language: str = ""
    description: str = ""


def speech(paragraphs: Sequence[str]) -> str:
    """Return paragraphs as one text to speak: each but the last ends as a sentence does."""
    texts = [text for text in (" ".join(each.split()) for each in paragraphs) if text]
    return " ".join([*(text if _END.search(text) else f"{text}." for text in texts[:-1]), *texts[-1:]])


def clean(text: str) -> str:
    """Return a text without control characters, whose line breaks are spaces."""
    return " ".join(_CONTROL.sub(" ", text).split())


def simple(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks whose lists have several items: one item is a paragraph, and leads the items below it."""
    for block in blocks:
        if not isinstance(block, Items) or len(block.items) != 1 or block.done:
            yield block
            continue
        (item,) = block.items
        yield Prose(f"{item.text}: {item.detail}" if item.detail else item.text)
        if item.items:
            yield from simple([Items(item.items, block.ordered)])


def shown(slides: Iterable[Slide]) -> list[Slide]:
    """Return the slides that are not hidden."""
    return [each for each in slides if not each.hidden]


def sections(slides: Sequence[Slide]) -> Iterator[Section]:
    """Yield a section for each slide. Slides with one heading differ by their own names."""
    headings = [each.heading for each in slides]
    for each in slides:
        notes = speech(each.notes)
        blocks = (*([Speech(notes)] if notes else []), *each.blocks)
        name = " > ".join((*each.parents, each.heading)) if each.heading else each.own or _beginning(each)
        if each.own and each.heading and headings.count(each.heading) > 1:
            name = f"{each.heading} ({each.own})"
        yield Section(each.heading, blocks, each.parents, each.line, each.source_text, name)


def _beginning(slide: Slide) -> str:
    """Return the first words of a slide without a heading."""
    text = next((block.text for block in slide.blocks if isinstance(block, Prose)), slide.source_text)
    return " ".join(re.findall(r"[\w'-]+", text)[:6]) or f"slide {slide.number}"
