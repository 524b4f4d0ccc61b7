"""What is read from PowerPoint presentations, and which files are refused before a library opens them."""

from __future__ import annotations

import copy
import io
import random
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from tests.support.pdf_files import Sheet, write
from vidbuild.create.importers.slides import SlidesImporter, xml
from vidbuild.create.source.outline import (
    Chart,
    Code,
    Item,
    Items,
    Outline,
    Page,
    Picture,
    Prose,
    Section,
    Speech,
    Table,
)
from vidbuild.create.source.protocol import Source, SourceError

Save = Callable[..., Outline]
TITLE, CONTENT = 0, 1  # layouts of the default template
ChartData: Any = CategoryChartData  # which has no types


@pytest.fixture
def deck() -> Any:
    """A presentation with a title slide."""
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[TITLE])
    slide.shapes.title.text = "Acme"
    slide.placeholders[1].text = "Videos from text"
    return presentation


@pytest.fixture
def read(tmp_path: Path) -> Save:
    """A function that saves a presentation and reads it."""

    def save_and_read(presentation: Any, pages: Path | None = None) -> Outline:
        path = tmp_path / "deck.pptx"
        presentation.save(path)
        return SlidesImporter().read(Source("slides", str(path), tmp_path, pages=pages))

    return save_and_read


def added(presentation: Any, title: str = "", layout: int = CONTENT) -> Any:
    """Add a slide, and return it."""
    slide = presentation.slides.add_slide(presentation.slide_layouts[layout])
    if title:
        slide.shapes.title.text = title
    return slide


