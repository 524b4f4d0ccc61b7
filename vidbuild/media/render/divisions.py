"""Divide what is composed together, so that each part of a frame is composed only when it changes, and of its layers.

An overlay of something that changes copies the whole frame below it, and keeps two of them. Without a division, ten
lines of text that fade over a background would take the time and the memory of ten frames.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from vidbuild.frozen import dataclass, replaced
from vidbuild.media.render.bands import ROW
from vidbuild.media.render.changed_frames import Box

MARGIN = 8  # pixels: more than a chroma sample covers

# What it costs, in pixels that one overlay composes: converting the colors of a pixel, joining it to other parts, the
# filters of a part in each frame, and starting them.
CONVERTED, JOINED, EACH_FRAME, STARTED = 2.5, 0.3, 60_000, 2_000_000

MAX_PARTS = 24  # of one tile


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle of a band, in pixels of the frame, and the frame numbers at which it is composed."""

    left: int
    top: int
    right: int
    bottom: int
    frames: tuple[int, ...]

    def outer(self, width: int, height: int) -> Box:
        """Return the rectangle with its margin, clipped to a frame of this size."""
        left, top = max(0, self.left - MARGIN), max(0, self.top - MARGIN)
        return Box(left, top, min(width, self.right + MARGIN), min(height, self.bottom + MARGIN))

    def has(self, box: Box) -> bool:
        """Whether a part of a box is in the rectangle or its margin."""
        across = box.left < self.right + MARGIN and box.right > self.left - MARGIN
        return across and box.top < self.bottom + MARGIN and box.bottom > self.top - MARGIN

    @property
    def pixels(self) -> int:
        """Its area."""
        return (self.right - self.left) * (self.bottom - self.top)


class Cover(NamedTuple):
    """The box of a layer, and when it changes. whole: whether a cut must not divide it."""

    box: Box
    frames: frozenset[int]
    whole: bool


def divide(tile: Tile, covers: Sequence[Cover]) -> list[Tile]:
    """Return the parts of a tile, each with the frames in which a layer in it changes; together they are the tile.

    The smallest part is composed at the other frames too, such as key frames, so that no frame is missing.
    """
    whole = _Area(tile, covers)
    areas = list(_divided(whole, MAX_PARTS))
    joining = JOINED * tile.pixels * len(tile.frames)
    if len(areas) == 1 or sum(area.cost for area in areas) + joining >= whole.cost:
        return [tile]
    parts = [area.tile for area in areas]
    least = min(parts, key=lambda part: part.pixels)
    idle = set(tile.frames).difference(*(part.frames for part in parts))
    added = replaced(least, frames=tuple(sorted({*least.frames, *idle})))
    return [added if part is least else part for part in parts]


class _Area:
    """A tile that is composed in the frames in which a layer in it changes, and in its first."""

    def __init__(self, tile: Tile, covers: Sequence[Cover]) -> None:
        self.covers = [cover for cover in covers if tile.has(cover.box)]
        changes = {tile.frames[0]}.union(*(cover.frames for cover in self.covers))
        self.tile = replaced(tile, frames=tuple(frame for frame in tile.frames if frame in changes))

    @cached_property
    def cost(self) -> float:
        """What it costs to compose it in all its frames."""
        each = self.tile.pixels * (CONVERTED + len(self.covers)) + EACH_FRAME
        return len(self.tile.frames) * each + STARTED

    def cut(self) -> tuple[_Area, _Area] | None:
        """Return its two parts if it is cut where that saves most; None if no cut saves anything."""
        pairs = [pair for axis in (("top", "bottom"), ("left", "right")) for pair in self._pairs(*axis)]
        best = min(pairs, key=lambda pair: pair[0].cost + pair[1].cost, default=None)
        return best if best and best[0].cost + best[1].cost < self.cost else None

    def _pairs(self, low: str, high: str) -> Iterator[tuple[_Area, _Area]]:
        """Yield each way to cut it in two along an axis, at the edges of what is in it."""
        tile, whole = self.tile, [cover.box for cover in self.covers if cover.whole]
        edges = {(getattr(cover.box, low) - MARGIN) // ROW * ROW for cover in self.covers}
        edges |= {-(-(getattr(cover.box, high) + MARGIN) // ROW) * ROW for cover in self.covers}
        for at in sorted(edge for edge in edges if getattr(tile, low) < edge < getattr(tile, high)):
            if not any(getattr(box, low) < at + MARGIN and getattr(box, high) > at - MARGIN for box in whole):
                first, second = replaced(tile, **{high: at}), replaced(tile, **{low: at})
                yield _Area(first, self.covers), _Area(second, self.covers)


def _divided(area: _Area, most: int) -> Iterator[_Area]:
    """Yield the parts of an area. most: how many parts."""
    pair = area.cut() if most > 1 else None
    if pair is None:
        yield area
        return
    before = list(_divided(pair[0], most - 1))
    yield from before
    yield from _divided(pair[1], most - len(before))
