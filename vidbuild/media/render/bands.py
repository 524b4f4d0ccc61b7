"""Divides a picture into bands that change at different times, and says which frames of each are coded.

It knows no codec, only that pictures are coded in rows of ROW pixels and that decoding starts at key frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from vidbuild.media.render.animation import Layers, Motion
from vidbuild.media.render.changed_frames import moving

ROW = 16
GUARD = 16  # still pixels kept around what moves, so that what predicts its next picture is in the band as well
LEAST_SLICE = 4
LEAST_BAND = 4  # a still band of fewer rows costs more than coding them with its neighbours
MOST_SLICES = 16  # in one picture: some decoders have room for no more
LEAST_GAP = 32  # pixels between two bands: half of it, rounded to whole rows, is either one's guard


@dataclass(frozen=True, slots=True)
class Band:
    """Rows of a picture, in units of ROW pixels, and the frames at which they are coded; else they look as before.

    height: of the picture that the band is part of. least: how many rows are coded together at least, where its number
    of rows lets it.
    """

    row: int
    rows: int
    height: int
    frames: tuple[int, ...]
    least: int = LEAST_SLICE

    @property
    def slice_rows(self) -> int:
        """In how many rows together it is coded: the fewer, the lower the fence; the more, the fewer bytes."""
        sizes = [rows for rows in range(self.least, 2 * self.least) if not self.rows % rows]
        return max(sizes, default=self.rows)

    @property
    def fences(self) -> tuple[int, int]:
        """Rows above and below that are coded with the band and thrown away.

        Motion in a band must not point out of it, where its encoder sees the band's edge repeated and a decoder the
        neighbour. No encoder option forbids that, but a picket fence that is like nothing else does: nothing can be
        predicted from it. Each fence must be slices of its own; slices have one size, but the last may be shorter.
        """
        return (self.slice_rows if self.row else 0), (1 if self.row + self.rows < self.height else 0)


@dataclass(frozen=True, slots=True)
class Keys:
    """Where decoding can start: frames coded anew, and frames that repeat such a one, which is their value."""

    coded: frozenset[int] = frozenset({0})
    repeats: Mapping[int, int] = field(default_factory=dict)


def rows_in(pixels: int) -> int:
    """How many rows (or columns, which are as wide) so many pixels take."""
    return -(-pixels // ROW)


def undivided(height: int, frames: Sequence[int]) -> tuple[Band, ...]:
    """A picture of so many pixels as one band."""
    return (Band(0, rows_in(height), rows_in(height), tuple(frames)),)


def divide(layers: Layers, motion: Motion) -> tuple[Band, ...]:
    """The bands of a picture, the top one first; together they cover it. A band's frames are those where it changes."""
    gap, least = LEAST_GAP, max(LEAST_SLICE, layers.height // ROW // MOST_SLICES)
    while len(found := _divided(layers, motion, gap, least)) > 1 and sum(map(_slices, found)) > MOST_SLICES:
        if gap < layers.height:
            gap *= 2
        else:  # all that moves is one band already
            least += 1
    return found


def _divided(layers: Layers, motion: Motion, gap: int, least: int) -> tuple[Band, ...]:
    whole = rows_in(layers.height)
    areas = _areas(layers, motion, gap)
    tops = [max(0, (top - GUARD) // ROW) for top, _, _ in areas]
    ends = [min(whole, rows_in(bottom + GUARD)) for _, bottom, _ in areas]
    for index in range(1, len(areas)):
        if tops[index] < ends[index - 1] + LEAST_BAND:
            tops[index] = ends[index - 1] = _between(areas[index - 1][1], areas[index][0])
    found = _filled(zip(tops, ends, (frames for _, _, frames in areas), strict=True), whole)
    return tuple(replace(band, least=least) for band in found)


def keys(moments: Sequence[int], frames: int, longest: int) -> Keys:
    """Key frames no further than `longest` apart, the first at 0, each where the picture changes anyway.

    A hold that is longer than that begins with one, and repeats it: so all its frames are the same to the bit.
    """
    coded, repeats = {0}, {}
    at = origin = 0
    changes = sorted(moments)
    index = 0
    while at + longest < frames:
        limit = at + longest
        while index + 1 < len(changes) and changes[index + 1] <= limit:
            index += 1
        if changes[index] > at:
            at = origin = changes[index]
            coded.add(at)
        else:
            at = limit
            repeats[at] = origin
    return Keys(frozenset(coded), repeats)


def keyed(bands: Sequence[Band], found: Keys) -> tuple[Band, ...]:
    """The bands, each coded at every key frame too."""
    return tuple(replace(band, frames=tuple(sorted({*band.frames, *found.coded}))) for band in bands)


def _areas(layers: Layers, motion: Motion, gap: int) -> list[tuple[int, int, frozenset[int]]]:
    """Rows of pixels (top, bottom) in which something changes, and when; those too near to each other are one."""
    areas: list[tuple[int, int, frozenset[int]]] = []
    for box, frames in sorted(moving(layers, motion), key=lambda item: (item[0].top, item[0].end)):
        if areas and box.top < areas[-1][1] + gap:
            top, bottom, before = areas.pop()
            areas.append((top, max(bottom, box.end), before | frames))
        else:
            areas.append((box.top, box.end, frames))
    return areas


def _slices(band: Band) -> int:
    return band.rows // band.slice_rows


def _between(bottom: int, top: int) -> int:
    return round((bottom + top) / 2 / ROW)


def _filled(found: Iterable[tuple[int, int, frozenset[int]]], whole: int) -> Iterator[Band]:
    """The bands with what lies between them, which never changes."""
    at = 0
    for first, end, frames in found:
        if first > at:
            yield Band(at, first - at, whole, (0,))
        yield Band(first, end - first, whole, tuple(sorted({0, *frames})))
        at = end
    if at < whole:
        yield Band(at, whole - at, whole, (0,))