def png(width: int = 64, height: int = 32) -> io.BytesIO:
    """A picture whose left half is red and right half is blue."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    out = io.BytesIO()
    image.save(out, "PNG")
    out.seek(0)
    return out


def blocks(outline: Outline, nth: int) -> tuple[Any, ...]:
    """The blocks of a slide."""
    return outline.sections[nth].blocks


def test_text_notes_and_hidden_slides(deck: Any, read: Save) -> None:
    """Titles, subtitles, nested bullets and notes are read; a hidden slide is reported with its title."""
    slide = added(deck, "Why")
    frame = slide.placeholders[1].text_frame
    frame.text = "It is fast"
    for text, level in (("in cache", 1), ("It is small", 0)):
        paragraph = frame.add_paragraph()
        paragraph.text, paragraph.level = text, level
    slide.notes_slide.notes_text_frame.text = "Say why\nThen stop."
    added(deck, "Secret").element.set("show", "0")
    outline = read(deck)
    assert (outline.title, outline.paced) == ("Acme", True)
    assert blocks(outline, 0) == (Prose("Videos from text"),)
    assert blocks(outline, 1) == (
        Speech("Say why. Then stop."),
        Items((Item("It is fast", items=(Item("in cache"),)), Item("It is small"))),
    )
    assert [each.what for each in outline.omissions] == ["slide 3 'Secret': it is hidden"]


def test_the_number_of_a_slide_is_no_content(deck: Any, read: Save) -> None:
    """Footers, dates and numbers of slides are left out, of slides and of notes."""
    slide = added(deck, "One")
    slide.placeholders[1].text = "Alone"
    for kind in ("sldNum", "ftr", "dt"):
        box = slide.shapes.add_textbox(0, 0, Inches(1), Inches(1))
        box.text_frame.text = f"a {kind}"
        box.element.nvSpPr.nvPr.get_or_add_ph().set("type", kind)
    assert blocks(read(deck), 1) == (Prose("Alone"),)


def test_text_with_an_equation(deck: Any, read: Save) -> None:
    """Text that has an equation is read, although older programs show a picture of it; the equation is reported."""
    slide = added(deck, "Sum", 5)
    box = slide.shapes.add_textbox(0, 0, Inches(4), Inches(1))
    box.text_frame.text = "The sum is small"
    both = box.element.makeelement(f"{xml.MC}AlternateContent")
    choice, fallback = (box.element.makeelement(f"{xml.MC}{name}") for name in ("Choice", "Fallback"))
    box.element.getparent().replace(box.element, both)
    both.extend([choice, fallback])
    fallback.append(copy.deepcopy(box.element))
    fallback[0].find(f".//{xml.A}t").text = " "
    choice.append(box.element)
    box.element.find(f".//{xml.A}p").append(box.element.makeelement(f"{xml.MATH}oMath"))
    outline = read(deck)
    assert blocks(outline, 1) == (Prose("The sum is small"),)
    assert [each.what for each in outline.omissions] == ["a formula of slide 2 'Sum'"]


def test_tables_charts_and_code(deck: Any, read: Save) -> None:
    """Tables keep merged cells in place, charts their values and gaps, and text in a font of code is code."""
    slide = added(deck, "Data", 5)
    table = slide.shapes.add_table(2, 2, 0, 0, Inches(4), Inches(2)).table
    table.cell(0, 0).text = "Both"
    table.cell(0, 0).merge(table.cell(0, 1))
    table.cell(1, 0).text, table.cell(1, 1).text = "1", "2"
    data = ChartData()
    data.categories = ["Q1", "Q2"]
    data.add_series("EU", (3, None))
    data.add_series("US", (1.5, 2))
    for kind in (XL_CHART_TYPE.COLUMN_STACKED, XL_CHART_TYPE.COLUMN_CLUSTERED, XL_CHART_TYPE.RADAR):
        chart = slide.shapes.add_chart(kind, 0, 0, Inches(4), Inches(3), data).chart.element
        if kind == XL_CHART_TYPE.COLUMN_CLUSTERED:  # python-pptx writes no charts in three dimensions
            next(each for each in chart.iter() if str(each.tag).endswith("}barChart")).tag = f"{xml.C}bar3DChart"
    frame = slide.shapes.add_textbox(0, 0, Inches(4), Inches(1)).text_frame
    for nth, line in enumerate(("for a in b:", "    print(a)")):
        paragraph = frame.paragraphs[0] if nth == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text, run.font.name = line, "Consolas"
    outline = read(deck)
    series = (("EU", (3.0, None)), ("US", (1.5, 2.0)))
    assert blocks(outline, 1) == (
        Table(("Both", ""), (("1", "2"),)),
        Chart("stacked", ("Q1", "Q2"), series),
        Chart("bar", ("Q1", "Q2"), series),
        Code("for a in b:\n    print(a)"),
    )
    assert [each.what for each in outline.omissions] == [
        "a chart of a kind that vidbuild does not draw of slide 2 'Data'"
    ]


def test_pictures(deck: Any, read: Save) -> None:
    """Pictures are as the slide shows them, those in groups too: cut, and without logos."""
    slide = added(deck, "Map", 5)
    whole = slide.shapes.add_picture(png(), 0, 0, Inches(5))
    whole.element.nvPicPr.cNvPr.set("descr", "A map of town\n\nDescription automatically generated")
    cut = slide.shapes.add_group_shape().shapes.add_picture(png(), 0, 0, Inches(5))
    cut.crop_left = 0.5
    slide.shapes.add_picture(png(), 0, 0, Inches(0.3))
    first, second = blocks(read(deck), 1)
    assert isinstance(first, Picture)
    assert (first.alt, first.data, first.name) == ("A map of town", png().getvalue(), "a-map-of-town.png")
    with Image.open(io.BytesIO(second.data)) as image:
        assert (image.size, image.getpixel((0, 0))) == ((32, 32), (0, 0, 255))
    assert [each.what for each in read(deck).omissions] == ["a small picture of slide 2 'Map'"]


def test_a_cut_picture_is_decoded_outside_of_this_process(
    deck: Any, read: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture is cut in a process of its own; one whose pixels are damaged is left out by name."""
    slide = added(deck, "Map", 5)
    for data in (png().getvalue(), png().getvalue()[:-30]):
        slide.shapes.add_picture(io.BytesIO(data), 0, 0, Inches(5)).crop_left = 0.5
    monkeypatch.setattr(Image.Image, "crop", None)
    outline = read(deck)
    (shown,) = blocks(outline, 1)
    assert shown.data.startswith(b"\x89PNG")
    assert [each.what for each in outline.omissions] == ["a picture that is damaged of slide 2 'Map'"]


