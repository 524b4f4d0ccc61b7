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
    """Yield the shapes of a slide in the order of the file, those of groups one by one."""
    tree = slide.find(f"{P}cSld/{P}spTree")
    if tree is not None:
        yield from _below(tree, MAX_DEPTH)


def _below(group: Element, depth: int) -> Iterator[Element]:
    for child in children(group):
        if child.tag in SHAPES:
            yield child
        elif depth:
            yield from _below(child, depth - 1)


def children(group: Element, depth: int = MAX_DEPTH) -> Iterator[Element]:
    """Yield the shapes and groups in a group, of alternatives those that are shown."""
    for child in group:
        if child.tag in SHAPES or child.tag == f"{P}grpSp":
            yield child
        elif child.tag == f"{MC}AlternateContent" and depth:
            yield from children(_alternative(child), depth - 1)


def is_hidden(shape: Element) -> bool:
    """Return whether a shape or group is hidden on its slide."""
    named = properties(shape)
    return named is not None and named.get("hidden") in {"1", "true"}


def frame(shape: Element) -> tuple[int, int, int, int] | None:
    """Return the left, upper, right and lower edge of a shape or group in EMU; None if it does not say them."""
    names = (f"{P}spPr/{A}xfrm", f"{P}grpSpPr/{A}xfrm", f"{P}xfrm")
    place = next((found for name in names if (found := shape.find(name)) is not None), None)
    at, size = (None, None) if place is None else (place.find(f"{A}off"), place.find(f"{A}ext"))
    if at is None or size is None:
        return None
    x, y = int(at.get("x", 0)), int(at.get("y", 0))
    return x, y, x + int(size.get("cx", 0)), y + int(size.get("cy", 0))


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
