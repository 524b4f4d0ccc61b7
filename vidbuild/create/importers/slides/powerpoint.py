"""PowerPoint presentations, read by python-pptx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vidbuild.create.importers.slides import archive, xml
from vidbuild.create.importers.slides.shapes import Shapes
from vidbuild.create.importers.slides.slide import MAX_SLIDES, Deck, Slide, clean
from vidbuild.create.importers.slides.slide_text import canonical
from vidbuild.create.source.outline import Omission
from vidbuild.create.source.protocol import Source, SourceError

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide as PowerPointSlide


def read(source: Source) -> Deck:
    """Return the slides of a presentation. Raises SourceError if it cannot be read."""
    archive.check(source)
    presentation = _opened(source)
    deck = Deck()
    place = "its list of slides"
    try:
        size = int(presentation.slide_width or 0), int(presentation.slide_height or 0)
        slides = presentation.slides
        for number, slide in enumerate(slides, 1):
            place = f"slide {number}"
            deck.slides.append(_slide(slide, number, size, deck))
            if number > MAX_SLIDES:
                break
    except Exception as error:  # damaged files raise errors of every kind in python-pptx
        raise SourceError(f"'{source.address}': {place} is damaged ({error or type(error).__name__})") from error
    if len(deck.slides) > MAX_SLIDES:
        raise SourceError(f"'{source.address}' has more than {MAX_SLIDES} slides, which is the maximum")
    return deck


def _opened(source: Source) -> Presentation:
    try:
        from pptx import Presentation
    except ModuleNotFoundError as error:
        raise SourceError(
            f"'{source.address}' needs python-pptx", hint='install it: pip install "vidbuild[slides]"'
        ) from error
    try:
        return Presentation(source.address)
    except Exception as error:  # damaged files raise errors of every kind in python-pptx
        hint = "save it as .pptx in PowerPoint, LibreOffice or Google Slides"
        raise SourceError(f"'{source.address}' is no PowerPoint presentation, or damaged", hint=hint) from error


def _slide(slide: PowerPointSlide, number: int, size: tuple[int, int], deck: Deck) -> Slide:
    shapes = Shapes(slide, size)
    heading, blocks = shapes.read()
    hidden = slide.element.get("show") in {"0", "false"}
    named = f"slide {number}" + (f" '{heading}'" if heading else "")
    if hidden:
        deck.omissions.append(Omission(f"{named}: it is hidden"))
    else:
        deck.omissions += [Omission(f"{what} of {named}") for what in shapes.left_out]
    notes = tuple(_notes(slide))
    text = "\n".join([*canonical(slide.element, slide.part), *(f"notes: {each}" for each in notes)])
    return Slide(number, heading, blocks, notes, text, f"slide {slide.slide_id}", hidden=hidden)


def _notes(slide: PowerPointSlide) -> list[str]:
    """Return the paragraphs of a slide's notes: those of the notes' body, not of its header or number."""
    if not slide.has_notes_slide:
        return []
    bodies = [each for each in xml.shapes(slide.notes_slide.element) if xml.placeholder(each) == "body"]
    return [text for body in bodies for each in xml.paragraphs(body) if (text := clean(xml.text(each)))]
