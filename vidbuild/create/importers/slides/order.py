"""The shapes of a slide that its viewers see, in the order in which they read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vidbuild.create.importers.slides import xml

TOLERANCE = 45_720  # EMU, 0.05 inches: shapes that touch, or overlap by less, are beside each other


class Box(NamedTuple):
    """Where a shape is, in EMU: its edges."""

    left: int
    top: int
    right: int
    bottom: int


class Seen(NamedTuple):
    """shapes: those on the slide, in reading order; beside: how many with text lie wholly beside it."""

    shapes: list[xml.Element]
    beside: int


def seen(slide: xml.Element, above: Sequence[xml.Element], size: tuple[int, int]) -> Seen:
    """Return the shapes of a slide that can be seen.

    above: the shapes of its layout and its master, which say where placeholders are; size: of the slide in EMU.

    A file has shapes in the order in which they were made or moved to the front. That order stays, except where a
    shape is stored before one that is above it, or at its left.
    """
    tree = slide.find(f"{xml.P}cSld/{xml.P}spTree")
    found = [] if tree is None else _ordered(tree, above)
    outside = [each for each in found if _is_outside(_box(each, above), size)]
    shown = [leaf for each in found if each not in outside for leaf in _leaves(each, above)]
    return Seen(shown, sum(bool("".join(each.itertext()).strip()) for each in outside))


def _leaves(shape: xml.Element, above: Sequence[xml.Element], depth: int = xml.MAX_DEPTH) -> Iterator[xml.Element]:
    """Yield a shape, or those of a group, which are where the group is, in their own coordinates."""
    if shape.tag in xml.SHAPES:
        yield shape
    elif depth:
        for each in _ordered(shape, above):
            yield from _leaves(each, above, depth - 1)


def _ordered(group: xml.Element, above: Sequence[xml.Element]) -> list[xml.Element]:
    children = [each for each in xml.children(group) if not xml.is_hidden(each)]
    boxes = [_box(each, above) for each in children]
    mirrored = any(each.get("rtl") == "1" for each in group.iter(f"{xml.A}pPr"))
    found: list[xml.Element] = []
    left = list(range(len(children)))
    while left:
        free = (n for n in left if not any(_is_before(boxes[m], boxes[n], mirrored=mirrored) for m in left if m != n))
        nth = next(free, left[0])  # of shapes that lie on each other in a circle, the first
        left.remove(nth)
        found.append(children[nth])
    return found


def _is_before(a: Box | None, b: Box | None, *, mirrored: bool) -> bool:
    """Return whether a shape is read before another one: it is above it, or beside it where lines begin."""
    if a is None or b is None:
        return False
    if _overlap(a.left, a.right, b.left, b.right):
        return a.bottom <= b.top + TOLERANCE and a.top < b.top
    if _overlap(a.top, a.bottom, b.top, b.bottom):
        return a.left >= b.right - TOLERANCE if mirrored else a.right <= b.left + TOLERANCE
    return False


def _overlap(start: int, end: int, other_start: int, other_end: int) -> bool:
    return min(end, other_end) - max(start, other_start) > TOLERANCE


def _is_outside(box: Box | None, size: tuple[int, int]) -> bool:
    width, height = size
    if box is None or not width or not height:
        return False
    return box.right <= 0 or box.bottom <= 0 or box.left >= width or box.top >= height


def _box(shape: xml.Element, above: Sequence[xml.Element]) -> Box | None:
    """Return where a shape is: by itself, or by the placeholder of its layout or master; None if nothing says so."""
    kind = xml.placeholder(shape)
    same = [each for each in above if kind and xml.index(each) == xml.index(shape) and xml.placeholder(each) == kind]
    like = [each for each in above if kind and xml.placeholder(each) == kind]
    frames = (xml.frame(each) for each in (shape, *same, *like))
    return next((Box(*each) for each in frames if each is not None), None)
