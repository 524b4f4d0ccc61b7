"""Reads the lines of a PDF's pages with PDFium, with their sizes and places.

PDFium is native code that parses what a stranger wrote: `read` and `count` are called in a process of their own.
"""

from __future__ import annotations

import ctypes
import re
import statistics
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from vidbuild.create.importers.slides.slide import MAX_SLIDES
from vidbuild.create.source.protocol import SourceError

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfTextPage

PASSWORD = 4  # FPDF_ERR_PASSWORD
MAX_CHARACTERS = 20_000  # of a page that are read
_FIXED = re.compile(r"mono|courier|consol|menlo|typewriter|\bcode|SFTT|CMTT|LMTT|inconsolata|firacode", re.IGNORECASE)
_HYPHENS = "\x02\ufffe\u00ad"  # as PDFium marks a word that is divided at a line's end


class Line(NamedTuple):
    """A line of a page. size, top, left: in points, from the page's top left; fixed: whether it is in a code's font.

    right: its end; place: of its top, as a share of the page's height.
    """

    text: str
    size: float
    top: float
    left: float
    right: float
    place: float
    fixed: bool


def read(path: str) -> tuple[str, list[list[Line]]]:
    """Return the title of a PDF and the lines of each page. Raises SourceError if it cannot be read."""
    with _document(path) as document:
        title = " ".join(str(document.get_metadata_dict().get("Title") or "").split())
        return title, [_page_lines(document, number) for number in range(len(document))]


def count(path: str) -> int:
    """Return how many pages a PDF has. Raises SourceError if it cannot be read."""
    with _document(path) as document:
        return len(document)


@contextmanager
def _document(path: str) -> Iterator[PdfDocument]:
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


def _page_lines(document: PdfDocument, number: int) -> list[Line]:
    """Return the lines of a page, counted from 0; none if PDFium cannot read it."""
    import pypdfium2

    try:
        page = document[number]
        text = page.get_textpage()
        height = page.get_height()
        characters = [_character(text, index, height) for index in range(min(text.count_chars(), MAX_CHARACTERS))]
    except pypdfium2.PdfiumError:
        return []
    return list(_lines(characters, max(height, 1)))


@dataclass(frozen=True, slots=True)
class _Character:
    code: str
    size: float
    top: float
    left: float
    right: float
    fixed: bool


def _character(text: PdfTextPage, index: int, height: float) -> _Character:
    from pypdfium2 import raw

    code = raw.FPDFText_GetUnicode(text, index)
    left, bottom, right, top = text.get_charbox(index, loose=True)
    name = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(text, index, name, len(name), ctypes.byref(ctypes.c_int()))
    fixed = bool(_FIXED.search(name.value.decode("utf-8", "replace")))
    character = chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else " "  # noqa: PLR2004 - Unicode's
    return _Character(character, top - bottom, height - top, left, right, fixed)


def _lines(characters: Sequence[_Character], height: float) -> Iterator[Line]:
    line: list[_Character] = []
    for each in (*characters, _Character("\n", 0, 0, 0, 0, fixed=False)):
        if each.code not in "\r\n":
            line.append(each)
            continue
        inked = [one for one in line if one.code.strip() and one.size > 0]
        text = _normal("".join(one.code for one in line))
        if inked and text:
            top = min(one.top for one in inked)
            fixed = 2 * sum(one.fixed for one in inked) > len(inked)
            size = statistics.median(one.size for one in inked)
            yield Line(text, size, top, inked[0].left, inked[-1].right, top / height, fixed)
        line = []


def _normal(text: str) -> str:
    """Return a line with letters in place of ligatures, and a hyphen that divides a word as U+00AD."""
    text = re.sub("[ﬀ-ﬆ]", lambda match: unicodedata.normalize("NFKC", match[0]), text)
    text = re.sub(f"[{_HYPHENS}]\\s*$", "\u00ad", text)
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]", " ", text).split())
