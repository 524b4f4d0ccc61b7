"""Shapes of a slide as blocks of an outline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from vidbuild.create.importers.slides import charts, order, xml
from vidbuild.create.importers.slides.bullets import Bullets, text_blocks
from vidbuild.create.importers.slides.pictures import UnreadableError, picture
from vidbuild.create.importers.slides.slide import clean, simple
from vidbuild.create.importers.slides.slide_text import FURNITURE
from vidbuild.create.source import fences
from vidbuild.create.source.outline import Block, Item, Items, Prose, Table

if TYPE_CHECKING:
    from pptx.slide import Slide

TITLES = frozenset({"title", "ctrTitle"})
SMALLEST = 0.004  # of the slide's area: what is smaller is a logo or an icon
MAX_LEAD = 60  # characters of a line that names the list below it
DRAWING = 3  # connectors from which shapes are a drawing
_FIXED = re.compile(r"mono|courier|consol|menlo|inconsolata|\bcode|lucida (?:console|sans typewriter)", re.IGNORECASE)
_GENERATED = re.compile(r"\s*(?:Description automatically generated.*|.*\.(?:png|jpe?g|gif|svg|bmp)$)", re.IGNORECASE)
_GRAPHICS = {
    "diagram": "a SmartArt drawing",
    "ole": "an embedded document",
    "chartex": "a chart of a new kind",
}


class Shapes:
    """The reading of one slide. left_out: what of it no scene shows."""

    def __init__(self, slide: Slide, size: tuple[int, int]) -> None:
        self._slide = slide
        self._size = size
        self._bullets = Bullets(slide)
        self.left_out: list[str] = []

    def read(self) -> tuple[str, tuple[Block, ...]]:
        """Return the slide's title and its blocks."""
        heading, blocks = "", list[Block]()
        connectors = 0
        found = order.seen(self._slide.element, self._bullets.above, self._size)
        if found.beside:
            self.left_out.append("what lies beside the slide")
        for shape in found.shapes:
            kind = xml.placeholder(shape)
            if kind in FURNITURE:
                continue
            if kind in TITLES and not heading:
                heading = clean(" ".join(map(xml.text, xml.paragraphs(shape))))
                continue
            connectors += shape.tag == f"{xml.P}cxnSp"
            blocks += self._blocks(shape)
        if connectors >= DRAWING:
            self.left_out.append("a drawing of shapes (--pages DECK.pdf shows it)")
        if not heading and blocks and isinstance(blocks[0], Prose) and len(blocks[0].text) <= MAX_LEAD:
            heading = blocks[0].text
            del blocks[0]
        return heading, tuple(simple(_merged(blocks)))

    def _blocks(self, shape: xml.Element) -> Iterator[Block]:
        if shape.find(f".//{xml.MATH}oMath") is not None:
            self.left_out.append("a formula")
        if shape.tag == f"{xml.P}sp":
            yield from self._text(shape)
        elif shape.tag == f"{xml.P}pic":
            yield from self._picture(shape)
        elif shape.tag == f"{xml.P}graphicFrame":
            yield from self._graphic(shape)

    def _text(self, shape: xml.Element) -> Iterator[Block]:
        paragraphs = xml.paragraphs(shape)
        if paragraphs and all(_is_fixed(each) for each in paragraphs if xml.text(each).strip()):
            lines = [xml.text(each).replace("\v", "\n").rstrip() for each in paragraphs]
            if (block := fences.block("\n".join(lines), "")) is not None:
                yield block
            return
        yield from _led(list(text_blocks(paragraphs, self._bullets.of(shape))))

    def _picture(self, shape: xml.Element) -> Iterator[Block]:
        if shape.find(f".//{xml.A}videoFile") is not None or shape.find(f".//{xml.A}audioFile") is not None:
            self.left_out.append("a video or sound")
            return
        named = xml.properties(shape)
        alt = clean(_GENERATED.sub("", named.get("descr") or "") if named is not None else "")
        if 0 < xml.area(shape) < SMALLEST * self._size[0] * self._size[1]:
            self.left_out.append("a small picture")
            return
        try:
            yield picture(shape, self._slide.part, alt)
        except UnreadableError as error:
            self.left_out.append(str(error))

    def _graphic(self, shape: xml.Element) -> Iterator[Block]:
        if (table := shape.find(f".//{xml.A}tbl")) is not None:
            yield from _table(table)
        elif (found := shape.find(f".//{xml.C}chart")) is not None:
            blocks = list(charts.read(charts.space(self._slide.part, found.get(f"{xml.R}id"))))
            if not blocks:
                self.left_out.append("a chart of a kind that vidbuild does not draw")
            yield from blocks
        else:
            data = shape.find(f".//{xml.A}graphicData")
            uri = "" if data is None else data.get("uri", "")
            self.left_out.append(next((what for name, what in _GRAPHICS.items() if name in uri), "an embedded object"))


def _table(table: xml.Element) -> Iterator[Table]:
    rows = []
    for row in table.findall(f"{xml.A}tr"):
        cells = [
            "" if cell.get("hMerge") in {"1", "true"} or cell.get("vMerge") in {"1", "true"} else _cell(cell)
            for cell in row.findall(f"{xml.A}tc")
        ]
        rows.append(cells)
    width = max(map(len, rows), default=0)
    full = [(*row, *[""] * (width - len(row))) for row in rows]
    if len(full) > 1 and any(any(row) for row in full):
        yield Table(full[0], tuple(full[1:]))


def _cell(cell: xml.Element) -> str:
    return clean(" ".join(xml.text(each) for each in cell.iter(f"{xml.A}p")))


def _is_fixed(paragraph: xml.Element) -> bool:
    """Return whether all of a paragraph is in a font of code."""
    runs = [each for each in paragraph.findall(f"{xml.A}r") if (each.findtext(f"{xml.A}t") or "").strip()]
    fonts = [each.find(f"{xml.A}rPr/{xml.A}latin") for each in runs]
    return bool(runs) and all(each is not None and _FIXED.search(each.get("typeface", "")) for each in fonts)


def _led(blocks: list[Block]) -> Iterator[Block]:
    """Yield the blocks of one text; a short line above a list becomes its heading."""
    match blocks:
        case [Prose(text=text), Items(items=items)] if len(text) <= MAX_LEAD:
            yield Items((Item(text.rstrip(" :"), items=items),))
        case _:
            yield from blocks


def _merged(blocks: list[Block]) -> Iterator[Block]:
    """Yield the blocks of a slide; lists beside each other are one."""
    last: Items | None = None
    for block in blocks:
        if not isinstance(block, Items):
            if last is not None:
                yield last
            last = None
            yield block
        else:
            last = block if last is None else Items((*last.items, *block.items), last.ordered and block.ordered)
    if last is not None:
        yield last