def test_names_and_digests_follow_slides(deck: Any, read: Save) -> None:
    """A moved slide keeps its name and digest; slides with one title differ by their own ids."""
    for text in ("One", "Two"):
        added(deck, "Same").placeholders[1].text = text
    added(deck, "Last").placeholders[1].text = "Three"
    before = {each.name: each.digest for each in read(deck).sections}
    assert list(before) == ["Acme", "Same (slide 257)", "Same (slide 258)", "Last"]
    ids = deck.slides._sldIdLst
    ids.insert(0, ids[3])
    deck.slides[0].placeholders[1].text = "Four"
    after = {each.name: each.digest for each in read(deck).sections}
    assert list(after) == ["Last", "Acme", "Same (slide 257)", "Same (slide 258)"]
    assert {name for name in after if after[name] != before[name]} == {"Last"}


def test_pages_of_a_pdf_replace_what_is_on_slides(deck: Any, read: Save, tmp_path: Path) -> None:
    """With a PDF each slide is its page, notes and names stay, and the page of a hidden slide is skipped."""
    slide = added(deck, "Why")
    slide.placeholders[1].text = "It is fast and small"
    added(deck, "Secret").element.set("show", "0")
    added(deck, "End").notes_slide.notes_text_frame.text = "Bye."
    for count, numbers in ((3, [1, 2, 3]), (4, [1, 2, 4])):
        path = tmp_path / f"{count}.pdf"
        write(path, [Sheet()] * count)
        outline = read(deck, path)
        shown = [block for each in outline.sections for block in each.blocks if isinstance(block, Page)]
        assert [(each.path, each.number) for each in shown] == [(path, number) for number in numbers]
        assert Speech("Bye.") in blocks(outline, 2)
        assert Prose("It is fast and small") in blocks(outline, 1)
    write(tmp_path / "2.pdf", [Sheet()] * 2)
    with pytest.raises(SourceError, match=r"2\.pdf' has 2 pages, but .* has 4 slides, 1 of them hidden"):
        read(deck, tmp_path / "2.pdf")


def test_a_deck_that_is_hidden_as_a_whole(deck: Any, read: Save) -> None:
    """A presentation without a slide to show is refused."""
    deck.slides[0].element.set("show", "0")
    with pytest.raises(SourceError, match="no slide that can be shown"):
        read(deck)


def refused(path: Path) -> str:
    """The message for a file that cannot be read."""
    with pytest.raises(SourceError) as caught:
        SlidesImporter().read(Source("slides", str(path), path.parent))
    return caught.value.message


