"""Elements of slides in PresentationML and DrawingML (ECMA-376), as python-pptx has parsed them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Element = Any  # of lxml, which has no types
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
SHAPES = (f"{P}sp", f"{P}pic", f"{P}graphicFrame", f"{P}cxnSp")
MAX_DEPTH = 50  # of groups in groups


def shapes(slide: Element) -> Iterator[Element]:
    """Yield the shapes of a slide in their order, those of groups one by one."""
    tree = slide.find(f"{P}cSld/{P}spTree")
    if tree is not None:
        yield from _below(tree, MAX_DEPTH)


def _below(group: Element, depth: int) -> Iterator[Element]:
    for child in group:
        if child.tag in SHAPES:
            yield child
        elif child.tag == f"{P}grpSp" and depth:
            yield from _below(child, depth - 1)
        elif child.tag == f"{MC}AlternateContent" and depth:
            yield from _below(_alternative(child), depth - 1)


def _alternative(content: Element) -> Element:
    """Return the alternative with text, or else the one that older programs show, which is mostly a picture."""
    choice, fallback = content.find(f"{MC}Choice"), content.find(f"{MC}Fallback")
    has_text = choice is not None and any((each.text or "").strip() for each in choice.iter(f"{A}t"))
    found = choice if has_text or fallback is None or not len(fallback) else fallback
    return () if found is None else found


def placeholder(shape: Element) -> str:
    """Return the type of a shape's placeholder ("title", "body", "obj"); "" if it is none."""
    found = _placeholder(shape)
    return "" if found is None else str(found.get("type") or "obj")


def index(shape: Element) -> str:
    """Return what ties a placeholder to that of its layout."""
    found = _placeholder(shape)
    return "" if found is None else str(found.get("idx") or "0")


def _placeholder(shape: Element) -> Element:
    return next((found for part in shape if (found := part.find(f"{P}nvPr/{P}ph")) is not None), None)


def properties(shape: Element) -> Element:
    """Return the element with a shape's name and its description."""
    return next((found for part in shape if (found := part.find(f"{P}cNvPr")) is not None), None)


def paragraphs(shape: Element) -> list[Element]:
    """Return the paragraphs of a shape's own text."""
    body = shape.find(f"{P}txBody")
    return [] if body is None else body.findall(f"{A}p")


def text(paragraph: Element) -> str:
    """Return the text of a paragraph."""
    found = paragraph.iter(f"{A}t", f"{A}br", f"{A}tab")
    return "".join((each.text or "") if each.tag == f"{A}t" else " " for each in found)


def area(shape: Element) -> int:
    """Return the area of a shape in square EMU; 0 if it has the size of its placeholder."""
    size = shape.find(f"{P}spPr/{A}xfrm/{A}ext")
    return 0 if size is None else int(size.get("cx", 0)) * int(size.get("cy", 0))
