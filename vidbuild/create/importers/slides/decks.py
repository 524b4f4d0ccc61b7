"""Decks in Markdown: which tool's they are, and their slides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from vidbuild.create.importers.markdown import front_matter
from vidbuild.create.importers.slides import marp, reveal, slidev
from vidbuild.create.importers.slides.raw import RawSlide
from vidbuild.create.importers.slides.slide import MAX_SLIDES, Deck, Slide, simple
from vidbuild.create.source.outline import Block, Item, Items, Omission, Picture, Prose, Quotation
from vidbuild.create.source.pictures import Image
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.inline import plain

MAX_LEAD = 60  # characters of a paragraph that is the title of a slide without one
_MATTER = re.compile(r"---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_COMMENT = re.compile(r"<!--\s*(?!\.(?:slide|element)\b|-->)")


def is_deck(source: Source) -> bool:
    """Return whether a Markdown file has the marks of a tool for slides."""
    try:
        text = source.text()
        matter = front_matter(text, source)
    except SourceError:
        return False  # the reader of documents says why
    return marp.recognizes(matter) or slidev.recognizes(matter, text) or reveal.recognizes(matter, text)


def read(source: Source) -> Deck:
    """Return the slides of a deck. Raises SourceError if it cannot be read."""
    text = source.text()
    matter = front_matter(text, source)
    slides = list(_raw(text, matter, source))
    if len(slides) > MAX_SLIDES:
        raise SourceError(f"'{source.address}' has {len(slides)} slides: the maximum is {MAX_SLIDES}")
    lines = text.split("\n")
    deck = Deck(
        title=str(matter.get("title") or ""),
        language=str(matter.get("lang") or matter.get("language") or ""),
        description=str(matter.get("description") or ""),
    )
    for number, each in enumerate(slides, 1):
        if each.omissions and not each.text.strip():  # it only names another file
            deck.omissions += each.omissions
            continue
        end = slides[number].start if number < len(slides) else len(lines)
        slide = _slide(each, number, source, deck)
        above = deck.slides[each.above].heading if each.above is not None and each.above < len(deck.slides) else ""
        deck.slides.append(
            replace(
                slide, source_text="\n".join(_own(lines[each.start : end], each)), parents=(above,) if above else ()
            )
        )
    return deck


def _own(lines: Sequence[str], slide: RawSlide) -> Iterator[str]:
    """Yield the lines that a slide is made from, without the separators around it."""
    yield from (f"{name}: {value}" for name, value in slide.matter.items())
    yield from (line for line in lines if line.rstrip().strip("-"))


def _raw(text: str, matter: Mapping[str, Any], source: Source) -> Iterator[RawSlide]:
    if marp.recognizes(matter):
        yield from marp.slides(text, matter)
    elif slidev.recognizes(matter, text):
        yield from slidev.slides(text)
    elif reveal.recognizes(matter, text) or not _COMMENT.search(text):
        found = _MATTER.match(text) if matter else None
        yield from reveal.slides(text, matter, source, found[0].count("\n") if found else 0)
    else:
        yield from marp.slides(text, matter)


def _slide(raw: RawSlide, number: int, source: Source, deck: Deck) -> Slide:
    """Return a slide; what of it is not shown is added to the deck's omissions."""
    from vidbuild.create.importers.markdown import inline
    from vidbuild.create.importers.markdown.blocks import Reading, blocks
    from vidbuild.create.importers.markdown.parser import parse
    from vidbuild.create.importers.markdown.prepare import prepared

    ready, left_out = prepared(raw.text)
    reading = Reading(source, first_line=raw.start, html_is_text=True)
    nodes = list(parse(ready).children)
    title = next((each for each in nodes if each.type == "heading"), None)
    heading = str(raw.matter.get("title") or (inline.heading(title) if title is not None else ""))
    found = list(_slide_blocks(blocks((each for each in nodes if each is not title), reading)))
    for name in ("image", "background"):
        if isinstance(raw.matter.get(name), str) and str(raw.matter.get("layout", "")).startswith("image"):
            found += reading.picture(Image(raw.matter[name], ""), nodes[0]) if nodes else []
    if not heading and (lead := _lead(found)):
        heading, found = lead, found[1:]
    heading = heading or str(raw.matter.get("name") or "")
    if raw.hidden:
        named = f" '{heading}'" if heading else ""
        deck.omissions.append(Omission(f"slide {number}{named}: it is hidden", _first_line(raw)))
    else:
        deck.omissions += [*raw.omissions, *reading.omissions]
        deck.omissions += [Omission(what, line + raw.start) for what, line in left_out]
    return Slide(
        number, heading, tuple(found), tuple(_spoken(raw.notes, source)), line=_first_line(raw), hidden=raw.hidden
    )


def _first_line(raw: RawSlide) -> int:
    lines = raw.text.split("\n")
    return raw.start + 1 + next((nth for nth, line in enumerate(lines) if line.strip()), 0)


def _lead(blocks: Sequence[Block]) -> str:
    """Return a slide's first paragraph if it is its title: a short line that is no sentence, or all that it has."""
    match blocks:
        case [Prose(text=text), *rest] if len(text) <= MAX_LEAD and not (rest and text.endswith((".", "!", "?", ":"))):
            return text
    return ""


def _slide_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks as a slide shows them: a sign alone leads to another slide."""
    for block in simple(blocks):
        match block:
            case Picture():
                yield replace(block, alt=marp.alt(block.alt))
            case Prose(text=text) if not re.search(r"\w", text):
                continue
            case _:
                yield block


def _spoken(notes: str, source: Source) -> Iterator[str]:
    """Yield the paragraphs of notes, without their Markdown."""
    from vidbuild.create.importers.markdown.blocks import Reading, blocks
    from vidbuild.create.importers.markdown.parser import parse

    if not notes:
        return
    for block in blocks(parse(notes).children, Reading(source, html_is_text=True)):
        if isinstance(block, Prose | Quotation):
            yield plain(block.text)
        elif isinstance(block, Items):
            yield from _lines(block.items)


def _lines(items: Sequence[Item]) -> Iterator[str]:
    for each in items:
        yield plain(f"{each.text}: {each.detail}" if each.detail else each.text)
        yield from _lines(each.items)
