"""Slides whose pictures are the pages of a PDF, and whose notes and names are those of the deck."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from vidbuild.create.importers.slides.slide import Deck, Slide, sections, shown
from vidbuild.create.source import phrases
from vidbuild.create.source.outline import Block, Items, Omission, Outline, Page, Prose
from vidbuild.create.source.protocol import Source, SourceError


def outline(deck: Deck, source: Source) -> Outline:
    """Return the outline of a deck. Raises SourceError if nothing of it is shown."""
    slides = shown(deck.slides)
    omissions = list(deck.omissions)
    if source.pages is not None:
        slides = _paged(deck.slides, source.pages, source)
        omissions = [each for each in omissions if "hidden" in each.what]  # the pages show all of the others
    empty = [each for each in slides if not (each.heading or each.blocks or each.notes)]
    omissions += [Omission(f"slide {each.number}: nothing of it can be shown", each.line) for each in empty]
    slides = [each for each in slides if each not in empty]
    if not slides:
        what = "has no slide that can be shown" if deck.slides else "has no slides"
        raise SourceError(f"'{source.address}' {what}")
    title = deck.title or next((each.heading for each in slides if each.heading), phrases.title_of(source.path.stem))
    return Outline(
        title,
        tuple(sections(slides)),
        language=deck.language,
        description=deck.description,
        omissions=tuple(sorted(omissions, key=lambda each: each.line)),
        paced=True,
    ).named()


def _paged(slides: list[Slide], path: Path, source: Source) -> list[Slide]:
    from vidbuild.create.importers.slides.pdf import count

    seen = shown(slides)
    pages = count(path)
    if pages not in {len(slides), len(seen)}:
        hidden = f", {len(slides) - len(seen)} of them hidden" if len(slides) > len(seen) else ""
        raise SourceError(
            f"'{path}' has {_pages(pages)}, but '{source.address}' has {len(slides)} slides{hidden}",
            hint="export the PDF again from this deck, one page a slide, without pages of notes or of steps",
        )
    numbers = {each.number: nth for nth, each in enumerate(slides if pages == len(slides) else seen, 1)}
    return [replace(each, blocks=_page(each, path, numbers[each.number])) for each in seen]


def _page(slide: Slide, path: Path, number: int) -> tuple[Block, ...]:
    """Return a slide's page, and its texts as what could be spoken."""
    texts = [text for block in slide.blocks for text in _texts(block)]
    page = Page(path, number, " ".join(filter(None, [slide.heading, *texts])))
    return (*map(Prose, texts), page)


def _texts(block: Block) -> list[str]:
    if isinstance(block, Prose):
        return [block.text]
    if isinstance(block, Items):
        return [f"{each.text}: {each.detail}" if each.detail else each.text for each in block.items]
    return []


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"
