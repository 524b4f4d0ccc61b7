"""What is read from PDFs of slides."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.import_sources import call_here
from tests.support.pdf_files import Sheet, write
from vidbuild.create.importers.slides import SlidesImporter
from vidbuild.create.source import contained
from vidbuild.create.source.outline import Outline, Page, Prose
from vidbuild.create.source.protocol import Source, SourceError
from vidbuild.json_types import Json

Row = tuple[float, float, float, str]  # size, left, bottom, text


def sheet(*rows: Row, font: str = "Helvetica") -> Sheet:
    """A page of 960 x 540 points with these texts."""
    more = " ".join(f"0 0 0 rg BT /F {size} Tf {left} {bottom} Td ({text}) Tj ET" for size, left, bottom, text in rows)
    return Sheet(more=more, font=font)


def read(path: Path, *sheets: Sheet) -> Outline:
    """The outline of a PDF with these pages."""
    write(path, sheets)
    return SlidesImporter().read(Source("slides", str(path), path.parent))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the PDF is."""
    return tmp_path / "deck.pdf"


def prose(outline: Outline) -> list[list[str]]:
    """The paragraphs of each page."""
    return [[block.text for block in each.blocks if isinstance(block, Prose)] for each in outline.sections]


def test_titles_paragraphs_and_footers(path: Path) -> None:
    """A page is named by its first line, its items are paragraphs, and what all pages have at an edge is left out."""
    pages = [
        sheet(
            (40, 40, 470, f"Part {name}"),
            (20, 60, 400, "- The first point goes on"),
            (20, 72, 376, "in a second line"),
            (20, 60, 340, "- The other point"),
            (10, 40, 10, f"A. Author   The deck   {number} / 4"),
            (10, 900, 10, str(number)),
        )
        for number, name in enumerate(("one", "two", "three", "four"), 1)
    ]
    outline = read(path, *pages)
    assert outline.paced
    assert [each.heading for each in outline.sections] == ["Part one", "Part two", "Part three", "Part four"]
    assert prose(outline)[0] == ["The first point goes on in a second line", "The other point"]
    page = outline.sections[1].blocks[-1]
    assert page == Page(path, 2, "Part two The first point goes on in a second line The other point")
    moved = read(path, *pages[::-1])
    assert {each.name: each.digest for each in moved.sections} == {each.name: each.digest for each in outline.sections}


def test_the_largest_line_is_the_title(path: Path) -> None:
    """A small line above is no title; a title can have two lines."""
    (section,) = read(
        path,
        sheet(
            (14, 40, 500, "Chapter"),
            (48, 40, 400, "A long title"),
            (48, 40, 340, "of two lines"),
            (20, 40, 200, "Text."),
        ),
    ).sections
    assert section.heading == "A long title of two lines"
    assert [block.text for block in section.blocks if isinstance(block, Prose)] == ["Chapter", "Text."]


def test_numbers_and_lines_that_lead(path: Path) -> None:
    """A table of contents has no numbers, and a line with a colon belongs to the next one."""
    (contents, led) = read(
        path,
        sheet((40, 40, 470, "Contents"), (20, 60, 400, "1 Start here"), (20, 60, 340, "2 Go on there")),
        sheet((40, 40, 470, "Why"), (20, 60, 400, "The manual has it:"), (20, 60, 340, "It is fast.")),
    ).sections
    assert [block.text for block in contents.blocks if isinstance(block, Prose)] == ["Start here", "Go on there"]
    assert [block.text for block in led.blocks if isinstance(block, Prose)] == ["The manual has it: It is fast."]


def test_code_is_shown_but_not_spoken(path: Path) -> None:
    """Text in a font of code is in the page's text alone."""
    (section,) = read(path, sheet((20, 60, 400, "make all"), (20, 60, 370, "ls"), font="Courier")).sections
    assert section.heading == "make all"
    assert not [block for block in section.blocks if isinstance(block, Prose)]
    assert section.blocks[-1] == Page(path, 1, "make all ls")


def test_pages_that_build_up(path: Path) -> None:
    """A page that repeats the one before, as steps of a slide do, says only what is new."""
    rows = [(40.0, 40.0, 470.0, "Steps"), (20.0, 60.0, 400.0, "The first step"), (20.0, 60.0, 340.0, "The second step")]
    outline = read(path, sheet(*rows[:2]), sheet(*rows))
    assert prose(outline) == [["The first step"], ["The second step"]]
    assert [each.name for each in outline.sections] == ["Steps", "Steps (2)"]


def test_a_page_without_text(path: Path) -> None:
    """A page that is a picture is shown, and has its number as its name."""
    outline = read(path, Sheet(), sheet((40, 40, 470, "Two")))
    assert [(each.name, each.heading) for each in outline.sections] == [("page 1", ""), ("Two", "Two")]


def test_pdfs_that_cannot_be_read(path: Path) -> None:
    """Damaged and encrypted PDFs, other files and too many pages are refused by name."""
    write(path, [Sheet()], encrypted=True)
    with pytest.raises(SourceError, match=r"deck\.pdf' is encrypted"):
        SlidesImporter().read(Source("slides", str(path), path.parent))
    with pytest.raises(SourceError, match="1001 pages: the maximum is 1000"):
        read(path, *[Sheet()] * 1001)
    for data in (b"", b"no PDF", b"%PDF-1.7\n"):
        path.write_bytes(data)
        with pytest.raises(SourceError, match=r"deck\.pdf' cannot be read"):
            SlidesImporter().read(Source("slides", str(path), path.parent))


def test_damaged_pdfs_are_read_or_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No damage leads to another error than one that names the file."""
    monkeypatch.setattr(contained, "call", call_here)
    write(path, [sheet((40, 40, 470, "One"), (20, 60, 400, "A point of it")), Sheet(text="Two")])
    whole = path.read_bytes()
    source = random.Random(13)
    errors = []
    for _ in range(200):
        data = bytearray(whole)
        for _ in range(source.randrange(1, 12)):
            data[source.randrange(len(data))] = source.randrange(256)
        if source.random() < 0.3:
            del data[source.randrange(len(data)) :]
        path.write_bytes(data)
        try:
            SlidesImporter().read(Source("slides", str(path), path.parent))
        except SourceError as error:
            errors.append(error.message)
    assert errors
    assert all("deck.pdf" in each for each in errors)


@pytest.mark.parametrize("way", ["read", "count"])
def test_a_pdf_is_parsed_outside_of_this_process(path: Path, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """PDFium is loaded in a process of its own, whether the PDF is the source or has the pages of another deck."""
    write(path, [sheet((40, 40, 470, "One"))])
    deck = path.with_name("deck.md")
    deck.write_text("---\nmarp: true\n---\n# One\n")
    called: list[str] = []

    def call(function: Callable[..., Json], file: Path) -> Json:
        called.append(function.__name__)
        return whole(function, file)

    whole = contained.call
    monkeypatch.setattr(contained, "call", call)
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    source = path if way == "read" else deck
    outline = SlidesImporter().read(Source("slides", str(source), path.parent, pages=None if way == "read" else path))
    assert [each.heading for each in outline.sections] == ["One"]
    assert called == [way]


def test_a_pdf_that_takes_too_long(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PDF that takes too much time is refused by name, and its process is ended."""
    write(path, [sheet((40, 40, 470, "One"))])
    monkeypatch.setattr(contained, "SECONDS", 0.01)
    with pytest.raises(SourceError, match=r"deck\.pdf' took more than 0\.01 s to read"):
        SlidesImporter().read(Source("slides", str(path), path.parent))