def test_bombs_and_other_files_are_refused(tmp_path: Path, deck: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Archives that unpack to far more than they are, encrypted files and no archives are refused by name."""
    path = tmp_path / "deck.pptx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ppt/presentation.xml", b" " * 8 * 2**20)
    assert "'ppt/presentation.xml' is 200 times as large as it is packed" in refused(path)
    with zipfile.ZipFile(path, "w") as archive:
        for nth in range(20_001):
            archive.writestr(str(nth), b"")
    assert "20001 parts" in refused(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    assert "encrypted" in refused(path)
    path.write_bytes(b"no archive")
    assert "is no PowerPoint presentation" in refused(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", b"<a/>")
    assert "is no PowerPoint presentation" in refused(path)
    deck.save(path)
    monkeypatch.setitem(sys.modules, "pptx", None)
    assert "needs python-pptx" in refused(path)


def mutated(data: bytes, count: int) -> Iterator[bytes]:
    """Yield copies of a presentation of which one part is damaged: cut, flipped, with other tags or without it."""
    source = random.Random(13)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    for _ in range(count):
        name = source.choice([each for each in parts if "slide" in each.lower() or "chart" in each or "pres" in each])
        part = bytearray(parts[name])
        match source.randrange(5):
            case 0:
                del part[source.randrange(len(part)) :]
            case 1:
                for _ in range(3):
                    part[source.randrange(len(part))] = source.randrange(256)
            case 2:
                text = part.decode("utf-8", "replace")
                old = source.choice(["p:sp>", "a:p>", "a:t>", 'val="', "r:embed", "r:id", "idx", "c:v>", "type="])
                part = bytearray(text.replace(old, source.choice(["x", "a:r>", 'val="-'])).encode())
            case 3:
                part = bytearray()
            case _:
                start = source.randrange(len(part))
                part[start : start + 40] = part[start : start + 40] * 2
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for each, content in parts.items():
                if each != name or part:
                    archive.writestr(each, bytes(part) if each == name else content)
        yield out.getvalue()


def test_damaged_presentations_are_read_or_refused(deck: Any, tmp_path: Path) -> None:
    """No damage of a part leads to another error than one that names the file."""
    slide = added(deck, "Data", 5)
    slide.shapes.add_table(2, 2, 0, 0, Inches(4), Inches(2))
    slide.shapes.add_picture(png(), 0, 0, Inches(5))
    data = ChartData()
    data.categories = ["Q1", "Q2"]
    data.add_series("EU", (3, None))
    slide.shapes.add_chart(XL_CHART_TYPE.PIE, 0, 0, Inches(4), Inches(3), data)
    slide.notes_slide.notes_text_frame.text = "Say it."
    saved = io.BytesIO()
    deck.save(saved)
    path = tmp_path / "deck.pptx"
    errors = []
    for each in mutated(saved.getvalue(), 200):
        path.write_bytes(each)
        try:
            outline = SlidesImporter().read(Source("slides", str(path), tmp_path))
        except SourceError as error:
            errors.append(error.message)
        else:
            assert all(isinstance(each, Section) for each in outline.sections)
    assert errors
    assert all("deck.pptx" in each for each in errors)


def _box(slide: Any, text: str, left: float, top: float, width: float = 3) -> Any:
    shape = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(1))
    shape.text_frame.text = text
    return shape


def _prose(section: Section) -> list[str]:
    return [block.text for block in section.blocks if isinstance(block, Prose)]


def test_shapes_are_read_from_top_to_bottom_and_from_left_to_right(deck: Any, read: Save) -> None:
    """A file has shapes in the order in which they were made, which says nothing about where they are."""
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    _box(slide, "Fourth: at the bottom of it.", 1, 6, width=7)
    _box(slide, "Third: at the right of the middle.", 5, 4)
    _box(slide, "Second: at the left of the middle.", 1, 4)
    _box(slide, "First: at the top of it.", 1, 2, width=7)
    slide.shapes.title.text = "Order"  # its place is that of the layout

    section = read(deck).sections[1]

    assert section.heading == "Order"
    assert [text.split(":")[0] for text in _prose(section)] == ["First", "Second", "Third", "Fourth"]


def test_columns_stay_in_the_order_of_the_file(deck: Any, read: Save) -> None:
    """Each column has its heading above its text: row after row would part them."""
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    for left, name in ((1, "left"), (5, "right")):
        _box(slide, f"The heading at the {name} of the slide, in a sentence that is no heading.", left, 1)
        _box(slide, f"The text at the {name} of it.", left, 3)

    texts = _prose(read(deck).sections[1])

    assert [word for text in texts for word in ("left", "right") if f" {word} " in f"{text} "] == [
        "left", "left", "right", "right",
    ]  # fmt: skip


def test_in_groups_too_and_from_right_to_left(deck: Any, read: Save) -> None:
    """Where lines begin at the right, so do rows of boxes."""
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    left = _box(slide, "The second box of two, at the left, with a sentence.", 1, 1)
    right = _box(slide, "The first box of two, at the right, with a sentence that is no heading.", 5, 1)
    for each in (left, right):
        each.text_frame.paragraphs[0]._p.get_or_add_pPr().set("rtl", "1")
    slide.shapes.add_group_shape([left, right])

    assert [text.split()[1] for text in _prose(read(deck).sections[1])] == ["first", "second"]


def test_hidden_shapes_and_those_beside_the_slide_are_not_read(deck: Any, read: Save) -> None:
    """No viewer of the talk sees them."""
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Seen"
    _box(slide, "This sentence is on the slide.", 1, 2)
    xml.properties(_box(slide, "This one is hidden.", 1, 3).element).set("hidden", "1")
    group = slide.shapes.add_group_shape([_box(slide, "This one is in a hidden group.", 1, 4)])
    xml.properties(group.element).set("hidden", "1")
    _box(slide, "This one is at the left of the slide.", -20, 1)

    outline = read(deck)

    assert _prose(outline.sections[1]) == ["This sentence is on the slide."]
    assert [each.what for each in outline.omissions] == ["what lies beside the slide of slide 2 'Seen'"]
