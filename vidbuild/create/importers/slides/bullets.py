"""Which paragraphs of a slide are items of a list: as they, their layout and their master say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from vidbuild.create.importers.slides import xml
from vidbuild.create.importers.slides.slide import clean
from vidbuild.create.source.outline import Block, Item, Items, Prose

if TYPE_CHECKING:
    from pptx.slide import Slide

_BODIES = frozenset({"body", "obj", ""})
_MARKS = {
    f"{xml.A}buNone": "none",
    f"{xml.A}buAutoNum": "number",
    f"{xml.A}buChar": "bullet",
    f"{xml.A}buBlip": "bullet",
}
MAX_LEVEL = 8


class Bullets:
    """The styles of a slide's texts. above: the shapes of its layout and its master."""

    def __init__(self, slide: Slide) -> None:
        layout = slide.slide_layout
        self._layout = list(xml.shapes(layout.element))
        self._master = list(xml.shapes(layout.slide_master.element))
        self.above = (*self._layout, *self._master)
        self._body = layout.slide_master.element.find(f"{xml.P}txStyles/{xml.P}bodyStyle")

    def of(self, shape: xml.Element) -> Sequence[xml.Element]:
        """Return the styles that a shape's paragraphs follow, from the nearest to the farthest."""
        styles = [shape.find(f"{xml.P}txBody/{xml.A}lstStyle")]
        kind = xml.placeholder(shape)
        if kind:
            styles += [_style(each) for each in self._layout if xml.index(each) == xml.index(shape) != ""]
            if kind in _BODIES:
                styles += [_style(each) for each in self._master if xml.placeholder(each) == "body"]
                styles.append(self._body)
        return [each for each in styles if each is not None]


def text_blocks(paragraphs: Sequence[xml.Element], styles: Sequence[xml.Element]) -> Iterator[Block]:
    """Yield the paragraphs of one text: items as lists, and the others as prose."""
    entries: list[tuple[int, str, bool]] = []
    for paragraph in paragraphs:
        text = clean(xml.text(paragraph))
        if not text:
            continue
        level = _level(paragraph)
        mark = _mark(paragraph, level, styles)
        if mark in {"bullet", "number"}:
            entries.append((level, text, mark == "number"))
            continue
        yield from _list(entries)
        entries = []
        yield Prose(text)
    yield from _list(entries)


def _level(paragraph: xml.Element) -> int:
    own = paragraph.find(f"{xml.A}pPr")
    level = "0" if own is None else own.get("lvl", "0")
    return min(int(level), MAX_LEVEL) if level.isdigit() else 0


def _mark(paragraph: xml.Element, level: int, styles: Sequence[xml.Element]) -> str:
    """Return "bullet", "number", "none" or ""."""
    own = paragraph.find(f"{xml.A}pPr")
    found = [own, *(each.find(f"{xml.A}lvl{level + 1}pPr") for each in styles)]
    return next((_MARKS[child.tag] for each in found if each is not None for child in each if child.tag in _MARKS), "")


def _style(shape: xml.Element) -> xml.Element:
    return shape.find(f"{xml.P}txBody/{xml.A}lstStyle")


def _list(entries: Sequence[tuple[int, str, bool]]) -> Iterator[Block]:
    """Yield a list; a single item without others below it is a paragraph."""
    if len(entries) == 1:
        yield Prose(entries[0][1])
    elif entries:
        yield Items(tuple(_items(entries)), ordered=all(ordered for level, _, ordered in entries if not level))


def _items(entries: Sequence[tuple[int, str, bool]]) -> Iterator[Item]:
    """Yield the items of the highest level, each with those below it."""
    start = 0
    for nth in range(1, len(entries) + 1):
        if nth == len(entries) or entries[nth][0] <= entries[start][0]:
            yield Item(entries[start][1], items=tuple(_items(entries[start + 1 : nth])))
            start = nth
