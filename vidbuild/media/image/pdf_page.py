"""Draw a page of a PDF with PDFium, in the faces that the document embeds: those of the machine are never used."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

SIDE = 4096  # pixels of the longer side of every page, as of an SVG image
THINNEST = 64  # times that one side of a page can be as long as the other, as those of an SVG image
NO_FILE, PASSWORD = 2, 4  # FPDF_ERR_FILE, FPDF_ERR_PASSWORD
# The faces that every reader of PDFs has (ISO 32000-1, 9.6.2.2), which PDFium has in its own metrics.
STANDARD = ("courier", "helvetica", "times", "symbol", "zapfdingbats", "arial")


class PdfError(ValueError):
    """The page cannot be drawn.

    field: the setting that is to blame, "file" or "page".
    """

    def __init__(self, message: str, field: str = "file", hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.field, self.hint = message, field, hint


class Drawn(NamedTuple):
    """A page's picture, and the names of the fonts of its text that are not in the document."""

    image: Image.Image
    foreign: tuple[str, ...]


def draw(path: Path, number: int) -> Drawn:
    """Draw a page, counted from 1, upright on white. Raise PdfError if there is none or the file is unreadable."""
    pdfium = _library()
    with _document(pdfium, path) as document:
        count = len(document)
        if number > count:
            pages = "1 page" if count == 1 else f"{count} pages"
            raise PdfError(f"no page {number}: the PDF has {pages}", "page", f"write {count}")
        try:
            page = document[number - 1]
            width, height = page.get_size()  # as it is rotated
            if min(width, height) <= 0 or max(width, height) > THINNEST * min(width, height):
                message = (
                    f"page {number} is {width:g} x {height:g} points: one side is more than {THINNEST} times the other"
                )
                raise PdfError(message, "page")
            bitmap = page.render(scale=SIDE / max(width, height), rev_byteorder=True, maybe_alpha=False)
            return Drawn(bitmap.to_pil().convert("RGB"), tuple(_foreign(pdfium, page)))
        except pdfium.PdfiumError as error:
            raise PdfError(f"page {number} of the PDF is damaged", "page") from error


def _library() -> ModuleType:
    """Return PDFium, started again with an empty list of folders of fonts: by default it takes the machine's."""
    import pypdfium2

    if not hasattr(pypdfium2, "_vidbuild_fonts"):
        none = (ctypes.POINTER(ctypes.c_char) * 1)()
        config = pypdfium2.raw.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=none)
        pypdfium2.raw.FPDF_DestroyLibrary()
        pypdfium2.raw.FPDF_InitLibraryWithConfig(config)
        pypdfium2._vidbuild_fonts = none  # noqa: SLF001 - PDFium keeps the pointer
    library: ModuleType = pypdfium2
    return library


@contextmanager
def _document(pdfium: ModuleType, path: Path) -> Iterator[PdfDocument]:
    # PDFium loads no PDF without pages, and then leaves its error as it was: this sets it to NO_FILE.
    pdfium.raw.FPDF_LoadDocument(b"", None)
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if error.err_code == NO_FILE:
            raise PdfError("the PDF has no pages") from error
        if error.err_code == PASSWORD:
            hint = "save it without a password: qpdf --decrypt --password=… IN.pdf OUT.pdf"
            raise PdfError("the PDF is encrypted: it needs a password", hint=hint) from error
        raise PdfError("damaged: PDFium cannot read the PDF") from error
    try:
        yield document
    finally:
        document.close()


def _foreign(pdfium: ModuleType, page: PdfPage) -> Iterator[str]:
    """Yield the names of fonts that the page's text uses and the document does not embed."""
    seen = set()
    for item in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_TEXT]):
        font = pdfium.raw.FPDFTextObj_GetFont(item)
        if not font or pdfium.raw.FPDFFont_GetIsEmbedded(font) == 1:
            continue
        size = pdfium.raw.FPDFFont_GetBaseFontName(font, None, 0)
        buffer = ctypes.create_string_buffer(max(1, size))
        pdfium.raw.FPDFFont_GetBaseFontName(font, buffer, size)
        name = buffer.value.decode("utf-8", "replace")
        if name and name not in seen and not name.lower().replace(" ", "").startswith(STANDARD):
            seen.add(name)
            yield name
