"""Pages of PDFs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.pdf_files import Sheet, write
from vidbuild.media.image import pdf_page
from vidbuild.media.image.pdf_page import PdfError

RED, GREEN = (1, 0, 0), (0, 1, 0)
SQUARE = "0 0 1 rg 0 0 100 100 re f"  # in the lower left corner


def failure(path: Path, number: int = 1) -> PdfError:
    """Return the error of a page."""
    with pytest.raises(PdfError) as caught:
        pdf_page.draw(path, number)
    return caught.value


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((960, 540), (4096, 2304)),
        ((540, 960), (2304, 4096)),
        ((3, 2), (4096, 2731)),
        ((14400, 10000), (4096, 2844)),
        ((6400, 100), (4096, 64)),
    ],
)
def test_every_page_has_one_longer_side(tmp_path: Path, size: tuple[int, int], expected: tuple[int, int]) -> None:
    """A page of any size is drawn with the same longer side, in its shape and color."""
    write(tmp_path / "a.pdf", [Sheet(color=GREEN), Sheet(size, RED)])
    image = pdf_page.draw(tmp_path / "a.pdf", 2).image
    assert abs(image.width - expected[0]) <= 1
    assert abs(image.height - expected[1]) <= 1
    assert image.getpixel((image.width // 2, 1)) == (255, 0, 0)


@pytest.mark.parametrize(
    ("rotate", "corner"), [(0, "lower left"), (90, "upper left"), (180, "upper right"), (270, "lower right")]
)
def test_a_rotated_page_is_turned(tmp_path: Path, rotate: int, corner: str) -> None:
    """A page is turned clockwise by its rotation."""
    write(tmp_path / "a.pdf", [Sheet(rotate=rotate, more=SQUARE)])
    image = pdf_page.draw(tmp_path / "a.pdf", 1).image
    assert (image.width > image.height) == (rotate in {0, 180})
    right, bottom = image.width - 20, image.height - 20
    corners = {"upper left": (20, 20), "upper right": (right, 20), "lower left": (20, bottom)}
    blue = {
        name for name, at in {**corners, "lower right": (right, bottom)}.items() if image.getpixel(at) == (0, 0, 255)
    }
    assert blue == {corner}


def test_a_page_without_ink_is_white(tmp_path: Path) -> None:
    """A page is drawn on white, wherever it has no ink."""
    write(tmp_path / "a.pdf", [Sheet(more="1 1 1 rg")])
    assert pdf_page.draw(tmp_path / "a.pdf", 1).image.getextrema() == ((255, 255),) * 3


def test_a_page_that_does_not_exist(tmp_path: Path) -> None:
    """An error names the number of pages, and the last page as a way out."""
    write(tmp_path / "a.pdf", [Sheet(), Sheet()])
    error = failure(tmp_path / "a.pdf", 3)
    assert (error.message, error.field, error.hint) == ("no page 3: the PDF has 2 pages", "page", "write 2")


def test_a_page_that_is_too_thin(tmp_path: Path) -> None:
    """A page of which one side is more than 64 times the other is refused, as an SVG image of that shape is."""
    write(tmp_path / "a.pdf", [Sheet((6500, 100))])
    assert failure(tmp_path / "a.pdf").message.endswith("one side is more than 64 times the other")


def test_an_encrypted_pdf(tmp_path: Path) -> None:
    """A PDF that needs a password is refused, with the command that removes it."""
    write(tmp_path / "a.pdf", [Sheet()], encrypted=True)
    error = failure(tmp_path / "a.pdf")
    assert error.message == "the PDF is encrypted: it needs a password"
    assert "qpdf --decrypt" in str(error.hint)


def test_a_pdf_without_pages(tmp_path: Path) -> None:
    """A PDF without pages is refused as such, also after one that is encrypted or damaged."""
    write(tmp_path / "none.pdf", [])
    write(tmp_path / "encrypted.pdf", [Sheet()], encrypted=True)
    (tmp_path / "damaged.pdf").write_bytes(b"%PDF-1.7\njunk")
    for before in ("encrypted.pdf", "damaged.pdf"):
        failure(tmp_path / before)
        assert failure(tmp_path / "none.pdf").message == "the PDF has no pages"


def test_damaged_pdfs_are_refused_or_drawn(tmp_path: Path) -> None:
    """A PDF that is cut anywhere is drawn, or refused with a message; no other error gets out."""
    write(tmp_path / "a.pdf", [Sheet(color=RED, text="A")])
    whole = (tmp_path / "a.pdf").read_bytes()
    messages = set()
    for end in range(8, len(whole), 40):
        (tmp_path / "cut.pdf").write_bytes(whole[:end])
        try:
            pdf_page.draw(tmp_path / "cut.pdf", 1)
        except PdfError as error:
            messages.add(error.message)
    assert "damaged: PDFium cannot read the PDF" in messages


def test_fonts_that_are_not_in_the_pdf(tmp_path: Path) -> None:
    """Fonts that the page's text needs and the PDF does not embed are named, but not those that every reader has."""
    write(tmp_path / "a.pdf", [Sheet(text="A", font="Gotham-Bold"), Sheet(text="A", font="Helvetica-Bold")])
    assert pdf_page.draw(tmp_path / "a.pdf", 1).foreign == ("Gotham-Bold",)
    assert pdf_page.draw(tmp_path / "a.pdf", 2).foreign == ()
