"""Divide a video into bands of rows that change at different times, and find the frames at which to encode each.

This module depends on no codec, except that frames are encoded in rows of ROW pixels and that decoding starts at key
frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from vidbuild.frozen import dataclass, field, replaced
from vidbuild.media.render.changed_frames import changing_boxes
from vidbuild.media.render.drawing import Layers
from vidbuild.media.render.motion import Motion

ROW = 16  # pixels: the height of a macroblock

# Still pixels to keep around what moves, so that the prediction of its next frame is inside the band too.
MARGIN = 16

MIN_SLICE_ROWS = 4
MIN_BAND_ROWS = 4  # encoding a smaller still band with its neighbor is cheaper
MAX_SLICES = 16  # in one frame: some decoders have no room for more

# Pixels between two bands: each gets half of it, rounded to whole rows, as its margin.
MIN_GAP = 32

# The most rows by which an edge is moved so that the rows of a band divide into slices, and the frames that a band's
# encoder costs beside those that it encodes.
MAX_MOVE = 4
ENCODER_FRAMES = 100


@dataclass(frozen=True, slots=True)
class Band:
    """Rows of a frame, in units of ROW pixels, and the frame numbers at which they are encoded; else they repeat.

    height: of the whole frame, in rows.
    min_slice_rows: the least number of rows to encode as one slice, if the number of rows divides so.
    """

    row: int
    rows: int
    height: int
    frames: tuple[int, ...]
    min_slice_rows: int = MIN_SLICE_ROWS

    @property
    def slice_rows(self) -> int:
        """Rows of one slice: fewer make the guard smaller, more make fewer bytes."""
        sizes = [rows for rows in range(self.min_slice_rows, 2 * self.min_slice_rows) if not self.rows % rows]
        return max(sizes, default=self.rows)

    @property
    def is_still(self) -> bool:
        """Whether it never changes."""
        return len(self.frames) == 1

    @property
    def has_tall_guard(self) -> bool:
        """Whether the rows do not divide into small slices, so that its guard is as tall as the band."""
        return self.guard_rows[0] >= 2 * self.min_slice_rows

    @property
    def guard_rows(self) -> tuple[int, int]:
        """Rows above and below that are encoded with the band and then discarded.

        Motion vectors in a band must not point out of it: there its encoder sees the band's edge repeated, a decoder
        the neighboring band. No encoder option forbids such vectors. A guard of black and white columns, which resemble
        nothing else, makes them useless as predictions. Each guard must consist of its own slices. Slices have one
        size, except that the last may be smaller.
        """
        return (self.slice_rows if self.row else 0), (1 if self.row + self.rows < self.height else 0)


@dataclass(frozen=True, slots=True)
class KeyFrames:
    """The frames at which decoding can start.

    coded: frames that are encoded.
    repeats: frame -> the earlier key frame that it repeats.
    """

    coded: frozenset[int] = frozenset({0})
    repeats: Mapping[int, int] = field(default_factory=dict)


def rows_in(pixels: int) -> int:
    """Return the number of rows (or of columns, which are as wide) that cover so many pixels."""
    return -(-pixels // ROW)


def undivided(height: int, frames: Sequence[int]) -> tuple[Band, ...]:
    """Return a video of this height in pixels as one band."""
    return (Band(0, rows_in(height), rows_in(height), tuple(frames)),)


def divide(layers: Layers, motion: Motion, strip: int = 0, rows: Sequence[int] = ()) -> tuple[Band, ...]:
    """Return the bands from top to bottom. Together they cover the frame. Each lists the frames at which it changes.

    strip: how many pixels at the lower edge are in bands of their own, rounded up to whole rows.
    rows: first row and end of others that are in bands of their own; () for none.
    """
    gap, min_slice_rows = MIN_GAP, max(MIN_SLICE_ROWS, layers.height // ROW // MAX_SLICES)
    cuts = sorted({strip_row(layers.height, strip), *rows})
    while len(bands := _divide(layers, motion, gap, min_slice_rows, cuts)) > 1:
        for found in (*_evened(bands, cuts), bands):
            if sum(map(_slice_count, found)) <= MAX_SLICES:
                return found
        if gap < layers.height:
            gap *= 2
        else:  # everything that moves is one band already
            min_slice_rows += 1
    return bands


def strip_row(height: int, strip: int) -> int:
    """Return the first row of a strip of so many pixels at the lower edge of a frame."""
    return (height - strip) // ROW if strip else rows_in(height)


def _divide(layers: Layers, motion: Motion, gap: int, min_slice_rows: int, cuts: Sequence[int]) -> tuple[Band, ...]:
    height = rows_in(layers.height)
    areas = _changing_areas(layers, motion, gap)
    tops = [max(0, (top - MARGIN) // ROW) for top, _, _ in areas]
    ends = [min(height, rows_in(bottom + MARGIN)) for _, bottom, _ in areas]
    for index in range(1, len(areas)):
        if tops[index] < ends[index - 1] + MIN_BAND_ROWS:
            tops[index] = ends[index - 1] = _middle_row(areas[index - 1][1], areas[index][0])
    bands = _fill_gaps(zip(tops, ends, (frames for _, _, frames in areas), strict=True), height)
    return tuple(replaced(part, min_slice_rows=min_slice_rows) for band in bands for part in _cut(band, cuts))


def _evened(bands: Sequence[Band], cuts: Sequence[int]) -> Iterator[tuple[Band, ...]]:
    """Yield the bands with fewer tall guards, smallest slices first; nothing if there are none.

    Bands that change get a few rows of the still bands beside them.
    """
    if not any(band.has_tall_guard for band in bands):
        return
    for more in range(bands[0].min_slice_rows):
        parts = [replaced(band, min_slice_rows=band.min_slice_rows + more) for band in bands]
        # first row of the next band -> the cheapest bands before it, and what they cost
        best: dict[int, tuple[int, tuple[Band, ...]]] = {0: (0, ())}
        for band, below in zip(parts, [*parts[1:], None], strict=True):
            following: dict[int, tuple[int, tuple[Band, ...]]] = {}
            for end in _ends(band, below, cuts):
                for first, (cost, above) in best.items():
                    part = replaced(band, row=first, rows=end - first)
                    total = cost + _cost(part)
                    large_enough = part.rows >= min(MIN_BAND_ROWS, band.rows)
                    if large_enough and (end not in following or total < following[end][0]):
                        following[end] = (total, (*above, part))
            best = following
        ((_, found),) = best.values()
        yield found


def _ends(band: Band, below: Band | None, cuts: Sequence[int]) -> Sequence[int]:
    """Return the rows at which a band may end: where it ends, and up to MAX_MOVE rows further in a still band."""
    end = band.row + band.rows
    if below is None or end in cuts or band.is_still == below.is_still:
        return (end,)
    return range(end, end - MAX_MOVE - 1, -1) if band.is_still else range(end, end + MAX_MOVE + 1)


def _cost(band: Band) -> int:
    """Return what it costs to encode a band, in rows."""
    guard = band.guard_rows[0] if band.has_tall_guard else 0
    return len(band.frames) * band.rows + (len(band.frames) + ENCODER_FRAMES) * guard


def key_frames(changes: Sequence[int], frames: int, interval: int) -> KeyFrames:
    """Place key frames at most `interval` frames apart, at frames that change anyway, the first at 0.

    A hold longer than `interval` starts with a key frame and repeats it, so all its frames are bit-identical.
    """
    coded, repeats = {0}, {}
    at = origin = 0
    changes = sorted(changes)
    index = 0
    while at + interval < frames:
        latest = at + interval
        while index + 1 < len(changes) and changes[index + 1] <= latest:
            index += 1
        if changes[index] > at:
            at = origin = changes[index]
            coded.add(at)
        else:
            at = latest
            repeats[at] = origin
    return KeyFrames(frozenset(coded), repeats)


def with_key_frames(bands: Sequence[Band], keys: KeyFrames) -> tuple[Band, ...]:
    """Return the bands, each encoded at every key frame too."""
    return tuple(replaced(band, frames=tuple(sorted({*band.frames, *keys.coded}))) for band in bands)


def _changing_areas(layers: Layers, motion: Motion, gap: int) -> list[tuple[int, int, frozenset[int]]]:
    """Return the rows of pixels (top, bottom) that change, and when. Areas closer than the gap are merged."""
    areas: list[tuple[int, int, frozenset[int]]] = []
    for box, frames in sorted(changing_boxes(layers, motion), key=lambda item: (item[0].top, item[0].bottom)):
        if areas and box.top < areas[-1][1] + gap:
            top, bottom, before = areas.pop()
            areas.append((top, max(bottom, box.bottom), before | frames))
        else:
            areas.append((box.top, box.bottom, frames))
    return areas


def _cut(band: Band, rows: Sequence[int]) -> Iterator[Band]:
    """Yield the parts of a band that the starts of these rows divide it into."""
    end = band.row + band.rows
    for first, last in pairwise([band.row, *(row for row in rows if band.row < row < end), end]):
        yield replaced(band, row=first, rows=last - first)


def _slice_count(band: Band) -> int:
    return band.rows // band.slice_rows


def _middle_row(bottom: int, top: int) -> int:
    return round((bottom + top) / 2 / ROW)


def _fill_gaps(changing: Iterable[tuple[int, int, frozenset[int]]], height: int) -> Iterator[Band]:
    """Yield bands for (first row, end row, frames), and still bands for the rows between them."""
    at = 0
    for first, end, frames in changing:
        if first > at:
            yield Band(at, first - at, height, (0,))
        yield Band(first, end - first, height, tuple(sorted({0, *frames})))
        at = end
    if at < height:
        yield Band(at, height - at, height, (0,))
