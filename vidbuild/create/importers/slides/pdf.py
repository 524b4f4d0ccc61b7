"""PDFs of slides: a section for each page, named by its title."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from vidbuild.create.importers.slides.pdf_text import PageText, page_lines, page_texts
from vidbuild.create.importers.slides.slide import MAX_SLIDES, Deck, Slide
from vidbuild.create.importers.slides.slide import sections as sections_of
from vidbuild.create.source import phrases
from vidbuild.create.source.outline import Outline, Page, Prose
from vidbuild.create.source.protocol import Source, SourceError

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

PASSWORD = 4  # FPDF_ERR_PASSWORD


def read(source: Source) -> Outline:
    """Return the pages of a PDF. Raises SourceError if it cannot be read."""
    with _document(source.path) as document:
        texts = page_texts([page_lines(document, number) for number in range(len(document))])
        title = _title(document)
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
    with _document(path) as document:
        return len(document)


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


@contextmanager
def _document(path: Path) -> Iterator[PdfDocument]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except (pypdfium2.PdfiumError, OSError) as error:
        if getattr(error, "err_code", 0) == PASSWORD:
            hint = "save it without a password: qpdf --decrypt --password=… IN.pdf OUT.pdf"
            raise SourceError(f"'{path}' is encrypted: it needs a password", hint=hint) from error
        raise SourceError(f"'{path}' cannot be read: it is damaged, has no pages or is no PDF") from error
    try:
        if len(document) > MAX_SLIDES:
            raise SourceError(f"'{path}' has {len(document)} pages: the maximum is {MAX_SLIDES}")
        yield document
    finally:
        document.close()


def _title(document: PdfDocument) -> str:
    return " ".join(str(document.get_metadata_dict().get("Title") or "").split())
