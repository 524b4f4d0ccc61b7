"""PDFs of slides: a section for each page, named by its title."""

from __future__ import annotations

from pathlib import Path

from vidbuild.create.importers.slides import pdf_lines
from vidbuild.create.importers.slides.pdf_lines import Line
from vidbuild.create.importers.slides.pdf_text import PageText, page_texts
from vidbuild.create.importers.slides.slide import Deck, Slide
from vidbuild.create.importers.slides.slide import sections as sections_of
from vidbuild.create.source import contained, phrases
from vidbuild.create.source.outline import Outline, Page, Prose
from vidbuild.create.source.protocol import Source


def read(source: Source) -> Outline:
    """Return the pages of a PDF. Raises SourceError if it cannot be read."""
    title, pages = contained.call(pdf_lines.read, source.path)
    texts = page_texts([[Line(*line) for line in page] for page in pages])
    deck = Deck()
    spoken: set[str] = set()
    for number, text in enumerate(texts, 1):
        deck.slides.append(_slide(source.path, number, text, spoken))
        # Pages that build up a slide repeat what the page before has.
        spoken = set(text.paragraphs) if text.title else set()
    heading = next((each.heading for each in deck.slides if each.heading), "")
    sections = tuple(sections_of(deck.slides))
    return Outline(heading or title or phrases.title_of(source.path.stem), sections, paced=True).named()


def count(path: Path) -> int:
    """Return how many pages a PDF has. Raises SourceError if it cannot be read."""
    return int(contained.call(pdf_lines.count, path))


def _slide(path: Path, number: int, text: PageText, before: set[str]) -> Slide:
    new = [each for each in text.paragraphs if each not in before] if before <= set(text.paragraphs) else []
    prose = tuple(map(Prose, new or text.paragraphs))
    return Slide(
        number,
        text.title,
        (*prose, Page(path, number, text.all)),
        source_text="".join(text.all.split()),
        own="" if text.title or text.all else f"page {number}",
    )
