"""Slides: PowerPoint, PDF, and Markdown of Marp, Slidev and reveal.js."""

from __future__ import annotations

from collections.abc import Collection

from vidbuild.create.source.outline import Outline
from vidbuild.create.source.protocol import Source

MARKDOWN = (".md", ".markdown", ".mkd")
POWERPOINT = (".pptx", ".pptm")


class SlidesImporter:
    """A section for each slide, with its notes as what is spoken."""

    name = "slides"
    summary = "PowerPoint, PDF, and Markdown of Marp, Slidev and reveal.js"
    endings: Collection[str] = (*POWERPOINT, ".pdf", *MARKDOWN)
    network = False

    def recognizes(self, source: Source) -> bool:
        """Return whether a file is a deck; Markdown is one if it has the marks of a tool, or if the user says so."""
        if source.path.suffix.lower() not in MARKDOWN or source.kind == self.name:
            return True
        from vidbuild.create.importers.slides.decks import is_deck

        return is_deck(source)

    def read(self, source: Source) -> Outline:
        """Return the slides; with `source.pages`, each with its page as a picture."""
        from vidbuild.create.importers.slides import decks, pages, pdf, powerpoint

        ending = source.path.suffix.lower()
        if ending == ".pdf":
            return pdf.read(source)
        slides = powerpoint.read(source) if ending in POWERPOINT else decks.read(source)
        return pages.outline(slides, source)
